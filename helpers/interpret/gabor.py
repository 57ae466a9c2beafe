"""Do learned filters look like Gabor functions, more than chance would (survey 4.3; chapter 4-models/image-classification)."""

import math

import torch


def gabor_bank(size=7):
    r"""Gabor functions of many angles, wavelengths, phases and widths, each of length one.

    .. math:: e^{-(u^2 + v^2) / 2 s^2} \cos(2 \pi (u \cos a + v \sin a) / l + p)

    Parameters
    ----------
    size : int, odd
        Side in pixels.

    Returns
    -------
    Tensor (360, size * size), float32
    """
    half = torch.arange(size) - size // 2
    v, u = torch.meshgrid(half, half, indexing="ij")
    angles = torch.arange(12) * math.pi / 12
    bank = [
        torch.exp(-(u**2 + v**2) / (2 * s**2))
        * torch.cos(2 * math.pi * (u * a.cos() + v * a.sin()) / length + phase)
        for a in angles
        for length in (3, 4, 6, 9, 14)
        for phase in (0, math.pi / 2)
        for s in (1.2, 2.0, 3.0)
    ]
    bank = torch.stack(bank).flatten(1)
    return bank / bank.norm(dim=1, keepdim=True)


def likeness(filters, bank):
    """The largest cosine between each filter and any function of the bank.

    Parameters
    ----------
    filters : Tensor (N, size, size)
    bank : Tensor (G, size * size), as `gabor_bank` makes it

    Returns
    -------
    Tensor (N,), 0 to 1. A bank of hundreds fits noise as well: compare with a null.
    """
    flat = filters.flatten(1)
    flat = flat / flat.norm(dim=1, keepdim=True).clamp(min=1e-12)
    return (flat @ bank.T).abs().amax(1)


def roughness(filters):
    """Mean squared step between neighbouring weights, over the mean square: 2 for white noise.

    Parameters
    ----------
    filters : Tensor (N, size, size)

    Returns
    -------
    float
    """
    steps = [filters.diff(dim=dim).square().mean() for dim in (1, 2)]
    return float(sum(steps) / 2 / filters.square().mean())


def blurred_noise(filters, count, generator):
    """For each filter, white noise that is blurred until it is as rough: smooth, without a design.

    Parameters
    ----------
    filters : Tensor (N, size, size)
        Their `roughness` is matched, one by one, among blurs of 0 to 3 pixels.
    count : int
        Pieces of noise for each filter.
    generator : torch.Generator

    Returns
    -------
    Tensor (N, count, size, size)
    """
    from torchvision.transforms.functional import gaussian_blur

    size = filters.shape[-1]
    noise = torch.randn(count, size + 12, size + 12, generator=generator)
    blurs = [noise] + [gaussian_blur(noise, 13, sigma / 10) for sigma in range(2, 31)]
    blurs = [blurred[:, 6:-6, 6:-6] for blurred in blurs]
    rough = torch.tensor([roughness(blurred) for blurred in blurs])
    wanted = [roughness(one[None]) for one in filters]
    return torch.stack([blurs[(rough - value).abs().argmin()] for value in wanted])


def random_phases(filters, count, generator):
    r"""For each filter, noise of exactly its spectrum: its own waves, laid against each other anew.

    The surrogate of Theiler et al. 1992, in two dimensions: with :math:`\hat f` the discrete Fourier
    transform of a filter and :math:`\hat n` that of white noise,

    .. math:: \hat s = |\hat f|\; \hat n / |\hat n| .

    Wavelengths and directions are the filter's, and so is its roughness round the border; where
    the waves meet, and so bumps and borders, is left to chance.

    Parameters
    ----------
    filters : Tensor (N, size, size)
    count : int
        Pieces of noise for each filter.
    generator : torch.Generator

    Returns
    -------
    Tensor (N, count, size, size)
    """
    size = filters.shape[-1]
    noise = torch.fft.fft2(torch.randn(len(filters), count, size, size, generator=generator))
    spectrum = torch.fft.fft2(filters).abs()[:, None]
    return torch.fft.ifft2(spectrum * noise / noise.abs()).real
