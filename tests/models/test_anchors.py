"""Anchors, and the code of a box."""

import pytest
import torch
from torchvision.models.detection._utils import BoxCoder

from helpers.models.anchors import anchor_grid, centre_form, decode, encode


def test_a_grid_has_a_box_at_each_place_in_its_middle():
    grid = anchor_grid((32, 48), (8, 16), (10, 20))
    assert grid.shape == (4 * 6 + 2 * 3, 4)
    centre, sides = centre_form(grid)
    assert centre[:2].tolist() == [[4, 4], [12, 4]]
    assert centre[24].tolist() == [8, 8]
    assert sides[0].tolist() == [10, 10]
    assert sides[-1].tolist() == [20, 20]


def test_a_side_that_cannot_be_divided_is_refused():
    with pytest.raises(ValueError, match=r"divisible by 16, found \(40, 32\)"):
        anchor_grid((40, 32), (8, 16), (8, 16))


def test_the_code_is_torchvisions_and_has_a_way_back():
    rng = torch.Generator().manual_seed(0)
    low = torch.rand(2, 50, 2, generator=rng) * 40
    boxes, anchors = torch.cat([low, low + 3 + 20 * torch.rand(2, 50, 2, generator=rng)], -1)
    code = encode(boxes, anchors)
    torch.testing.assert_close(code, BoxCoder((1.0,) * 4).encode([boxes], [anchors])[0])
    torch.testing.assert_close(decode(code, anchors), boxes, rtol=1e-4, atol=1e-4)
    assert encode(anchors, anchors).abs().max() < 1e-6
    assert not torch.allclose(encode(boxes + 1, anchors), code)
