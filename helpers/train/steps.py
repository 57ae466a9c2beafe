"""What is done with one batch: a method is a step (survey 4.1; chapter 4-models/supervised-learning).

The contract between a method and the engine, in one place:

**A step** is called as ``step(model, batch)`` and returns

- a loss: a tensor of one number that depends on the weights, or
- a dict whose ``"loss"`` is optimised and whose other entries, numbers, are logged, or
- for several players, a generator that yields ``(player, loss)``: the engine updates that
  player's weights and resumes the generator, so that the next loss sees the new weights. The
  model is then an ``nn.ModuleDict`` of the players, and each has an optimiser of its own.

A step that remembers nothing may be a plain function. Otherwise it is an object, best a `Step`:

- ``validate(model, batch) -> (loss, prediction, target)`` judges held-out data; it changes
  nothing. Metrics need its prediction and target. Without it the step itself gives the loss.
  Gradients are off there; a step that needs some opens ``with torch.enable_grad():``.
- ``state_dict()`` and ``load_state_dict(state)`` hold what the step remembers from batch to batch
  (counts, teachers, ensembles, target networks), as numbers, tensors and containers of these. The
  checkpoint keeps it, for each process its own.
- ``to(device)`` moves what it remembers to where the model is.

**Data** are a tuple of tensors, a Dataset, an IterableDataset (put into batches of `batch_size`),
or anything that can be read anew at every epoch and gives ready batches. ``set_epoch(epoch)``, if
it is there, is called before each reading. Where order or randomness lives in the data and not in
a random generator that it holds, the data have a ``state_dict`` too, which says how to read *on*.

**A checkpoint** holds model, optimisers, number format, averages, patience, memory of step and
data, every random generator, and a fingerprint of what made them (`helpers.train.fingerprint`).
"""

import contextlib
import copy
import math

import torch
from torch.overrides import TorchFunctionMode

ONE_SHAPE = (
    "sub", "rsub", "mse_loss", "l1_loss", "smooth_l1_loss", "huber_loss", "poisson_nll_loss",
    "gaussian_nll_loss", "soft_margin_loss", "hinge_embedding_loss", "kl_div",
)  # fmt: skip


class Remembering:
    """Something with a memory that moves with the model and that a checkpoint restores.

    Attributes
    ----------
    memory : tuple of str
        Names of the attributes: numbers, tensors, containers of these, or objects with a
        ``state_dict``.

    Examples
    --------
    >>> class Counting(Remembering):
    ...     memory = ("steps",)
    >>> step = Counting()
    >>> step.steps = 3
    >>> step.state_dict()
    {'steps': 3}
    """

    memory = ()

    def state_dict(self):
        """What a checkpoint needs: a copy."""
        parts = {name: getattr(self, name) for name in self.memory}
        parts = {n: p.state_dict() if hasattr(p, "state_dict") else p for n, p in parts.items()}
        return copy.deepcopy(parts)

    def load_state_dict(self, state):
        """Take over a checkpoint's state.

        Raises
        ------
        ValueError : if the state names other things than `memory`.
        """
        if set(state) != set(self.memory):
            raise ValueError(
                f"{type(self).__name__}: expected a state with {sorted(self.memory)}, "
                f"found {sorted(state)}"
            )
        for name, saved in copy.deepcopy(state).items():
            part = getattr(self, name)
            if hasattr(part, "load_state_dict"):
                part.load_state_dict(saved)
            else:
                setattr(self, name, placed(saved, getattr(part, "device", None)))

    def to(self, device):
        """Move what is remembered to `device`; returns itself."""
        for name in self.memory:
            setattr(self, name, placed(getattr(self, name), device))
        return self


def placed(part, device):
    """A tensor, or an object with ``.to``, on `device`; anything else as it is.

    Parameters
    ----------
    part : anything
    device : torch.device, or None to leave all where it is
    """
    return part.to(device) if device is not None and hasattr(part, "to") else part


class Step(Remembering):
    """A step as an object; see the contract above. Methods derive from it and write ``__call__``.

    Attributes
    ----------
    alone : bool
        True for a step that must see every batch: several processes are refused.
    """

    alone = False

    def __call__(self, model, batch):
        """The loss of one batch, or a dict, or a generator of (player, loss)."""
        raise NotImplementedError

    def validate(self, model, batch):
        """Loss, prediction and target of held-out data; None for what the step cannot say.

        Here: the loss that the step returns, its memory left as it was; None with players.

        Parameters
        ----------
        model : nn.Module
        batch : one of the held-out batches
        """
        before = self.state_dict()
        result = self(model, batch)
        self.load_state_dict(before)
        if result is None:
            raise ValueError("the step returned nothing; expected a loss, or a dict with a 'loss'")
        if hasattr(result, "__next__"):
            return None, None, None
        return (result["loss"] if isinstance(result, dict) else result), None, None


