import pytest
import torch
from skimage.filters import sobel

from helpers.data.planted import STROKE, plant, strokes


def sobel_energy(drawn):
    """By scikit-image's filter, which is scaled otherwise."""
    wide = torch.nn.functional.pad(drawn, [2] * 4).numpy()
    return torch.tensor([float((sobel(one) ** 2).sum()) for one in wide])


def test_strokes_are_as_conspicuous_to_an_edge_filter_and_change_no_mean():
    drawn = strokes()
    energy = sobel_energy(drawn)
    assert torch.allclose(energy, energy.mean().expand(4), rtol=1e-5)
    norms = drawn.flatten(1).norm(dim=1)
    assert abs(norms.mean() - 1) < 1e-6
    assert norms[0] > 1.02 * norms[2]  # with equal norms the upright would have more edges
    assert drawn.mean((1, 2)).abs().max() < 1e-6
    assert torch.allclose(drawn[0].flip(1), drawn[1])
    assert torch.allclose(drawn[2].T, drawn[3])


def test_the_label_is_the_cause_and_nothing_else_changes():
    canvas = torch.rand(40, 1, 24, 20)
    made = plant(canvas, seed=1, strength=2.0)
    change = made.x - canvas
    assert (change[~(made.cause | made.decoy)] == 0).all()
    assert not (made.cause & made.decoy).any()
    assert (made.cause.flatten(1).sum(1) == STROKE**2).all()
    seen = change[made.cause].reshape(40, STROKE, STROKE)
    assert torch.allclose(seen, 2 * strokes()[made.y], atol=1e-5)
    other = (change[made.decoy].reshape(40, 1, -1) * strokes()[2:].flatten(1)).sum(2)
    assert 0.2 < float((other.argmax(1) == made.y).float().mean()) < 0.8


@pytest.mark.parametrize("stroke", ["cause", "decoy"])
def test_a_turned_stroke_is_the_only_change(stroke):
    canvas = torch.rand(10, 1, 24, 24)
    before, after = plant(canvas, seed=1), plant(canvas, seed=1, turned=stroke)
    place = before.cause if stroke == "cause" else before.decoy
    assert torch.equal(before.y, after.y)
    assert torch.equal(before.x[~place], after.x[~place])
    assert (before.x != after.x).flatten(1).any(1).all()


def test_the_parts_can_be_exchanged():
    canvas = torch.zeros(10, 1, 24, 24)
    made = plant(canvas, seed=1, upright=True)
    seen = made.x[made.cause].reshape(10, STROKE, STROKE)
    assert torch.allclose(seen, strokes()[2 + made.y])


def test_another_seed_is_another_draw():
    canvas = torch.zeros(10, 1, 24, 24)
    assert torch.equal(plant(canvas, seed=3).x, plant(canvas, seed=3).x)
    assert not torch.equal(plant(canvas, seed=3).x, plant(canvas, seed=4).x)


@pytest.mark.parametrize("shape", [(2, 3, 32, 32), (2, 1, 32, 12)])
def test_colour_and_small_images_are_refused(shape):
    with pytest.raises(ValueError, match="expected grey images of at least 16 pixels a side"):
        plant(torch.zeros(shape))


def test_strokes_and_places_are_those_that_the_stored_pages_rest_on(told):
    grey = torch.full((40, 1, 24, 20), 0.5)
    found = plant(grey, seed=3)
    assert told(found.x) == [0.5, 0.06456, 0.25]
    assert told(found.y) == [0.55, 0.50383, 0.29872]
    assert told(found.cause) == [0.10208, 0.30277, 0.05102]
    assert told(found.decoy) == [0.10208, 0.30277, 0.05083]
    v, u = torch.meshgrid(torch.arange(7) - 3.0, torch.arange(7) - 3.0, indexing="ij")
    fade = torch.exp(-(((u**2 + v**2) / 10) ** 2))
    upright = torch.exp(-(u**2)) * fade
    upright = upright - upright.mean()
    shape = strokes()[2] / upright
    assert torch.allclose(shape, shape[0, 0].expand(7, 7), rtol=1e-4)
    assert torch.equal(found.x, plant(grey, 3, 1.0, None, False).x)
    assert torch.equal(plant(grey).x, plant(grey, seed=0).x)
    for shape, fine in (((1, 1, 16, 16), True), ((1, 1, 15, 16), False), ((1, 2, 16, 16), False)):
        if fine:
            assert plant(torch.zeros(shape)).x.shape == shape
        else:
            with pytest.raises(ValueError, match="at least 16 pixels a side"):
                plant(torch.zeros(shape))
