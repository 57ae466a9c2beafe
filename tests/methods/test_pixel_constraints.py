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
    largest_score,
    map_network,
    mean_score,
    nearest_allowed,
    overlap_by_photograph,
    pixel_labels,
    raised,
    soft_largest,
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


def test_pooling_lies_between_mean_and_maximum():
    s = scores()
    soft = soft_largest(s)
    assert bool((mean_score(s) <= soft).all())
    assert bool((soft <= largest_score(s)).all())
    torch.testing.assert_close(soft_largest(s, 1e-6), mean_score(s), rtol=0, atol=1e-4)
    torch.testing.assert_close(soft_largest(s, 1e4), largest_score(s), rtol=0, atol=1e-2)


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
