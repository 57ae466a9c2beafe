"""Steps x data x options x processes, covered pairwise: each cell trains and resumes bit-equal, or is refused."""

import contextlib
import itertools
import os
import random
import signal
import time
from types import SimpleNamespace

import pytest
import torch
from torch import nn
from torch.utils.data import DataLoader, IterableDataset, TensorDataset

from helpers.agents.dqn import DQN
from helpers.agents.reinforce import policy_gradient
from helpers.methods.adversarial_adaptation import adda, adda_players
from helpers.methods.gan import non_saturating
from helpers.methods.gradient_reversal import Adaptable, dann
from helpers.methods.mean_teacher import MeanTeacher
from helpers.methods.mixmatch import MixMatch
from helpers.methods.temporal_ensembling import Ensemble, TemporalEnsembling
from helpers.train.average import Average
from helpers.train.checkpoint import Checkpoint
from helpers.train.loop import fit
from helpers.train.precision import Precision
from helpers.train.run import Run
from helpers.train.schedule import cosine
from helpers.train.steps import supervised
from helpers.train.stop import Patience

N = 28
G = torch.Generator().manual_seed(0)
X, U = torch.randn(2, N, 4, generator=G)
Y, ROWS, NOISE = torch.arange(N) % 3, torch.arange(N), torch.rand(N, generator=G)
EVER = torch.zeros(N).bool()


def net():
    return nn.Sequential(nn.Linear(4, 6), nn.BatchNorm1d(6), nn.Dropout(0.3), nn.Linear(6, 3))


def plain(model, batch):
    return nn.functional.cross_entropy(model(batch[0]), batch[1])


def some_run(**what):
    """A run of which only these fields matter."""
    run = Run.__new__(Run)
    usual = {"epochs": 4, "accumulate": 3, "average": None, "schedule": None}
    vars(run).update(
        {"batches": range(10), "epoch": 0, "losses": [], "stop": None, "average": None}
    )
    vars(run).update(what | {"wanted": SimpleNamespace(**usual | what.get("wanted", {}))})
    return run


def test_a_run_begins_with_nothing_behind_it():
    optimizer = torch.optim.SGD([nn.Parameter(X[0])], lr=0.1)
    wanted = SimpleNamespace(schedule=None, average=None)
    precision = Precision("fp32", torch.device("cpu"))
    run = Run("model", "forward", "step", "batches", {"model": optimizer}, precision, "together",
              wanted, None, None)  # fmt: skip
    assert (run.epoch, run.window, run.losses, run.history.rows) == (0, 0, [], [])
    assert (run.opening, run.best, run.draws, run.draws_state, run.average) == (None,) * 5
    assert (run.generators, run.ended, run.unproven, run.said) == ((), False, True, set())
    assert (run.at_once, run.only, run.rates) == (True, optimizer, {"model": [0.1]})


def test_steps_are_counted_in_windows_and_shares_of_them():
    run = some_run()
    assert (run.windows_per_epoch, run.total_steps, run.averages_from) == (4, 16, 0)
    assert some_run(wanted={"average": "swa"}).averages_from == 12
    assert some_run(wanted={"average": 0.9}).averages_from == 0
    unknown = some_run(batches=iter(()), wanted={"average": "swa"})
    assert (unknown.windows_per_epoch, unknown.total_steps, unknown.averages_from) == (
        None,
        None,
        0,
    )
    assert some_run(epoch=2, losses=[1, 2]).whereabouts() == "epoch 3, batch 3"
    assert some_run(losses=[1]).whereabouts(4) == "epoch 1, batch 6"


def test_a_run_is_unfinished_until_its_epochs_or_its_patience_end():
    tired, patient = SimpleNamespace(exhausted=True), SimpleNamespace(exhausted=False)
    assert [some_run(epoch=e).unfinished for e in (0, 3, 4, 5)] == [True, True, False, False]
    assert [some_run(epoch=1, stop=stop).unfinished for stop in (None, patient, tired)] == [
        True, True, False,
    ]  # fmt: skip


def test_validation_looks_at_averaged_weights_as_soon_as_there_are_some():
    model = nn.Linear(2, 1)
    run = some_run(model=model)
    assert run.judged is model
    run.average = Average(model, 0.5)
    assert run.judged is model  # nothing is averaged yet
    run.average.update(model)
    assert run.judged is run.average.model


def test_the_rate_is_that_of_the_first_group_and_streams_say_where_they_are():
    optimizer = torch.optim.SGD([{"params": [nn.Parameter(X[0])], "lr": 0.3}], lr=0.1)
    assert some_run(optimizers={"only": optimizer}).rate() == 0.3
    assert not some_run().reads_on
    assert not some_run(batches=SimpleNamespace(source=[1])).reads_on
    assert some_run(batches=SimpleNamespace(source=SimpleNamespace(state_dict=dict))).reads_on


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (
            {"schedule": cosine()},
            "^schedule= needs to know the number of batches: give data with len",
        ),
        (
            {"average": "swa"},
            "^average='swa' averages over the last quarter of training and needs to know",
        ),
    ],
)
def test_data_without_a_length_cannot_be_planned(options, sentence):
    class Endless(IterableDataset):
        def __iter__(self):
            return iter([(X[:4], Y[:4])])

    with pytest.raises(ValueError, match=sentence):
        fit(net(), Endless(), step=plain, epochs=1, progress=False, **options)


