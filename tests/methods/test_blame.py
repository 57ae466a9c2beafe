import pytest
import torch

from helpers.methods.blame import averaged, digits_for_digits, unpooled
from helpers.methods.finetuning import Task, small_net


@pytest.fixture(scope="module")
def dots():
    """Ten classes: a bright field whose place is the class, on forms of writers."""
    draws = torch.Generator().manual_seed(0)
    y, groups = torch.arange(240) % 10, torch.arange(240) // 20
    x = 0.3 * torch.rand(240, 1, 8, 8, generator=draws)
    for k, label in enumerate(y.tolist()):
        x[k, 0, label // 5 * 4 : label // 5 * 4 + 3, label % 5 + 1 : label % 5 + 3] += 0.7
    return x, y, groups


def test_the_average_is_removed_and_every_weight_kept():
    net = small_net(5, 0, pool=1)
    wide = unpooled(net)
    x = torch.rand(2, 1, 8, 8)
    assert all(
        torch.equal(a, b) for a, b in zip(wide.parameters(), net[:3].parameters(), strict=True)
    )
    assert wide.eval()(x).shape == (2, 512)
    mean = wide(x).view(2, 32, 16).mean(2)
    assert torch.allclose(mean, net[:3].eval()(x), atol=1e-6)
    assert net[2][3].output_size == 1


def test_places_are_read_and_shuffled_classes_are_not(dots):
    found = digits_for_digits(*dots, 0)
    assert list(found)[:2] == ["digits 0 to 4, averaged", "digits 0 to 4, not averaged"]
    fewer = digits_for_digits(*dots, 0, controls=False)
    assert fewer == {name: found[name] for name in list(found)[:5]}
    assert "digits 0 to 4, never averaged" in found
    assert all(0 <= value <= 1 for value in found.values())
    assert found["bare pixels"] > 0.9  # place is all that there is to know
    x, y, groups = dots
    said_at_random = y[torch.randperm(240, generator=torch.Generator().manual_seed(1))]
    assert max(digits_for_digits(x, said_at_random, groups, 0).values()) < 0.6


def test_the_averaged_rival_forgets_places(dots):
    x, y, _ = dots
    net = averaged(Task(None, x[:40], y[:40], 10, 0, 0.01, 10))
    assert net[3].in_features == 32
    assert net(x[:2]).shape == (2, 10)
