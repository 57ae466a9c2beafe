from functools import partial

import numpy as np
import pytest
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from helpers.train.batches import make_batches
from helpers.train.evaluate import (
    Interrupted,
    judged,
    labels_classes,
    measure,
    place_of,
    validate,
    without_ignored,
)
from helpers.train.loop import evaluate, fit, predict
from helpers.train.steps import supervised

CROSS_ENTROPY = supervised(nn.functional.cross_entropy)
X, Y = torch.randn(50, 4, generator=torch.Generator().manual_seed(0)), torch.arange(50) % 2


def net():
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(4, 8), nn.Dropout(0.5), nn.BatchNorm1d(8), nn.Linear(8, 2))


def test_predict_and_evaluate_put_the_model_into_eval_mode():
    model = net()
    expected = model.eval()(X).detach()
    state = {name: value.clone() for name, value in model.state_dict().items()}
    assert torch.equal(predict(model.train(), X, batch_size=50), expected)
    loss = evaluate(model.train(), (X, Y), step=CROSS_ENTROPY, batch_size=50)["valid_loss"]
    assert loss == pytest.approx(float(nn.functional.cross_entropy(expected, Y)), rel=1e-6)
    assert all(torch.equal(state[name], value) for name, value in model.state_dict().items())
    assert not torch.allclose(model.train()(X), expected)


def test_the_loss_is_weighted_by_examples():
    model = net().eval()
    whole = float(nn.functional.cross_entropy(model(X), Y))
    found = evaluate(model, (X, Y), step=CROSS_ENTROPY, batch_size=48)["valid_loss"]
    assert found == pytest.approx(whole, rel=1e-5)


def test_metrics_see_single_precision_and_the_whole_set():
    seen = []

    def metric(prediction, target):
        seen.append((prediction.dtype, len(prediction), len(target)))
        return 0.0

    options = {"step": CROSS_ENTROPY, "epochs": 1, "batch_size": 16, "metrics": {"m": metric}}
    fit(net(), (X, Y), (X, Y), precision="bf16", **options)
    assert seen[-1] == (torch.float32, 50, 50)


def test_predictions_are_not_kept_without_metrics():
    kept = []

    class Watching(type(CROSS_ENTROPY)):
        def validate(self, model, batch):
            loss, prediction, target = super().validate(model, batch)
            import weakref

            kept.append(weakref.ref(prediction))
            return loss, prediction, target

    evaluate(net(), (X, Y), step=Watching(nn.functional.cross_entropy, CROSS_ENTROPY.unpack),
             batch_size=10)  # fmt: skip
    assert sum(ref() is not None for ref in kept) <= 1


@pytest.mark.parametrize(
    ("model", "x", "sentence"),
    [
        (nn.Linear(3, 1), X, "the model failed at batch 1 with RuntimeError"),
        (nn.LSTM(4, 2), X, "expected a model that gives one tensor, found tuple"),
        (nn.Linear(4, 1), [], "the data gave no batch"),
        (nn.Linear(4, 1), 3, "data of type int"),
    ],
)
def test_what_cannot_be_predicted_is_one_sentence(model, x, sentence):
    with pytest.raises(ValueError, match=sentence):
        predict(model, x)


def test_a_model_without_weights_predicts():
    assert torch.equal(predict(nn.Identity(), X), X)


def test_a_step_s_own_validation_is_checked():
    class Wrong(type(CROSS_ENTROPY)):
        def validate(self, model, batch):
            return 0.5

    with pytest.raises(ValueError, match=r"expected \(loss, prediction, target\), found float"):
        evaluate(net(), (X, Y), step=Wrong(None, None))


def scored(loss, target):
    """The loss by batches of seven, and in one piece."""
    torch.manual_seed(0)
    model = nn.Linear(4, 3)
    x = torch.randn(28, 4)
    found = evaluate(model, (x, target), step=supervised(loss), batch_size=7)["valid_loss"]
    return found, loss(model(x), target).item()