def logging(model, batch):
    loss = plain(model, batch)
    return {"loss": 2 * loss, "half": loss.detach()}


def unchanged(x):
    return x


def adapting():
    encoder = nn.Linear(4, 5)
    return adda_players(encoder, nn.Linear(5, 1)), adda(encoder)


def rivals():
    model = {"generator": nn.Linear(2, 4), "discriminator": nn.Linear(4, 1)}
    return nn.ModuleDict(model), non_saturating(2)


def of(step):
    def make():
        model = net()
        return model, step(model)

    return make


def domains():
    return Adaptable(nn.Linear(4, 5), nn.Linear(5, 3), nn.Linear(5, 1)), dann(9)


STEPS = {
    "supervised": (of(lambda m: supervised(nn.functional.cross_entropy)), (X, Y)),
    "function": (of(lambda m: plain), (X, Y)),
    "logging": (of(lambda m: logging), (X, Y)),
    "mean teacher": (
        of(lambda m: MeanTeacher(m, unchanged, weight=1.0, ramp=9, decay=0.9)), (X, Y, U, ROWS),
    ),
    "ensemble": (
        of(lambda m: TemporalEnsembling(Ensemble(N, 3), unchanged, weight=1.0, ramp=9)),
        (X, Y, U, ROWS),
    ),
    "MixMatch": (of(lambda m: MixMatch(unchanged, weight=1.0, ramp=9)), (X, Y, U, ROWS)),
    "reversal": (domains, (X, Y, U)),
    "GAN": (rivals, (X,)),
    "ADDA": (adapting, (X, U)),
    "DQN": (of(lambda m: DQN(m, gamma=0.9, renew=3)), (X, Y, NOISE, U, EVER)),
    "REINFORCE": (of(lambda m: policy_gradient), (X, Y, NOISE)),
}  # fmt: skip
PLAYERS = {"GAN", "ADDA"}


class Stream(IterableDataset):
    def __init__(self, columns):
        self.columns = columns

    def __iter__(self):
        yield from zip(*self.columns)


def loader(columns):
    g = torch.Generator().manual_seed(3)
    return DataLoader(TensorDataset(*columns), batch_size=5, shuffle=True, generator=g)


FACTORS = {
    "step": list(STEPS),
    "data": ["tensors", "dataset", "stream", "loader", "list"],
    "accumulate": [1, 3],
    "clip": [None, 0.5],
    "average": [None, 0.9, "swa"],
    "schedule": [False, True],
    "stop": [False, True],
    "compile": [False, True],
    "precision": ["fp32", "bf16"],
    "save": ["epochs", "steps"],
    "processes": [1, 2],
}
DATA = {
    "tensors": tuple, "dataset": lambda columns: TensorDataset(*columns), "stream": Stream,
    "loader": loader, "list": lambda columns: list(zip(*[c.split(5) for c in columns])),
}  # fmt: skip


def pairs_of(cell):
    return set(itertools.combinations(cell.items(), 2))


def pairwise(factors, seed=0):
    """Cells that hold every pair of values of two factors, chosen greedily."""
    draws = random.Random(seed)
    missing = {
        ((a, one), (b, other))
        for a, b in itertools.combinations(factors, 2)
        for one in factors[a]
        for other in factors[b]
    }
    cells = []
    while missing:
        first = dict(sorted(missing, key=repr)[0])
        some = [{f: first.get(f, draws.choice(v)) for f, v in factors.items()} for _ in range(60)]
        cells.append(max(some, key=lambda cell: len(pairs_of(cell) & missing)))
        missing -= pairs_of(cells[-1])
    return cells


def why_refused(cell):
    """What the contract says that cannot be, or None."""
    if cell["data"] == "stream" and (cell["schedule"] or cell["average"] == "swa"):
        return "give data with len"
    if cell["step"] == "ensemble" and cell["processes"] == 2:
        return "must see every batch"
    if cell["step"] in PLAYERS and cell["accumulate"] > 1:
        return "accumulate > 1"
    return None


def run(cell, path=None):
    """Train one cell; everything that should come out the same again."""
    make, columns = STEPS[cell["step"]]
    torch.manual_seed(0)
    model, step = make()
    place = path and Checkpoint(path, steps=1 if cell["save"] == "steps" else None)
    history = fit(
        model, DATA[cell["data"]](columns), step=step, epochs=3, batch_size=5, lr=0.02,
        device="cpu", accumulate=cell["accumulate"], clip=cell["clip"], average=cell["average"],
        schedule=cosine() if cell["schedule"] else None, precision=cell["precision"],
        stop=Patience(2, "loss", higher_is_better=True) if cell["stop"] else None,
        compile=cell["compile"], checkpoint=place, progress=False,
    )  # fmt: skip
    states = [model.state_dict(), step.state_dict() if hasattr(step, "state_dict") else {}]
    states += [history.averaged.state_dict()] if history.averaged else []
    rows = [[v for k, v in row.items() if k != "seconds"] for row in history.rows]
    return flat(states), torch.tensor(rows), history.interrupted


