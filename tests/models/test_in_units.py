import torch
from torch import nn

from helpers.models.in_units import InUnits


def test_answers_are_in_units_and_the_scale_is_kept():
    model = InUnits(nn.Identity(), 10.0, 2.0)
    x = torch.tensor([0.0, 1.0, -1.0])
    assert torch.allclose((model(x) - x.mean() - 10) / 2, x)
    again = InUnits(nn.Identity())
    assert not torch.equal(again(x), model(x))
    again.load_state_dict(model.state_dict())
    assert torch.equal(again(x), model(x))
