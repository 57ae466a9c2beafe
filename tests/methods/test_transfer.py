import pytest
import torch
from torch import nn

from helpers.ground.random import generator
from helpers.methods.transfer import (
    Adapter,
    Group,
    LowRank,
    discriminative,
    freeze_to,
    slanted,
    warped,
)


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


def test_a_frozen_group_keeps_its_statistics_and_a_plain_one_does_not():
    x = torch.randn(8, 3) + 5
    for kind, still in ((Group, True), (nn.Sequential, False)):
        layers = kind(nn.Linear(3, 3), nn.BatchNorm1d(3)).requires_grad_(False)
        layers.train()(x)
        assert bool((layers[1].running_mean == 0).all()) == still
    free = Group(nn.Linear(3, 3), nn.BatchNorm1d(3)).train()
    assert free[1].training
    assert not free.eval()[1].training


def test_slanted_rates_equal_torch_s_linear_cycle():
    optimizer = torch.optim.SGD([torch.zeros(1)], lr=1.0)
    cycle = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, 1.0, 101, pct_start=11 / 101, anneal_strategy="linear", div_factor=32,
        final_div_factor=1, cycle_momentum=False,
    )  # fmt: skip
    theirs = []
    for _ in range(101):
        theirs.append(optimizer.param_groups[0]["lr"])
        optimizer.step(), cycle.step() if len(theirs) < 101 else None
    assert [slanted()(t / 100) for t in range(101)] == pytest.approx(theirs)
    assert [slanted(0.5)(t / 100) for t in range(101)] != pytest.approx(theirs)


@pytest.mark.parametrize(("cut", "ratio"), [(0, 32), (1, 32), (0.1, 0.5)])
def test_a_triangle_without_flanks_is_refused(cut, ratio):
    with pytest.raises(ValueError, match="slanted.*expected a share in"):
        slanted(cut, ratio)


@pytest.mark.parametrize("layer", [nn.Linear(4, 3), nn.Conv2d(4, 3, 3, stride=2, padding=1)])
def test_a_low_rank_change_starts_at_nothing_and_folds_into_the_weights(layer):
    torch.manual_seed(0)
    x = torch.randn(2, 4) if isinstance(layer, nn.Linear) else torch.randn(2, 4, 6, 6)
    before = layer(x).detach()
    beside = LowRank(layer, rank=2, alpha=6)
    assert torch.equal(beside(x), before)
    assert [name for name, p in beside.named_parameters() if p.requires_grad] == [
        "A.weight",
        "B.weight",
    ]
    nn.init.normal_(beside.B.weight)
    after = beside(x).detach()
    assert not torch.allclose(after, before)
    change = beside.change().detach()
    assert torch.linalg.matrix_rank(change.flatten(1)) == 2
    layer.weight += change
    assert torch.allclose(layer(x), after, atol=1e-5)


def test_the_low_rank_layer_equals_peft_s():
    layer, k = nn.Linear(4, 3), torch.arange(12.0)
    beside = LowRank(layer, rank=2, alpha=6)
    with torch.no_grad():
        layer.weight.copy_((1.3 * k).sin().view(3, 4))
        layer.bias.copy_(torch.tensor([0.1, -0.2, 0.3]))
        beside.A.weight.copy_((0.7 * k[:8]).cos().view(2, 4))
        beside.B.weight.copy_((0.9 * k[:6]).sin().view(3, 2))
    found = beside((0.37 * k[:8]).sin().view(2, 4))
    peft = [[-1.00005245, 0.01485252, 2.74522185], [-3.93210053, 2.03706884, 3.71852899]]
    assert torch.allclose(found, torch.tensor(peft), atol=1e-5)  # peft 0.21.2, run apart


@pytest.mark.parametrize(
    ("layer", "rank"),
    [(nn.BatchNorm1d(3), 2), (nn.Conv2d(4, 4, 3, groups=2), 2), (nn.Linear(2, 2), 0)],
)
def test_what_has_no_low_rank_change_is_refused(layer, rank):
    with pytest.raises(ValueError, match="LowRank: expected a linear layer"):
        LowRank(layer, rank)


