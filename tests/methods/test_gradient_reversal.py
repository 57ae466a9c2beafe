import math

import pytest
import torch
from torch import nn

from helpers.methods.gradient_reversal import (
    Adaptable,
    dann,
    domain_loss,
    reverse_gradient,
)


def model_and_batch():
    torch.manual_seed(0)
    model = Adaptable(nn.Sequential(nn.Linear(4, 5), nn.Tanh()), nn.Linear(5, 3), nn.Linear(5, 1))
    return model, (torch.randn(8, 4), torch.randint(3, (8,)), torch.randn(6, 4))


def test_the_gradient_equals_two_ordinary_ones_subtracted():
    model, batch = model_and_batch()
    source, labels, target = batch
    step = dann(1, strength=0.4)
    step.steps = 10**6  # far beyond the ramp: all but full strength
    step(model, batch)["loss"].backward()
    classify = nn.functional.cross_entropy(model(source), labels)
    scores = torch.cat([model.critic(model.features(source)), model.critic(model.features(target))])
    domain = torch.cat([torch.zeros(8, 1), torch.ones(6, 1)])
    weight = torch.cat([torch.full((8, 1), 1 / 16), torch.full((6, 1), 1 / 12)])
    critic = nn.functional.binary_cross_entropy_with_logits(
        scores, domain, weight=weight, reduction="sum"
    )
    parts = {"features": (1, -0.4), "classifier": (1, 0), "critic": (0, 1)}
    for name, (of_classes, of_domain) in parts.items():
        for parameter in getattr(model, name).parameters():
            slopes = [
                torch.autograd.grad(loss, parameter, retain_graph=True, allow_unused=True)[0]
                for loss in (classify, critic)
            ]
            one, two = (torch.zeros_like(parameter) if s is None else s for s in slopes)
            assert torch.allclose(parameter.grad, of_classes * one + of_domain * two, atol=1e-4)


def test_without_reversal_the_sign_differs():
    x = torch.randn(3, requires_grad=True)
    x.square().sum().backward()
    plain = x.grad.clone()
    x.grad = None
    reverse_gradient(x, 2.0).square().sum().backward()
    assert torch.allclose(x.grad, -2 * plain)


def test_steps_are_counted_in_training_only_and_remembered():
    model, batch = model_and_batch()
    step = dann(10)
    for _ in range(2):
        step(model, batch)
    step.validate(model.eval(), batch)
    assert step.state_dict() == {"steps": 2}


def test_a_critic_that_guesses_has_a_loss_of_ln_two():
    model, batch = model_and_batch()
    nn.init.zeros_(model.critic.weight)
    nn.init.zeros_(model.critic.bias)
    assert float(dann(5)(model, batch)["critic"]) == pytest.approx(math.log(2))
    assert float(domain_loss(torch.full((2, 1), 9.0), 1)) < 1e-3


def test_what_is_missing_is_named():
    model, batch = model_and_batch()
    model.critic = None
    with pytest.raises(ValueError, match="found a model without one"):
        dann(5)(model, batch)
    with pytest.raises(ValueError, match="at least 1, found 0"):
        dann(0)


def test_a_strength_of_one_and_cross_entropy_if_nothing_is_said():
    step = dann(8)
    assert (step.strength, step.length, step.steps) == (1.0, 8, 0)
    assert step.loss is nn.functional.cross_entropy
    x = torch.ones(2, requires_grad=True)
    assert torch.autograd.grad(reverse_gradient(x).sum(), x)[0].tolist() == [-1, -1]
    with pytest.raises(ValueError, match="and strength not negative, found -1"):
        dann(1, strength=-1)
    assert dann(1, strength=0).strength == 0
    torch.manual_seed(0)
    model = Adaptable(nn.Linear(4, 3), nn.Linear(3, 2), nn.Linear(3, 1))
    batch = torch.randn(9, 4), torch.randint(2, (9,)), torch.randn(7, 4)
    step.steps = 4
    found = step(model, batch)
    assert step.steps == 5
    told = [model.critic(model.features(rows)) for rows in (batch[0], batch[2])]
    critic = (nn.functional.softplus(told[0]).mean() + nn.functional.softplus(-told[1]).mean()) / 2
    assert torch.allclose(found["critic"], critic)
    assert torch.allclose(
        found["loss"], nn.functional.cross_entropy(model(batch[0]), batch[1]) + critic
    )
    assert not found["critic"].requires_grad
    assert not found["classify"].requires_grad
    (slope,) = torch.autograd.grad(found["loss"], model.features.weight)
    plain = nn.functional.cross_entropy(model(batch[0]), batch[1]) - math.tanh(2.5) * critic
    (wanted,) = torch.autograd.grad(plain, model.features.weight)
    assert torch.allclose(slope, wanted, atol=1e-6)
