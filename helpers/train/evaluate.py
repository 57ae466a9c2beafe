"""Loss, metrics and predictions on held-out data (survey 4.1; chapter 4-models/supervised-learning)."""

import contextlib
import numbers
import warnings

import torch
from torch.utils.data import DataLoader, RandomSampler

from helpers.train.arguments import check_counts, check_metrics, check_module
from helpers.train.batches import TensorBatches, make_batches, size_of
from helpers.train.guard import one_sentence
from helpers.train.precision import Precision
from helpers.train.steps import as_step, comparing


class Interrupted(Exception):
    """Ctrl-C came during validation."""


def validate(model, batches, step, metrics=None, precision=None, *, first=False, interrupt=None):
    """Validation loss and metrics of `model` as a dict of floats.

    Parameters
    ----------
    model : nn.Module
        Put into eval mode.
    batches : see `helpers.train.batches`
    step : Step
    metrics : dict of name -> f(prediction, target), optional
    precision : Precision, optional
    first : bool
        Look at one batch only: the dry run.
    interrupt : Interrupt, optional
        Asked before every batch.

    Raises
    ------
    ValueError : if there is no batch, or step or metrics do not work on it.
    Interrupted : when Ctrl-C was pressed.
    """
    model.eval()
    total, seen, kept, done = 0.0, 0, [], []
    with torch.no_grad(), (precision or Precision("fp32", torch.device("cpu"))).autocast():
        for batch in batches.epoch(0):
            if interrupt and interrupt.requested:
                raise Interrupted
            done.append(1)
            watched = comparing(step) if len(done) == 1 else contextlib.nullcontext()
            with watched, one_sentence("the step", lambda: f"validation batch {len(done)}"):
                loss, prediction, target = judged(step.validate(model, batch))
            size = size_of(batch)
            if loss is not None and labels_classes(prediction, target):
                loss, size = without_ignored(loss, target, size, getattr(step, "loss", None))
            total, seen = (None if loss is None else total + loss.float() * size), seen + size
            if metrics:
                kept.append((prediction, target))
            if first:
                break
    if not done:
        raise ValueError("the validation data gave no batch: expected at least one, found none")
    row = {} if total is None else {"valid_loss": float(total / seen)}
    return row | (measure(metrics, kept) if metrics else {})


def labels_classes(prediction, target):
    """True for a `prediction` (N, K, ...) of scores and a `target` (N, ...) of whole numbers.

    Parameters
    ----------
    prediction, target : anything that ``step.validate`` returns
    """
    both = isinstance(prediction, torch.Tensor) and isinstance(target, torch.Tensor)
    return both and target.dtype == torch.int64 and prediction.ndim == target.ndim + 1


def without_ignored(loss, target, size, function):
    """The loss, 0 if no label counts, and the size times what the labels that count weigh.

    Parameters
    ----------
    loss : 0-d tensor
        A mean over the labels that count, weighted as the loss weights the classes.
    target : int64 tensor (N, ...)
    size : int
        Examples in the batch.
    function : the loss, whose `ignore_index` and `weight` are read where it is a module of torch
        or a ``functools.partial``; others are taken to leave out -100 and to weigh classes alike
    """
    said = getattr(function, "keywords", None) or getattr(function, "__dict__", {})
    said = said | getattr(function, "_buffers", {})
    counted = target != said.get("ignore_index", -100)
    weight = said.get("weight")
    weights = counted if weight is None else counted * weight[target.clamp(0, len(weight) - 1)]
    share = weights.sum() / max(target.numel(), 1)
    return torch.where(share > 0, loss, 0.0), size * share


def judged(result):
    """Check what ``step.validate`` returned."""
    if not isinstance(result, tuple) or len(result) != 3:
        raise ValueError(
            f"step.validate: expected (loss, prediction, target), found {type(result).__name__}"
        )
    loss, prediction, target = result
    if loss is not None and (not isinstance(loss, torch.Tensor) or loss.numel() != 1):
        found = tuple(loss.shape) if isinstance(loss, torch.Tensor) else type(loss).__name__
        raise ValueError(f"validation loss: expected a tensor of one number, found {found}")
    return loss, prediction, target


