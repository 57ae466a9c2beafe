import pytest
import torch
from torch import nn

from helpers.ground.random import generator
from helpers.methods import finetuning
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
from helpers.methods.transfer import slanted
from helpers.train.schedule import one_cycle


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


def test_the_pages_name_these_settings():
    """What a table of the chapter prints as the budget of each way."""
    assert {name: way.budget for name, way in (RIVALS | WAYS).items()} == {
        "nearest neighbour, pixels": "k 1 of 1, 3, 5",
        "support vectors, pixels": "C 10 of 1, 10, 100",
        "logistic regression, pixels": "C 1 of 1, 10, 100",
        "patches of the images": "C 100 of 1, 10, 100",
        "random body, frozen": "C 10 of 1, 10, 100",
        "from scratch": "rate 0.003 of 0.001, 0.003, 0.01",
        "from scratch, warped copies": "rate 0.003 of 0.001, 0.003, 0.01",
        "source body, frozen": "C 10 of 1, 10, 100",
        "source body, frozen, warped copies": "C 0.1 of 0.1, 1, 10",
        "finetuned": "rate 0.003 of 0.001, 0.003, 0.01",
        "finetuned, warped copies": "rate 0.01 of 0.001, 0.003, 0.01",
        "head only": "rate 0.003 of 0.001, 0.003, 0.01",
        "falling rates": "rate 0.003 of 0.001, 0.003, 0.01",
        "gradual unfreezing": "rate 0.003 of 0.001, 0.003, 0.01",
        "adapters": "rate 0.003 of 0.001, 0.003, 0.01",
        "low rank": "rate 0.003 of 0.001, 0.003, 0.01",
        "fastai fine_tune": "rate 0.01 of 0.001, 0.003, 0.01",
    }


@pytest.fixture
def asked(monkeypatch):
    """What `fit` is given, without training."""
    seen = []

    def fit(net, data, **options):
        seen.append((net, data, options))

    monkeypatch.setattr(finetuning, "fit", fit)
    return seen


def test_sixty_steps_in_batches_of_thirty_two_if_nothing_is_said(asked, task):
    source, x, y = task
    for rows, steps, epochs, batch in (
        (90, 60, 20, 32),
        (64, 60, 30, 32),
        (7, 60, 60, 7),
        (90, 1, 1, 32),
    ):
        given = {} if steps == 60 else {"steps": steps}
        net = train(source, x[:rows], y[:rows], 0.5, 3, **given)
        _, _, options = asked[-1]
        assert net is source
        assert (options["epochs"], options["batch_size"]) == (epochs, batch)
        assert (options["seed"], options["lr"], options["progress"]) == (3, 0.5, False)
        assert options["schedule"](0.3) == one_cycle()(0.3)
    train(source, x, y, 0.5, 3, optimizer="adamw", schedule="own")
    assert (asked[-1][2]["lr"], asked[-1][2]["optimizer"]) == (None, "adamw")
    assert asked[-1][2]["schedule"] == "own"


def test_what_each_way_leaves_free_and_at_which_rates(asked, task):
    source, x, y = task

    def rates(name):
        asked.clear()
        WAYS[name].learn(Task(source, x[:12], y[:12], 3, 0, 0.01))
        return [
            [group["lr"] for group in options["optimizer"].param_groups] for *_, options in asked
        ]

    falls = [0.01 / 2.6**below for below in (3, 2, 1, 0)]
    assert rates("head only") == [[0.01]]
    assert rates("falling rates") == [pytest.approx(falls)]
    assert rates("gradual unfreezing") == [pytest.approx(falls[-n:]) for n in (1, 2, 3, 4)]
    assert [options["epochs"] for *_, options in asked] == [15] * 4  # a quarter of the steps each
    assert asked[0][2]["schedule"](0.1) == slanted()(0.1) == 1
    assert rates("adapters") == rates("low rank") == [[0.01]]


def test_adapters_and_low_rank_add_what_is_said(asked, task):
    source, x, y = task
    given = Task(source, x[:12], y[:12], 3, 0, 0.01)
    free = [p.shape for p in WAYS["adapters"].learn(given).parameters() if p.requires_grad]
    down, up = [(4, 16, 1, 1), (4,)], [(16, 4, 1, 1), (16,)]
    wide = [(4, 32, 1, 1), (4,), (32, 4, 1, 1), (32,)]
    head = [(3, 32 * 16), (3,)]
    assert [tuple(shape) for shape in free] == down + up + wide + head
    net = WAYS["low rank"].learn(given)
    assert [group[0].scale for group in net[:3]] == [1, 1, 1]
    assert [group[0].A.out_channels for group in net[:3]] == [4, 4, 4]
    assert not any(group[1].weight.requires_grad for group in net[:3])


def test_the_small_network_has_three_blocks_and_one_layer():
    net = small_net(5, 0)
    kernels = [part[0].weight.shape for part in net[:3]]
    assert [tuple(shape) for shape in kernels] == [(16, 1, 3, 3), (32, 16, 3, 3), (32, 32, 3, 3)]
    assert net[3].in_features == 32 * 16
    assert small_net(5, 0, pool=2)[3].in_features == 32 * 4
    assert net[:2](torch.rand(2, 1, 8, 8)).shape == (2, 32, 4, 4)
    assert torch.equal(small_net(5, 1)[3].weight, small_net(5, 1)[3].weight)
    assert not torch.equal(small_net(5, 1)[3].weight, small_net(5, 2)[3].weight)


def test_first_weights_come_from_seeds_of_their_own(asked, task):
    source, x, y = task
    given = Task(source, x[:6], y[:6], 3, 4, 0.01)
    assert torch.equal(RIVALS["from scratch"].learn(given)[3].weight, small_net(3, 54)[3].weight)
    body, _ = RIVALS["random body, frozen"].learn(given)
    assert torch.equal(body[0][0].weight, small_net(3, 54)[0][0].weight)
    torch.manual_seed(4)
    head = nn.Linear(512, 3).weight
    assert torch.equal(renewed(source, 3, 4)[3].weight, head)


def test_few_are_the_first_of_an_order_of_their_seed():
    y, pool = torch.arange(30) % 3, torch.arange(5, 25)
    order = pool[torch.randperm(20, generator=generator(9, 3))]
    expected = [row for label in range(3) for row in order.tolist() if row % 3 == label]
    found = few(y, pool, 2, 9)
    assert y[found].tolist() == [0, 0, 1, 1, 2, 2]
    for label in range(3):
        first = [row for row in expected if row % 3 == label][:2]
        assert found[2 * label : 2 * label + 2].tolist() == first


def test_the_first_deal_that_serves_is_the_first_of_its_seed():
    groups = torch.arange(20) // 2
    names = groups.unique()[torch.randperm(10, generator=generator(6, 7))]
    pool, test = deal(groups, 6)
    assert set(groups[pool].tolist()) == set(names[:5].tolist())
    assert set(groups[test].tolist()) == set(names[5:].tolist())
    y = torch.zeros(20).long()
    y[:4] = 1  # two groups hold the second class
    for seed in range(20):
        pool, test = deal(groups, seed, y)
        assert (y[pool] == 1).sum() == (y[test] == 1).sum() == 2
