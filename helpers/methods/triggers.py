"""Detectors of earthquakes in a window: triggers, features, and what a network reads (survey 4.5.4; chapter 4-models/recurrent-networks).

A detector gives one score a window; the higher, the more like an earthquake.
"""

import numpy as np
import torch
from scipy.signal import butter, sosfilt


def sta_lta(windows, rate, short, long, band=None):
    """The highest ratio of a short to a long average of the energy (Allen 1978), by ObsPy.

    Parameters
    ----------
    windows : tensor (N, T)
    rate : float
        Samples a second.
    short, long : float
        Seconds of the two averages.
    band : (low, high), optional
        Hertz; a filter of fourth order before the averages.

    Returns
    -------
    array (N,)

    Raises
    ------
    ValueError
        If the long average is as long as the window.
    """
    from obspy.signal.trigger import classic_sta_lta

    x, a, b = filtered(windows, rate, band), round(short * rate), round(long * rate)
    if b >= len(x[0]):
        raise ValueError(
            f"sta_lta(long={long}): expected less than the window of {len(x[0]) / rate:g} seconds"
        )
    return np.array([classic_sta_lta(row, a, b).max() for row in x])


def loudest_second(windows, rate, band=None):
    """Energy of the loudest second over that of the median second: a threshold on the energy.

    Parameters
    ----------
    windows, rate, band : as for `sta_lta`

    Returns
    -------
    array (N,)
    """
    x = filtered(windows, rate, band)
    energy = (x[:, : len(x[0]) // rate * rate] ** 2).reshape(len(x), -1, rate).mean(2)
    return energy.max(1) / np.median(energy, 1)


def filtered(windows, rate, band):
    """Windows in a band (Butterworth, fourth order, one pass).

    Parameters
    ----------
    windows, rate, band : as for `sta_lta`

    Returns
    -------
    array (N, T)
    """
    x = np.asarray(windows, dtype=float)
    if band is None:
        return x
    return sosfilt(butter(4, band, "bandpass", fs=rate, output="sos"), x, axis=1)


def spectrogram(windows, rate):
    """Logarithm of the energy in bands of one hertz, every half second, less the window's median.

    The median of each band removes station and recorder; what remains is what changes.

    Parameters
    ----------
    windows : tensor (N, T)
    rate : int
        Samples a second.

    Returns
    -------
    tensor (N, steps, 15), bands from 1 to 15 hertz
    """
    pieces = windows.unfold(1, rate, rate // 2) * torch.hann_window(rate)
    energy = torch.fft.rfft(pieces).abs().square()[..., 1:16]
    energy = (energy + 1e-6 * energy.mean((1, 2), keepdim=True)).log()
    return energy - energy.median(1, keepdim=True).values


def features(windows, rate):
    """What a line needs: how loud the loudest moments are in four bands, and how peaked the wave is.

    Parameters
    ----------
    windows, rate : as for `spectrogram`

    Returns
    -------
    array (N, 17): in four bands the loudest half second, and the 3rd, 9th and 21st loudest; kurtosis
    """
    seen = spectrogram(windows, rate)
    bands = torch.stack([seen[..., a:b].mean(2) for a, b in ((0, 3), (3, 6), (6, 10), (10, 15))], 1)
    ranked = bands.sort(2, descending=True).values[..., [0, 2, 8, 20]].flatten(1)
    peaked = windows.pow(4).mean(1) / windows.square().mean(1).square()
    return torch.cat([ranked, peaked.log()[:, None]], 1).numpy()
