import torch
from captum import attr

from helpers.interpret.lead import Lead
from helpers.interpret.occlusion import occlusion
from helpers.models.plain_convnet import plain_convnet


def test_squares_side_by_side_agree_with_captum():
    torch.manual_seed(0)
    net, x = plain_convnet(1, 3).double().eval(), torch.randn(3, 1, 20, 20).double()
    f = Lead(net, torch.tensor([0, 2, 1]))
    square = {"sliding_window_shapes": (1, 4, 4), "strides": (1, 4, 4), "baselines": 0.5}
    theirs = attr.Occlusion(f).attribute(x, **square).detach().double()
    assert torch.allclose(occlusion(f, x, 4, 4, 0.5), theirs, atol=1e-6)
    assert not torch.allclose(occlusion(f, x, 4, 4, 0.0), theirs, atol=1e-6)


def test_a_linear_score_loses_weight_times_distance_from_the_fill():
    weight, x = torch.rand(1, 2, 6, 6), torch.rand(3, 2, 6, 6)
    fill = torch.rand(1, 2, 6, 6)
    lost = occlusion(lambda z: (z * weight).sum((1, 2, 3)), x, 1, 1, fill)
    assert torch.allclose(lost, (weight * (x - fill)).sum(1, keepdim=True), atol=1e-5)


def test_where_no_square_lay_nothing_is_lost():
    lost = occlusion(lambda z: z.sum((1, 2, 3)), torch.ones(1, 1, 5, 5), side=2, stride=2)
    assert (lost[..., 4] == 0).all()
    assert (lost[..., :4, :4] == 4).all()
