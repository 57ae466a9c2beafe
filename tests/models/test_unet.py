import pytest
import torch
from monai.networks.nets import BasicUNet
from torch import nn

from helpers.models.unet import InTiles, UNet, crop_like, two_convs, without_place


def shift_equivariance_gap(model, x, by):
    with torch.no_grad():
        moved = model(x.roll(by, -1)) - model(x).roll(by, -1)
    return moved[..., 12:20, 12:20].abs().max()


@pytest.mark.parametrize("dims", [2, 3])
def test_monai_with_the_same_weights_gives_the_same_scores(dims):
    torch.manual_seed(0)
    theirs = BasicUNet(dims, 1, 3, (4, 4, 8, 16, 32, 4), act="relu", norm="batch").eval()
    mine = UNet(1, 3, (4, 4, 8, 16, 32), dims=dims).eval()
    for ours, given in zip(mine.parameters(), theirs.parameters(), strict=True):
        ours.data.copy_(given.data)
    x = torch.randn(2, 1, *(32,) * dims, generator=torch.Generator().manual_seed(1))
    with torch.no_grad():
        expected = theirs(x)
        assert torch.allclose(mine(x), expected, atol=1e-5)
        mine.up[-1].enlarge.weight.zero_()
        assert not torch.allclose(mine(x), expected, atol=1e-3)


def test_the_papers_image_sizes_and_number_of_weights():
    with torch.device("meta"):
        flat = UNet(1, 2, (64, 128, 256, 512, 1024), padding=0)
        assert flat(torch.zeros(1, 1, 572, 572)).shape == (1, 2, 388, 388)
        deep = UNet(3, 3, (64, 128, 256, 512), dims=3, padding=0, early=True)
        assert deep(torch.zeros(1, 3, 132, 132, 116)).shape == (1, 3, 44, 44, 28)
    norms = [m for m in deep.modules() if isinstance(m, torch.nn.BatchNorm3d)]
    free = sum(p.numel() for m in norms for p in m.parameters())
    free += sum(up.enlarge.bias.numel() for up in deep.up)
    assert sum(p.numel() for p in deep.parameters()) - free == 19_069_955


def test_the_decoder_needs_the_saved_features():
    torch.manual_seed(0)
    model, x = UNet(1, 2, (4, 8)).eval(), torch.rand(1, 1, 16, 16)
    whole = model(x)
    model.up[0].convs[0].weight.data[:, :4] = 0  # the channels that come from the encoder
    assert not torch.allclose(model(x), whole, atol=1e-4)


def test_a_shift_by_the_coarsest_step_shifts_the_output():
    torch.manual_seed(0)
    model, x = UNet(1, 2, (4, 8)).eval(), torch.rand(1, 1, 32, 32)
    assert shift_equivariance_gap(model, x, 2) < 1e-5
    assert shift_equivariance_gap(model, x, 1) > 1e-4


def test_two_convolutions_see_five_pixels():
    torch.manual_seed(0)
    x = torch.rand(1, 1, 9, 9, requires_grad=True)
    two_convs(1, 64, 64).eval()(x)[0, :, 4, 4].sum().backward()
    assert int((x.grad != 0).sum()) == 25


def test_cropping_keeps_the_centre():
    x = torch.arange(49.0).view(1, 1, 7, 7)
    assert torch.equal(crop_like(x, torch.zeros(1, 1, 3, 3)), x[..., 2:5, 2:5])
    assert crop_like(x, x) is x


def test_errors_say_what_was_expected():
    with pytest.raises(ValueError, match=r"multiples of 4, found \(18, 16\)"):
        UNet(1, 2, (2, 2, 2))(torch.zeros(1, 1, 18, 16))
    with pytest.raises(ValueError, match="dims 2 or 3"):
        UNet(dims=1)


