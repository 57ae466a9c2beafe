"""The maps of one score, side by side (survey 7.1.1; chapter 7-interpretability/saliency-maps)."""

from helpers.interpret.class_maps import grad_cam
from helpers.interpret.gradients import gradient, integrated_gradients, smooth_grad
from helpers.interpret.rectifiers import deconvnet, guided, way_back


def saliency_maps(f, x, layer, blank, draws=25):
    """Seven maps of a score.

    Parameters
    ----------
    f : nn.Module, (B, C, H, W) -> (B,)
        The score, with the network inside it; see `helpers.interpret.lead.Lead`.
    x : tensor (B, C, H, W)
    layer : nn.Module
        For Grad-CAM: the last convolution's ReLU.
    blank : tensor, broadcasts to `x`
        For integrated gradients: an input in which nothing is shown.
    draws : int >= 1
        Noisy copies for SmoothGrad.

    Returns
    -------
    dict of name -> tensor (B, C or 1, H, W), signed
    """
    slope = gradient(f, x)
    found = {
        "gradient": slope,
        "gradient × input": slope * x,
        "SmoothGrad": smooth_grad(f, x, draws=draws),
        "integrated gradients": integrated_gradients(f, x, blank),
    }
    for name, rule in (("deconvnet", deconvnet), ("guided backprop", guided)):
        with way_back(f, rule):
            found[name] = gradient(f, x)
    return found | {"Grad-CAM": grad_cam(f, x, layer)}