@pytest.mark.parametrize("kind", ["partial", "module"])
def test_ignored_labels_and_class_weights_are_those_of_the_loss(kind):
    target = torch.arange(28) % 3
    target[4:13] = 255
    how = {"ignore_index": 255, "weight": torch.tensor([1.0, 2.0, 5.0])}
    loss = nn.CrossEntropyLoss(**how)
    if kind == "partial":
        loss = partial(nn.functional.cross_entropy, **how)
    found, expected = scored(loss, target)
    assert found == pytest.approx(expected, rel=1e-5)


def test_a_cache_made_in_validation_can_be_trained_with():
    class Caching(nn.Linear):
        cache = None

        def forward(self, x):
            if self.cache is None:
                self.cache = torch.linspace(0, 1, 3)
            return super().forward(x) * self.cache

    x, y = torch.randn(8, 4), torch.arange(8) % 3
    model, step = Caching(4, 3), supervised(nn.functional.cross_entropy)
    predict(model, x)
    assert fit(model, (x, y), (x, y), step=step, epochs=1, progress=False).rows


def test_a_metric_may_train_a_probe_and_write_into_what_it_is_given():
    def probe(prediction, target):
        nn.Linear(3, 1)(prediction).sum().backward()
        prediction.zero_()
        return 1.0

    x, y = torch.randn(8, 4), torch.arange(8) % 3
    metrics = {"probe": probe, "size": lambda p, t: p.abs().sum()}
    step = supervised(nn.functional.cross_entropy)
    row = evaluate(nn.Linear(4, 3), (x, y), step=step, metrics=metrics)
    assert row["size"] > 0


@pytest.mark.parametrize("fails", ["step", "metric"])
def test_a_division_by_zero_of_the_reader_is_one_sentence(fails):
    x, y = torch.randn(8, 4), torch.arange(8) % 3

    def divide(prediction, target):
        return 1 / 0

    step = supervised(divide if fails == "step" else nn.functional.cross_entropy)
    with pytest.raises(ValueError, match=f"{fails}.*ZeroDivisionError"):
        evaluate(nn.Linear(4, 3), (x, y), step=step, metrics={"m": divide})


def refused(function, *given, **named):
    """The sentence of a refusal; None where all is taken."""
    try:
        function(*given, **named)
    except ValueError as error:
        return str(error)
    return None


def batched(size, x=X, y=Y):
    return make_batches((x, y), size, seed=0, device=torch.device("cpu"), shuffle=False)


def test_the_dry_run_looks_at_one_batch_and_the_rest_at_all():
    sizes = {"n": lambda p, t: len(p)}
    assert validate(net(), batched(20), CROSS_ENTROPY, sizes, first=True)["n"] == 20
    assert validate(net(), batched(20), CROSS_ENTROPY, sizes)["n"] == 50
    model = nn.Linear(4, 2)
    one = nn.functional.cross_entropy(model(X[:20]), Y[:20]).item()
    assert validate(model, batched(20), CROSS_ENTROPY, first=True) == {
        "valid_loss": pytest.approx(one, rel=1e-6)
    }


def test_ctrl_c_is_heard_before_a_batch():
    class Pressed:
        requested = True

    class Free:
        requested = False

    with pytest.raises(Interrupted):
        validate(net(), batched(20), CROSS_ENTROPY, interrupt=Pressed)
    assert validate(net(), batched(20), CROSS_ENTROPY, interrupt=Free)


def test_validation_without_a_batch_is_one_sentence():
    empty = make_batches([], 5, device=torch.device("cpu"))
    said = "the validation data gave no batch: expected at least one, found none"
    assert refused(validate, net(), empty, CROSS_ENTROPY) == said


def test_the_batch_that_fails_is_named():
    calls = []

    def loss(prediction, target):
        calls.append(1)
        if len(calls) == 2:
            raise RuntimeError("no")
        return prediction.mean()

    said = "the step failed at validation batch 2 with RuntimeError: no"
    assert refused(validate, net(), batched(20), supervised(loss)).startswith(said)


def test_shapes_are_compared_in_the_first_batch_and_no_gradient_is_kept():
    seen = []

    def loss(prediction, target):
        seen.append((torch.is_grad_enabled(), prediction.requires_grad, prediction.dtype))
        return (prediction[:, 0] - target).square().mean()

    evaluate(nn.Linear(4, 1), (X, Y.float()), step=supervised(loss), batch_size=20)
    assert seen == [(False, False, torch.float32)] * 3
    with pytest.raises(
        ValueError, match="a prediction of shape .50, 1. and a target of shape .50,."
    ):
        evaluate(nn.Linear(4, 1), (X, Y.float()), step=supervised(nn.functional.mse_loss))


