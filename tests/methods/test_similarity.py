import numpy as np
import pytest
import torch
from monai.losses import LocalNormalizedCrossCorrelationLoss
from sklearn.metrics import mutual_info_score
from torch.nn.functional import avg_pool2d, avg_pool3d

from helpers.methods.similarity import (
    joint_histogram,
    local_correlation,
    mean_squares,
    mutual_information,
    window_mean,
)

DRAWS = torch.Generator().manual_seed(0)


@pytest.mark.parametrize("pool", [avg_pool2d, avg_pool3d])
def test_a_mean_in_a_window_is_that_of_average_pooling(pool):
    sides = (9, 8, 7)[: 2 if pool is avg_pool2d else 3]
    image = torch.rand(2, 3, *sides, generator=DRAWS).double()
    theirs = pool(image, 5, stride=1, padding=2)
    assert torch.allclose(window_mean(image, 5), theirs, atol=1e-12)
    assert not torch.allclose(window_mean(image, 3), theirs, atol=1e-2)


@pytest.mark.parametrize("dims", [2, 3])
def test_local_correlation_is_monais(dims):
    one, other = torch.rand(2, 2, 1, *(12,) * dims, generator=DRAWS).double()
    theirs = LocalNormalizedCrossCorrelationLoss(dims, kernel_size=5, smooth_dr=5**dims * 3e-3)
    ours = local_correlation(one, other, window=5)
    assert ours.shape == (2,)
    assert abs(ours.mean() - theirs(one, other)) < 1e-9


def test_mutual_information_is_scikit_learns_on_levels():
    one, other = (torch.randint(4, (2, 1, 9, 9), generator=DRAWS) for _ in range(2))
    found = -mutual_information(one / 3.0, other / 3.0, bins=4)
    for number in range(2):
        expected = mutual_info_score(one[number].flatten(), other[number].flatten())
        assert abs(found[number] - expected) < 1e-4


def test_a_joint_histogram_on_levels_is_numpys():
    one, other = (torch.randint(5, (2, 1, 9, 9), generator=DRAWS) for _ in range(2))
    found = joint_histogram(one / 4.0, other / 4.0, 5)
    for number in range(2):
        pair = (images[number].flatten().numpy() for images in (one, other))
        counts, _, _ = np.histogram2d(*pair, bins=np.arange(6) - 0.5)
        assert np.allclose(found[number], counts / 81, atol=1e-6)
    assert not torch.allclose(found, found.mT, atol=1e-3)  # rows are of the first image


def test_between_levels_a_joint_histogram_is_that_of_triangles_and_sums_to_one():
    """The dense form: each pixel's share of each level, and their product."""
    one, other = torch.rand(2, 2, 1, 6, 7, generator=DRAWS).double().requires_grad_()
    levels = torch.linspace(0, 1, 8).double()[:, None]

    def shares(image):
        return (1 - (image.flatten(1)[:, None] - levels).abs() * 7).clamp(min=0)

    found, wanted = joint_histogram(one, other, 8), shares(one) @ shares(other).mT / 42
    assert torch.allclose(found, wanted, atol=1e-12)
    assert torch.allclose(found.sum((1, 2)), torch.ones(2).double())
    weight = torch.rand(8, 8, generator=DRAWS).double()
    slopes = [torch.autograd.grad((table * weight).sum(), one)[0] for table in (found, wanted)]
    assert torch.allclose(*slopes, atol=1e-12)
    assert slopes[0].abs().max() > 1e-3


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(
    ("alike", "view", "low", "high"),
    [
        (mean_squares, "same", 1, 1),
        (mean_squares, "negative", -2, 0),  # worse than another image
        (local_correlation, "lamp", 0.9, 1),
        (local_correlation, "negative", 0.5, 0.8),
        (local_correlation, "other order", 0, 0.6),
        (mutual_information, "negative", 0.99, 1.001),
        (mutual_information, "other order", 0.99, 1.001),
        (mutual_information, "lamp", 0.5, 0.8),
    ],
)
def test_how_much_of_a_likeness_a_change_of_brightness_leaves(alike, view, low, high, seed):
    draws = torch.Generator().manual_seed(seed)
    levels = torch.randint(4, (1, 1, 9, 9), generator=draws).repeat_interleave(5, 2)
    levels = levels.repeat_interleave(5, 3)
    image, order = levels / 3, torch.tensor([0.0, 3.0, 1.0, 2.0]) / 3
    views = {
        "same": image,
        "negative": 1 - image,
        "lamp": image * torch.linspace(0.2, 1, 45),
        "other order": order[levels],
    }
    same, strange = alike(image, image), alike(image, image.flip(-1).roll(11, -2))
    kept = (strange - alike(image, views[view])) / (strange - same)
    assert low <= float(kept) <= high


def test_windows_of_nine_and_bins_of_twenty_four_if_nothing_is_said():
    g = torch.Generator().manual_seed(0)
    one, other = torch.rand(2, 2, 1, 24, 24, generator=g)
    assert torch.equal(local_correlation(one, other), local_correlation(one, other, 9, 0.003))
    assert not torch.allclose(local_correlation(one, other), local_correlation(one, other, 7))
    assert torch.equal(mutual_information(one, other), mutual_information(one, other, 24))
    assert not torch.allclose(mutual_information(one, other), mutual_information(one, other, 23))
    faint = 1e-3 * (one - 0.5)
    assert (
        local_correlation(faint, faint).abs().max() < 0.01
    )  # a spread below the least counts little
    assert mean_squares(one, one + 2).tolist() == pytest.approx([4, 4], rel=1e-5)


def test_light_outside_the_range_counts_as_its_end():
    image = torch.tensor([[[[-3.0, 0.0, 0.25, 1.0, 9.0]]]])
    found = joint_histogram(image, torch.zeros_like(image), 3)[0]
    assert (5 * found).tolist() == [[2.5, 0, 0], [0.5, 0, 0], [2, 0, 0]]
