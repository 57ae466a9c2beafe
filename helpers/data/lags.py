"""A series cut into windows, what follows each, and which of them may be learned from (survey 4.5; chapter 4-models/recurrent-networks)."""

from dataclasses import dataclass

import torch

from .arguments import whole_of


@dataclass(frozen=True)
class Windows:
    """What is known at an origin, and what came `horizon` steps later.

    Attributes: ``x`` (N, L, F) the last L rows, less the last value of the first column there where
    ``anchored``; ``y`` (N,) the first column `horizon` steps later, less the same; ``base`` (N,)
    what was taken off; ``origin`` (N,) int64 the row of the last known value; ``horizon``.
    """

    x: torch.Tensor
    y: torch.Tensor
    base: torch.Tensor
    origin: torch.Tensor
    horizon: int

    def part(self, rows):
        """The windows `rows` alone."""
        return Windows(self.x[rows], self.y[rows], self.base[rows], self.origin[rows], self.horizon)


def lagged(series, *, lags, horizon=1, anchored=False):
    """Cut a series into windows; none reaches over the end of a group.

    Parameters
    ----------
    series : Series
        The first column is forecast, all are known.
    lags : int >= 2
        Rows of a window.
    horizon : int >= 1
        How many rows ahead.
    anchored : bool
        Take the last value off, so that a window tells of changes: for series with a trend.

    Returns
    -------
    Windows, in the order of the rows.

    Raises
    ------
    ValueError
        For a whole number below those, or if no group has `lags` + `horizon` rows.

    Examples
    --------
    >>> from helpers.data.time_series import sunspots
    >>> lagged(sunspots(), lags=22).x.shape
    torch.Size([287, 22, 1])
    """
    lags, horizon = whole_of("lagged", "lags", lags, 2), whole_of("lagged", "horizon", horizon, 1)
    groups = torch.zeros(len(series.x)) if series.groups is None else series.groups
    origin = torch.arange(lags - 1, max(lags - 1, len(series.x) - horizon))
    whole = groups[origin - lags + 1] == groups[origin + horizon]
    origin = origin[whole]
    if not len(origin):
        raise ValueError(
            f"lagged(lags={lags}, horizon={horizon}): expected a series of at least "
            f"{lags + horizon} rows, found {len(series.x)}"
        )
    x = series.x[origin[:, None] + torch.arange(1 - lags, 1)].clone()
    base = series.x[origin, 0] if anchored else torch.zeros(len(origin))
    x[..., 0] -= base[:, None]
    return Windows(x, series.x[origin + horizon, 0] - base, base, origin, horizon)


def in_time(windows, shares=(0.5, 0.2)):
    """Earlier windows to learn from, later ones to choose by, the last ones to test.

    Parameters
    ----------
    windows : Windows
        Of one series.
    shares : (float, float)
        Of the origins: to learn from, and to choose by.

    Returns
    -------
    train, valid, test : index tensors
        No target of one part lies after the first origin of the next.

    Raises
    ------
    ValueError
        If a part would be empty.
    """
    first, last = int(windows.origin[0]), int(windows.origin[-1])
    cuts = [first + round((last - first + 1) * share) for share in (shares[0], sum(shares))]
    ends = windows.origin + windows.horizon
    train = ends <= cuts[0]
    valid = (windows.origin >= cuts[0]) & (ends <= cuts[1])
    test = windows.origin >= cuts[1]
    if not (train.any() and valid.any() and test.any()):
        raise ValueError(
            f"in_time: expected windows for all three parts, found {int(train.sum())}, "
            f"{int(valid.sum())} and {int(test.sum())} of {len(windows.origin)}; the series is too short"
        )
    return tuple(part.nonzero()[:, 0] for part in (train, valid, test))


def blocks(values, length):
    """Means of consecutive blocks; a shorter rest at the end is left out.

    Neighbouring origins share most of their window and their target's surroundings, so that their
    errors are alike. Blocks longer than that are nearly independent units.

    Parameters
    ----------
    values : tensor (N,), in the order of time
    length : int >= 1
        Values in a block.

    Returns
    -------
    list of N // length floats

    Raises
    ------
    ValueError
        For a length below 1, or if there are not two blocks.

    Examples
    --------
    >>> blocks(torch.tensor([1.0, 3.0, 5.0, 7.0, 9.0]), 2)
    [2.0, 6.0]
    """
    count = len(values) // whole_of("blocks", "length", length, 1)
    if count < 2:
        raise ValueError(
            f"blocks(length={length}): expected at least two blocks, found {len(values)} values"
        )
    return values[: count * length].view(count, length).mean(1).tolist()
