from functools import partial

import torch

from helpers.data.warped import simulated_pairs
from helpers.methods.registering import (
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
from helpers.methods.similarity import mean_squares
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
