"""Failures that say what to do: bad losses, full memory, Ctrl-C (survey 9; chapter 4-models/supervised-learning)."""

import contextlib
import signal
import threading

import torch


class BadLoss(ArithmeticError):
    """The loss became NaN or infinite."""


def explain_bad_loss(model, step, batch, where):
    """Raise `BadLoss` naming where it happened and the first module whose output is bad."""
    culprit = first_bad_module(model, step, batch)
    raise BadLoss(
        f"the loss is not a finite number at {where}; {culprit}. Nothing was saved after it. "
        "Look for NaN in the data, or lower the learning rate, or set clip=1.0."
    )


def first_bad_module(model, step, batch):
    """One sentence naming the first module with a non-finite output on this batch."""
    found = []

    def look(name, kind):
        def hook(module, inputs, output):
            tensors = output if isinstance(output, tuple | list) else [output]
            bad = [t for t in tensors if isinstance(t, torch.Tensor) and not t.isfinite().all()]
            if bad and not found:
                found.append(f"the first bad output comes from module {name or 'model'!r} ({kind})")

        return hook

    handles = [
        module.register_forward_hook(look(name, type(module).__name__))
        for name, module in model.named_modules()
        if not list(module.children())
    ]
    try:
        with torch.no_grad():
            run = step(model, batch)
            if hasattr(run, "__next__"):
                for _ in run:
                    pass
    finally:
        for handle in handles:
            handle.remove()
    return found[0] if found else "every module's output is finite, so look at the loss itself"


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


class Interrupt:
    """Ctrl-C asks for a stop at the next step boundary; a second Ctrl-C stops at once."""

    def __init__(self):
        self.requested = False

    def __enter__(self):
        self.usable = threading.current_thread() is threading.main_thread()
        if self.usable:
            self.previous = signal.signal(signal.SIGINT, self.request)
        return self

    def request(self, number, frame):
        """Note the first Ctrl-C, raise on the second."""
        if self.requested:
            raise KeyboardInterrupt
        self.requested = True

    def __exit__(self, *error):
        if self.usable:
            signal.signal(signal.SIGINT, self.previous)
