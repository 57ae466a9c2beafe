"""Averages of the weights along training (survey 6.2.2, 9; chapter 6-less-data/self-training)."""

import copy

import torch
from torch.nn.modules.batchnorm import _BatchNorm
from torch.optim.swa_utils import update_bn

from helpers.train.batches import Spare


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
    warm_up : bool
        Use :math:`\\min(\\beta, t / (t + 1))` at update t = 0, 1, ...: a young average is the plain
        mean, and the weights before training are forgotten at once.

    Raises
    ------
    ValueError : for a decay outside (0, 1).

    Notes
    -----
    Buffers such as batch-norm statistics are copied from the model in training; see
    `renew_norms`. The average equals `torch.optim.swa_utils.AveragedModel` (tested), which would
    make a GPU wait at every update.
    """

    def __init__(self, model, decay=0.999, warm_up=False):
        if decay is not None and (not isinstance(decay, float) or not 0 < decay < 1):
            raise ValueError(
                f"Average(decay={decay!r}): expected a number in (0, 1) or None for SWA"
            )
        self.model = copy.deepcopy(model, memo_of(model)).requires_grad_(False)
        self.decay, self.warm_up, self.updates = decay, warm_up, 0

    @torch.no_grad()
    def update(self, model):
        """Move the average towards `model`'s present weights."""
        keep = self.updates / (self.updates + 1)
        if self.decay is not None:
            keep = min(self.decay, keep) if self.warm_up else self.decay
        mine, theirs = list(self.model.parameters()), list(model.parameters())
        torch._foreach_lerp_(mine, theirs, 1 - keep)
        for buffer, source in zip(self.model.buffers(), model.buffers()):
            buffer.copy_(source)
        self.updates += 1

    def renew_norms(self, step, batches):
        """Give batch norm the statistics that the averaged weights see (torch's `update_bn`).

        Parameters
        ----------
        step : callable, (model, batch) -> anything
        batches : iterable of batches
        """
        if any(isinstance(part, _BatchNorm) for part in self.model.modules()):
            update_bn(([batch] for batch in batches), Stepped(self.model, step))

    def to(self, device):
        """Move to `device`; returns itself."""
        self.model.to(device)
        return self

    def state_dict(self):
        """What a checkpoint needs."""
        return {"model": self.model.state_dict(), "updates": self.updates}

    def load_state_dict(self, state):
        """Take over a checkpoint's state."""
        self.model.load_state_dict(state["model"])
        self.updates = state["updates"]


def memo_of(model):
    """For ``copy.deepcopy``: copies, without a graph, of what modules keep of a forward pass."""
    kept = [part for module in model.modules() for part in vars(module).values()]
    kept = [part for part in kept if isinstance(part, torch.Tensor) and not part.is_leaf]
    return {id(part): part.detach().clone() for part in kept}


class Stepped(torch.nn.Module):
    """A model whose input is a batch and whose forward pass is a step.

    Parameters
    ----------
    model : nn.Module
    step : callable, (model, batch) -> anything
    """

    def __init__(self, model, step):
        super().__init__()
        self.model, self.step = model, step

    def forward(self, batch):
        """Run the step for what batch norm sees of it."""
        with torch.enable_grad():  # a step may need gradients of its own: a penalty, an attack
            result = self.step(self.model, batch.batch if isinstance(batch, Spare) else batch)
            if hasattr(result, "__next__"):
                for _ in result:  # every player's forward passes
                    pass
