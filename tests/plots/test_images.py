import numpy as np

from helpers.plots.images import image_grid


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
