"""Memory over distance, forecasts by every rival, and the AWD regularisers, with fresh seeds.

Five parts, told apart by `part`. "memory": two simulated tasks, three lengths, recurrent networks
against convolutions and weights for each place. "rate": learning rates for the memory tasks, on
other sequences. "forecast": mean absolute error on the last third of four series, every rival of
the page, all three cells, and an LSTM twice as wide that trains longer; for dust the lead over
ridge, too. "walks": accuracy in each setting. "awd": the regularisers on sunspots, one at a time.
"""

from dataclasses import replace
from functools import cache, partial

import torch
from sklearn.linear_model import LogisticRegression, Ridge
from torch.nn import functional as F

from helpers.data import memory
from helpers.data.lags import blocks, in_time, lagged
from helpers.data.time_series import beijing_air, co2, indoor_movement, mackey_glass, sunspots
from helpers.methods.box_jenkins import period
from helpers.methods.forecasters import choose, network, rivals
from helpers.metrics.comparison import mean_interval
from helpers.models.awd import AWDLSTM, with_penalty
from helpers.models.causal import CausalConvolutions
from helpers.models.recurrent import LastState, keep_all
from helpers.train.loop import fit, predict
from helpers.train.schedule import cosine, one_cycle
from helpers.train.steps import supervised
from helpers.train.stop import Patience

SERIES = {  # rows of a window, horizon, anchored
    "sunspots": (sunspots, 22, 1, False),
    "CO2": (co2, 24, 12, True),
    "air": (beijing_air, 14, 1, False),
    "chaos": (lambda: mackey_glass(900), 24, 4, False),
}
NETWORKS = ("flat network", "RNN", "GRU", "LSTM")
TREES = ("boosting on lags", "forest on lags")
CHEAP = ("last value", "last season", "auto-regression", "ridge on lags", "kernel on lags", *TREES)
PLACES = ("a weight for each place", "marked sign, by place")
KEPT = "RNN from the identity"
MODELS = ("RNN", "LSTM", "LSTM that keeps", "GRU that keeps", "short reach", "long reach", "mean")
AWD = {
    "plain": {},
    "weight drop": {"weights": 0.3},
    "weight drop, 0.1": {"weights": 0.1},
    "variational dropout": {"features": 0.3},
    "variational dropout, 0.1": {"features": 0.1},
    "activation penalties": {"large": 0.1, "fast": 0.1},
    "all": {"weights": 0.3, "features": 0.3, "large": 0.1, "fast": 0.1},
}


WIDE = {"width": 32, "epochs": 150, "patience": 40}