def flat(thing):
    """All numbers of nested states in one tensor."""
    if isinstance(thing, dict | list):
        values = list(thing.values()) if isinstance(thing, dict) else thing
        return torch.cat([torch.zeros(0), *map(flat, values)])
    return torch.as_tensor(thing).detach().double().reshape(-1)


@contextlib.contextmanager
def halting(saves):
    """Act like a Ctrl-C when a checkpoint has been saved so many times."""
    real, seen = Checkpoint.save, []

    def save(self, state):
        real(self, state)
        seen.append(1)
        if len(seen) == saves:
            os.kill(os.getpid(), signal.SIGINT)

    Checkpoint.save = save
    try:
        yield
    finally:
        Checkpoint.save = real


def try_cell(cell, path):
    """What happened: "bit-equal", the sentence of a refusal, or what went wrong."""
    try:
        whole, rows, _ = run(cell)
        with halting(3 if cell["save"] == "steps" else 1):
            halted = run(cell, path)[2]
        again, other, _ = run(cell, path)
    except ValueError as error:
        return str(error)
    except Exception as error:
        return f"raw {type(error).__name__}: {error}"
    if not halted and len(rows) > 1:
        return "wrong: it was not interrupted"
    return "bit-equal" if torch.equal(whole, again) and torch.equal(rows, other) else "wrong"


def outcomes(cells, folder, rank=0):
    """Try cells one after the other."""
    real = torch.compile
    torch.compile = lambda model, mode=None: real(model, backend="eager")
    try:
        return [try_cell(cell, f"{folder}/{number}.pt") for number, cell in enumerate(cells)]
    finally:
        torch.compile = real


@pytest.mark.parametrize("processes", [1, 2])
def test_every_cell_trains_and_resumes_or_is_refused(processes, tmp_path, in_two, record_property):
    cells = [cell for cell in pairwise(FACTORS) if cell["processes"] == processes]
    if processes == 1:
        found = [outcomes(cells, tmp_path)]
    else:
        found = in_two(lambda rank: outcomes(cells, tmp_path, rank))
    equal, refused, wrong = 0, 0, []
    for number, cell in enumerate(cells):
        expected = why_refused(cell)
        said = [result[number] for result in found]
        if expected is None and said == ["bit-equal"] * processes:
            equal += 1
        elif expected is not None and all(expected in one and "\n" not in one for one in said):
            refused += 1
        else:
            wrong.append((cell, expected, said))
    said = f"{equal} cells resumed bit-equal, {refused} refused in a sentence"
    record_property("measured", f"steps x data x options in {processes} process(es): {said}")
    assert wrong == []
    assert equal >= 8
    assert refused >= 2


def killed_at(cell, path, seconds):
    """Train a cell in a process of its own and kill -9 it after so long; True if that ended it."""
    child = os.fork()
    if child == 0:
        run(cell, path)
        os._exit(0)
    time.sleep(seconds)
    os.kill(child, signal.SIGKILL)
    return os.WIFSIGNALED(os.waitpid(child, 0)[1])


@pytest.fixture
def one_thread():
    """A fork has none of its parent's threads, and sums depend on their number."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


def test_twenty_cells_killed_outright_resume_bit_equal(tmp_path, one_thread, record_property):
    """Wherever the kill falls: before the first checkpoint, in a step, in the middle of a save."""
    can = [c for c in pairwise(FACTORS) if c["processes"] == 1 and not why_refused(c)]
    plain = [cell | {"compile": False} for cell in can]
    died, saved, wrong = 0, 0, []
    run(plain[0])  # the first run is slow, and its length would mislead
    draws = random.Random(1)
    for number, cell in enumerate(draws.sample(plain, 20)):
        path = tmp_path / f"{number}.pt"
        began = time.perf_counter()
        whole, rows, _ = run(cell, tmp_path / f"whole{number}.pt")
        length = time.perf_counter() - began
        died += killed_at(cell, path, length * draws.uniform(0.3, 1.2))
        saved += path.exists()
        again, other, _ = run(cell, path)
        if not (torch.equal(whole, again) and torch.equal(rows, other)):
            wrong.append(cell)
    said = f"{died} ended by it, {saved} had left a checkpoint, {20 - len(wrong)} equal afterwards"
    record_property("measured", f"steps x data x options, kill -9 on twenty: {said}")
    assert wrong == []
    assert died >= 5
    assert saved >= 5


def test_the_cells_hold_every_pair():
    cells = pairwise(FACTORS)
    for a, b in itertools.combinations(FACTORS, 2):
        held = {(cell[a], cell[b]) for cell in cells}
        assert held == set(itertools.product(FACTORS[a], FACTORS[b]))
