"""Throw a network's weights away from the top downward (survey 7.1.1; chapter 7-interpretability/saliency-maps)."""

import copy

import torch


def cascade(net, seed=0):
    """Copies of a network with more and more layers set back to random weights, the last first.

    The cascading randomisation of Adebayo et al. 2018: a map that explains what the network has
    learned must change.

    Parameters
    ----------
    net : nn.Module
        Layers with weights are those with ``reset_parameters``, in their order of definition.
    seed : int

    Yields
    ------
    int, nn.Module
        How many layers are random (1, 2, ..., all), and the copy.

    Raises
    ------
    ValueError
        If no layer can be reset.
    """
    net = copy.deepcopy(net)
    layers = [module for module in net.modules() if hasattr(module, "reset_parameters")]
    if not layers:
        raise ValueError("cascade(): expected layers with reset_parameters, found none")
    for count, layer in enumerate(reversed(layers), 1):
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(1000 * seed + count)
            layer.reset_parameters()
        yield count, copy.deepcopy(net)
