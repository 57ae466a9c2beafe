"""Random numbers: one seed for all libraries, and generators that keep to themselves."""

import random

import numpy as np
import torch


def seed_everything(seed):
    """Seed Python's, NumPy's and torch's global generators (all devices)."""
    random.seed(seed)
    np.random.seed(seed)
    torch.manual_seed(seed)


def generator(*key, device="cpu"):
    """A torch generator of its own stream, named by integers.

    The order of training examples is drawn from ``generator(seed, epoch)`` and never
    from the global stream, so that it does not shift the dropout masks and a resumed
    run sees the order that an uninterrupted one sees.

    Parameters
    ----------
    *key : ints >= 0
    device : str or torch.device
        Where the numbers are drawn; each kind of device has a stream of its own.

    Examples
    --------
    >>> a = torch.rand(1, generator=generator(3, 1))
    >>> b = torch.rand(1, generator=generator(3, 1))
    >>> bool(a == b), bool(a == torch.rand(1, generator=generator(3, 2)))
    (True, False)
    """
    entropy = np.random.SeedSequence(key).generate_state(2, np.uint32)
    seed = int(entropy[0]) << 31 | int(entropy[1]) >> 1
    return torch.Generator(device=device).manual_seed(seed)
