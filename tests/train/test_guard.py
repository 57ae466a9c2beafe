"""Bad losses name the guilty batch and module, on the CPU and as a GPU would find them."""

import pytest
import torch
from torch import nn

from helpers.methods.gan import wasserstein_gp
from helpers.train import run as running
from helpers.train.arguments import check_counts
from helpers.train.checkpoint import Checkpoint
from helpers.train.guard import (
    BadLoss,
    all_finite,
    explain_bad_loss,
    first_bad_module,
    memory_advice,
    one_sentence,
    reads_at_once,
    shown,
)
from helpers.train.loop import fit
from helpers.train.steps import supervised

CROSS_ENTROPY = supervised(nn.functional.cross_entropy)


@pytest.fixture(params=["cpu", "as a gpu"])
def device(request, monkeypatch):
    if request.param != "cpu":
        monkeypatch.setattr(running, "reads_at_once", lambda device: False)
    return request.param


def batches(bad):
    g = torch.Generator().manual_seed(0)
    found = [(torch.randn(8, 4, generator=g), torch.arange(8) % 2) for _ in range(5)]
    if bad is not None:
        found[bad][0][3, 1] = float("nan")
    return found


def net():
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(4, 4), nn.BatchNorm1d(4), nn.Linear(4, 2))


def test_the_guilty_batch_and_module_are_named(device, tmp_path):
    model, place = net(), Checkpoint(tmp_path / "c.pt")
    with pytest.raises(BadLoss, match=r"epoch 1, batch 3; .* module '0' \(Linear\); the batch its"):
        fit(model, batches(2), step=CROSS_ENTROPY, epochs=2, checkpoint=place)
    assert not (tmp_path / "c.pt").exists()
    assert all(p.isfinite().all() for p in model.parameters())


def test_a_rate_that_diverges_is_not_blamed_on_the_data(device):
    model = nn.Linear(4, 1)

    def step(model, batch):
        return (model(batch[0]) ** 4).mean()

    sgd = {"optimizer": lambda p: torch.optim.SGD(p, lr=1e6)}
    with pytest.raises(BadLoss) as caught:
        fit(model, batches(None), step=step, epochs=9, **sgd)
    assert "bad numbers" not in str(caught.value)


def test_a_penalty_that_needs_gradients_is_diagnosed(device):
    model = nn.ModuleDict({"generator": nn.Linear(2, 4), "discriminator": nn.Linear(4, 1)})
    x = torch.randn(16, 4)
    x[0] = float("nan")
    with pytest.raises(BadLoss, match="module 'discriminator'"):
        fit(model, (x,), step=wasserstein_gp(2), epochs=1)


def test_learning_as_a_gpu_does_gives_the_same_history(device, tmp_path):
    options = {"step": CROSS_ENTROPY, "epochs": 3, "accumulate": 2}
    model = net()
    history = fit(
        model, batches(None), checkpoint=Checkpoint(tmp_path / "c.pt", steps=1), **options
    )
    assert history.column("loss") == pytest.approx(
        EXPECTED.setdefault("loss", history.column("loss"))
    )


EXPECTED = {}


@pytest.mark.parametrize("kind", [torch.OutOfMemoryError, MemoryError, BadLoss])
def test_what_says_already_what_to_do_is_left_as_it_is(kind):
    with pytest.raises(kind, match="^as it is$"), one_sentence("the step", lambda: "batch 1"):
        raise kind("as it is")


def test_what_a_reader_s_function_raises_becomes_one_sentence():
    said = "^the step failed at batch 1 with {}; expected it to run on every batch$"
    for error, told in [
        (KeyError("a"), "KeyError: 'a'"),
        (RuntimeError("one\n  two"), "RuntimeError: one two"),
        (ValueError(), "ValueError: no reason given"),
        (RuntimeError("a" * 300), "RuntimeError: " + "a" * 200),
    ]:
        sentence = pytest.raises(ValueError, match=said.format(told))
        with sentence as caught, one_sentence("the step", lambda: "batch 1"):
            raise error
        assert caught.value.__cause__ is error


def test_sentences_of_this_package_are_not_wrapped_again():
    with pytest.raises(ValueError, match="^epochs=-1"), one_sentence("the step", lambda: "batch 1"):
        check_counts(epochs=-1)
    sentence = pytest.raises(ValueError, match="^the step failed at batch 1 with TypeError")
    with sentence, one_sentence("the step", lambda: "batch 1"):
        check_counts(3)  # our own code, and no sentence


def test_where_is_asked_only_after_a_failure():
    asked = []
    with one_sentence("the step", lambda: asked.append(1)):
        pass
    assert asked == []


