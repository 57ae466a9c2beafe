"""Where a layer's maps speak for a class: Grad-CAM (survey 7.1.1; chapter 7-interpretability/saliency-maps)."""

import torch
from torch.nn.functional import interpolate


def grad_cam(f, x, layer, rectified=True):
    r"""Weigh the maps of a layer by their mean gradient, add them up, keep what is positive.

    .. math:: L = \mathrm{ReLU}\Big(\sum_k \alpha_k A^k\Big), \qquad
       \alpha_k = \frac{1}{Z} \sum_{u, v} \frac{\partial f}{\partial A^k_{uv}}

    Parameters
    ----------
    f : callable, (B, C, H, W) -> (B,)
        The score; it runs the network that `layer` is part of.
    x : tensor (B, C, H, W)
    layer : nn.Module
        Its output has shape (B, K, h, w); as a rule the last convolution, after its ReLU.
    rectified : bool
        Whether the outer ReLU is taken. Without it the map keeps what speaks against the class.

    Returns
    -------
    tensor (B, 1, H, W), at least 0 if `rectified`, enlarged from (h, w) by bilinear interpolation

    Notes
    -----
    Selvaraju et al. 2017, equations 1 and 2.
    """
    kept = []
    hook = layer.register_forward_hook(lambda module, given, maps: kept.append(maps))
    try:
        score = f(x).sum()
    finally:
        hook.remove()
    slope = torch.autograd.grad(score, kept[0])[0]
    alpha = slope.mean((2, 3), keepdim=True)  # (B, K, 1, 1)
    found = (alpha * kept[0]).sum(1, keepdim=True)  # (B, 1, h, w)
    found = found.relu() if rectified else found
    return interpolate(found.detach(), x.shape[2:], mode="bilinear")
