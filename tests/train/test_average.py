import functools

import pytest
import torch
from torch import nn
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn, update_bn

from helpers.train.average import Average, memo_of
from helpers.train.batches import Spare
from helpers.train.loop import evaluate, fit
from helpers.train.steps import supervised
from helpers.train.stop import Patience

MSE = supervised(nn.functional.mse_loss)
X = torch.randn(64, 4, generator=torch.Generator().manual_seed(0))
Y = X.sum(1, keepdim=True)


def net():
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(4, 8), nn.BatchNorm1d(8), nn.ReLU(), nn.Linear(8, 1))


@pytest.mark.parametrize(("decay", "warm_up"), [(0.9, False), (0.9, True), (None, False)])
def test_it_is_torch_s_averaged_model(decay, warm_up):
    def warming(mean, new, updates):
        return mean + (1 - min(decay, updates / (updates + 1))) * (new - mean)

    kind = {"multi_avg_fn": get_ema_multi_avg_fn(0.9)} if decay else {}
    model = nn.Linear(3, 2)
    mine = Average(model, decay, warm_up)
    theirs = AveragedModel(model, **({"avg_fn": warming} if warm_up else kind))
    if decay and not warm_up:
        theirs.update_parameters(model)  # its first update copies
    for _ in range(12):
        nn.init.normal_(model.weight)
        mine.update(model), theirs.update_parameters(model)
    assert torch.allclose(mine.model.weight, theirs.module.weight, atol=1e-6)
    assert not torch.allclose(mine.model.weight, model.weight, atol=1e-2)


def test_a_young_average_has_forgotten_the_untrained_weights():
    options = {"step": MSE, "epochs": 25, "lr": 0.02, "batch_size": 16}
    plain = fit(net(), (X, Y), (X, Y), **options).last("valid_loss")
    assert fit(net(), (X, Y), (X, Y), average=0.999, **options).last("valid_loss") < plain + 0.2


def test_the_averaged_weights_are_validated_and_kept():
    model = net()
    history = fit(
        model, (X, Y), (X, Y), step=MSE, epochs=4, lr=0.05, average=0.9, stop=Patience(9),
    )  # fmt: skip
    best = min(history.column("valid_loss"))
    assert evaluate(model, (X, Y), step=MSE)["valid_loss"] == pytest.approx(best, rel=1e-5)
    last = evaluate(history.averaged, (X, Y), step=MSE)["valid_loss"]
    assert last == pytest.approx(history.last("valid_loss"), rel=1e-5)


def test_swa_renews_batch_norm_as_torch_does():
    model = net()
    history = fit(model, (X, Y), step=MSE, epochs=8, lr=0.05, batch_size=64, average="swa")
    mine = history.averaged[1]
    again = AveragedModel(history.averaged)
    update_bn([X], again.module)
    assert torch.allclose(mine.running_mean, again.module[1].running_mean, atol=1e-5)
    assert not torch.allclose(mine.running_mean, model[1].running_mean, atol=1e-3)


@pytest.mark.parametrize("decay", [0, 1.0, 1.5, "ema"])
def test_a_decay_outside_is_one_sentence(decay):
    with pytest.raises(ValueError, match="expected a number in"):
        Average(nn.Linear(1, 1), decay)


def test_swa_that_never_began_gives_no_averaged_model():
    stop, still = Patience(1), functools.partial(torch.optim.SGD, lr=1e-12)
    with pytest.warns(UserWarning, match="before its last quarter"):
        history = fit(
            nn.Linear(4, 1), (X, Y), (X, Y), step=MSE, epochs=20, average="swa", stop=stop,
            optimizer=still,
        )  # fmt: skip
    assert history.averaged is None
    assert len(history.rows) == 2


def test_swa_asks_how_long_training_is():
    class Endless(torch.utils.data.IterableDataset):
        def __iter__(self):
            yield from zip(X, Y)

    with pytest.raises(ValueError, match="'swa' .* needs to know the number of batches"):
        fit(nn.Linear(4, 1), Endless(), step=MSE, epochs=1, average="swa")


