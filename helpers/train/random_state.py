"""Every random generator that training draws from, saved and restored (chapter 4-models/supervised-learning)."""

import random

import numpy as np
import torch


def random_states(generators=()):
    """The states of the global generators and of those given, as tensors, numbers and lists."""
    kind, keys, *rest = np.random.get_state()
    return {
        "torch": torch.get_rng_state(),
        "cuda": torch.cuda.get_rng_state_all() if torch.cuda.is_available() else [],
        "numpy": (kind, torch.from_numpy(keys.astype(np.int64)), *rest),
        "python": random.getstate(),
        "own": [state_of(generator) for generator in generators],
    }


def restore_random_states(states, generators=()):
    """Set every generator back to `states`; ``generators=None`` leaves those alone.

    Parameters
    ----------
    states : dict, as `random_states` returns it
    generators : sequence of random generators, or None
        Those of the data's own; None leaves them alone.

    Raises
    ------
    ValueError : if there were more or fewer generators of the data's own.
    """
    if generators is not None and len(states["own"]) != len(generators):
        raise ValueError(
            f"data and step hold {len(generators)} random generators of their own, "
            f"expected {len(states['own'])} as in the checkpoint"
        )
    torch.set_rng_state(states["torch"])
    if states["cuda"] and torch.cuda.device_count() == len(states["cuda"]):
        torch.cuda.set_rng_state_all(states["cuda"])
    kind, keys, *rest = states["numpy"]
    np.random.set_state((kind, keys.numpy().astype(np.uint32), *rest))
    version, numbers, gauss = states["python"]
    random.setstate((version, tuple(numbers), gauss))
    for generator, state in zip(generators or (), states["own"]):
        set_state(generator, state)


def state_of(generator):
    """The state of one generator, of torch, NumPy or Python, without NumPy arrays."""
    if isinstance(generator, torch.Generator):
        return generator.get_state()
    if isinstance(generator, random.Random):
        return generator.getstate()
    return without_arrays(numpy_bits(generator).state)


def set_state(generator, state):
    """Put one generator into `state`.

    Parameters
    ----------
    generator : of torch, NumPy or Python
    state : as `state_of` returns it
    """
    if isinstance(generator, torch.Generator):
        generator.set_state(state)
    elif isinstance(generator, random.Random):
        version, numbers, gauss = state
        generator.setstate((version, tuple(numbers), gauss))
    else:
        numpy_bits(generator).state = state


def numpy_bits(generator):
    """What holds the state of a NumPy generator, new style or old."""
    return getattr(generator, "bit_generator", None) or generator._bit_generator


def without_arrays(state):
    """Arrays as lists, in nested dicts."""
    if isinstance(state, dict):
        return {name: without_arrays(value) for name, value in state.items()}
    return state.tolist() if isinstance(state, np.ndarray | np.generic) else state