class Plain(Step):
    """A function, or an object of one's own with part of the contract, as a `Step`."""

    def __init__(self, function):
        self.function = function

    def __call__(self, model, batch):
        """What the function returns."""
        return self.function(model, batch)

    def validate(self, model, batch):
        """The function's own ``validate``, if it has one; else that of `Step`.

        Parameters
        ----------
        model : nn.Module
        batch : one of the held-out batches
        """
        return getattr(self.function, "validate", super().validate)(model, batch)

    def state_dict(self):
        """The function's memory, if it has one."""
        return getattr(self.function, "state_dict", dict)()

    def load_state_dict(self, state):
        """Hand the memory back."""
        getattr(self.function, "load_state_dict", lambda state: None)(state)

    def to(self, device):
        """Move the memory."""
        getattr(self.function, "to", lambda device: None)(device)
        return self


def as_step(step):
    """`step` itself if it is a `Step`, a function wrapped as one otherwise.

    Raises
    ------
    ValueError : for something that cannot be called.
    """
    if isinstance(step, Step):
        return step
    if not callable(step) or isinstance(step, type):
        raise ValueError(
            f"step={step!r}: expected a function step(model, batch) or a Step, for example "
            f"supervised(torch.nn.functional.cross_entropy), found {type(step).__name__}"
        )
    return Plain(step)


class Supervised(Step):
    """Compare the model's prediction with the target (see `supervised`).

    Parameters
    ----------
    loss, unpack : as for `supervised`
    """

    def __init__(self, loss, unpack):
        self.loss, self.unpack = loss, unpack

    def __call__(self, model, batch):
        """The loss of one batch."""
        inputs, target = self.unpack(batch)
        return self.loss(model(*inputs), target)

    def validate(self, model, batch):
        """Loss, prediction and target of one batch, from one forward pass.

        Parameters
        ----------
        model : nn.Module
        batch : one of the held-out batches
        """
        inputs, target = self.unpack(batch)
        prediction = model(*inputs)
        return self.loss(prediction, target), prediction, target


class Comparing(TorchFunctionMode):
    """Refuse that prediction and target meet where that broadcasts one over the other.

    Functions of `ONE_SHAPE` need one shape; any other may give no more numbers than the larger of
    the two holds. What keeps the shape of the prediction is followed as the prediction, and so for
    the target: ``logsigmoid(p * t)``, ``1 - 2 * t``.

    Parameters
    ----------
    prediction, target : tensors of two shapes
    """

    def __init__(self, prediction, target):
        super().__init__()
        self.shapes = tuple(prediction.shape), tuple(target.shape)
        self.sides = {id(target): 1, id(prediction): 0}
        self.kept = []  # so that no address is used twice

    def __torch_function__(self, function, types, args=(), kwargs=None):
        """Compute `function` of `args`, `kwargs` (of `types`), and look at what met there."""
        name = getattr(function, "__name__", "").strip("_")
        sides = {self.sides[id(a)] for a in args[:2] if id(a) in self.sides}
        if len(sides) == 2 and name in ONE_SHAPE:
            self.refuse(name)
        result = function(*args, **(kwargs or {}))
        if isinstance(result, torch.Tensor) and sides:
            if len(sides) == 2 and result.numel() > max(map(math.prod, self.shapes)):
                self.refuse(name)
            if len(sides) == 1 and tuple(result.shape) == self.shapes[min(sides)]:
                self.sides[id(result)] = min(sides)
                self.kept.append(result)
        return result

    def refuse(self, name):
        """Raise the sentence about function `name`."""
        prediction, target = self.shapes
        raise ValueError(
            f"the loss compares ({name}) a prediction of shape {prediction} and a target of shape "
            f"{target}; expected one shape for both, for example by target[:, None], since "
            "broadcasting would compare each example with others"
        )


@contextlib.contextmanager
def comparing(step):
    """Let the loss of a `Supervised` compare shapes: for a first batch, since it costs time."""
    if not isinstance(step, Supervised):
        yield
        return
    loss = step.loss

    def compared(prediction, target):
        both = isinstance(prediction, torch.Tensor) and isinstance(target, torch.Tensor)
        if not both or prediction.shape == target.shape:
            return loss(prediction, target)
        with Comparing(prediction, target):
            return loss(prediction, target)

    step.loss = compared
    try:
        yield
    finally:
        step.loss = loss


def inputs_and_target(batch):
    """Split a batch: the last of a tuple is the target; a graph batch carries it as ``.y``.

    Examples
    --------
    >>> inputs_and_target(("x", "mask", "y"))
    (('x', 'mask'), 'y')
    """
    if isinstance(batch, tuple | list) and len(batch) > 1:
        return tuple(batch[:-1]), batch[-1]
    if getattr(batch, "y", None) is not None:
        return (batch,), batch.y
    raise ValueError(
        f"supervised(): cannot tell inputs from target in a batch of type {type(batch).__name__}; "
        "expected a tuple (x, ..., y) or an object with .y, or pass unpack="
    )


def supervised(loss, unpack=inputs_and_target):
    """The plain step: ``loss(model(x), y)``.

    Parameters
    ----------
    loss : callable, (prediction, target) -> 0-d tensor
        For example ``torch.nn.functional.cross_entropy``.
    unpack : callable, batch -> (inputs, target)
        How to read a batch. The default takes tuples ``(x, ..., y)`` and graph batches.

    Raises
    ------
    ValueError : if the loss cannot be called.
    """
    if not callable(loss):
        raise ValueError(f"supervised(loss={loss!r}): expected a function (prediction, target)")
    return Supervised(loss, unpack)