def test_copies_are_drawn_anew_by_seed_around_the_image():
    x, y = torch.rand(3, 1, 8, 8), torch.tensor([2, 0, 1])
    images, labels = warped(x, y, copies=4, seed=1)
    assert images.shape == (12, 1, 8, 8)
    assert labels.tolist() == [2, 0, 1] * 4
    assert torch.equal(images, warped(x, y, copies=4, seed=1)[0])
    assert not torch.equal(images, warped(x, y, copies=4, seed=2)[0])
    assert images.min() >= 0
    assert images.max() <= x.max() + 1e-6
    disc = torch.zeros(1, 1, 32, 32)
    disc[..., 12:20, 12:20] = 1
    many = warped(disc, y[:1], copies=400)[0][:, 0]
    place = torch.linspace(-1, 1, 32)
    across = (many.sum(1) * place).sum(1) / many.sum((1, 2))
    assert abs(float(across.mean())) < 0.02  # shifts of 0.08 half widths around nothing
    assert 0.05 < float(across.std()) < 0.12
    by_size = many.sum((1, 2)) / disc.sum()
    assert float(by_size.std()) > 0.1  # and stretched


def test_what_is_meant_if_nothing_is_said():
    net = groups()
    rates = [group["lr"] for group in discriminative(net, 1.0)]
    assert rates == pytest.approx([2.6**-2, 2.6**-1, 1])
    for t in (0.0, 0.05, 0.1, 0.5, 1.0, 1.5):
        assert slanted()(t) == slanted(cut=0.1, ratio=32)(t)
    assert (slanted()(0.0), slanted()(0.1), slanted()(1.0), slanted()(2.0)) == (
        1 / 32,
        1,
        pytest.approx(1 / 32),
        1 / 32,
    )
    assert LowRank(nn.Linear(3, 2), 4).scale == 0.25
    x, y = torch.rand(2, 1, 8, 8), torch.tensor([3, 5])
    images, labels = warped(x, y)
    assert images.shape == (40, 1, 8, 8)
    assert labels.tolist() == [3, 5] * 20
    assert torch.equal(images, warped(x, y, copies=20, seed=0)[0])


def test_copies_are_torch_s_affine_maps_of_a_fifth_and_shifts_of_eight_hundredths():
    x, y = torch.rand(3, 1, 8, 8), torch.arange(3)
    draws = generator(4, 11)
    maps = torch.eye(2) + 0.2 * torch.randn(6, 2, 2, generator=draws)
    shift = 0.08 * torch.randn(6, 2, 1, generator=draws)
    grid = nn.functional.affine_grid(torch.cat([maps, shift], 2), (6, 1, 8, 8), align_corners=False)
    wanted = nn.functional.grid_sample(x.repeat(2, 1, 1, 1), grid, align_corners=False)
    assert torch.equal(warped(x, y, copies=2, seed=4)[0], wanted)


@pytest.mark.parametrize(
    ("cut", "ratio", "fine"), [(0, 32, False), (1, 32, False), (0.5, 0.9, False), (0.5, 1, True)]
)
def test_a_triangle_has_two_flanks_and_a_height(cut, ratio, fine):
    if fine:
        assert slanted(cut, ratio)(0.3) == 1
    else:
        with pytest.raises(ValueError, match="expected a share in"):
            slanted(cut, ratio)


def test_counts_from_none_to_all_may_be_frozen():
    for count in (0, 3):
        net = groups()
        freeze_to(net, count)
        assert all(p.requires_grad is (count == 0) for p in net.parameters())
    adapter = Adapter(6, 2)
    assert (adapter.down.in_channels, adapter.down.out_channels, adapter.down.kernel_size) == (
        6,
        2,
        (1, 1),
    )
    assert (adapter.up.in_channels, adapter.up.out_channels) == (2, 6)
    with pytest.raises(ValueError, match="a rank of at least 1, found Linear and 0"):
        LowRank(nn.Linear(3, 2), 0)
    with pytest.raises(ValueError, match="without groups"):
        LowRank(nn.Conv2d(4, 4, 3, groups=2), 1)
    strided = nn.Conv2d(4, 6, 3, stride=2, padding=2, dilation=2)
    x = torch.rand(1, 4, 9, 9)
    assert LowRank(strided, 2)(x).shape == strided(x).shape
    assert not any(p.requires_grad for p in LowRank(strided, 2).layer.parameters())
