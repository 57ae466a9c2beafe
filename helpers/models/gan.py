"""Generators and discriminators of adversarial networks (survey 8.1.1; chapter 8-advanced/gans)."""

import torch
from torch import nn
from torch.nn import functional as F
from torch.nn.utils import parametrize


class ConvGenerator(nn.Sequential):
    """Noise to small images: a linear layer, then upsampling and convolution until the size is reached.

    Parameters
    ----------
    latent : int E, length of the noise vector.
    channels : int, feature maps at 4 x 4; half as many at each doubling.
    size : int S, pixels a side: 8, 16, 32 or 64.

    Notes
    -----
    Shapes: (B, E) to (B, 1, S, S), values in 0..1.

    DCGAN in small (Radford, Metz and Chintala 2015), with nearest-neighbour upsampling in place
    of transposed convolution, which leaves chequerboards, and without batch norm.

    Examples
    --------
    >>> ConvGenerator(16)(torch.randn(5, 16)).shape
    torch.Size([5, 1, 8, 8])
    """

    def __init__(self, latent, channels=64, size=8):
        layers = [
            nn.Linear(latent, channels * 16),
            nn.LeakyReLU(0.2),
            nn.Unflatten(1, (channels, 4, 4)),
        ]
        for _ in range(doublings("ConvGenerator", size)):
            layers += [
                nn.Upsample(scale_factor=2),
                nn.Conv2d(channels, channels // 2, 3, padding=1),
                nn.LeakyReLU(0.2),
            ]
            channels //= 2
        super().__init__(*layers, nn.Conv2d(channels, 1, 3, padding=1), nn.Sigmoid())


def doublings(name, size):
    """How often 4 pixels must be doubled to give `size`: 1 for 8, 2 for 16.

    Parameters
    ----------
    name : str
        Who asks, for the sentence.
    size : int

    Raises
    ------
    ValueError : for a size other than 8, 16, 32 or 64.
    """
    if size not in (8, 16, 32, 64):
        raise ValueError(f"{name}: size must be 8, 16, 32 or 64 pixels, found {size}")
    return size.bit_length() - 3


class ConvDiscriminator(nn.Sequential):
    """Small images to one score each: two strided convolutions and a linear layer.

    Parameters
    ----------
    channels : int, feature maps at half the size; twice as many at a quarter of it.
    size : int S, pixels a side: 8, 16, 32 or 64.

    Notes
    -----
    Shapes: (B, 1, S, S) to (B, 1), a logit: positive means "real".

    Examples
    --------
    >>> ConvDiscriminator()(torch.rand(5, 1, 8, 8)).shape
    torch.Size([5, 1])
    """

    def __init__(self, channels=32, size=8):
        quarter = 2 ** doublings("ConvDiscriminator", size)
        super().__init__(
            nn.Conv2d(1, channels, 3, stride=2, padding=1),
            nn.LeakyReLU(0.2),
            nn.Conv2d(channels, 2 * channels, 3, stride=2, padding=1),
            nn.LeakyReLU(0.2),
            nn.Flatten(),
            nn.Linear(2 * channels * quarter**2, 1),
        )


class SpectralNorm(nn.Module):
    r"""Divide a weight by its largest singular value (Miyato et al. 2018, algorithm 1).

    .. math:: u \leftarrow \frac{Wv}{\|Wv\|}, \qquad v \leftarrow \frac{W^\top u}{\|W^\top u\|},
              \qquad \bar W = W / u^\top W v

    Parameters
    ----------
    weight : tensor (out, ...), seen as a matrix (out, rest).
    steps : int >= 1, power iterations at each forward pass in training mode.

    Notes
    -----
    The vectors are kept between passes, so that one iteration is enough while training.
    For a convolution this bounds the reshaped matrix, not the operator itself.
    """

    def __init__(self, weight, steps=1):
        super().__init__()
        self.steps = steps
        self.register_buffer("u", F.normalize(torch.randn(len(weight)), dim=0))
        self.register_buffer("v", F.normalize(torch.randn(weight[0].numel()), dim=0))
        self.iterate(weight.flatten(1), 15)

    @torch.no_grad()
    def iterate(self, matrix, steps):
        """Move u and v towards the leading singular vectors.

        Parameters
        ----------
        matrix : tensor (out, rest)
        steps : int >= 1
        """
        for _ in range(steps):
            self.u = F.normalize(matrix @ self.v, dim=0)
            self.v = F.normalize(matrix.T @ self.u, dim=0)

    def forward(self, weight):
        """The weight with largest singular value one."""
        matrix = weight.flatten(1)
        if self.training:
            self.iterate(matrix, self.steps)
        return weight / (self.u @ matrix @ self.v)


def spectral(network):
    """Normalise every linear and convolutional layer of `network`, in place.

    Returns
    -------
    The network. Its linear layers stretch no distance by more than a factor of one.

    Raises
    ------
    ValueError : if there is no such layer.

    Examples
    --------
    >>> layer = spectral(nn.Sequential(nn.Linear(4, 3)))[0].eval()
    >>> bool(torch.linalg.matrix_norm(layer.weight, 2) < 1.2)
    True
    """
    layers = [m for m in network.modules() if isinstance(m, nn.Linear | nn.Conv2d)]
    if not layers:
        raise ValueError("spectral: expected a network with linear or Conv2d layers, found none")
    for layer in layers:
        parametrize.register_parametrization(layer, "weight", SpectralNorm(layer.weight))
    return network
