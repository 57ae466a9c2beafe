"""Two processes equal one where the model is deterministic, and say so where they cannot."""

import os
import signal

import pytest
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from helpers.methods.temporal_ensembling import Ensemble, TemporalEnsembling
from helpers.methods.two_streams import TwoStreams
from helpers.train.checkpoint import Checkpoint
from helpers.train.loop import fit
from helpers.train.processes import Alone, Together, join_processes
from helpers.train.steps import supervised

CROSS_ENTROPY = supervised(nn.functional.cross_entropy)
LOADERS = {
    "tensors": lambda x, y: (x, y),
    "dataset": lambda x, y: TensorDataset(x, y),
    "loader": lambda x, y: DataLoader(TensorDataset(x, y), batch_size=29),  # seven batches
}


def data(n=203):
    g = torch.Generator().manual_seed(0)
    x = torch.randn(n, 6, generator=g)
    return x, (x[:, 0] > 0).long()


def mlp(dropout=0.0, norm=False):
    torch.manual_seed(0)
    middle = [nn.BatchNorm1d(8)] if norm else []
    return nn.Sequential(nn.Linear(6, 8), *middle, nn.Tanh(), nn.Dropout(dropout), nn.Linear(8, 2))


def weights(model):
    return torch.cat([p.detach().flatten().double() for p in model.parameters()])


def trained(source="tensors", **options):
    model = mlp()
    options = {"step": CROSS_ENTROPY, "epochs": 3, "lr": 0.01, "clip": 1.0} | options
    history = fit(model, LOADERS[source](*data()), device="cpu", **options)
    return weights(model), history.column("loss")


@pytest.mark.parametrize("source", LOADERS)
def test_uneven_rows_give_the_weights_of_one_process(in_two, source):
    one = {"accumulate": 2} if source == "loader" else {"batch_size": 32}
    expected, losses = trained(source, **one)
    (found, theirs), (other, _) = in_two(lambda rank: trained(source, batch_size=16))
    assert torch.equal(found, other)
    assert torch.allclose(found, expected, rtol=0, atol=1e-6)
    assert theirs == pytest.approx(losses, rel=1e-6)
    assert not torch.allclose(found, trained(source, batch_size=16, accumulate=1)[0], atol=1e-4)


def game(model, batch):
    x, y = batch
    fake = model["generator"](x[:, :2])
    yield "critic", (model["critic"](fake.detach()) - model["critic"](x)).mean()
    yield "generator", -model["critic"](fake).mean()


def played(batch_size):
    torch.manual_seed(0)
    model = nn.ModuleDict({"generator": nn.Linear(2, 6), "critic": nn.Linear(6, 1)})
    fit(model, data(), step=game, epochs=2, batch_size=batch_size, device="cpu")
    return weights(model)


def test_two_players_in_two_processes(in_two):
    found, other = in_two(lambda rank: played(16))
    assert torch.equal(found, other)
    assert torch.allclose(found, played(32), rtol=0, atol=1e-6)
    assert not torch.allclose(found, played(16), atol=1e-3)


def with_masks(path, epochs, steps=None):
    model, drawn = mlp(dropout=0.5, norm=True), []
    model[-2].register_forward_hook(lambda m, i, out: drawn.append((out == 0).float().mean()))
    place = path and Checkpoint(path, steps=steps)
    torch.manual_seed(1)
    fit(model, data(), step=CROSS_ENTROPY, epochs=epochs, checkpoint=place, device="cpu")
    return weights(model), torch.stack(drawn)


def test_each_process_draws_its_own_masks_and_resumes_bit_for_bit(in_two, tmp_path):
    (whole, masks), (_, others) = in_two(lambda rank: with_masks(None, 4))
    assert not torch.equal(masks, others)
    path = str(tmp_path / "c.pt")
    in_two(lambda rank: with_masks(path, 2))
    (part, late), (_, late_others) = in_two(lambda rank: with_masks(path, 4))
    assert torch.equal(whole, part)
    assert torch.equal(masks[len(late) :], late)
    assert torch.equal(others[len(late) :], late_others)


class Stopping:
    """Acts like a Ctrl-C in the first process, at one batch."""

    def __init__(self, rank, when):
        self.mine, self.when, self.seen = rank == 0, when, 0

    def __call__(self, batch, draws):
        self.seen += 1
        if self.mine and self.seen == self.when:
            os.kill(os.getpid(), signal.SIGINT)
        return batch


def test_ctrl_c_in_one_process_stops_both_at_the_same_step(in_two, tmp_path):
    path = str(tmp_path / "c.pt")

    def interrupted(rank):
        model = mlp(dropout=0.5)
        torch.manual_seed(1)
        options = {"step": CROSS_ENTROPY, "epochs": 4, "batch_size": 16, "device": "cpu"}
        halted = fit(
            model, data(), transform=Stopping(rank, 10), checkpoint=Checkpoint(path), **options
        )
        place = Checkpoint(path, changed=("transform",))
        again, whole = mlp(dropout=0.5), mlp(dropout=0.5)
        torch.manual_seed(9)
        with pytest.raises(ValueError, match="saved within epoch 2; expected the same transform"):
            fit(again, data(), checkpoint=place, **options)
        fit(again, data(), transform=Stopping(1, 0), checkpoint=path, **options)
        torch.manual_seed(1)
        fit(whole, data(), transform=Stopping(1, 0), **options)
        return halted.interrupted, weights(again), weights(whole)

    Stopping.fingerprint = lambda self: "the same"
    for halted, again, whole in in_two(interrupted):
        assert halted
        assert torch.equal(again, whole)


