import math

import pytest
import torch
from torch import nn

from helpers.train.range_test import learning_rate_range
from helpers.train.steps import supervised

MSE = supervised(nn.functional.mse_loss)


def case():
    torch.manual_seed(0)
    x = torch.randn(256, 4)
    return nn.Linear(4, 1), (x, x.sum(1, keepdim=True))


def test_rates_grow_geometrically_and_the_model_is_left_alone():
    model, data = case()
    before = model.weight.clone()
    curve = learning_rate_range(model, data, step=MSE, low=1e-4, high=1e-1, steps=10)
    ratios = [b[0] / a[0] for a, b in zip(curve, curve[1:])]
    assert ratios == pytest.approx([1000 ** (1 / 9)] * 9)
    assert torch.equal(before, model.weight)


def test_the_loss_falls_in_the_middle_and_it_stops_once_it_explodes():
    model, data = case()
    curve = learning_rate_range(model, data, step=MSE, low=1e-3, high=1e3, steps=200)
    losses = [loss for _, loss in curve]
    assert min(losses) < 0.5 * losses[0]
    assert len(curve) < 200
    assert losses[-1] > 4 * min(losses) or math.isnan(losses[-1])


def test_a_reversed_range_is_one_sentence():
    model, data = case()
    with pytest.raises(ValueError, match="expected 0 < low < high"):
        learning_rate_range(model, data, step=MSE, low=1, high=0.1)


def test_each_rate_gets_the_gradient_of_one_batch():
    """SGD-like on a line: with gradients that piled up the losses would be others."""
    model, data = case()
    curve = learning_rate_range(model, data, step=MSE, low=1e-2, high=2e-2, steps=6, batch_size=256)
    twin = nn.Linear(4, 1)
    twin.load_state_dict(model.state_dict())
    optimizer, losses = torch.optim.AdamW(twin.parameters(), lr=1e-2), []
    for rate, _ in curve:
        optimizer.param_groups[0]["lr"] = rate
        loss = nn.functional.mse_loss(twin(data[0]), data[1])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    assert [loss for _, loss in curve] == pytest.approx(losses, rel=1e-4)


def test_a_step_s_memory_is_left_alone():
    from helpers.methods.mean_teacher import MeanTeacher

    model = nn.Linear(4, 3)
    step = MeanTeacher(model, lambda x: x, weight=1.0, ramp=9)
    x, y = torch.randn(8, 4), torch.arange(8) % 3
    learning_rate_range(model, [(x, y, x, y)], step=step, steps=3)
    assert step.steps == 0
    assert torch.equal(step.teacher.weight, model.weight)
