"""What is done with one batch: a method is a step (survey 4.1; chapter 4-models/supervised-learning).

A step is any function ``step(model, batch)`` that returns

- a loss (0-d tensor), or
- a dict whose ``"loss"`` is optimised and whose other entries are logged, or
- for several players, a generator that yields ``(player, loss)``: the engine updates that
  player's weights and resumes the generator, so that the next loss sees the new weights.

A step that remembers something from batch to batch names it in `memory` (see `Remembering`).
If the step has a method ``validate(model, batch) -> (loss, prediction, target)``, validation
uses it; otherwise the step itself gives the validation loss.
"""


class Remembering:
    """A step with a memory, which a checkpoint saves and restores.

    Attributes
    ----------
    memory : tuple of str
        Names of the attributes: numbers, tensors, or objects with a ``state_dict``.

    Examples
    --------
    >>> step = Remembering()
    >>> step.steps = 3
    >>> step.state_dict()
    {'steps': 3}
    """

    memory = ("steps",)

    def state_dict(self):
        """What a checkpoint needs."""
        parts = {name: getattr(self, name) for name in self.memory}
        return {n: p.state_dict() if hasattr(p, "state_dict") else p for n, p in parts.items()}

    def load_state_dict(self, state):
        """Take over a checkpoint's state."""
        for name, saved in state.items():
            part = getattr(self, name)
            if hasattr(part, "load_state_dict"):
                part.load_state_dict(saved)
            else:
                setattr(self, name, saved)


class Supervised:
    """Compare the model's prediction with the target (see `supervised`)."""

    def __init__(self, loss, unpack):
        self.loss, self.unpack = loss, unpack

    def __call__(self, model, batch):
        """The loss of one batch."""
        inputs, target = self.unpack(batch)
        return self.loss(model(*inputs), target)

    def validate(self, model, batch):
        """Loss, prediction and target of one batch, from one forward pass."""
        inputs, target = self.unpack(batch)
        prediction = model(*inputs)
        return self.loss(prediction, target), prediction, target


def inputs_and_target(batch):
    """Split a batch: the last of a tuple is the target; a graph batch carries it as ``.y``.

    Examples
    --------
    >>> inputs_and_target(("x", "mask", "y"))
    (('x', 'mask'), 'y')
    """
    if isinstance(batch, tuple | list):
        return tuple(batch[:-1]), batch[-1]
    if hasattr(batch, "y"):
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
    """
    return Supervised(loss, unpack)
