from functools import partial

import pytest
import torch

from helpers.data.warped import simulated_pairs
from helpers.methods import registering
from helpers.methods.registering import (
    LEVELS,
    LIKENESSES,
    affine_search,
    descend,
    mirrored,
    objective,
    optical_flow,
    pair_by_pair,
    roughness,
    unlabelled,
)
from helpers.methods.similarity import local_correlation, mean_squares
from helpers.metrics.deformation import endpoint_error
from helpers.models.registration import VoxelMorph
from helpers.models.spatial_transformer import affine_field, exponential, warp

PAIRS = simulated_pairs(3, part="middle", size=1.5)
BOTH = PAIRS.moving, PAIRS.fixed


def wrong(field):
    return float(endpoint_error(field, PAIRS.truth, PAIRS.inside).mean())


def test_roughness_of_a_slope_is_its_square_and_a_shift_is_smooth():
    slope = affine_field(torch.tensor([[[1.2, 0.0, 3.0], [0.0, 1.0, 0.0]]]), (8, 8))
    assert torch.allclose(roughness(slope), torch.tensor([0.2**2 / 2]), atol=1e-6)
    assert roughness(torch.full((1, 2, 8, 8), 3.0)) == 0


def test_the_objective_weighs_roughness():
    field = torch.randn(3, 2, 80, 64)
    light, heavy = (objective(*BOTH, field, mean_squares, weight) for weight in (0.0, 2.0))
    assert torch.allclose(heavy - light, 2 * roughness(field), atol=1e-5)
    assert torch.allclose(light, mean_squares(warp(PAIRS.moving, field), PAIRS.fixed))


def test_descent_finds_the_bottom_of_a_bowl():
    found = descend(torch.zeros(2), lambda x: (x - torch.tensor([1.0, -2.0])) ** 2, 200, 0.1)
    assert torch.allclose(found, torch.tensor([1.0, -2.0]), atol=1e-2)


def test_searches_come_nearer_to_the_truth():
    before = wrong(0 * PAIRS.truth)
    assert wrong(pair_by_pair(*BOTH)) < 0.5 * before
    assert wrong(pair_by_pair(*BOTH, alike=mean_squares, weight=0.03)) < 0.8 * before
    assert wrong(pair_by_pair(*BOTH, flow=partial(exponential, halvings=4))) < 0.5 * before
    assert wrong(optical_flow(*BOTH)) < 0.7 * before
    assert wrong(pair_by_pair(PAIRS.fixed, PAIRS.fixed)) > 0.9 * before


def test_a_search_that_begins_at_the_truth_stays_near():
    found = pair_by_pair(*BOTH, begin=PAIRS.truth, levels=((4, 5, 0.05),))
    assert wrong(found) < 0.3


def test_an_affine_map_is_found():
    matrix = torch.tensor([[[1.05, 0.05, 1.5], [-0.05, 0.97, -2.0]]]).expand(3, -1, -1)
    field = affine_field(matrix, (80, 64))
    moved = warp(PAIRS.moving, field)
    found = affine_search(PAIRS.moving, moved, alike=mean_squares, steps=150)
    assert endpoint_error(found, field, moved[:, 0] > 0.1).max() < 0.3


def test_a_step_of_training_is_the_objective_and_has_a_gradient():
    torch.manual_seed(0)
    net = VoxelMorph((4, 8))
    loss = unlabelled(mean_squares, 0.1)(net, BOTH)
    loss.backward()
    assert net.unet.head.weight.grad.abs().sum() > 0


def test_mirrors_turn_all_images_of_a_batch_or_none():
    draws = torch.Generator().manual_seed(0)
    seen = {
        tuple(torch.equal(a, b) for a, b in zip(mirrored(BOTH, draws), BOTH)) for _ in range(20)
    }
    assert seen == {(True, True), (False, False)}


def test_likenesses_have_weights():
    assert all(weight > 0 and callable(alike) for alike, weight in LIKENESSES.values())