def measure(metrics, kept):
    """Each metric on all predictions and targets, joined, on the CPU; half precision is widened.

    Parameters
    ----------
    metrics : dict of name -> f(prediction, target)
    kept : list of (prediction, target), one a batch

    Returns
    -------
    dict of name -> float

    Raises
    ------
    ValueError : if predictions cannot be joined, or a metric fails or gives no single number.
    """
    for part in kept[0]:
        if not isinstance(part, torch.Tensor):
            raise ValueError(
                f"metrics={list(metrics)}: expected a step that gives prediction and target as "
                f"tensors, such as supervised(...), found {type(part).__name__}; a step of your "
                "own says them in validate(model, batch) -> (loss, prediction, target)"
            )
    with one_sentence("joining the predictions for the metrics", lambda: "validation"):
        prediction, target = (torch.cat(parts).cpu() for parts in zip(*kept))
    narrow = prediction.dtype in (torch.bfloat16, torch.float16)
    prediction = prediction.float() if narrow else prediction
    row = {}
    for name, metric in metrics.items():
        with one_sentence(f"metric {name!r}", lambda: "validation"):
            value = metric(prediction.clone(), target.clone())  # its own, to write in
        if not isinstance(value, numbers.Number) and getattr(value, "size", None) is None:
            raise ValueError(f"metric {name!r}: expected a number, found {type(value).__name__}")
        try:
            row[name] = float(value.item() if hasattr(value, "item") else value)
        except (TypeError, ValueError, RuntimeError) as error:
            shape = tuple(getattr(value, "shape", ()))
            raise ValueError(
                f"metric {name!r}: expected one number, found shape {shape}"
            ) from error
    return row


def evaluate(model, data, *, step, metrics=None, batch_size=512):
    """Loss and metrics on held-out data: a dict with "valid_loss" and each metric's name.

    Parameters
    ----------
    model : nn.Module
        Evaluated where it is, in eval mode and in its own number format.
    data, step, metrics, batch_size
        As `valid`, `step`, `metrics` and `batch_size` of `helpers.train.loop.fit`.
    """
    check_module(model)
    check_counts(batch_size=batch_size)
    check_metrics(metrics, data)
    batches = make_batches(data, batch_size, seed=0, device=place_of(model), shuffle=False)
    return validate(model, batches, as_step(step), metrics)


def predict(model, x, *, batch_size=512):
    """The model's outputs for every example, on the CPU, in eval mode.

    Parameters
    ----------
    model : nn.Module
    x : tensor (N, ...), tuple of tensors, Dataset or iterable of batches
        Several tensors are several inputs. Batches are passed whole to the model (graphs, for
        example).
    batch_size : int >= 1

    Raises
    ------
    ValueError : if the model does not take the batches or gives other than one tensor.
    """
    check_module(model)
    check_counts(batch_size=batch_size)
    if isinstance(x, DataLoader) and isinstance(x.sampler, RandomSampler):
        warnings.warn(
            "predict: a DataLoader with shuffle=True gives the outputs in another order than the "
            "examples have",
            stacklevel=2,
        )
    model.eval()
    batches = make_batches(x, batch_size, seed=0, device=place_of(model), shuffle=False)
    outputs = []
    with torch.no_grad():
        for batch in batches.epoch(0):
            with one_sentence("the model", lambda: f"batch {len(outputs) + 1}"):
                output = model(*batch) if isinstance(batches, TensorBatches) else model(batch)
            if not isinstance(output, torch.Tensor):
                raise ValueError(
                    f"predict: expected a model that gives one tensor, found {type(output).__name__}"
                )
            outputs.append(output.cpu())
    if not outputs:
        raise ValueError("predict: the data gave no batch, expected at least one")
    with one_sentence("joining the outputs", lambda: "the end"):
        return torch.cat(outputs)


def place_of(model):
    """The device of the model's first weight; the CPU if it has none."""
    first = next(model.parameters(), None)
    return torch.device("cpu") if first is None else first.device
