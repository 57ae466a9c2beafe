import torch

from helpers.interpret.gradients import gradient
from helpers.interpret.lead import Lead
from helpers.interpret.saliency import saliency_maps
from helpers.models.plain_convnet import plain_convnet


def test_seven_maps_that_differ_and_keep_their_sign():
    torch.manual_seed(0)
    net, x = plain_convnet(3, 2), torch.randn(2, 3, 16, 16)
    f = Lead(net, torch.tensor([0, 1]))
    maps = saliency_maps(f, x, net[7], torch.zeros(1))
    assert len(maps) == 7
    assert torch.equal(maps["gradient"], gradient(f, x))
    assert maps["Grad-CAM"].shape == (2, 1, 16, 16)
    signed = [name for name, one in maps.items() if (one < 0).any() and (one > 0).any()]
    assert set(maps) - set(signed) == {"Grad-CAM"}
    whole = [one.sum(1) for one in maps.values()]
    assert not any(torch.equal(a, b) for k, a in enumerate(whole) for b in whole[:k])
