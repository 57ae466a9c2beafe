import numpy as np
import pytest
import torch
from scipy.ndimage import affine_transform
from sklearn.datasets import load_digits

from helpers.data.forms import digits_by_form, form_numbers, upright


def test_rows_are_those_of_scikit_learn_in_the_same_order():
    data, theirs = digits_by_form(), load_digits()
    assert torch.equal(data.x * 16, torch.tensor(theirs.data).float())
    assert data.y.tolist() == theirs.target.tolist()


def test_each_form_asks_for_nearly_the_same_sequence():
    data = digits_by_form()
    sizes = data.groups.bincount()
    assert len(sizes) == 14
    assert int(sizes.min()) >= 122
    assert int(sizes.max()) <= 130
    first = data.y[data.groups == 0].tolist()
    same = [data.y[data.groups == form].tolist() == first for form in range(14)]
    assert sum(same) >= 7  # the others lack a few digits, or hold one that was read otherwise
    assert (data.groups.diff() >= 0).all()


def test_shuffled_labels_have_no_forms():
    y = digits_by_form().y
    try:
        found = form_numbers(y[torch.randperm(len(y), generator=torch.Generator().manual_seed(0))])
    except ValueError:
        return
    assert found.bincount().min() < 100


def test_labels_that_do_not_end_with_a_form_are_refused():
    with pytest.raises(ValueError, match="expected labels in the order of the file"):
        form_numbers(torch.tensor([4, 9, 0, 8, 9, 8, 1, 2]))


def slant(image):
    """Slope of the line that predicts the column of the ink from its row."""
    down, across = np.mgrid[: len(image), : len(image)]
    return np.cov(down.ravel(), across.ravel(), aweights=image.ravel())[0, 1] / np.cov(
        down.ravel(), aweights=image.ravel()
    )


def test_upright_agrees_with_scipy():
    for image in digits_by_form().x[:20].reshape(-1, 8, 8).double():
        row = (image.sum(1) @ torch.arange(8.0).double() / image.sum()).item()
        slope = slant(image.numpy())
        shear, offset = np.array([[1, 0], [slope, 1]]), (0, -slope * (row + 4))
        theirs = affine_transform(np.pad(image.numpy(), 4), shear, offset, order=1)
        assert np.allclose(upright(image[None])[0], theirs[4:-4, 4:-4], atol=1e-6)


def test_upright_digits_lean_less():
    images = digits_by_form().x[:200].reshape(-1, 8, 8).double()
    before = np.mean([abs(slant(image.numpy())) for image in images])
    after = np.mean([abs(slant(image.numpy())) for image in upright(images)])
    mirrored = np.mean([abs(slant(image.numpy())) for image in upright(images.flip(2)).flip(2)])
    wrong_way = 2 * images - upright(images)  # a shear the other way leans more
    assert after < before / 3
    assert abs(mirrored - after) < 1e-6
    assert np.mean([abs(slant(image.clamp(min=0).numpy())) for image in wrong_way]) > before


def test_upright_leaves_a_standing_stroke_and_an_empty_image():
    images = torch.zeros(2, 7, 7)
    images[0, :, 3] = 1
    assert torch.allclose(upright(images), images, atol=1e-5)


def test_flat_rows_are_refused():
    with pytest.raises(ValueError, match="expected images"):
        upright(torch.zeros(3, 64))


def test_each_pixel_is_named_once_by_row_and_column():
    data = digits_by_form()
    assert len(data.features) == len(set(data.features)) == data.x.shape[1] == 64
    assert (data.features[0], data.features[9]) == ("row 0, column 0", "row 1, column 1")
    assert data.classes == list("0123456789")
