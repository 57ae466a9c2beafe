"""Where to compute: the fastest device at hand, or the one that was asked for."""

import torch


def pick_device(device="auto"):
    """The torch device to use.

    Parameters
    ----------
    device : "auto", str or torch.device
        "auto" takes a CUDA GPU, else Apple's MPS, else the CPU.

    Raises
    ------
    ValueError
        If the name is unknown, or a GPU is asked for and torch sees none.
    """
    if device == "auto":
        if torch.cuda.is_available():
            return torch.device("cuda")
        return torch.device("mps" if torch.backends.mps.is_available() else "cpu")
    try:
        device = torch.device(device)
    except (RuntimeError, TypeError) as error:
        raise ValueError(
            f"device={str(device).split(' at 0x')[0]!r}: expected 'auto', 'cpu', 'cuda', 'mps' or one with a number"
        ) from error
    if device.type == "cuda" and not torch.cuda.is_available():
        raise ValueError(
            f"device={str(device)!r}: torch sees no CUDA GPU here; use device='auto' or "
            "'cpu', or switch the Colab runtime to a GPU."
        )
    if device.type == "cuda" and (device.index or 0) >= torch.cuda.device_count():
        raise ValueError(
            f"device={str(device)!r}: expected a number below {torch.cuda.device_count()}, the GPUs "
            "that torch sees"
        )
    if device.type == "mps" and not torch.backends.mps.is_available():
        raise ValueError("device='mps': torch sees no Apple GPU here; use device='auto' or 'cpu'")
    return device


def to_device(batch, device, non_blocking=False):
    """Move a batch to `device`.

    Parameters
    ----------
    batch : tensor, anything with ``.to``, or tuples, lists and dicts of these
        Other things, such as names, are left as they are.
    device : torch.device or str
    non_blocking : bool
        Do not wait for the copy; it helps only from pinned memory.

    Returns
    -------
    the batch, of the same structure
    """
    if hasattr(batch, "to"):
        return batch.to(device, non_blocking=non_blocking)
    if isinstance(batch, dict):
        return {k: to_device(v, device, non_blocking) for k, v in batch.items()}
    if isinstance(batch, tuple | list):
        moved = [to_device(v, device, non_blocking) for v in batch]
        return type(batch)(*moved) if hasattr(batch, "_fields") else type(batch)(moved)
    return batch
