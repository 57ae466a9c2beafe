import torch
from torch import nn

from helpers.models.plain_convnet import plain_convnet


def test_a_constant_can_be_taken_back_by_the_first_bias():
    torch.manual_seed(0)
    net, x = plain_convnet(1, 3).double(), torch.randn(2, 1, 20, 20).double()
    before = net(x)
    with torch.no_grad():
        net[0].bias -= 0.7 * net[0].weight.sum((1, 2, 3))
    assert torch.allclose(net(x + 0.7), before)
    assert not torch.allclose(net(x), before)


def test_each_relu_is_a_module_of_its_own():
    net = plain_convnet(3, 2, pools=1)
    relus = [layer for layer in net if isinstance(layer, nn.ReLU)]
    assert len(set(map(id, relus))) == 3
    assert not any(layer.inplace for layer in relus)
    assert net(torch.randn(4, 3, 8, 8)).shape == (4, 2)
    assert net[:8](torch.randn(1, 3, 8, 8)).shape[2:] == (4, 4)
    assert plain_convnet(3, 2)[:8](torch.randn(1, 3, 8, 8)).shape[2:] == (2, 2)