def test_erased_shortcuts_carry_no_place_and_all_weights_stay():
    torch.manual_seed(0)
    plain, erased = UNet(1, 2, (4, 8, 16)).eval(), UNet(1, 2, (4, 8, 16)).eval()
    erased.load_state_dict(plain.state_dict())
    assert without_place(erased) is erased
    x = torch.rand(1, 1, 16, 16)
    assert not torch.allclose(plain(x), erased(x))
    blocks = torch.rand(1, 4, 4, 4).repeat_interleave(4, 2).repeat_interleave(4, 3)
    up, below = erased.up[-1], torch.rand(1, 8, 8, 8)
    noise = torch.rand(1, 4, 4, 4, 4, 4)
    noise = (noise - noise.mean((3, 5), keepdim=True)).reshape(1, 4, 16, 16)
    gap = up(below, blocks) - up(below, blocks + noise)
    assert gap.abs().max() < 1e-5
    assert (plain.up[-1](below, blocks) - plain.up[-1](below, blocks + noise)).abs().max() > 1e-3


def test_a_tile_knows_nothing_of_the_next():
    tiles = InTiles(nn.Identity(), 4)
    x = torch.rand(2, 3, 8, 12)
    assert torch.equal(tiles(x), x)
    conv = nn.Conv2d(1, 1, 3, padding=1)
    x = torch.rand(2, 1, 8, 8, requires_grad=True)
    InTiles(conv, 4)(x)[0, 0, 3, 3].backward()
    assert x.grad[0, 0, 4:].eq(0).all()
    assert x.grad[0, 0, :, 4:].eq(0).all()
    assert x.grad[0, 0, 2:4, 2:4].ne(0).all()
    assert x.grad[1].eq(0).all()


def test_three_widths_and_two_dimensions_if_nothing_is_said():
    net = UNet()
    widths = [c.out_channels for c in net.down.modules() if isinstance(c, nn.Conv2d)]
    assert widths == [16, 16, 32, 32, 64, 64]
    assert (net.down[0][0].in_channels, net.head.out_channels, net.least) == (1, 2, 4)
    assert [up.enlarge.out_channels for up in net.up] == [32, 16]
    assert [str(layer) for layer in two_convs(3, 4, 5)] == [
        str(torch.nn.Conv2d(3, 4, kernel_size=(3, 3), stride=(1, 1), padding=(1, 1))),
        str(
            torch.nn.BatchNorm2d(4, eps=1e-05, momentum=0.1, affine=True, track_running_stats=True)
        ),
        str(torch.nn.ReLU()),
        str(torch.nn.Conv2d(4, 5, kernel_size=(3, 3), stride=(1, 1), padding=(1, 1))),
        str(
            torch.nn.BatchNorm2d(5, eps=1e-05, momentum=0.1, affine=True, track_running_stats=True)
        ),
        str(torch.nn.ReLU()),
    ]
    deep = [type(layer) for layer in two_convs(3, 4, 5, 3, 0)]
    assert deep[:2] == [nn.Conv3d, nn.BatchNorm3d]
    early = UNet(1, 2, (8, 16), early=True)
    assert [c.out_channels for c in early.down.modules() if isinstance(c, nn.Conv2d)] == [
        4,
        8,
        8,
        16,
    ]
    assert early.up[0].enlarge.out_channels == 16
    with pytest.raises(ValueError, match="dims 2 or 3 and two widths"):
        UNet(widths=(8,))


def test_blocks_of_four_and_tiles_of_sixteen_if_nothing_is_said():
    torch.manual_seed(0)
    erased = without_place(UNet(1, 2, (4, 8)).eval())
    asked = without_place(UNet(1, 2, (4, 8)).eval(), 4)
    asked.load_state_dict(erased.state_dict())
    x = torch.rand(1, 1, 16, 16)
    assert torch.equal(erased(x), asked(x))
    coarse = without_place(UNet(1, 2, (4, 8)).eval(), 8)
    coarse.load_state_dict(erased.state_dict())
    assert not torch.allclose(erased(x), coarse(x), atol=1e-5)
    assert InTiles(nn.Identity()).side == 16
    sides = []
    net = InTiles(lambda x: sides.append(tuple(x.shape)) or x)
    net(torch.rand(2, 1, 32, 48))
    assert sides == [(12, 1, 16, 16)]


def test_cropping_takes_the_upper_half_of_an_odd_rest_on_every_axis():
    x = torch.arange(64.0).view(1, 1, 8, 8)
    assert torch.equal(crop_like(x, torch.zeros(1, 1, 5, 8)), x[..., 1:6, :])
    assert torch.equal(crop_like(x, torch.zeros(1, 1, 8, 3)), x[..., 2:5])
