import torch
from torch import nn

from helpers.models.plain_convnet import plain_convnet, pooled_first


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


def test_it_is_these_layers():
    assert [str(layer) for layer in plain_convnet(3, 7)] == [
        str(
            torch.nn.Conv2d(
                3, 16, kernel_size=(5, 5), stride=(1, 1), padding=(2, 2), padding_mode="replicate"
            )
        ),
        str(torch.nn.ReLU()),
        str(torch.nn.MaxPool2d(kernel_size=2, stride=2, padding=0, dilation=1, ceil_mode=False)),
        str(torch.nn.Conv2d(16, 24, kernel_size=(3, 3), stride=(1, 1), padding=(1, 1))),
        str(torch.nn.ReLU()),
        str(torch.nn.MaxPool2d(kernel_size=2, stride=2, padding=0, dilation=1, ceil_mode=False)),
        str(torch.nn.Conv2d(24, 32, kernel_size=(3, 3), stride=(1, 1), padding=(1, 1))),
        str(torch.nn.ReLU()),
        str(torch.nn.AdaptiveAvgPool2d(output_size=1)),
        str(torch.nn.Flatten(start_dim=1, end_dim=-1)),
        str(torch.nn.Linear(in_features=32, out_features=7, bias=True)),
    ]
    assert str(plain_convnet(3, 7, pools=1)[5]) == str(torch.nn.Identity())
    assert str(plain_convnet(3, 7, pools=2)[5]) == str(plain_convnet(3, 7)[5])


def test_pooling_before_the_relu_gives_the_scores_and_slopes_of_pooling_after_it():
    torch.manual_seed(0)
    net, x, found = plain_convnet(1, 3), torch.randn(4, 1, 20, 20), []
    for one in (net, pooled_first(net)):
        net.zero_grad()
        scores = one(x)
        scores.logsumexp(1).sum().backward()
        found.append([scores.detach(), *(part.grad.clone() for part in net.parameters())])
    for ours, theirs in zip(*found):
        assert torch.equal(ours, theirs)
        assert ours.abs().max() > 0


def test_only_a_pooling_that_follows_a_relu_moves():
    kinds = [type(layer) for layer in pooled_first(plain_convnet(3, 2, pools=1))]
    assert kinds[:6] == [nn.Conv2d, nn.MaxPool2d, nn.ReLU, nn.Conv2d, nn.ReLU, nn.Identity]
    mean = nn.Sequential(nn.ReLU(), nn.AvgPool2d(2))
    assert list(pooled_first(mean)) == list(mean)
    later = nn.Sequential(nn.MaxPool2d(2), nn.ReLU())
    assert list(pooled_first(later)) == list(later)
