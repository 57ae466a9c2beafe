"""Images with boxes."""

from helpers.data.boxes import Boxed, padded
from helpers.data.smears import simulated_smears


def test_no_box_at_all_can_be_stacked():
    boxes, labels = padded([[], []], [[], []])
    assert boxes.shape == (2, 1, 4)
    assert labels.tolist() == [[-1], [-1]]


def test_a_set_names_its_classes():
    data = simulated_smears(2, 48)
    assert isinstance(data, Boxed)
    assert data.classes == ["red cell", "white cell", "platelet"]
