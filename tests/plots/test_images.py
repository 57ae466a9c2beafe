import numpy as np
import pytest

from helpers.plots.images import image_grid, image_strips


def test_every_image_and_title_is_drawn_once():
    images = np.random.default_rng(0).random((7, 4, 4))
    figure = image_grid(images, [str(i) for i in range(7)], columns=5)
    drawn = [axes for axes in figure.axes if axes.images]
    assert len(figure.axes) == 10
    assert [axes.get_title() for axes in drawn] == [str(i) for i in range(7)]
    assert all((axes.images[0].get_array() == image).all() for axes, image in zip(drawn, images))


def test_grids_look_as_they_did(looks):
    images = np.linspace(0, 1, 7 * 16).reshape(7, 4, 4)
    assert looks(image_grid(images, [f"image {k}" for k in range(7)], columns=5), "titled-grid")
    assert looks(image_grid(images), "plain-grid")


def test_a_strip_holds_the_images_side_by_side_with_gaps():
    images = np.random.default_rng(0).random((3, 4, 5))
    figure = image_strips({"one": images, "two": 2 * images}, gap=2)
    first, second = (axes.images[0].get_array() for axes in figure.axes)
    assert first.shape == (4, 3 * 7)
    assert all((first[:, 7 * k : 7 * k + 5] == image).all() for k, image in enumerate(images))
    assert (first[:, 5:7] == images.min()).all()
    assert (second[:, :5] == 2 * images[0]).all()
    assert [axes.get_title(loc="left") for axes in figure.axes] == ["one", "two"]


def test_strips_of_other_shapes_are_refused():
    with pytest.raises(ValueError, match="expected rows of one shape"):
        image_strips({"one": np.zeros((3, 4, 5)), "two": np.zeros((2, 4, 5))})
    with pytest.raises(ValueError, match="expected rows of one shape"):
        image_strips({"one": np.zeros((3, 4))})
