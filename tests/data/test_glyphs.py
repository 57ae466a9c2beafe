import pytest
import torch

from helpers.data.glyphs import letters


def test_letters_are_framed_ink_and_classes_take_turns():
    x, y = letters(110, seed=1)
    assert x.shape == (110, 1, 8, 8)
    assert x.min() >= 0
    assert x.max() <= 1
    assert torch.equal(y, torch.arange(110) % 52)
    for side in (x.amax(2), x.amax(3)):  # stretched to the frame: ink at every edge
        assert (side[..., 0] > 0).float().mean() > 0.95
        assert (side[..., -1] > 0).float().mean() > 0.95


def test_letters_repeat_by_seed_and_differ_between_seeds():
    same = letters(52, seed=3)[0]
    assert torch.equal(same, letters(52, seed=3)[0])
    assert not torch.equal(same, letters(52, seed=4)[0])


def test_a_class_resembles_itself():
    x, y = letters(400, classes=4)
    flat = x.flatten(1)
    near = torch.cdist(flat, flat).fill_diagonal_(float("inf")).argmin(1)
    assert (y[near] == y).float().mean() > 0.8
    assert (y[near] == y.flip(0)).float().mean() < 0.5


def test_larger_images_average_to_the_smaller():
    small, large = letters(52)[0], letters(52, 16)[0]
    assert torch.allclose(torch.nn.functional.avg_pool2d(large, 2), small, atol=1e-6)


@pytest.mark.parametrize(("count", "size", "classes"), [(60, 12, 52), (60, 8, 1), (20, 8, 52)])
def test_other_sizes_are_refused(count, size, classes):
    with pytest.raises(ValueError, match="letters: expected a size of 8, 16 or 32"):
        letters(count, size, classes=classes)


def test_letters_are_those_that_the_stored_pages_rest_on(told):
    x, y = letters(60)
    assert told(x) == [0.27948, 0.33267, 0.13627]
    assert told(y) == [22.56667, 16.00357, 13.3113]
    assert torch.equal(x, letters(60, 8, classes=52, seed=0)[0])
    assert x.dtype == torch.float32


def test_without_spread_a_letter_differs_by_its_font_alone():
    x, y = letters(520, spread=0)
    kinds = {tuple(image.flatten().tolist()) for image in x[y == 0]}
    assert len(kinds) <= 8  # as many as there are fonts
    assert len({tuple(image.flatten().tolist()) for image in letters(520)[0][y == 0]}) == 10