def test_swa_renews_the_batch_norm_of_players():
    model = nn.ModuleDict(
        {"g": nn.Sequential(nn.Linear(4, 2), nn.BatchNorm1d(2)), "d": nn.Linear(2, 1)}
    )

    def step(model, batch):
        x = batch[0].clone().requires_grad_()  # an attack needs gradients
        (slope,) = torch.autograd.grad(model["d"](model["g"](x)).sum(), x)
        yield "g", model["g"](batch[0] + slope.sign() / 8).square().mean()
        yield "d", model["d"](model["g"](batch[0])).square().mean()

    norm = fit(model, (X, Y), step=step, epochs=8, average="swa").averaged["g"][1]
    assert norm.num_batches_tracked > 0
    assert not torch.equal(norm.running_var, torch.ones(2))


def test_a_model_that_keeps_an_activation_is_averaged():
    class Keeping(nn.Linear):
        def forward(self, x):
            self.kept = super().forward(x)
            return self.kept

    model = Keeping(4, 1)
    model(X)
    assert fit(model, (X, Y), step=MSE, epochs=1, average=0.9).averaged is not None


def test_without_a_word_it_keeps_999_of_a_thousand_from_the_first():
    model = nn.Linear(2, 1, bias=False)
    start = model.weight.detach().clone()
    usual = Average(model)
    assert (usual.decay, usual.warm_up, usual.updates) == (0.999, False, 0)
    with torch.no_grad():
        model.weight += 1
    usual.update(model)
    assert torch.allclose(usual.model.weight, start + 0.001, atol=1e-7)
    assert not usual.model.weight.requires_grad
    assert model.weight.requires_grad


def test_buffers_are_those_of_the_model_in_training():
    model = nn.BatchNorm1d(2)
    average = Average(model, 0.5)
    model(torch.tensor([[1.0, 2.0], [3.0, 8.0]]))
    average.update(model)
    assert torch.equal(average.model.running_mean, model.running_mean)
    assert average.model.num_batches_tracked == 1


def test_what_it_remembers_is_restored_and_moved():
    model = nn.Linear(2, 1)
    first, second = Average(model, 0.9, warm_up=True), Average(nn.Linear(2, 1), 0.9, warm_up=True)
    nn.init.ones_(model.weight)
    first.update(model)
    second.load_state_dict(first.state_dict())
    assert second.updates == 1
    nn.init.zeros_(model.weight)
    first.update(model), second.update(model)
    assert torch.equal(first.model.weight, torch.full((1, 2), 0.5))
    assert torch.equal(first.model.weight, second.model.weight)
    assert first.to("meta") is first
    assert first.model.weight.is_meta


def test_a_model_without_batch_norm_is_not_run_again():
    def step(model, batch):
        raise AssertionError("it is run")

    Average(nn.Linear(4, 1)).renew_norms(step, [(X, Y)])
    with pytest.raises(AssertionError):
        Average(net()).renew_norms(step, [(X, Y)])


def test_norms_are_renewed_from_spare_batches_too():
    average = Average(nn.Sequential(nn.BatchNorm1d(4)), None)
    average.renew_norms(lambda model, batch: model(batch[0]), [Spare((X + 5,)), (X - 5,)])
    expected = (X + 5).mean(0) / 2 + (X - 5).mean(0) / 2
    assert torch.allclose(average.model[0].running_mean, expected, atol=1e-5)


def test_the_copy_of_an_activation_is_its_own_and_has_no_graph():
    class Keeping(nn.Linear):
        kept = None

    model = Keeping(4, 1)
    model.kept = model(X)
    memo = memo_of(model)
    assert list(memo) == [id(model.kept)]
    assert torch.equal(memo[id(model.kept)], model.kept)
    assert not memo[id(model.kept)].requires_grad
    memo[id(model.kept)].zero_()
    assert model.kept.abs().sum() > 0
