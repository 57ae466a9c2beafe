import pytest
import torch
from torch.nn import functional as F

from helpers.models.style import StyledLayer, StyleGenerator, modulated_convolution


def tensors():
    g = torch.Generator().manual_seed(0)
    return (
        torch.randn(3, 4, 8, 8, generator=g),
        torch.randn(5, 4, 3, 3, generator=g),
        torch.randn(3, 4, generator=g),
    )


@pytest.mark.parametrize("demodulate", [True, False])
def test_it_equals_one_torch_convolution_an_example(demodulate):
    x, weight, style = tensors()
    expected = []
    for image, factors in zip(x, style):
        kernel = weight * factors.view(1, -1, 1, 1)
        if demodulate:
            kernel = F.normalize(kernel.flatten(1), dim=1).view_as(kernel)
        expected.append(F.conv2d(image[None], kernel, padding=1))
    found = modulated_convolution(x, weight, style, demodulate)
    assert torch.allclose(found, torch.cat(expected), atol=1e-5)


def test_modulating_the_kernel_is_modulating_the_input():
    x, weight, style = tensors()
    found = modulated_convolution(x, weight, style, demodulate=False)
    assert torch.allclose(
        found, F.conv2d(x * style[:, :, None, None], weight, padding=1), atol=1e-5
    )


def test_demodulation_removes_the_size_of_the_style_and_its_absence_does_not():
    x, weight, style = tensors()
    for demodulate in (True, False):
        gap = modulated_convolution(x, weight, style, demodulate)
        gap = (gap - modulated_convolution(x, weight, 7 * style, demodulate)).abs().max()
        assert (gap < 1e-4) == demodulate


def test_white_input_keeps_unit_variance():
    g = torch.Generator().manual_seed(1)
    x = torch.randn(64, 4, 8, 8, generator=g)
    _, weight, _ = tensors()
    out = modulated_convolution(x, 9 * weight, torch.randn(64, 4, generator=g))
    assert 0.9 < out[:, :, 1:-1, 1:-1].std() < 1.1


def test_a_style_of_the_wrong_shape_is_refused():
    x, weight, style = tensors()
    with pytest.raises(ValueError, match=r"style must be of shape \(3, 4\)"):
        modulated_convolution(x, weight, style[:, :2])


def test_one_style_for_all_layers_is_the_forward_pass():
    torch.manual_seed(0)
    net = StyleGenerator(6, width=8, channels=10)
    z = F.normalize(torch.randn(4, 6)) * 6**0.5
    w = net.mapping(z)
    assert torch.allclose(net.synthesise([w] * 3), net(z), atol=1e-6)
    other = net.synthesise([w, w, w.flip(0)])
    assert not torch.allclose(other, net(z), atol=1e-4)


def test_a_doubling_adds_two_layers_and_the_last_style_moves_no_coarse_one():
    torch.manual_seed(0)
    net, w = StyleGenerator(6, width=8, channels=6, size=16), torch.randn(2, 8)
    assert len(net.layers) == 5
    assert net.synthesise([w] * 5).shape == (2, 1, 16, 16)
    inside = []
    net.layers[2].register_forward_hook(lambda *call: inside.append(call[2]))
    net.synthesise([w] * 5), net.synthesise([w, w, w, w, w.flip(0)])
    assert inside[0].shape == (2, 6, 8, 8)
    assert torch.equal(*inside)
    with pytest.raises(ValueError, match="expected 5 styles, one a layer, found 3"):
        net.synthesise([w] * 3)


def test_only_the_direction_of_z_matters():
    torch.manual_seed(0)
    net, z = StyleGenerator(6), torch.randn(4, 6)
    assert torch.allclose(net(z), net(5 * z), atol=1e-6)


def test_noise_enters_by_its_strength():
    torch.manual_seed(0)
    layer, x, w = StyledLayer(4, 4, 3), torch.randn(2, 4, 4, 4), torch.randn(2, 3)
    assert torch.equal(layer(x, w), layer(x, w))
    layer.strength.data.fill_(1.0)
    assert not torch.equal(layer(x, w), layer(x, w))