def refusal(function):
    try:
        function()
    except ValueError as error:
        return str(error)
    return "no refusal"


def test_what_cannot_be_shared_is_one_sentence(in_two):
    def shuffling(rank):
        loader = DataLoader(TensorDataset(*data()), batch_size=16, shuffle=True)
        return refusal(lambda: fit(mlp(), loader, step=CROSS_ENTROPY, epochs=1, device="cpu"))

    def ensembling(rank):
        x, y = data()
        step = TemporalEnsembling(Ensemble(203, 2), lambda x: x, weight=1.0, ramp=5)
        train = TwoStreams(x, y, batch_size=16)
        return refusal(lambda: fit(mlp(), train, step=step, epochs=1, device="cpu"))

    assert all("read different batches" in sentence for sentence in in_two(shuffling))
    assert all("must see every batch" in sentence for sentence in in_two(ensembling))


def unlike(rank):
    """What two processes that begin unlike each other agree on."""
    torch.manual_seed(rank)
    model = mlp(norm=True)
    with torch.no_grad():
        for number, tensor in enumerate([*model.parameters(), *model.buffers()]):
            tensor += (rank * (number + 1)) if tensor.is_floating_point() else 3 * rank
    together, seed = join_processes("cpu"), 40
    torch.manual_seed(seed)
    together.start(model)
    found = {"seed": torch.initial_seed(), "weights": weights(model)}
    found["buffers"] = torch.cat([b.flatten().double() for b in model.buffers()])
    found["place"] = (together.rank, together.world, together.is_main, together.device.type)
    model[1].running_mean += 5 * (1 - rank)
    together.share_buffers(model)
    found["shared"] = model[1].running_mean.clone()
    first, second, none = (torch.nn.Parameter(torch.zeros(2)) for _ in range(3))
    first.grad, second.grad = torch.full((2,), 1.0 + rank), torch.tensor([8.0, 4.0 * rank])
    together.average([first, none, second], 1 + 2 * rank)
    found["gradients"] = [first.grad, second.grad, none.grad]
    found["mean"] = together.mean(3.0 + rank, 2.0 + 4 * rank)
    found["agreed"] = together.agree({"rank": rank})
    found["any"] = [together.any(flag) for flag in (rank == 1, False, True)]
    found["all"] = together.gather(f"process {rank}")
    together.wait()
    found["same"], found["others"] = (
        refusal(lambda value=value: together.refuse_different(value)) for value in (7, rank)
    )
    return found


def test_processes_that_begin_unlike_agree(in_two):
    one, other = in_two(unlike)
    assert one["place"] == (0, 2, True, "cpu")
    assert other["place"] == (1, 2, False, "cpu")
    assert (one["seed"], other["seed"]) == (40, 40 + 7919)
    expected = mlp(norm=True)
    assert torch.equal(one["weights"], weights(expected))
    assert torch.equal(one["weights"], other["weights"])
    assert torch.equal(one["buffers"], other["buffers"])
    assert one["shared"].tolist() == other["shared"].tolist() == [5] * 8
    for found in (one, other):
        first, second, none = found["gradients"]
        assert first.tolist() == [1.75, 1.75]  # (1 * 1 + 3 * 2) / 4
        assert second.tolist() == [8, 3]
        assert none is None
        assert found["mean"] == pytest.approx(7 / 8)
        assert found["agreed"] == {"rank": 0}
        assert found["any"] == [True, False, True]
        assert found["all"] == ["process 0", "process 1"]
        assert found["same"] == "no refusal"
        assert found["others"].startswith("the processes read different batches: expected the same")


def test_only_the_cpu_asks_at_every_step_and_apple_s_gpu_has_single_precision_and_then():
    summed, real = [], torch.tensor

    class Accelerator:
        def reduce(self, numbers, reduction):
            summed.append((numbers.tolist(), numbers.dtype, reduction))
            return 2 * numbers

    for name, kind in (("cpu", torch.float64), ("mps", torch.float32)):
        together = Together.__new__(Together)
        together.accelerator, together.asked = Accelerator(), 0

        class Device:
            type = name

        together.device = Device
        summed.clear()
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(
                torch, "tensor", lambda values, device, dtype=None: real(values, dtype=dtype)
            )
            assert together.mean(3.0, 4.0) == 0.75
            assert summed == [([3, 4], kind, "sum")]
            asked = [together.any(True) for _ in range(100)]
            assert together.any(True, now=True)
            assert not together.any(False, now=True)
        assert [number for number, said in enumerate(asked, 1) if said] == (
            list(range(1, 101)) if name == "cpu" else [50, 100]
        )


def test_one_process_is_alone(monkeypatch):
    for said in (None, "", "1"):
        monkeypatch.delenv("WORLD_SIZE", raising=False)
        if said is not None:
            monkeypatch.setenv("WORLD_SIZE", said)
        assert type(join_processes("cpu")) is Alone
    alone, model = Alone(), mlp()
    before = weights(model)
    assert (alone.rank, alone.world, alone.is_main) == (0, 1, True)
    assert (alone.mean(3.0, 4.0), alone.agree(5), alone.gather(6)) == (0.75, 5, [6])
    assert (alone.any(True), alone.any(False, now=True)) == (True, False)
    alone.start(model), alone.share_buffers(model), alone.refuse_different(1), alone.wait()
    assert torch.equal(weights(model), before)
