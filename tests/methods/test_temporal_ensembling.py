import pytest
import torch
from torch import nn
from torch.nn import functional as F

from helpers.methods.ramps import sigmoid_ramp
from helpers.methods.temporal_ensembling import Ensemble, TemporalEnsembling


def test_the_corrected_average_equals_the_paper_s_epoch_by_epoch():
    torch.manual_seed(0)
    ensemble, total = Ensemble(8, 3, momentum=0.6), torch.zeros(8, 3)
    for epoch in range(1, 6):
        predictions = torch.rand(8, 3)
        for rows in torch.randperm(8).split(3):
            ensemble.update(rows, predictions[rows])
        total = 0.6 * total + 0.4 * predictions  # algorithm 2, whole matrix at once
        expected = total / (1 - 0.6**epoch)
        assert torch.allclose(ensemble.target(torch.arange(8)), expected, atol=1e-6)
        assert not torch.allclose(ensemble.total, expected, atol=1e-3)


def test_the_first_target_is_the_first_prediction_and_rows_keep_apart():
    ensemble = Ensemble(3, 2)
    ensemble.update(torch.tensor([1]), torch.tensor([[0.3, 0.7]]))
    target = ensemble.target(torch.arange(3))
    assert torch.allclose(target, torch.tensor([[0, 0], [0.3, 0.7], [0, 0]]))


@pytest.mark.parametrize("momentum", [-0.1, 1.0])
def test_a_momentum_out_of_range_is_refused(momentum):
    with pytest.raises(ValueError, match=r"momentum must lie in \[0, 1\), found"):
        Ensemble(2, 2, momentum)


def test_the_step_asks_for_agreement_from_the_second_visit_on():
    torch.manual_seed(0)
    model, x, y = nn.Linear(4, 3), torch.randn(5, 4), torch.tensor([0, 1, 2, 0, 1])
    step = TemporalEnsembling(Ensemble(5, 3), lambda x: x, weight=8.0, ramp=0)
    batch = (x, y, x, torch.arange(5))
    first = step(model, batch)
    assert torch.allclose(first["loss"], F.cross_entropy(model(x), y))
    past = model(x).softmax(1).detach()
    nn.init.normal_(model.weight)
    second = step(model, batch)
    apart = F.mse_loss(model(x).softmax(1), past)
    assert apart > 0
    assert torch.allclose(second["loss"], F.cross_entropy(model(x), y) + 8 * apart)
    second["loss"].backward()
    assert not step.ensemble.total.requires_grad


def test_rows_new_to_the_ensemble_are_not_pulled_to_zero():
    model, x, y = nn.Linear(4, 3), torch.randn(4, 4), torch.tensor([0, 1, 2, 0])
    step = TemporalEnsembling(Ensemble(4, 3), lambda x: x, weight=8.0, ramp=0)
    step(model, (x, y, x[:2], torch.tensor([0, 1])))
    again = step(model, (x, y, x, torch.arange(4)))
    assert float(again["consistency"].detach()) == pytest.approx(0, abs=1e-10)


def test_it_works_alone_and_remembers_averages_and_steps():
    step = TemporalEnsembling(Ensemble(4, 2), lambda x: x, weight=10.0, ramp=3)
    assert step.alone
    assert Ensemble(4, 2).momentum == 0.6
    torch.manual_seed(0)
    model, x, y = nn.Linear(3, 2), torch.randn(4, 3), torch.tensor([0, 1, 1, 0])
    weights = [step(model, (x, y, x, torch.arange(4)))["weight"] for _ in range(5)]
    assert weights == pytest.approx([10 * sigmoid_ramp(k, 3) for k in range(5)])
    assert step.steps == 5
    assert step.ensemble.count[:, 0].tolist() == [5] * 4
    again = TemporalEnsembling(Ensemble(4, 2), lambda x: x, weight=10.0, ramp=3)
    again.load_state_dict(step.state_dict())
    assert again.steps == 5
    assert torch.equal(again.ensemble.total, step.ensemble.total)
    assert Ensemble(2, 3).target(torch.tensor([0, 1])).eq(0).all()


def test_averages_carry_no_gradient_and_a_momentum_of_nothing_forgets():
    ensemble = Ensemble(2, 2, momentum=0)
    for value in (1.0, 3.0):
        ensemble.update(torch.tensor([0]), torch.full((1, 2), value, requires_grad=True))
    assert ensemble.target(torch.tensor([0])).tolist() == [[3, 3]]
    assert not ensemble.total.requires_grad
