"""Failures that say what to do: bad losses, broken steps, full memory (survey 9; chapter 4-models/supervised-learning)."""

import contextlib
from collections.abc import Mapping
from pathlib import Path

import torch

PACKAGE = Path(__file__).parents[1]


class BadLoss(ArithmeticError):
    """The loss became NaN or infinite."""


def reads_at_once(device):
    """True where reading a loss waits for nothing: on the CPU. A GPU is read once an epoch."""
    return device.type == "cpu"


def explain_bad_loss(model, step, batch, where):
    """Raise `BadLoss` naming where it happened and the first module whose output is bad.

    Parameters
    ----------
    model : nn.Module
    step : callable, (model, batch) -> anything
    batch : the one that gave the loss, or None where it cannot be had again
    where : str, such as "epoch 1, batch 3"
    """
    culprit = "its batch is gone" if batch is None else first_bad_module(model, step, batch)
    raise BadLoss(
        f"the loss is not a finite number at {where}; {culprit}. Nothing was saved after it. "
        "Look for NaN in the data, or lower the learning rate, or set clip=1.0."
    )


def first_bad_module(model, step, batch):
    """One sentence naming the first module with a non-finite output on this batch.

    Parameters
    ----------
    model : nn.Module
    step : callable, (model, batch) -> anything
    batch : the one that gave the loss
    """
    found = []

    def look(name, kind):
        def hook(module, inputs, output):
            if not found and not all_finite(output):
                found.append(f"the first bad output comes from module {name or 'model'!r} ({kind})")

        return hook

    handles = [
        module.register_forward_hook(look(name, type(module).__name__))
        for name, module in model.named_modules()
        if not list(module.children())
    ]
    buffers = [(buffer, buffer.clone()) for buffer in model.buffers()]
    try:
        with torch.enable_grad(), contextlib.suppress(Exception):  # a penalty needs gradients
            run = step(model, batch)
            if hasattr(run, "__next__"):
                for _ in run:
                    pass
    finally:
        for handle in handles:
            handle.remove()
        for buffer, before in buffers:  # batch norm took the bad numbers into its statistics
            buffer.copy_(before)
    if not found:
        found.append("every module's output is finite, so look at the loss itself or the rate")
    return found[0] + ("" if all_finite(batch) else "; the batch itself holds bad numbers")


def all_finite(thing):
    """True if no tensor in `thing` holds NaN or an infinite number."""
    if isinstance(thing, torch.Tensor):
        return bool(thing.isfinite().all())
    if isinstance(thing, tuple | list | Mapping):
        return all(map(all_finite, thing.values() if isinstance(thing, Mapping) else thing))
    return True


@contextlib.contextmanager
def one_sentence(what, where):
    """Turn what a user's function raises into a `ValueError` that says where; keep the cause.

    Parameters
    ----------
    what : str, such as "the step"
    where : callable () -> str, asked only on failure
    """
    try:
        yield
    except (BadLoss, torch.OutOfMemoryError, MemoryError):
        raise
    except Exception as error:
        if isinstance(error, ValueError) and is_ours(error):
            raise
        text = " ".join(str(error).split()) or "no reason given"
        raise ValueError(
            f"{what} failed at {where()} with {type(error).__name__}: {text[:200]}; expected it to "
            "run on every batch"
        ) from error


def is_ours(error):
    """True if an error was raised in this package, and so says already what is wrong."""
    trace = error.__traceback__
    while trace.tb_next:
        trace = trace.tb_next
    return PACKAGE in Path(trace.tb_frame.f_code.co_filename).parents


def shown(value):
    """A value for a sentence: short, and without an address in memory."""
    text = " ".join(repr(value).split())
    return type(value).__name__ if " at 0x" in text else text[:80]


@contextlib.contextmanager
def memory_advice(batch_size):
    """Turn an out-of-memory error into advice."""
    try:
        yield
    except torch.OutOfMemoryError as error:
        raise torch.OutOfMemoryError(
            f"the device's memory is full with batch_size={batch_size}. Try batch_size="
            f"{max(batch_size // 2, 1)} with accumulate=2 (the same gradient), precision='bf16', "
            f"or a smaller model. ({str(error).splitlines()[0]})"
        ) from error