def cases():
    """The memory tasks first, the slowest networks last."""
    tasks = [
        {"part": "memory", "task": task, "length": length, "model": model, "seed": 1}
        for task in ("order", "adding")
        for length in (20, 40, 80)
        for model in (*PLACES, KEPT, *MODELS)
    ]
    longer = [
        {"part": "memory", "task": "order", "length": 80, "model": model, "seed": seed}
        for seed in (2, 3)
        for model in (*PLACES, KEPT, *MODELS)
    ]
    tried = [
        {"part": "rate", "task": "order", "length": length, "model": model, "lr": lr, "seed": seed}
        for length, seeds in ((40, (11,)), (80, (11, 12, 13)))
        for model in ("RNN", "LSTM that keeps", KEPT)[length // 80 :]
        for lr in (0.003, 0.01, 0.03)
        for seed in seeds
    ]
    return tasks + longer + tried + by_series() + by_person() + penalised()


def by_series():
    """Cheap rivals once, networks with two seeds, the LSTM on dust and a wide one with more."""
    entered = [
        (series, model, seed)
        for seed in (1, 2)
        for series in SERIES
        for model in (*CHEAP, *NETWORKS)
        if seed == 1 or model in NETWORKS
    ]
    entered += [("air", "LSTM, 3 days", seed) for seed in (1, 2)]
    entered += [("air", "LSTM", seed) for seed in (3, 4, 5)]
    wide = {"sunspots": 5, "CO2": 3, "chaos": 3}
    entered += [(name, "LSTM, wide", 1 + k) for name, seeds in wide.items() for k in range(seeds)]
    names = ("series", "model", "seed")
    return [{"part": "forecast"} | dict(zip(names, case, strict=True)) for case in entered]


def by_person():
    """Walks indoors."""
    models = ("LSTM", "LSTM, both directions")
    return [{"part": "walks", "model": model, "seed": s} for s in (1, 2, 3) for model in models]


def penalised():
    """The regularisers."""
    return [{"part": "awd", "model": name, "seed": s} for s in range(1, 7) for name in AWD]


def run(part, **case):
    """One case: a dict of numbers."""
    return {"memory": remember, "rate": remember, "forecast": forecast, "walks": walk, "awd": awd}[
        part
    ](**case)


def memory_model(name, inputs, outputs):
    """A model of the memory tasks by its name."""
    reach = {"short reach": 3, "long reach": 6, "mean": 3}
    if name in reach:
        return CausalConvolutions(inputs, 24, outputs, reach[name], pool=name == "mean")
    if name == KEPT:
        net = LastState("rnn", inputs, 24, outputs)
        net.body = torch.nn.RNN(inputs, 24, batch_first=True, nonlinearity="relu")
        keep_all(net.body, torch.eye(24), 0.1)
        return net
    keep = 4.0 if "keeps" in name else 0.0
    return LastState(name.split()[0].lower(), inputs, 24, outputs, keep=keep)


def products(x, task):
    """What a count of pairs sees: marked sign, or marked number, at each place."""
    return (x[:, :-1, 2:3] * x[:, 1:, :2] if task == "order" else x.prod(2)).flatten(1).numpy()


def remember(task, length, model, seed, lr=None):
    """Share of orders right, or squared error of sums, on 1000 new sequences."""
    make = getattr(memory, task)
    data, new = make(4000, length, seed=seed), make(1000, length, seed=1000 + seed)
    if "place" in model:
        rival = LogisticRegression(max_iter=300) if task == "order" else Ridge()
        seen = [
            products(x, task) if "marked" in model else x.flatten(1).numpy()
            for x in (data[0], new[0])
        ]
        found = torch.as_tensor(rival.fit(seen[0], data[1].numpy()).predict(seen[1]))
    else:
        torch.manual_seed(seed)
        net = memory_model(model, data[0].shape[2], 4 if task == "order" else 1)
        loss = F.cross_entropy if task == "order" else F.mse_loss
        how = {
            "lr": lr or (0.003 if model == KEPT else 0.01),
            "schedule": cosine(warmup=0.1),
            "clip": 1.0,
            "batch_size": 32,
        }
        fit(net, data, step=supervised(loss), epochs=8, seed=seed, **how)
        found = predict(net, new[0])
        found = found.argmax(1) if task == "order" else found
    if task == "order":
        return {"score": (found == new[1]).double().mean().item()}
    return {"score": (found.reshape(-1) - new[1][:, 0]).square().mean().item()}


def cut(name):
    """The windows of a series, and their three parts."""
    make, lags, horizon, anchored = SERIES[name]
    windows = lagged(make(), lags=lags, horizon=horizon, anchored=anchored)
    return windows, lags, in_time(windows)


@cache
def forecasts_of(series, model, seed):
    """Absolute errors on the test windows, and what was chosen."""
    windows, lags, (train, valid, test) = cut(series)
    learned = SERIES[series][0]().x[: int(windows.origin[train[-1]]) + 1, 0]
    rival = rivals(period(learned, lags), lags)[model.split(",")[0]]
    rival = replace(rival, rows=(3,)) if "3 days" in model else rival
    rival = replace(rival, learn=partial(network, **WIDE)) if "wide" in model else rival
    chosen = choose(rival, windows, train, valid, seed=seed)
    held = windows.part(test)
    return (chosen.forecast(held) - held.y - held.base).abs(), chosen


def forecast(series, model, seed):
    """Mean absolute error on the test windows; for dust the lead over ridge by fortnights."""
    errors, chosen = forecasts_of(series, model, seed)
    setting = chosen.setting if isinstance(chosen.setting, tuple) else (chosen.setting or 0,)
    found = {"error": errors.mean().item(), "setting": float(setting[0]), "rows": chosen.rows or 0}
    if series == "air":
        line, _ = forecasts_of("air", "ridge on lags", 1)
        gaps = torch.tensor(blocks(line, 14)) - torch.tensor(blocks(errors, 14))
        lead = mean_interval(gaps.tolist())
        found |= {"lead": lead.mean, "low": lead.low, "high": lead.high}
    return found


def walk(model, seed):
    """Accuracy in each setting, the other two trained on."""
    walks, changes, setting = indoor_movement()
    walks, found = walks[:, -32:], {}
    for k in range(3):
        train, test = setting != k, setting == k
        torch.manual_seed(seed)
        net = LastState("lstm", 4, 12, 2, keep=1.0, bidirectional="both" in model)
        how = {
            "epochs": 40,
            "lr": 0.01,
            "batch_size": 32,
            "clip": 1.0,
            "schedule": cosine(warmup=0.1),
        }
        fit(net, (walks[train], changes[train]), step=supervised(F.cross_entropy), seed=seed, **how)
        right = predict(net, walks[test]).argmax(1) == changes[test]
        found[f"setting {k + 1}"] = right.double().mean().item()
    return found


def awd(model, seed):
    """Mean absolute error on sunspots, training error beside it."""
    windows, _, (train, valid, test) = cut("sunspots")
    centre, spread = windows.x[train].mean(), windows.x[train].std()
    x, y = (windows.x - centre) / spread, (windows.y[:, None] - centre) / spread
    torch.manual_seed(seed)
    net = AWDLSTM(1, 32, 1, **AWD[model])
    fit(
        net, (x[train], y[train]), (x[valid], y[valid]), step=with_penalty(F.mse_loss), epochs=150,
        lr=0.01, batch_size=32, schedule=one_cycle(), clip=1.0, stop=Patience(40), seed=seed,
    )  # fmt: skip
    gap = ((predict(net, x) - y).abs() * spread)[:, 0]
    return {"error": gap[test].mean().item(), "learned": gap[train].mean().item()}
