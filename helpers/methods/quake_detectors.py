"""Every detector of earthquakes by one contract: settings to choose from, learn, then score windows (survey 4.5.4; chapter 4-models/recurrent-networks)."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from itertools import product

import torch
from sklearn.ensemble import ExtraTreesClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from torch.nn import functional as F

from helpers.models.causal import CausalConvolutions
from helpers.models.highest_state import HighestState
from helpers.models.recurrent import LastState
from helpers.train.loop import fit, predict
from helpers.train.schedule import cosine
from helpers.train.steps import supervised

from .triggers import features, loudest_second, spectrogram, sta_lta

RATE = 40  # samples a second, as `helpers.data.seismograms` has them
BANDS = (None, (2.0, 8.0), (5.0, 14.0))
AVERAGES = tuple(product((0.3, 0.5, 1, 2), (5, 10, 14), BANDS))  # seconds, seconds, hertz
PASSES = (3, 10)


@dataclass(frozen=True)
class Detector:
    """One contender.

    Attributes
    ----------
    learn : callable, (setting, windows (N, T), labels (N,), seed) -> f(windows) -> array (N,)
        A trigger learns nothing and ignores windows and labels.
    settings : tuple
        What it may choose from.
    """

    learn: Callable
    settings: tuple


def trigger(setting, windows, labels, seed):
    """STA/LTA, which learns nothing.

    Parameters
    ----------
    setting : (short, long, band)
        Seconds, seconds, hertz or None.
    windows, labels, seed : see the class at the top
    """
    short, long, band = setting
    return lambda new: sta_lta(new, RATE, short, long, band)


def loudness(setting, windows, labels, seed):
    """The loudest second over the median second, which learns nothing.

    Parameters
    ----------
    setting : (low, high) or None
        The band in hertz.
    windows, labels, seed : see the class at the top
    """
    return lambda new: loudest_second(new, RATE, setting)


def line(setting, windows, labels, seed):
    """Logistic regression on the features.

    Parameters
    ----------
    setting : float
        Its C.
    windows, labels, seed : see the class at the top
    """
    model = make_pipeline(StandardScaler(), LogisticRegression(C=setting, max_iter=1000))
    model.fit(features(windows, RATE), labels.numpy())
    return lambda new: model.decision_function(features(new, RATE))


def forest(setting, windows, labels, seed):
    """Extremely randomised trees on the features.

    Parameters
    ----------
    setting : int
        The least size of a leaf.
    windows, labels, seed : see the class at the top
    """
    model = ExtraTreesClassifier(300, min_samples_leaf=setting, random_state=seed)
    model.fit(features(windows, RATE), labels.numpy())
    return lambda new: model.predict_proba(features(new, RATE))[:, 1]


def network(make, setting, windows, labels, seed):
    """A network on the spectrogram.

    Parameters
    ----------
    make : callable, option -> nn.Module
    setting : (passes, option)
        Passes over the windows, and what `make` takes.
    windows, labels, seed : see the class at the top
    """
    epochs, option = setting
    torch.manual_seed(seed)
    net = make(option)
    fit(
        net, (spectrogram(windows, RATE), labels), step=supervised(F.cross_entropy), epochs=epochs,
        lr=0.003, batch_size=64, clip=1.0, schedule=cosine(warmup=0.1), seed=seed,
    )  # fmt: skip

    def score(new):
        both = predict(net, spectrogram(new, RATE))
        return (both[:, 1] - both[:, 0]).numpy()

    return score


def recurrent(answer):
    """A GRU that reads from both ends; it answers from its last states, kept, or the highest."""
    if answer == "highest":
        return HighestState(15, 24, 2)
    return LastState("gru", 15, 24, 2, keep=4.0, bidirectional=True)


def convolutions(layers):
    """Convolutions over time and the mean of what they give."""
    return CausalConvolutions(15, 24, 2, layers=layers, pool=True)


DETECTORS = {
    "STA/LTA": Detector(trigger, AVERAGES),
    "loudest second": Detector(loudness, BANDS),
    "logistic regression": Detector(line, (0.01, 0.1, 1, 10)),
    "forest": Detector(forest, (1, 5, 20)),
    "convolution": Detector(partial(network, convolutions), tuple(product(PASSES, (3, 5)))),
    "GRU": Detector(partial(network, recurrent), tuple(product(PASSES, ("last", "highest")))),
}
