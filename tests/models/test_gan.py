import pytest
import torch
from torch import nn

from helpers.models.gan import ConvDiscriminator, ConvGenerator, SpectralNorm, spectral


def layer(kind="linear"):
    torch.manual_seed(0)
    return nn.Linear(6, 4) if kind == "linear" else nn.Conv2d(3, 5, 3)


@pytest.mark.parametrize("kind", ["linear", "conv"])
def test_spectral_norm_equals_torchs_power_iteration(kind):
    mine, theirs = spectral(nn.Sequential(layer(kind)))[0], layer(kind)
    theirs = nn.utils.parametrizations.spectral_norm(theirs)
    ours, reference = mine.parametrizations.weight[0], theirs.parametrizations.weight[0]
    reference._u.copy_(ours.u), reference._v.copy_(ours.v)
    for _ in range(3):
        assert torch.allclose(mine.weight, theirs.weight, atol=1e-6)
    assert torch.allclose(ours.u, reference._u, atol=1e-6)


def test_it_agrees_with_the_singular_value_decomposition():
    weight = layer().weight.detach()
    norm = SpectralNorm(weight, steps=200)
    top = torch.linalg.svdvals(weight)[0]
    assert torch.allclose(norm(weight), weight / top, atol=1e-6)


def test_gradients_equal_torchs():
    mine, theirs = spectral(nn.Sequential(layer()))[0].eval(), layer()
    theirs = nn.utils.parametrizations.spectral_norm(theirs).eval()
    ours, reference = mine.parametrizations.weight[0], theirs.parametrizations.weight[0]
    reference._u.copy_(ours.u), reference._v.copy_(ours.v)
    x = torch.randn(8, 6)
    mine(x).square().sum().backward()
    theirs(x).square().sum().backward()
    gap = mine.parametrizations.weight.original.grad - theirs.parametrizations.weight.original.grad
    assert gap.abs().max() < 1e-4


def test_evaluation_leaves_the_vectors_alone_and_training_moves_them():
    norm, weight = SpectralNorm(layer().weight.detach()), torch.randn(4, 6)
    before = norm.u.clone()
    norm.eval()(weight)
    assert torch.equal(before, norm.u)
    norm.train()(weight)
    assert not torch.equal(before, norm.u)


def test_a_normalised_network_stretches_no_distance_and_a_plain_one_does():
    torch.manual_seed(0)

    def net():
        return nn.Sequential(nn.Linear(5, 64), nn.ReLU(), nn.Linear(64, 1))

    plain, bound = net(), spectral(net())
    with torch.no_grad():
        for p in plain.parameters():
            p.mul_(10)
        for p in bound.parameters():
            p.mul_(10)
        a, b = torch.randn(200, 5), torch.randn(200, 5)
        for _ in range(100):
            bound(a)
        stretch = [((f(a) - f(b))[:, 0].abs() / (a - b).norm(dim=1)).max() for f in (plain, bound)]
    assert stretch[1] <= 1 + 1e-4 < stretch[0]


def test_a_network_without_weights_is_refused():
    with pytest.raises(ValueError, match="expected a network with linear or Conv2d layers"):
        spectral(nn.Sequential(nn.ReLU()))


def test_shapes_and_range():
    images = ConvGenerator(7, 16)(torch.randn(3, 7))
    assert images.shape == (3, 1, 8, 8)
    assert images.min() >= 0
    assert images.max() <= 1
    assert ConvDiscriminator(8)(images).shape == (3, 1)


@pytest.mark.parametrize("size", [8, 16, 32])
def test_images_of_other_sizes(size):
    images = ConvGenerator(7, 16, size)(torch.randn(3, 7))
    assert images.shape == (3, 1, size, size)
    assert ConvDiscriminator(8, size)(images).shape == (3, 1)
    steps = [layer for layer in ConvGenerator(7, 16, size) if isinstance(layer, nn.Upsample)]
    assert 4 * 2 ** len(steps) == size


def test_sizes_that_doubling_does_not_reach_are_refused():
    with pytest.raises(
        ValueError, match="ConvGenerator: size must be 8, 16, 32 or 64 pixels, found 12"
    ):
        ConvGenerator(7, size=12)
    with pytest.raises(ValueError, match="ConvDiscriminator: size must be 8, 16"):
        ConvDiscriminator(size=4)


def test_the_discriminator_sees_every_pixel():
    x = torch.rand(1, 1, 8, 8, requires_grad=True)
    torch.manual_seed(0)
    ConvDiscriminator()(x).sum().backward()
    assert (x.grad != 0).all()


def layers(net):
    """Each layer as its name and what was asked of it."""
    return [str(layer) for layer in net]


def test_both_players_are_these_layers():
    assert layers(ConvGenerator(7)) == [
        str(torch.nn.Linear(in_features=7, out_features=1024, bias=True)),
        str(torch.nn.LeakyReLU(negative_slope=0.2)),
        str(torch.nn.Unflatten(dim=1, unflattened_size=(64, 4, 4))),
        str(torch.nn.Upsample(scale_factor=2.0, mode="nearest")),
        str(torch.nn.Conv2d(64, 32, kernel_size=(3, 3), stride=(1, 1), padding=(1, 1))),
        str(torch.nn.LeakyReLU(negative_slope=0.2)),
        str(torch.nn.Conv2d(32, 1, kernel_size=(3, 3), stride=(1, 1), padding=(1, 1))),
        str(torch.nn.Sigmoid()),
    ]
    assert layers(ConvDiscriminator()) == [
        str(torch.nn.Conv2d(1, 32, kernel_size=(3, 3), stride=(2, 2), padding=(1, 1))),
        str(torch.nn.LeakyReLU(negative_slope=0.2)),
        str(torch.nn.Conv2d(32, 64, kernel_size=(3, 3), stride=(2, 2), padding=(1, 1))),
        str(torch.nn.LeakyReLU(negative_slope=0.2)),
        str(torch.nn.Flatten(start_dim=1, end_dim=-1)),
        str(torch.nn.Linear(in_features=256, out_features=1, bias=True)),
    ]


def test_both_vectors_are_kept_and_begin_after_fifteen_turns():
    weight = layer().weight.detach()
    torch.manual_seed(3)
    norm = SpectralNorm(weight)
    assert set(norm.state_dict()) == {"u", "v"}
    torch.manual_seed(3)
    u = torch.nn.functional.normalize(torch.randn(4), dim=0)
    v = torch.nn.functional.normalize(torch.randn(6), dim=0)
    for _ in range(15):
        u = torch.nn.functional.normalize(weight @ v, dim=0)
        v = torch.nn.functional.normalize(weight.T @ u, dim=0)
    assert torch.allclose(norm.u, u, atol=1e-6)
    assert torch.allclose(norm.v, v, atol=1e-6)
    assert norm.steps == 1
    other = SpectralNorm(weight)
    other.load_state_dict(norm.state_dict())
    assert torch.equal(other.eval()(weight), norm.eval()(weight))
