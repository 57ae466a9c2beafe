import matplotlib.pyplot as plt
import pytest
from IPython.lib.pretty import pretty

from helpers.plots.describe import describe, describe_in_notebooks


@pytest.fixture
def figure():
    figure, (left, right) = plt.subplots(1, 2)
    left.plot([0, 1], [1, 2], label="a")
    left.set(title="Error falls to 0.123", xlabel="epoch")
    left.legend()
    right.bar([1, 2, 3], [1, 2, 3])
    yield figure
    plt.close(figure)


def test_each_panel_is_a_line_with_title_labels_and_counts(figure):
    first, second = describe(figure).splitlines()
    assert first == "Figure: Error falls to # | x: epoch | legend: a | 1 lines"
    assert second == "3 bars"


def test_an_added_line_and_a_changed_title_show(figure):
    before = describe(figure)
    figure.axes[0].axhline(1)
    assert "2 lines" in describe(figure)
    figure.axes[0].set_title("Error rises")
    assert before != describe(figure)
    assert "Error rises" in describe(figure)


def test_digits_that_differ_between_processors_do_not_show(figure):
    before = describe(figure)
    figure.axes[0].set_title("Error falls to 0.124")
    assert describe(figure) == before


def test_in_a_notebook_that_is_the_text_form_of_a_figure(figure):
    describe_in_notebooks()
    assert pretty(figure) == describe(figure)