@pytest.mark.parametrize(
    ("prediction", "target", "labels"),
    [
        (X, Y, True), (X, Y.int(), False), (X, Y.float(), False), (X[:, 0], Y, False),
        (X[..., None], Y[:, None], True), (X[..., None], Y, False), (None, Y, False), (X, None, False),
    ],
)  # fmt: skip
def test_labels_of_classes_are_told_from_other_targets(prediction, target, labels):
    assert labels_classes(prediction, target) is labels


def test_labels_that_a_loss_leaves_out_do_not_count():
    target = torch.tensor([0, 1, -100, 2])
    weight = torch.tensor([1.0, 2.0, 5.0])
    entropy = nn.functional.cross_entropy
    for function, share in [
        (None, 3 / 4), (entropy, 3 / 4), (partial(entropy, ignore_index=1), 3 / 4),
        (nn.CrossEntropyLoss(ignore_index=2), 3 / 4),
        (partial(entropy, weight=weight), 8 / 4), (nn.CrossEntropyLoss(weight=weight), 8 / 4),
        (nn.CrossEntropyLoss(weight=weight, ignore_index=2), (1 + 2 + 1) / 4),
    ]:  # fmt: skip
        loss, size = without_ignored(torch.tensor(3.0), target, 6, function)
        assert loss == 3
        assert size == pytest.approx(6 * share)
    loss, size = without_ignored(torch.tensor(float("nan")), torch.full((2,), -100), 2, None)
    assert (loss, size) == (0, 0)
    loss, size = without_ignored(torch.tensor(1.0), target[:0], 0, None)
    assert (loss, size) == (0, 0)


def test_what_a_step_says_of_a_batch_is_checked():
    loss = torch.tensor(1.0)
    assert judged((loss, 2, 3)) == (loss, 2, 3)
    assert judged((None, 2, 3)) == (None, 2, 3)
    said = "step.validate: expected (loss, prediction, target), found "
    assert refused(judged, (loss, 2)) == said + "tuple"
    assert refused(judged, [loss, 2, 3]) == said + "list"
    said = "validation loss: expected a tensor of one number, found "
    assert refused(judged, (torch.ones(2, 1), 2, 3)) == said + "(2, 1)"
    assert refused(judged, (1.0, 2, 3)) == said + "float"


def test_a_step_without_a_loss_gives_the_metrics_alone():
    class Mute(type(CROSS_ENTROPY)):
        def validate(self, model, batch):
            return None, model(batch[0]), batch[1]

    step = Mute(CROSS_ENTROPY.loss, CROSS_ENTROPY.unpack)
    assert evaluate(net(), (X, Y), step=step, metrics={"n": lambda p, t: len(p)}) == {"n": 50}
    assert evaluate(net(), (X, Y), step=step) == {}


def test_metrics_are_measured_on_joined_single_precision():
    seen = []

    def metric(prediction, target):
        seen.append((prediction.dtype, prediction.tolist(), target.tolist()))
        return torch.tensor([[0.5]])

    for kind in (torch.bfloat16, torch.float16, torch.float32, torch.float64):
        kept = [(torch.ones(2, dtype=kind), Y[:2]), (torch.zeros(1, dtype=kind), Y[:1])]
        assert measure({"m": metric}, kept) == {"m": 0.5}
        wide = torch.float64 if kind is torch.float64 else torch.float32
        assert seen.pop() == (wide, [1, 1, 0], [0, 1, 0])


def test_what_a_metric_gives_is_a_number():
    kept = [(X, Y)]
    for value in (1, 1.5, True, np.float32(2), np.ones(()), np.ones(1), torch.tensor(3)):
        assert measure({"m": lambda p, t, v=value: v}, kept) == {"m": float(np.ravel(value)[0])}
    for value, found in [
        ("1", "a number, found str"), (None, "a number, found NoneType"),
        (torch.ones(2, 3), "one number, found shape (2, 3)"),
        (np.ones(2), "one number, found shape (2,)"), (1j, "one number, found shape ()"),
    ]:  # fmt: skip
        said = f"metric 'm': expected {found}"
        assert refused(measure, {"m": lambda p, t, v=value: v}, kept) == said


