import pytest
import torch
from torch import nn

from helpers.methods.transfer import Adapter, discriminative, freeze_to


def groups():
    torch.manual_seed(0)
    return nn.Sequential(
        nn.Linear(4, 5), nn.Sequential(nn.ReLU(), nn.Linear(5, 3)), nn.Linear(3, 2)
    )


def test_freezing_equals_fastai():
    from fastai.data.core import DataLoaders
    from fastai.learner import Learner
    from fastai.torch_core import params

    mine, theirs = groups(), groups()
    learner = Learner(
        DataLoaders([], []),
        theirs,
        loss_func=nn.functional.mse_loss,
        train_bn=False,
        splitter=lambda model: [params(part) for part in model],
    )
    for count in range(3):
        learner.freeze_to(count)
        freeze_to(mine, count)
        pairs = zip(mine.parameters(), theirs.parameters(), strict=True)
        assert all(a.requires_grad == b.requires_grad for a, b in pairs)


def test_rates_equal_fastai_s_spread():
    from fastai.torch_core import even_mults

    rates = [group["lr"] for group in discriminative(groups(), 1e-2, 2.6)]
    assert rates == pytest.approx(list(even_mults(1e-2 / 2.6**2, 1e-2, 3)))
    assert rates != pytest.approx([1e-2] * 3)


def test_a_step_moves_each_group_by_its_rate():
    net = groups()
    before = [p.clone() for p in net.parameters()]
    optimizer = torch.optim.SGD(discriminative(net, 0.1, 10.0))
    for parameter in net.parameters():
        parameter.grad = torch.ones_like(parameter)
    optimizer.step()
    moved = [float((a - b).mean()) for a, b in zip(before, net.parameters())]
    assert moved == pytest.approx([0.001, 0.001, 0.01, 0.01, 0.1, 0.1], rel=1e-3)


def test_frozen_groups_are_left_out():
    net = groups()
    freeze_to(net, 2)
    assert [group["lr"] for group in discriminative(net, 0.5)] == [0.5]
    freeze_to(net, 3)
    with pytest.raises(ValueError, match="every parameter is frozen"):
        discriminative(net, 0.5)


@pytest.mark.parametrize("count", [-1, 4])
def test_a_count_out_of_range_is_refused(count):
    with pytest.raises(ValueError, match=r"count must lie in 0\.\.3, found"):
        freeze_to(groups(), count)


def test_an_adapter_starts_as_the_identity_and_learns():
    x = torch.randn(2, 6, 3, 3)
    adapter = Adapter(6, 2)
    assert torch.equal(adapter(x), x)
    adapter(x).square().sum().backward()
    assert adapter.up.weight.grad.abs().sum() > 0
    nn.init.ones_(adapter.up.weight)
    assert not torch.equal(adapter(x), x)
    by_hand = x + torch.relu(x.mean(1, keepdim=True) * 6)  # all weights one, no biases
    plain = Adapter(6, 1)
    for layer in (plain.down, plain.up):
        nn.init.ones_(layer.weight)
        nn.init.zeros_(layer.bias)
    assert torch.allclose(plain(x), by_hand, atol=1e-5)
