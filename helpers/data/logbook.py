"""A simulated log of measurements with gaps that far-apart entries fill (survey 4.5.5; chapter 4-models/transformers)."""

import torch

LOST = -100  # the label of an entry that is not asked for; cross-entropy skips it


def logbook(count, *, samples=8, readings=4, length=32, lost=0.3, seed=0):
    """Logs in which every sample has one reading, entered many times, and some entries lost it.

    Parameters
    ----------
    count : int N
    samples, readings : int S, R
        Kinds of sample, and values that a reading can take. Each log draws the reading of each
        sample anew, so that no log tells anything about another.
    length : int T
        Entries of a log, in random order.
    lost : float in (0, 1)
        Share of entries whose reading is missing.
    seed : int

    Returns
    -------
    tokens : int64 tensor (N, T)
        ``sample * (R + 1) + reading``; reading R stands for a lost one.
    answers : int64 tensor (N, T)
        The lost readings, and -100 where the reading can be read.

    Examples
    --------
    >>> tokens, answers = logbook(2, seed=1)
    >>> bool(((tokens % 5 == 4) == (answers >= 0)).all())
    True
    """
    draws = torch.Generator().manual_seed(seed)
    sample = torch.randint(samples, (count, length), generator=draws)
    reading = torch.randint(readings, (count, samples), generator=draws).gather(1, sample)
    gone = torch.rand(count, length, generator=draws) < lost
    tokens = sample * (readings + 1) + torch.where(gone, readings, reading)
    return tokens, torch.where(gone, reading, LOST)


def nearest_twin(tokens, readings=4):
    """The nearest entry of the same sample that still has its reading.

    Parameters
    ----------
    tokens : int64 tensor (N, T), see `logbook`
    readings : int R

    Returns
    -------
    place : int64 tensor (N, T), where that entry stands; the left one of two that are as near
    distance : int64 tensor (N, T), how far away; 0 where there is none
    """
    sample, reading = tokens // (readings + 1), tokens % (readings + 1)
    place = torch.arange(tokens.shape[1])
    far = (place[:, None] - place).abs().expand(len(tokens), -1, -1)
    twin = (sample[:, :, None] == sample[:, None]) & (reading < readings)[:, None] & (far > 0)
    distance, nearest = torch.where(twin, far, tokens.shape[1]).min(2)
    return nearest, torch.where(twin.any(2), distance, 0)