def test_predictions_that_cannot_be_joined_are_one_sentence():
    kept = [(torch.ones(2, 3), Y[:2]), (torch.ones(2, 4), Y[:2])]
    said = (
        "joining the predictions for the metrics failed at validation with RuntimeError: Sizes of"
    )
    assert refused(measure, {"m": len}, kept).startswith(said)
    said = "metrics=['m']: expected a step that gives prediction and target as tensors, such as "
    assert refused(measure, {"m": len}, [(None, Y)]).startswith(
        said + "supervised(...), found NoneT"
    )
    assert refused(measure, {"m": len}, [(X, [1])]).startswith(said + "supervised(...), found list")


def test_arguments_of_evaluation_and_prediction_are_those_of_fit():
    for function, given in ((evaluate, {"step": CROSS_ENTROPY}), (predict, {})):
        data = (X, Y) if function is evaluate else X
        said = "batch_size=0: expected a whole number of at least 1"
        assert refused(function, net(), data, batch_size=0, **given) == said
        said = "model: expected a torch.nn.Module, found int"
        assert refused(function, 3, data, **given) == said
    said = "metrics=['m']: expected validation data, found valid=None"
    assert refused(evaluate, net(), None, step=CROSS_ENTROPY, metrics={"m": len}) == said
    assert refused(evaluate, net(), (X, Y), step=3).startswith("step=3: expected a function")


@pytest.mark.parametrize("function", [predict, evaluate])
def test_batches_hold_512_examples_in_their_order(function):
    sizes = []

    class Seeing(nn.Linear):
        def forward(self, x):
            sizes.append((len(x), x[0, 0].item()))
            return super().forward(x)

    x = torch.arange(513.0)[:, None]
    if function is predict:
        assert torch.equal(predict(nn.Identity(), x), x)
        predict(Seeing(1, 1), x)
    else:
        evaluate(Seeing(1, 1), (x, x), step=supervised(nn.functional.mse_loss))
    assert sizes == [(512, 0), (1, 512)]


def test_several_inputs_and_ready_batches_are_predicted():
    class Two(nn.Module):
        def forward(self, a, b):
            return a - b

    assert torch.equal(predict(Two(), (X, 2 * X)), -X)

    class Whole(nn.Module):
        def forward(self, batch):
            return batch["x"]

    assert torch.equal(predict(Whole(), [{"x": X[:3]}, {"x": X[3:]}]), X)
    assert not predict(nn.Linear(4, 1), X).requires_grad


def test_a_prediction_s_failures_name_their_batch():
    class Second(nn.Module):
        def forward(self, x):
            return x.view(20, 4)

    said = "the model failed at batch 3 with RuntimeError"
    assert refused(predict, Second(), X, batch_size=20).startswith(said)
    said = "joining the outputs failed at the end with RuntimeError"
    assert refused(predict, nn.Identity(), [X, X[1:, :2]]).startswith(said)
    said = "predict: the data gave no batch, expected at least one"
    assert refused(predict, nn.Identity(), []) == said
    said = "predict: expected a model that gives one tensor, found tuple"
    assert refused(predict, nn.LSTM(4, 2), X) == said


def test_a_loader_that_shuffles_is_warned_of_and_no_other(recwarn):
    rows = TensorDataset(X)
    first = nn.Sequential(nn.Linear(4, 1))
    first.forward = lambda batch: batch[0]
    predict(first, DataLoader(rows))
    assert not recwarn
    with pytest.warns(
        UserWarning, match="^predict: a DataLoader with shuffle=True gives"
    ) as caught:
        predict(first, DataLoader(rows, shuffle=True))
    assert caught[0].filename == __file__


def test_a_model_is_where_its_first_weight_is():
    assert place_of(nn.Identity()) == torch.device("cpu")
    assert place_of(nn.Linear(2, 1, device="meta")) == torch.device("meta")
    assert place_of(nn.Linear(2, 1)) == torch.device("cpu")
