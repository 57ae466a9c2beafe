from functools import partial

import pytest
import torch
from torch import nn

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
