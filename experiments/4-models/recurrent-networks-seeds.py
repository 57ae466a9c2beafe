"""Who learns in how many trainings: the memory tasks with five seeds, the walks with ten.

"memory": two simulated tasks, three lengths, recurrent networks against convolutions and weights
for each place; every seed has sequences of its own. "walks": accuracy in each setting of the walks
indoors. What the page says most about stands first.
"""

import torch
from sklearn.linear_model import LogisticRegression, Ridge
from torch.nn import functional as F

from helpers.data import memory
from helpers.data.time_series import indoor_movement
from helpers.models.causal import CausalConvolutions
from helpers.models.recurrent import LastState, keep_all
from helpers.train.loop import fit, predict
from helpers.train.schedule import cosine
from helpers.train.steps import supervised

KEPT = "RNN from the identity"
MODELS = (
    *("a weight for each place", "marked sign, by place", "RNN", KEPT, "LSTM", "LSTM that keeps"),
    *("GRU that keeps", "short reach", "long reach", "mean"),
)
TASKS = (
    *(("order", 40), ("walks", 32), ("adding", 40), ("order", 80)),
    *(("order", 20), ("adding", 20), ("adding", 80)),
)


def cases():
    """Seed by seed within a task."""
    return [case for task, length in TASKS for case in cases_of(task, length)]


def cases_of(task, length):
    """Every model with every seed."""
    if task == "walks":
        models = ("LSTM", "LSTM, both directions")
        return [{"part": "walks", "model": m, "seed": s} for s in range(1, 11) for m in models]
    case = {"part": "memory", "task": task, "length": length}
    return [case | {"model": model, "seed": seed} for seed in range(1, 6) for model in MODELS]


def run(part, **case):
    """One case: a dict of numbers."""
    return {"memory": remember, "walks": walk}[part](**case)


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


def flat(x, task, model):
    """What a line sees: all, or the marked sign or number at each place."""
    if "marked" in model:
        x = x[:, :-1, 2:3] * x[:, 1:, :2] if task == "order" else x.prod(2)
    return x.flatten(1).numpy()


def remember(task, length, model, seed):
    """Share of orders right, or squared error of sums, on 1000 new sequences."""
    make = getattr(memory, task)
    (x, y), (new, truth) = make(4000, length, seed=seed), make(1000, length, seed=1000 + seed)
    if "place" in model:
        line = LogisticRegression(max_iter=300) if task == "order" else Ridge()
        line.fit(flat(x, task, model), y.numpy())
        found = torch.as_tensor(line.predict(flat(new, task, model)))
    else:
        torch.manual_seed(seed)
        net = memory_model(model, x.shape[2], 4 if task == "order" else 1)
        loss = F.cross_entropy if task == "order" else F.mse_loss
        fit(
            net, (x, y), step=supervised(loss), epochs=8, lr=0.003 if model == KEPT else 0.01,
            batch_size=32, clip=1.0, schedule=cosine(warmup=0.1), seed=seed,
        )  # fmt: skip
        found = predict(net, new)
        found = found.argmax(1) if task == "order" else found
    if task == "order":
        return {"score": (found == truth).double().mean().item()}
    return {"score": (found.reshape(-1) - truth[:, 0]).square().mean().item()}


def walk(model, seed):
    """Accuracy in each setting, the other two trained on."""
    walks, changes, setting = indoor_movement()
    walks, found = walks[:, -32:], {}
    for k in range(3):
        train, test = setting != k, setting == k
        torch.manual_seed(seed)
        net = LastState("lstm", 4, 12, 2, keep=1.0, bidirectional="both" in model)
        fit(
            net, (walks[train], changes[train]), step=supervised(F.cross_entropy), epochs=40,
            lr=0.01, batch_size=32, clip=1.0, schedule=cosine(warmup=0.1), seed=seed,
        )  # fmt: skip
        right = predict(net, walks[test]).argmax(1) == changes[test]
        found[f"setting {k + 1}"] = right.double().mean().item()
    return found
