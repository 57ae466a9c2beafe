import torch
from torch import nn
from torch.nn.functional import max_pool2d
from torchvision.models import vgg16_bn

from helpers.models.segnet import SegNet, convs, unpool


def images(side=32):
    return torch.randn(2, 3, side, side, generator=torch.Generator().manual_seed(0))


def test_unpooling_equals_pytorchs():
    pooled, places = max_pool2d(images(), 2, return_indices=True)
    mine = unpool(pooled, places, (32, 32))
    assert torch.equal(mine, nn.MaxUnpool2d(2)(pooled, places))
    assert not torch.equal(unpool(pooled, places.flip(1), (32, 32)), mine)


def test_pooling_again_gives_back_what_was_pooled():
    x = images(9).abs()
    pooled, places = max_pool2d(x, 2, return_indices=True)
    back = unpool(pooled, places, (9, 9))
    assert torch.equal(max_pool2d(back, 2), pooled)
    assert torch.equal(back[back > 0], x[back > 0])


def test_the_encoder_is_vgg16_with_batch_norm():
    theirs = vgg16_bn().features.eval()
    mine = SegNet().eval()
    missing = mine.encoder.parameters()
    for ours, given in zip(missing, theirs.parameters(), strict=True):
        ours.data.copy_(given.data)
    with torch.no_grad():
        x = images()
        for part in mine.encoder:
            x = max_pool2d(part(x), 2)
        assert torch.allclose(x, theirs(images()), atol=1e-6)


def test_the_decoder_mirrors_the_encoder():
    model = SegNet()
    widths = [c.out_channels for part in model.decoder for c in part if isinstance(c, nn.Conv2d)]
    assert widths == [512, 512, 512, 512, 512, 256, 256, 256, 128, 128, 64]
    assert [c.out_channels for c in model.last if isinstance(c, nn.Conv2d)] == [64]


def test_odd_sides_come_back():
    model = SegNet(1, 3, ((4, 4), (8,)))
    assert model(torch.zeros(2, 1, 17, 15)).shape == (2, 3, 17, 15)


def test_each_step_is_three_layers():
    assert len(convs((3, 4, 5))) == 6


def test_widths_go_down_and_come_back_as_badrinarayanan_says():
    with torch.device("meta"):
        net = SegNet()
    outs = lambda part: [layer.out_channels for layer in part if isinstance(layer, nn.Conv2d)]  # noqa: E731
    assert [outs(part) for part in net.encoder] == [
        [64] * 2,
        [128] * 2,
        [256] * 3,
        [512] * 3,
        [512] * 3,
    ]
    assert [outs(part) for part in net.decoder] == [
        [512] * 3,
        [512, 512, 256],
        [256, 256, 128],
        [128, 64],
    ]
    assert outs(net.last) == [64]
    assert (net.score.in_channels, net.score.out_channels, net.score.kernel_size) == (
        64,
        12,
        (3, 3),
    )
    assert (net.score.padding, net.encoder[0][0].in_channels) == ((1, 1), 3)
    single = SegNet(1, 2, ((4,), (8,)))
    assert isinstance(single.last, nn.Identity)
    assert single(torch.rand(1, 1, 8, 8)).shape == (1, 2, 8, 8)
