"""A network that was trained on a scaled number, in the number's own unit (survey 4.4; chapter 4-models/graph-molecules)."""

import torch
from torch import nn


class InUnits(nn.Module):
    """A network that was trained on a scaled number, answering in the number's own unit.

    Parameters
    ----------
    network : nn.Module
    middle, spread : float
        What was taken from the targets, and what they were divided by.

    Examples
    --------
    >>> InUnits(nn.Identity(), 10.0, 2.0)(torch.tensor([0.0, 1.0])).tolist()
    [10.0, 12.0]
    """

    def __init__(self, network, middle=0.0, spread=1.0):
        super().__init__()
        self.network = network
        self.register_buffer("middle", torch.as_tensor(middle))
        self.register_buffer("spread", torch.as_tensor(spread))

    def forward(self, graph):
        """Predictions in units: ``network(graph) * spread + middle``."""
        return self.network(graph) * self.spread + self.middle
