import functools

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from helpers.train.arguments import check_loss
from helpers.train.loop import fit

X = torch.randn(28, 4, generator=torch.Generator().manual_seed(0))
Y = torch.arange(28) % 3
SGD = functools.partial(torch.optim.SGD, lr=0.1)


def train(step, **options):
    return fit(nn.Linear(4, 3), (X, Y), step=step, epochs=1, progress=False, **options)


def test_what_a_step_logs_keeps_no_graph():
    class Alone:
        only = True

    loss = nn.Linear(4, 3)(X).square().mean()
    _, logged = check_loss({"loss": loss, "extra": 2 * loss}, Alone)
    assert logged["extra"].item() == 2 * loss.item()
    assert not logged["extra"].requires_grad


def test_a_logged_entry_that_is_no_number_is_refused_at_the_first_step():
    steps = []

    def step(model, batch):
        steps.append(1)
        scores = model(batch[0])
        return {"loss": F.cross_entropy(scores, batch[1]), "logits": scores}

    with pytest.raises(ValueError, match="logs 'logits': expected a number"):
        train(step, batch_size=7)
    assert len(steps) == 1


def test_a_metric_and_a_logged_entry_need_two_names():
    def step(model, batch):
        loss = F.cross_entropy(model(batch[0]), batch[1])
        return {"loss": loss, "extra": loss}

    class Judged:
        __call__ = staticmethod(step)

        def validate(self, model, batch):
            scores = model(batch[0])
            return F.cross_entropy(scores, batch[1]), scores, batch[1]

    metrics = {"extra": lambda p, t: 1.0}
    with pytest.raises(ValueError, match="logs .'extra'. and metrics= has the same name"):
        train(Judged(), valid=(X, Y), metrics=metrics)


class Plain(nn.Linear):
    """Weights that are the same each time."""

    def __init__(self):
        torch.manual_seed(3)
        super().__init__(4, 3)


def step(model, batch):
    return F.cross_entropy(model(batch[0]), batch[1])


@pytest.mark.parametrize("sizes", [(10, 10, 8), (1, 20, 7), (28,)])
def test_a_window_s_step_is_that_of_its_batches_joined(sizes):
    """Each batch weighs by its examples, not all alike."""
    batches = list(zip(X.split(sizes), Y.split(sizes)))
    joined, whole = Plain(), Plain()
    fit(joined, batches, step=step, epochs=1, optimizer=SGD, accumulate=3, progress=False)
    SGD(whole.parameters()).zero_grad()
    step(whole, (X, Y)).backward()
    with torch.no_grad():
        for p in whole.parameters():
            p -= 0.1 * p.grad
    assert torch.allclose(joined.weight, whole.weight, atol=1e-6)
    assert torch.allclose(joined.bias, whole.bias, atol=1e-6)


@pytest.mark.parametrize("clip", [None, 0.05, 100.0])
def test_a_gradient_is_clipped_by_its_norm_as_torch_does(clip):
    mine, theirs = Plain(), Plain()
    fit(mine, [(X, Y)], step=step, epochs=1, optimizer=SGD, clip=clip, progress=False)
    step(theirs, (X, Y)).backward()
    norm = nn.utils.clip_grad_norm_(theirs.parameters(), clip or 1e9)
    assert 0.05 < norm < 100
    SGD(theirs.parameters()).step()
    assert torch.allclose(mine.weight, theirs.weight, atol=1e-7)


def players(model, batch):
    yield "first", F.cross_entropy(model["first"](batch[0]), batch[1])
    yield "second", 2 * F.cross_entropy(model["second"](batch[0]), batch[1])


def test_each_player_steps_by_its_own_optimiser_and_losses_add_up():
    model = nn.ModuleDict({"first": Plain(), "second": Plain()})
    rates = {
        "first": functools.partial(torch.optim.SGD, lr=0.1),
        "second": functools.partial(torch.optim.SGD, lr=0.2),
    }
    history = fit(model, [(X, Y)], step=players, epochs=1, optimizer=rates, progress=False)
    plain = Plain()
    loss = step(plain, (X, Y))
    loss.backward()
    assert history.last("first") == pytest.approx(loss.item())
    assert history.last("second") == pytest.approx(2 * loss.item())
    assert history.last("loss") == pytest.approx(3 * loss.item())
    with torch.no_grad():
        for name, rate in (("first", 0.1), ("second", 0.4)):
            wanted = plain.weight - rate * plain.weight.grad
            assert torch.allclose(model[name].weight, wanted, atol=1e-6)


def test_players_and_windows_do_not_mix_and_nothing_is_no_step():
    model = nn.ModuleDict({"first": Plain(), "second": Plain()})
    with pytest.raises(
        ValueError, match="accumulate > 1: expected a step with one loss, found one with"
    ):
        fit(
            model,
            [(X, Y)] * 2,
            step=players,
            epochs=1,
            optimizer={"first": SGD, "second": SGD},
            accumulate=2,
            progress=False,
        )

    def nobody(model, batch):
        return
        yield

    with pytest.raises(ValueError, match="yielded nothing; expected at least one"):
        fit(
            model,
            [(X, Y)],
            step=nobody,
            epochs=1,
            optimizer={"first": SGD, "second": SGD},
            progress=False,
        )
