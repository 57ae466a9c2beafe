"""How much a detector finds at a set share of false alarms (survey 9; chapter 4-models/recurrent-networks)."""

import numpy as np


def share_found(loud, quiet, false=0.05):
    """Share of windows scored above all but a share `false` of the quiet ones.

    Parameters
    ----------
    loud, quiet : arrays of scores
        Of windows with what is looked for, and of windows without.
    false : float in (0, 1)

    Returns
    -------
    float in [0, 1]

    Raises
    ------
    ValueError
        If `quiet` is too short for that share of false alarms.

    Examples
    --------
    >>> share_found([3.0, 21.0], list(range(20)), false=0.1)
    0.5
    """
    if len(quiet) * false < 1:
        raise ValueError(
            f"share_found(false={false}): expected {1 / false:.0f} quiet windows or more, "
            f"found {len(quiet)}"
        )
    return float(np.mean(np.asarray(loud) > np.quantile(quiet, 1 - false)))
