"""A run in the making: what it works with, and how far it is (chapter 4-models/supervised-learning)."""

import math
from dataclasses import dataclass, field

from torch import nn

from helpers.train.average import Average
from helpers.train.guard import reads_at_once
from helpers.train.history import History
from helpers.train.optimizers import ONLY, rates_of
from helpers.train.precision import Precision
from helpers.train.progress import Progress


@dataclass
class Run:
    """Everything that changes or is needed while training."""

    model: nn.Module
    forward: nn.Module  # the model as steps call it: compiled on request
    step: object
    batches: object
    optimizers: dict
    precision: Precision
    together: object
    wanted: object  # the arguments of `fit`
    stop: object
    checkpoint: object
    progress: Progress = None
    average: Average = None
    epoch: int = 0  # epochs finished
    window: int = 0  # optimiser steps finished in this epoch
    losses: list = field(default_factory=list)  # (examples, loss, logged entries) a batch
    opening: dict = None  # random states at the start of this epoch
    best: dict = None
    history: History = field(default_factory=History)
    generators: list = ()  # random generators that data, step and transform hold
    draws: object = None  # the generator of the transform in this epoch
    draws_state: object = None  # where it was when the checkpoint was written
    ended: bool = False  # a source that reads on was at the end of this epoch when it was saved
    fingerprint: dict = None  # of what makes this run, if there is a checkpoint
    origin: dict = None  # of what made the run when it first began
    memory: dict = None  # of the step, when this run began
    said: set = field(default_factory=set)  # what has been warned of
    unproven: bool = True  # until the first step has shown what it does

    def __post_init__(self):
        self.autocast = self.precision.autocast()  # one context, entered at every forward pass
        self.at_once = reads_at_once(self.precision.device)
        self.only, self.rates = self.optimizers.get(ONLY), rates_of(self.optimizers)
        if self.wanted.schedule and self.windows_per_epoch is None:
            raise ValueError("schedule= needs to know the number of batches: give data with len()")
        if self.wanted.average == "swa" and self.windows_per_epoch is None:
            raise ValueError(
                "average='swa' averages over the last quarter of training and needs to know the "
                "number of batches: give data with len(), or average=0.999"
            )

    @property
    def unfinished(self):
        """True while there are epochs to train."""
        return self.epoch < self.wanted.epochs and not (self.stop and self.stop.exhausted)

    @property
    def windows_per_epoch(self):
        """Optimiser steps in an epoch, None if the data cannot say."""
        try:
            return math.ceil(len(self.batches) / self.wanted.accumulate)
        except TypeError:
            return None

    @property
    def total_steps(self):
        """Optimiser steps in the whole training, None if the data cannot say."""
        return self.windows_per_epoch and self.windows_per_epoch * self.wanted.epochs

    @property
    def averages_from(self):
        """The optimiser step from which on weights are averaged."""
        return 0.75 * (self.total_steps or 0) if self.wanted.average == "swa" else 0

    @property
    def judged(self):
        """The model that validation looks at: the averaged one where there is one."""
        return self.average.model if self.average and self.average.updates else self.model

    @property
    def reads_on(self):
        """True for data that continue where they were, by a ``state_dict`` of their own."""
        return hasattr(getattr(self.batches, "source", None), "state_dict")

    def rate(self):
        """The first parameter group's learning rate."""
        return float(next(iter(self.optimizers.values())).param_groups[0]["lr"])

    def whereabouts(self, ahead=0):
        """Epoch and batch, counted from 1."""
        return f"epoch {self.epoch + 1}, batch {len(self.losses) + ahead + 1}"
