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
