"""Averages of the weights along training (survey 6.2.2, 9; chapter 6-less-data/self-training)."""

import copy

import torch


class Average:
    """A second model whose weights follow the first: EMA, or SWA's equal average.

    .. math:: \\bar\\theta \\leftarrow \\beta\\,\\bar\\theta + (1 - \\beta)\\,\\theta

    Parameters
    ----------
    model : nn.Module
        The model in training; it is copied.
    decay : float in (0, 1) or None
        :math:`\\beta` of the exponential average (Tarvainen & Valpola 2017). None weighs all
        updates alike (stochastic weight averaging, Izmailov et al. 2018).

    Notes
    -----
    Buffers such as batch-norm statistics are copied from the model in training.
    """

    def __init__(self, model, decay=0.999):
        if decay is not None and not 0 < decay < 1:
            raise ValueError(f"Average(decay={decay}): expected a number in (0, 1) or None for SWA")
        self.model = copy.deepcopy(model).requires_grad_(False)
        self.decay, self.updates = decay, 0

    @torch.no_grad()
    def update(self, model):
        """Move the average towards `model`'s present weights."""
        keep = self.decay if self.decay is not None else self.updates / (self.updates + 1)
        mine, theirs = list(self.model.parameters()), list(model.parameters())
        torch._foreach_lerp_(mine, theirs, 1 - keep)
        for buffer, source in zip(self.model.buffers(), model.buffers()):
            buffer.copy_(source)
        self.updates += 1

    def state_dict(self):
        """What a checkpoint needs."""
        return {"model": self.model.state_dict(), "updates": self.updates}

    def load_state_dict(self, state):
        """Take over a checkpoint's state."""
        self.model.load_state_dict(state["model"])
        self.updates = state["updates"]
