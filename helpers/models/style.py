"""A small style-based generator (survey 8.1.1; chapter 8-advanced/gans)."""

import torch
from torch import nn
from torch.nn import functional as F

from helpers.models.gan import doublings


def modulated_convolution(x, weight, style, demodulate=True):
    r"""A convolution whose kernel every example scales for itself (Karras et al. 2020, eq. 1, 3).

    .. math:: w'_{ijk} = s_i\, w_{ijk}, \qquad
              w''_{ijk} = w'_{ijk} \Big/ \sqrt{\textstyle\sum_{i,k} w'^2_{ijk} + \epsilon}

    Parameters
    ----------
    x : tensor (B, I, H, W)
    weight : tensor (O, I, K, K), K odd
    style : tensor (B, I), one factor an input channel
    demodulate : bool, bring every output channel back to the input's scale.

    Returns
    -------
    tensor (B, O, H, W)

    Notes
    -----
    Scaling the kernel's input channels is scaling the input, and the norm of the kernel is a
    factor on the output, so that one convolution with shared weights serves all examples.

    Examples
    --------
    >>> out = modulated_convolution(torch.randn(2, 3, 8, 8), torch.randn(5, 3, 3, 3), torch.ones(2, 3))
    >>> out.shape
    torch.Size([2, 5, 8, 8])
    """
    if style.shape != x.shape[:2]:
        raise ValueError(
            f"modulated_convolution: style must be of shape {tuple(x.shape[:2])}, one factor for "
            f"each image and input channel, found {tuple(style.shape)}"
        )
    out = F.conv2d(x * style[:, :, None, None], weight, padding=weight.shape[-1] // 2)
    if demodulate:
        power = style.square() @ weight.square().sum((2, 3)).T  # (B, O)
        out = out * (power + 1e-8).rsqrt()[:, :, None, None]
    return out


class StyledLayer(nn.Module):
    """Modulated convolution, noise, bias, leaky ReLU.

    Parameters
    ----------
    inside, outside : int, I and O
        Channels before and after.
    width : int, E
        Length of the style vector w.

    Notes
    -----
    ``forward(x (B, I, H, W), w (B, E))`` gives (B, O, H, W).
    """

    def __init__(self, inside, outside, width):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(outside, inside, 3, 3) / (3 * inside**0.5))
        self.style = nn.Linear(width, inside)
        nn.init.normal_(self.style.weight, std=width**-0.5)  # w of unit spread: factors too
        nn.init.ones_(self.style.bias)  # begin with factors around one
        self.bias = nn.Parameter(torch.zeros(outside, 1, 1))
        self.strength = nn.Parameter(torch.zeros(()))  # of the noise

    def forward(self, x, w):
        """One layer in the style w."""
        x = modulated_convolution(x, self.weight, self.style(w))
        noise = torch.randn(len(x), 1, *x.shape[2:], device=x.device)
        return F.leaky_relu(x + self.strength * noise + self.bias, 0.2)


class StyleGenerator(nn.Module):
    """A mapping network z -> w, and a synthesis network that w modulates at every layer.

    Parameters
    ----------
    latent : int
        Length of z.
    width : int, E
        Length of w.
    channels : int
        Feature maps.
    size : int, S
        Pixels a side: 8, 16, 32 or 64.

    Notes
    -----
    ``forward(z (B, latent))`` gives (B, 1, S, S), values in 0..1.
    Karras et al. 2019 (mapping network, constant input, noise at each layer), with the modulation
    and demodulation of Karras et al. 2020. One layer at 4 x 4, two at each doubling.

    Examples
    --------
    >>> StyleGenerator(16)(torch.randn(5, 16)).shape
    torch.Size([5, 1, 8, 8])
    """

    def __init__(self, latent, width=32, channels=48, size=8):
        super().__init__()
        self.mapping = nn.Sequential(
            nn.Linear(latent, width), nn.LeakyReLU(0.2), nn.Linear(width, width), nn.LeakyReLU(0.2)
        )
        for layer in self.mapping[::2]:  # torch's own start would shrink w, and all images be alike
            nn.init.kaiming_normal_(layer.weight, 0.2)
        self.constant = nn.Parameter(torch.randn(channels, 4, 4))
        self.layers = nn.ModuleList(
            StyledLayer(channels, channels, width)
            for _ in range(1 + 2 * doublings("StyleGenerator", size))
        )
        self.to_image = nn.Conv2d(channels, 1, 1)

    def forward(self, z):
        """One style for all layers."""
        w = self.mapping(F.normalize(z, dim=1) * z.shape[1] ** 0.5)
        return self.synthesise([w] * len(self.layers))

    def synthesise(self, styles):
        """Images (B, 1, S, S) from one w (B, E) for each layer, coarse to fine."""
        if len(styles) != len(self.layers):
            raise ValueError(
                f"synthesise: expected {len(self.layers)} styles, one a layer, found {len(styles)}"
            )
        x = self.constant.expand(len(styles[0]), -1, -1, -1)
        x = self.layers[0](x, styles[0])
        for number, (layer, w) in enumerate(zip(self.layers[1:], styles[1:])):
            x = x if number % 2 else F.interpolate(x, scale_factor=2)  # two layers a doubling
            x = layer(x, w)
        return torch.sigmoid(self.to_image(x))