def test_noise_is_one_white_image_an_example_shared_by_the_channels():
    torch.manual_seed(0)
    layer = StyledLayer(4, 6, 3)
    layer.weight.data.zero_()
    layer.strength.data.fill_(1.0)
    noise = layer(torch.randn(40, 4, 8, 8), torch.randn(40, 3)).detach()
    noise = noise.where(noise > 0, noise / 0.2)  # undo the leaky ReLU
    assert torch.equal(noise, noise[:, :1].expand_as(noise))
    assert (noise[0] - noise[1]).abs().min() > 0
    assert float(noise[:, 0].mean()) == pytest.approx(0, abs=0.06)
    assert float(noise[:, 0].std()) == pytest.approx(1, abs=0.05)
    layer.bias.data.copy_(torch.arange(6.0).view(6, 1, 1))
    layer.strength.data.zero_()
    assert torch.equal(
        layer(torch.randn(1, 4, 2, 2), torch.randn(1, 3))[0, :, 0, 0], torch.arange(6.0)
    )


def test_a_wrong_number_of_styles_is_refused():
    with pytest.raises(ValueError, match="expected 3 styles, one a layer, found 2"):
        StyleGenerator(4).synthesise([torch.zeros(1, 32)] * 2)


def test_it_is_these_layers_and_begins_as_karras_says():
    torch.manual_seed(0)
    net = StyleGenerator(300)
    assert [str(layer) for layer in net.mapping] == [
        str(torch.nn.Linear(in_features=300, out_features=32, bias=True)),
        str(torch.nn.LeakyReLU(negative_slope=0.2)),
        str(torch.nn.Linear(in_features=32, out_features=32, bias=True)),
        str(torch.nn.LeakyReLU(negative_slope=0.2)),
    ]
    gain = (2 / (1 + 0.2**2)) ** 0.5
    assert float(net.mapping[0].weight.detach().std()) == pytest.approx(gain / 300**0.5, rel=0.03)
    assert float(net.mapping[2].weight.detach().std()) == pytest.approx(gain / 32**0.5, rel=0.1)
    assert net.constant.shape == (48, 4, 4)
    assert str(net.to_image) == str(torch.nn.Conv2d(48, 1, kernel_size=(1, 1), stride=(1, 1)))
    assert float(net.constant.detach().std()) == pytest.approx(1, rel=0.1)
    assert len(net.layers) == 3
    for layer in net.layers:
        assert layer.weight.shape == (48, 48, 3, 3)
        assert float(layer.weight.detach().std()) == pytest.approx(1 / (3 * 48**0.5), rel=0.05)
        assert float(layer.style.weight.detach().std()) == pytest.approx(32**-0.5, rel=0.1)
        assert layer.style.bias.eq(1).all()
        assert not layer.bias.any()
        assert layer.strength == 0
    assert (StyledLayer(3, 5, 7).weight.shape, StyledLayer(3, 5, 7).bias.shape) == (
        (5, 3, 3, 3),
        (5, 1, 1),
    )


def test_an_image_is_three_layers_enlarged_after_the_first():
    torch.manual_seed(0)
    net = StyleGenerator(6, width=8, channels=10)
    z = torch.randn(4, 6)
    w = net.mapping(z / z.norm(dim=1, keepdim=True) * 6**0.5)
    x = net.layers[0](net.constant.expand(4, -1, -1, -1), w)
    x = x.repeat_interleave(2, 2).repeat_interleave(2, 3)
    x = net.layers[2](net.layers[1](x, w), w)
    assert torch.allclose(net(z), net.to_image(x).sigmoid(), atol=1e-6)
    assert net(z).shape == (4, 1, 8, 8)


def test_no_style_at_all_is_finite_and_demodulation_is_the_default():
    x, weight, style = tensors()
    assert modulated_convolution(x, weight, 0 * style).eq(0).all()
    assert torch.equal(
        modulated_convolution(x, weight, style), modulated_convolution(x, weight, style, True)
    )
    tiny = modulated_convolution(x, 1e-2 * weight, style)
    assert torch.allclose(tiny, modulated_convolution(x, weight, style), atol=1e-3)
