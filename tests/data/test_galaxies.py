import numpy as np
import pytest
import torch
from scipy.ndimage import gaussian_filter
from skimage import data

from helpers.data.galaxies import eight_positions, galaxies


def test_every_picture_is_a_piece_of_the_photograph_and_no_two_overlap():
    found = galaxies(16)[:, 0]
    photograph = torch.from_numpy(data.hubble_deep_field().mean(2) / 255).float()
    pieces = photograph.unfold(0, 16, 1).unfold(1, 16, 1)
    used = torch.zeros(photograph.shape)
    for picture in found[::40]:
        places = (pieces == picture).all((2, 3)).nonzero()
        assert len(places) == 1
        down, right = places[0].tolist()
        used[down : down + 16, right : right + 16] += 1
    assert used.max() == 1
    assert found.shape == (483, 16, 16)


def test_the_middle_is_the_brightest_place_after_a_blur():
    image = data.hubble_deep_field().mean(2) / 255
    blurred = gaussian_filter(image, 2, mode="nearest")
    brightest = np.sort(blurred[16:-16, 16:-16].ravel())[-1]
    first = galaxies(16)[0, 0]
    down, right = np.unravel_index(
        np.argmax(np.where(np.isclose(blurred, brightest), 1, 0)), image.shape
    )
    piece = image[down - 8 : down + 8, right - 8 : right + 8]
    assert np.allclose(first, piece, atol=1e-6)
    assert not np.allclose(galaxies(16)[1, 0], piece, atol=1e-2)


def test_a_lower_bound_finds_more_and_values_are_shares():
    few, many = galaxies(16, 0.3), galaxies(16, 0.08)
    assert 0 < len(few) < len(many)
    assert torch.equal(few, many[: len(few)])
    assert many.min() >= 0
    assert many.max() <= 1


def test_what_cannot_be_cut_is_refused():
    with pytest.raises(ValueError, match="size must be 8 to 64 pixels, found 7"):
        galaxies(7)
    with pytest.raises(ValueError, match="size must be 8 to 64 pixels, found 80"):
        galaxies(80)
    with pytest.raises(ValueError, match="nothing is as bright as 2"):
        galaxies(16, 2)


def brightest(images):
    """Row and column of the brightest pixel of the mean picture."""
    mean = images.mean((0, 1))
    return divmod(int(mean.argmax()), mean.shape[1])


def test_the_brightest_pixel_of_an_odd_size_is_the_middle_one():
    assert brightest(galaxies(17)) == (8, 8)
    assert brightest(galaxies(16)) == (8, 8)  # the middle would be 7.5


def test_eight_positions_are_those_of_a_square_and_the_middle_stays():
    images = torch.rand(2, 1, 5, 5, generator=torch.Generator().manual_seed(0))
    found = eight_positions(images)[::2, 0]  # of the first image
    by_numpy = [np.rot90(side, k) for side in (images[0, 0], images[0, 0].T) for k in range(4)]
    assert {x.numpy().tobytes() for x in found} == {
        np.ascontiguousarray(x).tobytes() for x in by_numpy
    }
    assert len(found) == 8
    assert torch.equal(found[0], images[0, 0])
    assert torch.equal(found[:, 2, 2], images[0, 0, 2, 2].expand(8))


def test_turned_galaxies_keep_their_place_and_even_ones_would_not():
    assert brightest(eight_positions(galaxies(17))) == (8, 8)
    assert brightest(galaxies(16).rot90(2, (2, 3))) == (7, 7)


def test_images_without_a_middle_pixel_are_not_turned():
    with pytest.raises(ValueError, match="expected square images of an odd side, found 16 by 16"):
        eight_positions(galaxies(16))
    with pytest.raises(ValueError, match="expected square images of an odd side, found 5 by 7"):
        eight_positions(torch.zeros(1, 1, 5, 7))