def test_likenesses_have_the_weights_that_the_page_names():
    weights = {name: weight for name, (_, weight) in LIKENESSES.items()}
    assert weights == {"mean squares": 0.03, "local correlation": 1.0, "mutual information": 1.0}
    assert LEVELS == ((8, 40, 0.5), (4, 40, 0.5))


def test_what_is_meant_if_nothing_is_said():
    field = torch.randn(3, 2, 80, 64, generator=torch.Generator().manual_seed(0))
    asked = objective(*BOTH, field, local_correlation, 1.0)
    assert torch.equal(objective(*BOTH, field), asked)
    net = lambda moving, fixed: field  # noqa: E731
    assert torch.equal(unlabelled()(net, (*BOTH, "more")), asked.mean())
    assert not torch.equal(asked, objective(*BOTH, field, local_correlation, 2.0))


def test_descent_is_torch_s_adam_and_leaves_its_start_alone():
    start = torch.tensor([3.0, -1.0])
    mine = descend(start, lambda x: x**2, 3, 0.1)
    theirs = start.clone().requires_grad_()
    adam = torch.optim.Adam([theirs], lr=0.1)
    for _ in range(3):
        adam.zero_grad()
        (theirs**2).sum().backward()
        adam.step()
    assert torch.equal(mine, theirs.detach())
    assert not mine.requires_grad
    assert start.tolist() == [3, -1]


def test_a_search_goes_from_coarse_points_to_fine_ones(monkeypatch):
    seen = []

    def descend(points, loss, steps, lr):
        seen.append((tuple(points.shape), steps, lr))
        loss(points)
        return points + 1

    monkeypatch.setattr(registering, "descend", descend)
    found = pair_by_pair(*BOTH)
    assert seen == [((3, 2, 10, 8), 40, 0.5), ((3, 2, 20, 16), 40, 0.5)]
    assert torch.allclose(found, torch.full_like(found, 2.0))
    assert found.shape == (3, 2, 80, 64)
    doubled = pair_by_pair(*BOTH, levels=((60, 7, 0.1),), flow=lambda field: 2 * field)
    assert seen[-1] == ((3, 2, 2, 2), 7, 0.1)
    assert torch.allclose(doubled, torch.full_like(found, 2.0))
    seen.clear()
    affine_search(*BOTH)
    assert seen == [((3, 2, 3), 60, 0.02)]


def test_an_affine_search_moves_as_many_pixels_as_it_turns(monkeypatch):
    monkeypatch.setattr(registering, "descend", lambda change, *rest: change + 0.1)
    found = affine_search(*BOTH)
    matrix = torch.eye(2, 3) + 0.1 * torch.tensor([1.0, 1.0, 40.0])
    assert torch.allclose(found, affine_field(matrix.expand(3, -1, -1), (80, 64)), atol=1e-5)


def test_optical_flow_is_scikit_image_s():
    from skimage.registration import optical_flow_tvl1

    fixed, moving = (images[:1, :, :32, :32] for images in (PAIRS.fixed, PAIRS.moving))
    theirs = optical_flow_tvl1(fixed[0, 0].numpy(), moving[0, 0].numpy(), attachment=40)
    assert torch.allclose(optical_flow(moving, fixed)[0], torch.from_numpy(theirs).float())


def test_roughness_of_a_volume_counts_all_three_axes():
    draws = torch.Generator().manual_seed(0)
    field = torch.randn(2, 3, 4, 5, 6, generator=draws)
    by_hand = sum((field.diff(dim=axis) ** 2).flatten(1).mean(1) for axis in (2, 3, 4))
    assert torch.allclose(roughness(field), by_hand)


def test_half_of_the_batches_are_mirrored_from_left_to_right():
    draws = torch.Generator().manual_seed(0)
    image = torch.arange(6.0).view(1, 1, 2, 3)
    turned = [mirrored((image,), draws)[0] for _ in range(300)]
    assert {tuple(one[0, 0, 0].tolist()) for one in turned} == {(0, 1, 2), (2, 1, 0)}
    share = sum(one[0, 0, 0, 0].item() == 2 for one in turned) / 300
    assert share == pytest.approx(0.5, abs=0.08)
