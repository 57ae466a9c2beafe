import matplotlib.pyplot as plt
import numpy as np

from helpers.plots.fields import bent_grid


def test_lines_lie_where_the_field_points():
    field = np.zeros((2, 12, 10))
    field[0], field[1] = 2.0, -1.0
    _, frame = plt.subplots()
    bent_grid(frame, field, every=5)
    lines = [line.get_xydata() for line in frame.lines]
    assert len(lines) == 3 + 2
    assert np.allclose(lines[0][:, 1], 2)  # row 0, moved two down
    assert np.allclose(lines[0][:, 0], np.arange(10) - 1)
    assert np.allclose(lines[3][:, 0], -1)  # column 0, moved one to the left
    plt.close("all")
