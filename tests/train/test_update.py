import functools

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from helpers.train.arguments import check_loss
from helpers.train.guard import BadLoss
from helpers.train.loop import fit
from helpers.train.steps import supervised

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


def refused(function, *given, **named):
    """The sentence of a refusal; None where all is taken."""
    try:
        function(*given, **named)
    except ValueError as error:
        return str(error)
    return None


def test_a_loss_of_another_model_is_refused_at_the_first_step():
    other = nn.Linear(4, 3)
    said = (
        "the step's loss gives no weight of 'model' a gradient; expected a loss of the model that "
    )
    said += "the step is called with"
    assert refused(train, lambda model, batch: step(other, batch)) == said
    model = nn.ModuleDict({"first": Plain(), "second": Plain()})

    def crossed(model, batch):
        yield "first", step(model["first"], batch)
        yield "second", step(model["first"], batch)

    said = "the step's loss gives no weight of 'second' a gradient; expected"
    assert refused(fit, model, [(X, Y)], step=crossed, epochs=1, progress=False).startswith(said)


def test_a_player_that_is_not_yielded_need_not_have_a_gradient():
    model = nn.ModuleDict({"first": Plain(), "second": Plain()})

    def one(model, batch):
        yield "first", step(model["first"], batch)

    assert fit(model, [(X, Y)], step=one, epochs=1, progress=False).rows


def test_only_the_first_step_is_watched():
    calls = []

    def loss(prediction, target):
        calls.append(1)
        return (
            (prediction[:, :1] - (target[:, None] if len(calls) == 1 else target)).square().mean()
        )

    assert train(supervised(loss), batch_size=7).rows  # a broadcast in the second step goes unseen
    said = "a prediction of shape (7, 3) and a target of shape (7,)"
    assert said in refused(train, supervised(F.mse_loss), batch_size=7)


def test_the_share_of_a_batch_that_counts_for_nothing_is_nothing():
    class Empty:
        num_graphs = 0
        x, y = X[:2], Y[:2]

    class Full(Empty):
        num_graphs = 4

    def graphs(model, batch):
        return F.cross_entropy(model(batch.x), batch.y)

    model, before = Plain(), Plain()
    options = {"step": graphs, "epochs": 1, "optimizer": SGD, "progress": False}
    history = fit(model, [Full(), Empty()], accumulate=2, **options)
    whole = F.cross_entropy(before(X[:2]), Y[:2])
    whole.backward()
    assert history.last("loss") == pytest.approx(whole.item())
    assert torch.allclose(model.weight, before.weight - 0.1 * before.weight.grad, atol=1e-6)


def test_the_players_of_a_bad_loss_are_told_with_their_batch():
    model = nn.ModuleDict({"first": Plain(), "second": Plain()})

    def bad(model, batch):
        yield "first", step(model["first"], batch)
        yield "second", step(model["second"], batch) * float("nan")

    with pytest.raises(BadLoss, match="at epoch 1, batch 1; every module"):
        fit(model, [(X, Y)], step=bad, epochs=1, progress=False)


def test_a_bad_loss_within_a_window_is_told_with_its_batch():
    def third(model, batch):
        return step(model, batch) * (float("inf") if len(batch[0]) == 3 else 1)

    batches = [(X[:size], Y[:size]) for size in (5, 5, 5, 3)]
    with pytest.raises(BadLoss, match="at epoch 1, batch 4;"):
        fit(Plain(), batches, step=third, epochs=1, accumulate=3, progress=False)
    with pytest.raises(BadLoss, match="at epoch 1, batch 2;"):
        fit(Plain(), batches[2:], step=third, epochs=1, accumulate=2, progress=False)


def test_players_forget_the_gradients_of_earlier_batches():
    model = nn.ModuleDict({"first": Plain(), "second": Plain()})
    batches = [(X[:10], Y[:10]), (X[10:], Y[10:])]
    fit(
        model,
        batches,
        step=players,
        epochs=2,
        optimizer={"first": SGD, "second": SGD},
        progress=False,
    )
    for name, factor in (("first", 1), ("second", 2)):
        plain = Plain()
        optimizer = SGD(plain.parameters())
        for batch in batches * 2:
            optimizer.zero_grad()
            (factor * step(plain, batch)).backward()
            optimizer.step()
        assert torch.allclose(model[name].weight, plain.weight, atol=1e-6)
