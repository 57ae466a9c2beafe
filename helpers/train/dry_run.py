"""What cannot work is said before the first epoch (chapter 4-models/supervised-learning).

The first batch is taken from the epoch that is about to begin and handed back, so that no data
are read twice; random states are put back. A run is the same with and without.
"""

import copy
import itertools

import torch
from torch import nn

from helpers.train.average import memo_of
from helpers.train.batches import Spare, TensorBatches
from helpers.train.evaluate import validate
from helpers.train.guard import one_sentence
from helpers.train.random_state import random_states, restore_random_states
from helpers.train.steps import Supervised


def dry_run(run, windows, valid, metrics):
    """Take one batch through layout, labels, validation and metrics.

    Parameters
    ----------
    run : Run
    windows : iterator of lists of batches, just opened
    valid : batches or None
    metrics : dict or None

    Returns
    -------
    iterator of lists of batches: all of `windows`.

    Raises
    ------
    ValueError : in one sentence, for what cannot work.
    """
    with one_sentence("reading the training data, or transform,", lambda: "batch 1"):
        first = next(windows, None)
    if first is None and not run.window:
        raise ValueError("the training data gave no batch: expected at least one, found none")
    states = random_states(run.generators)
    if first is not None:
        batch = first[0].batch if isinstance(first[0], Spare) else first[0]
        refuse_row(batch)
        run.together.refuse_different(getattr(run.batches, "first", None))
        if bears_channels_last(run, batch):
            to_channels_last(run.model)
        check_labels(run, batch)
    if valid is not None:
        restore_random_states(states, run.generators)
        check_validation(run, valid, metrics)
    restore_random_states(states, run.generators)
    return windows if first is None else itertools.chain([first], windows)


def refuse_row(batch):
    """Raise for one example where a batch is expected."""
    last = batch[-1] if isinstance(batch, tuple | list) and len(batch) > 1 else None
    if isinstance(last, torch.Tensor) and last.ndim == 0:
        raise ValueError(
            "the training data: expected batches, found single examples, whose target is one "
            "number; stack them to a tuple of tensors, or give a Dataset"
        )


def check_validation(run, valid, metrics):
    """One validation batch; a metric that cannot judge so few is tried on all of them.

    Parameters
    ----------
    run : Run
    valid : batches
    metrics : dict of name -> f(prediction, target), or None
    """
    try:
        validate(run.model, valid, run.step, metrics, run.precision, first=True)
    except ValueError:
        if not metrics:
            raise
        validate(run.model, valid, run.step, metrics, run.precision)


def bears_channels_last(run, batch):
    """True if the model has 2-D convolutions and a copy of it can be trained channels-last.

    The model's forward pass decides, so that nothing that a step or its loss remembers moves; only
    a model that does not take the batch's inputs, such as one of players, is tried with the step.

    Parameters
    ----------
    run : Run
    batch : the first one, as the step takes it
    """
    if not any(isinstance(module, nn.Conv2d) for module in run.model.modules()):
        return False
    for layout in (to_channels_last, lambda model: None):
        if works(run, lambda model, step: model(*inputs_of(run.step, batch)), layout):
            return layout is to_channels_last
    return works(run, lambda model, step: step(model, batch), to_channels_last)


def works(run, forward, layout):
    """True if `forward` of copies of model and step, and its gradient, can be computed.

    Parameters
    ----------
    run : Run
    forward : callable, (model, step) -> tensor, dict with "loss" or generator of (player, loss)
    layout : callable, changes how the model lies in memory
    """
    try:
        memo = memo_of(run.model)
        model, step = copy.deepcopy((run.model, run.step), memo)
        layout(model.train())
        with run.precision.autocast():
            result = forward(model, step)
        outputs = (loss for _, loss in result) if hasattr(result, "__next__") else [result]
        for output in outputs:
            (output["loss"] if isinstance(output, dict) else output).sum().backward()
    except Exception:  # .view on a strided tensor, most often; the real step says what else
        return False
    return True


def inputs_of(step, batch):
    """What a model of one player is called with: what `supervised` unpacks, or the first part.

    Parameters
    ----------
    step : Step
    batch : the first one, as the step takes it
    """
    if isinstance(step, Supervised):
        return step.unpack(batch)[0]
    return [batch if isinstance(batch, torch.Tensor) else batch[0]]


def to_channels_last(model):
    """Convolution weights channels-last: images are then fastest (0.6 of a CPU step, measured)."""
    for module in model.modules():
        if isinstance(module, nn.Conv2d | nn.ConvTranspose2d):
            module.to(memory_format=torch.channels_last)


def check_labels(run, batch):
    """On a GPU a label out of range ends the whole process: try the loss on the CPU first.

    Only tensors with `supervised` are looked at, and only whole numbers as labels.

    Parameters
    ----------
    run : Run
    batch : the first one, as the step takes it

    Raises
    ------
    ValueError : for a label that the loss does not take.
    """
    on_gpu = run.precision.device.type == "cuda"
    if not on_gpu or type(run.step) is not Supervised or not isinstance(run.batches, TensorBatches):
        return
    labels = run.batches.tensors[-1].cpu()
    if labels.is_floating_point():
        return
    inputs, _ = run.step.unpack(batch)
    with torch.no_grad():
        scores = run.model.eval()(*inputs)[:1].float().cpu()
        try:
            for some in labels.split(4096):
                run.step.loss(scores.expand(len(some), *scores.shape[1:]), some)
        except IndexError as error:
            raise ValueError(
                f"labels: expected 0 to {scores.shape[1] - 1} for a model with {scores.shape[1]} "
                f"scores, found {int(labels.min())} to {int(labels.max())}"
            ) from error
