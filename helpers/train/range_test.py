"""The learning-rate range test (survey 9; chapter 9-practice/hyperparameters)."""

import copy
import itertools
import math

import torch

from helpers.ground.device import pick_device
from helpers.train.average import memo_of
from helpers.train.batches import make_batches
from helpers.train.steps import as_step


def learning_rate_range(
    model, train, *, step, low=1e-6, high=1.0, steps=100, batch_size=64, device="auto", seed=0
):
    """Train a copy of `model` with a rate that grows at every step, and record the loss.

    Smith 2017, "Cyclical learning rates for training neural networks", section 3.3. A good
    rate lies where the loss falls fastest, well before it turns up.

    Parameters
    ----------
    model, train, step, batch_size, device, seed
        As in `helpers.train.loop.fit`; the model itself is not changed.
    low, high : float > 0
        First and last learning rate; they grow geometrically.
    steps : int >= 2
        How many rates to try. It stops early once the loss is four times its best.

    Returns
    -------
    list of (rate, loss)

    Examples
    --------
    >>> from helpers.train.steps import supervised
    >>> x = torch.linspace(-1, 1, 64)[:, None]
    >>> model, loss = torch.nn.Linear(1, 1), torch.nn.functional.mse_loss
    >>> curve = learning_rate_range(model, (x, 3 * x), step=supervised(loss), steps=20)
    >>> curve[0][0]
    1e-06
    """
    if not 0 < low < high or steps < 2:
        raise ValueError(
            f"learning_rate_range(low={low}, high={high}, steps={steps}): expected 0 < low < high "
            "and at least 2 steps"
        )
    device = pick_device(device)
    model, step = copy.deepcopy((model, as_step(step)), memo_of(model))
    model, step = model.to(device).train(), step.to(device)
    optimizer = torch.optim.AdamW(model.parameters(), lr=low)
    batches = endless(make_batches(train, batch_size, seed=seed, device=device))
    curve, best = [], math.inf
    for number in range(steps):
        rate = low * (high / low) ** (number / (steps - 1))
        optimizer.param_groups[0]["lr"] = rate
        loss = step(model, next(batches))
        loss = loss["loss"] if isinstance(loss, dict) else loss
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        curve.append((rate, loss.item()))
        best = min(best, loss.item())
        if not loss.item() < 4 * best:
            break
    return curve


def endless(batches):
    """Epoch after epoch."""
    for epoch in itertools.count():
        yield from batches.epoch(epoch)
