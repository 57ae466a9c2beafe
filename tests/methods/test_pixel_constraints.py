"""Pixel maps: the nearest map agrees with scipy's minimiser, pooling with its limits."""

import numpy as np
import pytest
import torch
from scipy.optimize import minimize
from scipy.special import rel_entr

from helpers.methods.pixel_constraints import (
    choose_bar,
    constrained,
    full_size,
    image_labels,
    map_network,
    mean_score,
    nearest_allowed,
    overlap_by_photograph,
    pixel_labels,
    raised,
)
from helpers.train.loop import fit


def scores(seed=0, images=3):
    """Scores of a few small images."""
    return torch.randn(images, 3, 4, generator=torch.Generator().manual_seed(seed)).double()


@pytest.mark.parametrize(("low", "high", "sign"), [(0.7, 0.9, 1), (0.1, 0.2, -1)])
def test_nearest_map_agrees_with_scipy(low, high, sign):
    s = scores(1, 1)
    own = s.sigmoid().flatten().numpy()
    limit = {"type": "ineq", "fun": lambda q: sign * (q.mean() - (low if sign > 0 else high))}
    theirs = minimize(
        lambda q: rel_entr(q, own).sum() + rel_entr(1 - q, 1 - own).sum(),
        np.full(12, 0.5), bounds=[(1e-6, 1 - 1e-6)] * 12, constraints=limit,
        method="SLSQP", options={"ftol": 1e-14, "maxiter": 500},
    ).x  # fmt: skip
    ours = nearest_allowed(s, torch.ones(1), low, high).flatten().numpy()
    assert ours == pytest.approx(theirs, abs=1e-4)


def test_allowed_maps_stay_and_empty_images_are_empty():
    s = scores()
    assert nearest_allowed(s, torch.ones(3), 0.01, 0.99).numpy() == pytest.approx(
        s.sigmoid().numpy()
    )
    assert float(nearest_allowed(s, torch.zeros(3), 0.2, 0.9).sum()) == 0
    share = raised(s, 0.3).sigmoid().mean((1, 2))
    assert share.tolist() == pytest.approx([0.3] * 3, abs=1e-6)
    with pytest.raises(ValueError, match="expected 0 < low < high < 1, found 0.5 and 0.2"):
        nearest_allowed(s, torch.ones(3), 0.5, 0.2)


def blots(rows=128, seed=0):
    """Grey noise, with a bright blot in half of the images."""
    draws = torch.Generator().manual_seed(seed)
    x = 0.3 * torch.randn(rows, 3, 16, 16, generator=draws)
    inside = torch.zeros(rows, 16, 16, dtype=torch.bool)
    for k in range(0, rows, 2):
        left = int(torch.randint(0, 10, (), generator=draws))
        inside[k, left : left + 6, 4:10] = True
    return x + 2 * inside[:, None], inside.any(2).any(1).float(), inside


def trained(step, epochs=12):
    """Scores of a small network, and what it was trained on."""
    x, y, inside = blots()
    torch.manual_seed(0)
    net = map_network()
    fit(
        net, (x, y, inside), step=step, epochs=epochs, lr=0.01, batch_size=16,
        progress=False, device="cpu",
    )  # fmt: skip
    with torch.no_grad():
        return full_size(net(x), (16, 16)), y, inside


@pytest.mark.parametrize("step", [image_labels(mean_score), pixel_labels])
def test_each_step_finds_a_bright_blot(step):
    score, _, inside = trained(step)
    groups = torch.arange(len(inside))
    bar = choose_bar(score, inside, groups)
    guess = overlap_by_photograph(torch.ones_like(inside), inside, groups).mean()
    assert float(overlap_by_photograph(score > bar, inside, groups).mean()) > 2.5 * float(guess)


def test_constrained_maps_have_an_allowed_size():
    score, y, _ = trained(constrained(0.08, 0.3))
    share = score.sigmoid().mean((1, 2))
    assert 0.04 < float(share[y > 0].mean()) < 0.4
    assert float(share[y == 0].mean()) < 0.5 * float(share[y > 0].mean())


def test_overlap_is_counted_by_photograph():
    inside = torch.tensor([[[1, 1]], [[0, 0]], [[1, 0]], [[0, 0]]]).bool()
    found = torch.tensor([[[1, 0]], [[1, 0]], [[1, 0]], [[1, 1]]]).bool()
    groups = torch.tensor([4, 4, 7, 9])
    assert overlap_by_photograph(found, inside, groups).tolist() == pytest.approx([1 / 3, 1])


def test_a_pixel_at_the_bar_is_not_found():
    """Two photographs with a plateau: at its height the bar leaves it out."""
    score = torch.tensor([0.0] * 34 + [1.0] * 17).view(1, 3, 17)
    inside = score > 0
    bar = choose_bar(score, inside, torch.zeros(1).long())
    assert 0 <= bar < 1
    assert overlap_by_photograph(score > bar, inside, torch.zeros(1).long()).item() == 1


def test_bars_are_tried_from_the_middle_to_the_last_but_a_half_percent():
    g = torch.Generator().manual_seed(0)
    score = torch.rand(40, 17, 17, generator=g)
    groups = torch.arange(40)
    few = score.flatten()[::17]
    for share in (0.5, 0.8, 0.995):
        inside = score > few.quantile(share)
        bar = choose_bar(score, inside, groups)
        assert float((few > bar).double().mean()) == pytest.approx(1 - share, abs=0.012)
    assert choose_bar(score, inside, groups) == choose_bar(score, inside, groups, tried=60)
    levels = few.quantile(torch.linspace(0.5, 0.995, 7))
    assert choose_bar(score, inside, groups, tried=7) in [pytest.approx(float(v)) for v in levels]


def test_the_map_is_a_quarter_of_the_pixels_wide():
    net = map_network()
    kernels = [
        (c.in_channels, c.out_channels, c.kernel_size[0], c.dilation[0])
        for c in net
        if hasattr(c, "dilation")
    ]
    assert kernels == [(3, 16, 3, 1), (16, 16, 3, 1), (16, 16, 3, 2), (16, 1, 1, 1)]
    assert net(torch.rand(2, 3, 16, 12)).shape == (2, 8, 6)
    assert map_network(4)[0].out_channels == 4
    x, y, inside = blots(4)
    grown = torch.nn.functional.interpolate(net(x)[:, None], (16, 16), mode="bilinear")[:, 0]
    assert torch.equal(full_size(net(x), (16, 16)), grown)
    loss = torch.nn.functional.binary_cross_entropy_with_logits(grown, inside.float())
    assert torch.allclose(pixel_labels(net, (x, y, inside)), loss)


@pytest.mark.parametrize(("low", "high"), [(0, 0.5), (0.5, 1), (0.5, 0.5), (-0.1, 0.5)])
def test_sizes_lie_between_nothing_and_all(low, high):
    with pytest.raises(ValueError, match=f"expected 0 < low < high < 1, found {low} and {high}"):
        nearest_allowed(scores(), torch.ones(3), low, high)


@pytest.mark.parametrize("share", [1e-6, 0.5, 1 - 1e-6])
def test_scores_however_far_are_raised_to_the_share(share):
    s = 40 * scores().sign() + scores()
    found = raised(s, share)
    assert found.sigmoid().mean((1, 2)).tolist() == pytest.approx([share] * 3, rel=1e-4)
    assert torch.allclose(found - s, (found - s)[:, :1, :1].expand_as(s), atol=1e-9)
