import pytest
import torch
from torch import nn

from helpers.methods.finetuning import RIVALS, WAYS, block, deal, few, renewed, small_net, train


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
    net = WAYS[name].learn(source, x[:12], y[:12], 3, 0.01, 0)
    state = {key: value for key, value in net.named_buffers() if "running_mean" in key}
    kept = [value for key, value in source.named_buffers() if "running_mean" in key]
    assert all(torch.equal(a, b) for a, b in zip(state.values(), kept, strict=True))
    for name in ("finetuned", "low rank"):
        free = WAYS[name].learn(source, x[:12], y[:12], 3, 0.01, 0)
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


def test_the_budget_says_what_was_chosen():
    assert WAYS["finetuned"].budget == "rate 0.003 of 0.001, 0.003, 0.01"
