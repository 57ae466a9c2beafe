import matplotlib.pyplot as plt
import numpy as np

from helpers.plots.curves import band, learning_curves, matrix


def test_learning_curves_draw_what_the_rows_hold():
    rows = [
        {"epoch": 1, "loss": 3.0, "valid_loss": 4.0},
        {"epoch": 2, "loss": 1.0, "valid_loss": 2.0},
    ]
    ax = learning_curves(rows)
    assert [list(line.get_ydata()) for line in ax.lines] == [[3.0, 1.0], [4.0, 2.0]]
    assert [text.get_text() for text in ax.texts] == ["training", "validation"]
    assert len(learning_curves([{"epoch": 1, "loss": 3.0}]).lines) == 1


def test_band_is_mean_and_range():
    ax = band(plt.subplots()[1], [1, 2], [[0.0, 4.0], [2.0, 8.0]], "a", "blue")
    assert list(ax.lines[0].get_ydata()) == [1.0, 6.0]
    corners = ax.collections[0].get_paths()[0].vertices[:, 1]
    assert (corners.min(), corners.max()) == (0.0, 8.0)


def test_matrix_writes_every_count():
    ax = matrix(plt.subplots()[1], np.array([[5, 0], [1, 9]]), ["a", "b"])
    assert sorted(text.get_text() for text in ax.texts) == ["1", "5", "9"]


def test_the_palest_shade_is_a_count_of_zero_not_the_smallest_count():
    ax = matrix(plt.subplots()[1], np.array([[9, 4], [5, 8]]), ["a", "b"])
    assert ax.images[0].get_clim() == (0, 9)


def test_curves_look_as_they_did(looks):
    figure, (one, two, three) = plt.subplots(1, 3, figsize=(9, 3))
    rows = [{"epoch": k, "loss": 3 / k, "valid_loss": 4 / k} for k in range(1, 5)]
    learning_curves(rows, one)
    two.legend(handles=band(two, [1, 2], [[0.0, 4.0], [2.0, 8.0]], "a", "blue").lines)
    matrix(three, np.array([[5, 0], [1, 9]]), ["a", "b"])
    assert looks(figure, "curves")
