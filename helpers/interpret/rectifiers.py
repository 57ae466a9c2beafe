"""Other ways back through a ReLU: deconvnet and guided backprop (survey 7.1.1; chapter 7-interpretability/saliency-maps)."""

from contextlib import contextmanager

from torch import nn


def deconvnet(layer, passed, arriving):
    """Let through what arrives from above if it is positive (Zeiler and Fergus 2014).

    The ReLU's own state is ignored. Of the three rules it is the one that forgets the input.

    Parameters
    ----------
    layer : nn.ReLU
    passed : tuple of one tensor
        The gradient that the ReLU would hand down.
    arriving : tuple of one tensor
        The gradient with respect to its output.
    """
    return (arriving[0].clamp(min=0),)


def guided(layer, passed, arriving):
    """Let through what is positive and was active (guided backprop, Springenberg et al. 2014).

    Parameters
    ----------
    layer, passed, arriving : as for `deconvnet`
    """
    return (passed[0].clamp(min=0),)


@contextmanager
def way_back(net, rule):
    """Within this block, gradients pass every ReLU of a network by another rule.

    Parameters
    ----------
    net : nn.Module
        Its ReLUs are modules, each used once in a forward pass, none in place.
    rule : `deconvnet` or `guided`

    Raises
    ------
    ValueError
        If the network has no ReLU that is a module.
    """
    found = [module for module in net.modules() if isinstance(module, nn.ReLU)]
    if not found:
        raise ValueError("way_back(): expected ReLUs that are modules, found none in the network")
    hooks = [module.register_full_backward_hook(rule) for module in found]
    try:
        yield
    finally:
        for hook in hooks:
            hook.remove()