def test_full_memory_is_answered_with_half_the_batch():
    for size, half in (64, 32), (1, 1), (3, 1):
        said = f"memory is full with batch_size={size}. Try batch_size={half} with accumulate=2"
        with pytest.raises(torch.OutOfMemoryError, match=said) as caught, memory_advice(size):
            raise torch.OutOfMemoryError("first line\nsecond line")
        assert str(caught.value).endswith("or a smaller model. (first line)")
    with pytest.raises(KeyError), memory_advice(3):
        raise KeyError


def test_values_are_shown_short_and_without_addresses():
    assert shown(1.5) == "1.5"
    assert shown("a\n b") == r"'a\n b'"
    assert shown(object()) == "object"
    assert shown(torch.ones(2, 2)) == "tensor([[1., 1.], [1., 1.]])"
    assert shown("a" * 99) == "'" + "a" * 79


NAN = torch.tensor([1.0, float("nan")])


@pytest.mark.parametrize(
    ("thing", "finite"),
    [
        (NAN, False), (torch.tensor(float("inf")), False), (torch.ones(2), True), ("nan", True),
        ((torch.ones(2), NAN), False), ([torch.ones(2)] * 2, True), ({"a": 1, "b": NAN}, False),
        ({"a": [torch.ones(1)]}, True), (None, True), (torch.arange(3), True),
    ],
)  # fmt: skip
def test_bad_numbers_are_found_wherever_they_are_held(thing, finite):
    assert all_finite(thing) is finite


def told(model, step, batch):
    """The sentence about the culprit; no hook is left behind."""
    sentence = first_bad_module(model, step, batch)
    assert not any(module._forward_hooks for module in model.modules())
    return sentence


def test_the_first_culprit_is_named_even_if_the_step_breaks():
    class Broken(nn.Module):
        def forward(self, x):
            return x * float("inf")

    def run(model, batch):
        model(batch)
        raise RuntimeError

    def playing(model, batch):
        yield "a", 1
        yield "b", model(batch)

    model = nn.Sequential(nn.Identity(), nn.Sequential(Broken()), nn.Identity())
    said = "the first bad output comes from module '1.0' (Broken)"
    assert told(model, run, torch.ones(2)) == said
    assert told(model, playing, torch.ones(2)) == said
    assert told(Broken(), lambda m, b: m(b), torch.ones(2)) == (
        "the first bad output comes from module 'model' (Broken)"
    )
    fine = "every module's output is finite, so look at the loss itself or the rate"
    assert told(nn.Identity(), lambda m, b: m(b), torch.ones(2)) == fine
    assert told(nn.Identity(), lambda m, b: m(b[0]), (torch.ones(2), NAN)) == (
        fine + "; the batch itself holds bad numbers"
    )


def test_a_step_may_need_gradients_while_the_culprit_is_sought():
    def penalised(model, batch):
        (slope,) = torch.autograd.grad(model.first(batch).sum(), model.first.weight)
        return model.second(slope * float("nan"))

    both = nn.Module()
    both.first, both.second = nn.Linear(2, 1), nn.Linear(2, 1)
    with torch.no_grad():
        assert "module 'second'" in told(both, penalised, torch.ones(3, 2))


def test_a_bad_loss_is_told_with_its_place():
    said = (
        "the loss is not a finite number at epoch 1; {}. Nothing was saved after it. Look for NaN "
    )
    said += "in the data, or lower the learning rate, or set clip=1.0."
    for batch, culprit in [
        (None, "its batch is gone"),
        (torch.ones(1), "every module's output is finite, so look at the loss itself or the rate"),
    ]:
        with pytest.raises(BadLoss) as caught:
            explain_bad_loss(nn.Identity(), lambda m, b: m(b), batch, "epoch 1")
        assert str(caught.value) == said.format(culprit)


def test_only_the_cpu_is_read_at_once():
    assert reads_at_once(torch.device("cpu"))
    assert not reads_at_once(torch.device("cuda"))


def test_on_a_gpu_the_first_of_many_bad_losses_is_named(monkeypatch):
    monkeypatch.setattr(running, "reads_at_once", lambda device: False)
    found = batches(None)
    for bad in (1, 3):
        found[bad][0][3, 1] = float("nan")
    model = net()
    before = [value.clone() for value in model.state_dict().values()]
    with pytest.raises(BadLoss, match=r"epoch 1, batch 2; .* the batch itself"):
        fit(model, found, step=CROSS_ENTROPY, epochs=1)
    assert all(map(torch.equal, before, model.state_dict().values()))
