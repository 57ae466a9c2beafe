import numpy as np
import pytest

from helpers.data.drawn import ask_about_values, soft_edges


def test_soft_edges_are_told_from_classes():
    disc = np.hypot(*np.mgrid[-16:16, -16:16])
    assert soft_edges(np.clip(255 * (10.4 - disc), 0, 255).astype(np.uint8))
    assert soft_edges((np.mgrid[:32, :32][0] // 8 * 85).astype(np.uint8)) is False
    assert soft_edges(((disc < 10) * 255).astype(np.uint8)) is None


def test_two_scales_are_asked_about():
    ask_about_values({"a": {0, 1}, "b": {0, 1, 255}}, None)
    with pytest.raises(ValueError, match="a holds 0 and 1, b 0 and 255"):
        ask_about_values({"a": {0, 1}, "b": {0, 255}}, None)
    with pytest.raises(ValueError, match="a holds 4 values, .* only at edges"):
        ask_about_values({"a": {0, 60, 90, 255}}, "a")


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        ([[0, 60, 90, 255]], True), ([[0, 60, 60, 90, 255]], False), ([[0, 60, 255]], None),
        ([[1, 60, 90, 255]], None), ([[0, 60, 90, 254]], None), ([[0, 90, 60, 255]], False),
        ([[0, 255, 60, 90, 255, 0]], False), ([[0, 0, 0], [60, 90, 60], [255, 255, 255]], None),
    ],
)  # fmt: skip
def test_values_between_lie_between_their_neighbours(rows, found):
    assert soft_edges(np.array(rows)) in ((found,) if found is not None else (None, True))


def test_ones_and_255s_are_told_word_by_word():
    with pytest.raises(ValueError) as caught:
        ask_about_values({"a": {0, 255}, "b": {0, 1}, "c": {0}}, None)
    assert str(caught.value) == (
        "image_masks: b holds 0 and 1, a 0 and 255; make them alike, or pass values=[0, 1, 255] if these "
        "are three classes"
    )
    for each in (
        {"a": {0, 1}, "b": {0, 255}, "c": {0, 7}}, {"a": {0, 1}}, {"a": {0, 255}}, {"a": {1}, "b": {255}},
        {"a": {0, 1, 255}, "b": {0, 255}},
    ):  # fmt: skip
        assert ask_about_values(each, None) is None
        assert ask_about_values(each, False) is None
    assert "b holds 0 and 1" in str(caught.value)
    with pytest.raises(ValueError) as caught:
        ask_about_values({"a": {0, 60, 90, 200, 255}}, "a")
    assert str(caught.value) == (
        "image_masks: a holds 5 values, those between 0 and 255 only at edges; save the mask without soft "
        "edges, or pass values=[...] if these are classes"
    )
