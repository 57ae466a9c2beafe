import pytest
import torch
from torch import nn

from helpers.methods.finetuning import (
    RIVALS,
    WAYS,
    Task,
    block,
    deal,
    few,
    on_copies,
    renewed,
    small_net,
    train,
)


@pytest.fixture(scope="module")
def task():
    """Three kinds of stripes, and a body that has seen them under other names."""
    draws = torch.Generator().manual_seed(0)
    y = torch.arange(90) % 3
    pattern = torch.zeros(3, 1, 8, 8)
    pattern[0, :, ::2], pattern[1, :, :, ::2], pattern[2, :, 4:] = 1, 1, 1
    x = 0.6 * pattern[y] + 0.4 * torch.rand(90, 1, 8, 8, generator=draws)
    source = train(small_net(3, 0), x[:45], (y[:45] + 1) % 3, 0.003, 0, steps=30)
    return source, x, y


@pytest.mark.parametrize("name", [*RIVALS, *WAYS])
def test_every_way_learns_and_shuffled_labels_teach_nothing(name, task):
    source, x, y = task
    way = (RIVALS | WAYS)[name]
    found = way.answers(source, x[45:60], y[45:60], x[60:], 3, 0)
    assert found.shape == (30,)
    assert (found == y[60:]).float().mean() > 0.7
    wrong = (y[45:60] + 1) % 3
    assert (way.answers(source, x[45:60], wrong, x[60:], 3, 0) == y[60:]).float().mean() < 0.3


@pytest.mark.parametrize("name", WAYS)
def test_no_way_changes_the_source(name, task):
    source, x, y = task
    before = {key: value.clone() for key, value in source.state_dict().items()}
    WAYS[name].answers(source, x[:6], y[:6], x[:6], 3, 0)
    assert all(torch.equal(value, before[key]) for key, value in source.state_dict().items())


@pytest.mark.parametrize("name", ["head only", "adapters"])
def test_a_frozen_body_keeps_weights_and_statistics(name, task):
    source, x, y = task
    net = WAYS[name].learn(Task(source, x[:12], y[:12], 3, 0, 0.01))
    state = {key: value for key, value in net.named_buffers() if "running_mean" in key}
    kept = [value for key, value in source.named_buffers() if "running_mean" in key]
    assert all(torch.equal(a, b) for a, b in zip(state.values(), kept, strict=True))
    for name in ("finetuned", "low rank"):
        free = WAYS[name].learn(Task(source, x[:12], y[:12], 3, 0, 0.01))
        moved = [value for key, value in free.named_buffers() if "running_mean" in key]
        assert not any(torch.equal(a, b) for a, b in zip(moved, kept, strict=True))


def test_a_new_head_and_nothing_else(task):
    source, x, _ = task
    net = renewed(source, 7, 0)
    assert net(x[:2]).shape == (2, 7)
    assert torch.equal(net[:3].eval()(x[:2]), source[:3].eval()(x[:2]))


def test_a_block_is_the_sequence_of_its_layers():
    torch.manual_seed(0)
    layers = block(1, 4, nn.MaxPool2d(2)).eval()
    x = torch.randn(2, 1, 8, 8)
    plain = nn.functional.max_pool2d(layers[1](layers[0](x)).relu(), 2)
    assert torch.allclose(layers(x), plain)


def test_deals_keep_groups_together_and_draws_nest():
    groups, y = torch.arange(60) // 6, torch.arange(60) % 3
    pool, test = deal(groups, 0)
    assert not set(groups[pool].tolist()) & set(groups[test].tolist())
    assert len(pool) + len(test) == 60
    assert not torch.equal(pool, deal(groups, 1)[0])
    one, two = few(y, pool, 1, 0), few(y, pool, 2, 0)
    assert y[two].bincount().tolist() == [2, 2, 2]
    assert set(one.tolist()) < set(two.tolist()) <= set(pool.tolist())


def changes(name, task):
    """Root mean square change of the kernels of the three blocks."""
    source, x, y = task
    net = WAYS[name].learn(Task(source, x[:12], y[:12], 3, 0, 0.003))
    groups = [part for part in net if type(part) is type(source[0])]
    pairs = zip([getattr(group[0], "layer", group[0]) for group in groups], source[:3])
    return torch.stack(
        [(new.weight - old[0].weight).norm() / old[0].weight.numel() ** 0.5 for new, old in pairs]
    )


def test_each_way_moves_what_it_says(task):
    assert [changes(name, task).max() == 0 for name in ("head only", "adapters", "low rank")] == [
        True
    ] * 3
    free, fall, late = (
        changes(name, task) for name in ("finetuned", "falling rates", "gradual unfreezing")
    )
    assert 0.6 < free[0] / free[2] < 1.7
    assert fall[0] / fall[2] < 0.5 * free[0] / free[2]
    assert late[0] / late[2] < 0.7 * fall[0] / fall[2]


def test_copies_are_what_a_way_sees_for_four_times_the_steps(task):
    source, x, y = task
    seen = on_copies(lambda task: task)(Task(source, x[:6], y[:6], 3, 0, 0.01, 30))
    assert (seen.x.shape, seen.steps) == ((120, 1, 8, 8), 120)
    assert torch.equal(seen.y, y[:6].repeat(20))


def test_a_random_body_has_counted_its_images(task):
    source, x, y = task
    body, _ = RIVALS["random body, frozen"].learn(Task(source, x[:45], y[:45], 3, 0, 1))
    norm = body[0][1]
    seen = body[0][0](x[:45]).mean((0, 2, 3))
    assert torch.allclose(norm.running_mean, seen, atol=1e-5)
    assert not torch.allclose(norm.running_mean, torch.zeros(16))


def test_a_class_that_cannot_be_in_both_halves_is_named():
    y = torch.tensor([0, 0, 1, 1, 1, 1])
    groups = torch.tensor([0, 0, 1, 2, 3, 4])
    for told in (groups, torch.zeros(6).long()):
        with pytest.raises(
            ValueError, match="deal: expected 1 or more groups of each class in both"
        ):
            deal(told, 0, y)
    pool, test = deal(torch.tensor([0, 1, 2, 3, 2, 3]), 0, y)
    assert y[pool].unique().tolist() == y[test].unique().tolist() == [0, 1]
    with pytest.raises(ValueError, match="expected 2 or more groups"):
        deal(torch.tensor([0, 1, 2, 3, 2, 3]), 0, y, least=2)


def test_the_budget_says_what_was_chosen():
    assert WAYS["finetuned"].budget == "rate 0.003 of 0.001, 0.003, 0.01"
