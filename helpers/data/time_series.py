"""Series in time: real ones that libraries ship, a cited one, and a simulated one (survey 4.5; chapter 4-models/recurrent-networks).

Each loader gives the columns in the order of time, the first one being what is forecast, in the
units of the source. Nothing is scaled here: a mean over all rows would know the future.
"""

from zipfile import ZipFile

import numpy as np
import torch

from .cited import fetch_file
from .series import Series


def sunspots():
    """Yearly mean number of sunspots, 1700 to 2008.

    Returns
    -------
    Series, x (309, 1): spots, 0 to 190; time in years.

    Notes
    -----
    Source: statsmodels ``sunspots``, public domain (National Geophysical Data Center). Trap: the
    early years rest on few observers.

    Examples
    --------
    >>> sunspots().x.shape
    torch.Size([309, 1])
    """
    from statsmodels.datasets import sunspots as source

    frame = source.load_pandas().data
    return _series(frame[["SUNACTIVITY"]].to_numpy(), frame["YEAR"].to_numpy(), ["sunspots"])


def co2():
    """Monthly mean of carbon dioxide at Mauna Loa, March 1958 to December 2001.

    Returns
    -------
    Series, x (526, 1): parts per million by volume; time in years.

    Notes
    -----
    Source: statsmodels ``co2`` (Keeling and Whorf), public domain. It is weekly with gaps; months
    are means of their weeks, and a month without a week is filled on the line between its
    neighbours. Trap: that line knows the month after it, in five of 526 months, all before 1965.

    Examples
    --------
    >>> co2().x.shape
    torch.Size([526, 1])
    """
    from statsmodels.datasets import co2 as source

    monthly = source.load_pandas().data["co2"].resample("MS").mean().interpolate()
    years = monthly.index.year + (monthly.index.month - 1) / 12
    return _series(monthly.to_numpy()[:, None], years.to_numpy(), ["CO2"])


def beijing_air():
    """Fine dust and weather in Beijing, daily means, 2010 to 2014 (cited).

    Returns
    -------
    Series, x (1825, 5): logarithm of the dust (PM2.5, micrograms a cubic metre, means from 3 up),
        dew point and temperature (degrees Celsius), pressure (hPa), wind accumulated (m/s); time
        in days since the second of January 2010.

    Raises
    ------
    DataUnavailable : if the file is neither cached nor can be fetched.

    Notes
    -----
    Liang et al. 2015, UCI, CC BY 4.0. Hours without dust (2067 of 43,824) are left out of the means,
    and a day without any is filled with the day before. The first day has none and is left out.
    """
    import pandas

    columns = ["pm2.5", "DEWP", "TEMP", "PRES", "Iws"]
    frame = pandas.read_csv(fetch_file("beijing-air/pollution.csv"))[columns].iloc[24:]
    days = frame.groupby(np.arange(len(frame)) // 24).mean().ffill()
    days["pm2.5"] = np.log(days["pm2.5"])
    return _series(days.to_numpy(), np.arange(len(days)), ["log dust", *columns[1:]])


def mackey_glass(length=1500, *, delay=17.0, every=6.0, noise=0.0, seed=0):
    r"""A simulated chaotic series: blood cells regulated with a delay (Mackey and Glass 1977).

    .. math:: \dot x(t) = \frac{0.2\, x(t - \tau)}{1 + x(t - \tau)^{10}} - 0.1\, x(t)

    Parameters
    ----------
    length : int >= 1
        Steps that are kept; the first 300 are thrown away.
    delay : float > 0
        The delay; at 17 the motion is chaotic.
    every : float > 0
        Time between two steps; the equation is solved in steps of 0.1 (Heun's rule).
    noise : float >= 0
        Standard deviation of the error of measurement.
    seed : int
        Of the start and of the noise.

    Returns
    -------
    Series, x (length, 1), without unit, about 0.2 to 1.4.

    Raises
    ------
    ValueError
        If a time is not positive.

    Examples
    --------
    >>> mackey_glass(50).x.shape
    torch.Size([50, 1])
    """
    if not (delay > 0 and every > 0):
        raise ValueError(
            f"mackey_glass(delay={delay}, every={every}): expected times above 0, found one that is not"
        )
    draws = np.random.default_rng(seed)
    back, skip = round(delay * 10), round(every * 10)
    x = np.empty(back + (length + 300) * skip + 1)
    x[: back + 1] = draws.uniform(0.5, 1.3)

    def slope(now, then):
        return 0.2 * then / (1 + then**10) - 0.1 * now

    for t in range(back, len(x) - 1):
        first = slope(x[t], x[t - back])
        guess = x[t] + 0.1 * first
        x[t + 1] = x[t] + 0.05 * (first + slope(guess, x[t - back + 1]))
    kept = x[back + 300 * skip :: skip][:length]
    kept = kept + noise * draws.standard_normal(length)
    return _series(kept[:, None], np.arange(length) * every, ["x"])


def indoor_movement():
    """Will the person change room? Radio signals of 314 short walks in three buildings (cited).

    Returns
    -------
    x : Tensor (314, 129, 4), float32
        Strength received from four anchors, scaled to -1..1 by the source, eight times a second;
        the end is the marker that all walks reach. Shorter walks repeat their first row in front.
    y : Tensor (314,), int64, 1 if the walk goes on into another room
    groups : Tensor (314,), int64, 0 to 2, the setting: other rooms, other furniture

    Raises
    ------
    DataUnavailable : if the file is neither cached nor can be fetched.

    Notes
    -----
    Bacciu et al. 2014, UCI, CC BY 4.0. The lengths, 19 to 129 steps, may tell something, too.
    """
    import pandas

    with ZipFile(fetch_file("indoor-movement/IndoorMovement.zip")) as folder:

        def table(name):
            return pandas.read_csv(folder.open(f"{name}.csv")).to_numpy()

        y = table("dataset/MovementAAL_target")[:, 1]
        groups = table("groups/MovementAAL_DatasetGroup")[:, 1]
        walks = [table(f"dataset/MovementAAL_RSS_{k + 1}") for k in range(len(y))]
    longest = max(map(len, walks))
    x = [np.pad(walk, ((longest - len(walk), 0), (0, 0)), mode="edge") for walk in walks]
    return (
        torch.tensor(np.stack(x)).float(),
        torch.tensor(y > 0).long(),
        torch.tensor(groups - 1).long(),
    )


def _series(x, time, names):
    """A Series of plain arrays."""
    time = torch.as_tensor(np.array(time, dtype="float64"))
    x = torch.as_tensor(np.array(x, dtype="float32"))
    return Series(x, names, float(time.diff().median()), time=time)
