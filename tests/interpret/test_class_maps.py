import torch
from captum import attr
from torch import nn

from helpers.interpret.class_maps import grad_cam
from helpers.interpret.lead import Lead
from helpers.models.plain_convnet import plain_convnet


def test_grad_cam_agrees_with_captum():
    torch.manual_seed(0)
    net, x = plain_convnet(1, 3).double(), torch.randn(4, 1, 20, 24).double()
    f = Lead(net, torch.tensor([0, 2, 1, 0]))
    coarse = attr.LayerGradCam(f, net[7]).attribute(x, relu_attributions=True)
    theirs = attr.LayerAttribution.interpolate(coarse, (20, 24), "bilinear")
    ours = grad_cam(f, x, net[7])
    assert torch.allclose(ours, theirs)
    assert ours.shape == x.shape
    assert (ours >= 0).all()
    assert not torch.allclose(ours, grad_cam(f, x, net[4]))
    coarse = attr.LayerGradCam(f, net[7]).attribute(x, relu_attributions=False)
    theirs = attr.LayerAttribution.interpolate(coarse, (20, 24), "bilinear")
    signed = grad_cam(f, x, net[7], rectified=False)
    assert torch.allclose(signed, theirs)
    assert (signed < 0).any()


def test_a_map_that_speaks_against_is_left_out():
    net = nn.Sequential(nn.Identity(), nn.AdaptiveAvgPool2d(1), nn.Flatten())
    x = torch.rand(2, 2, 4, 4)
    found = grad_cam(lambda z: net(z) @ torch.tensor([1.0, -1.0]), x.requires_grad_(), net[0])
    expected = (x[:, :1] - x[:, 1:]).relu() / 16
    assert torch.allclose(found, expected, atol=1e-6)
