"""Memory over distance, forecasts by every rival, and the AWD regularisers, with fresh seeds.

Three parts, told apart by `part`. "memory": two simulated tasks, three lengths, recurrent networks
against convolutions and one weight for each place. "rate": learning rates for the memory tasks, on
other sequences. "forecast": mean absolute error on the last third of four series, every rival of
the page, and all three cells. "awd": the regularisers on sunspots, one at a time.
"""

import torch
from sklearn.linear_model import LogisticRegression, Ridge
from torch.nn import functional as F

from helpers.data import memory
from helpers.data.lags import in_time, lagged
from helpers.data.time_series import beijing_air, co2, mackey_glass, sunspots
from helpers.methods.forecasters import choose, period, rivals
from helpers.models.awd import AWDLSTM, with_penalty
from helpers.models.causal import CausalConvolutions
from helpers.models.recurrent import LastState
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
CHEAP = ("last value", "last season", "auto-regression", "ridge on lags", "kernel on lags")
MODELS = ("RNN", "LSTM", "LSTM that keeps", "GRU that keeps", "short reach", "long reach", "mean")
AWD = {
    "plain": {},
    "weight drop": {"weights": 0.3},
    "variational dropout": {"features": 0.3},
    "activation penalties": {"large": 0.1, "fast": 0.1},
    "all": {"weights": 0.3, "features": 0.3, "large": 0.1, "fast": 0.1},
}


def cases():
    """Cheap cases first."""
    awd = [{"part": "awd", "model": name, "seed": s} for s in range(1, 7) for name in AWD]
    forecasts = [
        {"part": "forecast", "series": series, "model": model, "seed": seed}
        for seed in (1, 2)
        for series in SERIES
        for model in (*CHEAP, "boosting on lags", *NETWORKS)
        if seed == 1 or model not in CHEAP  # nothing is drawn in those
    ]
    tried = [
        {"part": "rate", "task": task, "length": 40, "model": model, "lr": lr, "seed": 11}
        for task in ("order",)
        for model in ("RNN", "LSTM that keeps")
        for lr in (0.003, 0.01, 0.03)
    ]
    tasks = [
        {"part": "memory", "task": task, "length": length, "model": model, "seed": seed}
        for task, seed in (("order", 1), ("adding", 1), ("order", 2))
        for length in (20, 40, 80)
        for model in (*MODELS, "a weight for each place")
    ]
    return awd + forecasts + tried + tasks


def run(part, **case):
    """One case: a dict of numbers."""
    return {"memory": remember, "rate": remember, "forecast": forecast, "awd": awd}[part](**case)


def memory_model(name, inputs, outputs):
    """A model of the memory tasks by its name."""
    reach = {"short reach": 3, "long reach": 6, "mean": 3}
    if name in reach:
        return CausalConvolutions(inputs, 24, outputs, reach[name], pool=name == "mean")
    keep = 4.0 if "keeps" in name else 0.0
    return LastState(name.split()[0].lower(), inputs, 24, outputs, keep=keep)


def remember(task, length, model, seed, lr=0.01):
    """Share of orders right, or squared error of sums, on 1000 new sequences."""
    make = getattr(memory, task)
    data, new = make(4000, length, seed=seed), make(1000, length, seed=1000 + seed)
    if "place" in model:
        rival = LogisticRegression(max_iter=300) if task == "order" else Ridge()
        rival.fit(data[0].flatten(1).numpy(), data[1].numpy())
        found = torch.as_tensor(rival.predict(new[0].flatten(1).numpy()))
    else:
        torch.manual_seed(seed)
        net = memory_model(model, data[0].shape[2], 4 if task == "order" else 1)
        loss = F.cross_entropy if task == "order" else F.mse_loss
        how = {"lr": lr, "schedule": cosine(warmup=0.1), "clip": 1.0, "batch_size": 32}
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


def forecast(series, model, seed):
    """Mean absolute error on the test windows."""
    windows, lags, (train, valid, test) = cut(series)
    learned = SERIES[series][0]().x[: int(windows.origin[train[-1]]), 0]
    rival = rivals(period(learned, lags), lags)[model]
    chosen = choose(rival, windows, train, valid, seed=seed)
    held = windows.part(test)
    error = (chosen.forecast(held) - held.y - held.base).abs().mean().item()
    return {"error": error, "setting": float(chosen.setting or 0)}


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
