import pytest
import torch
from torch import nn
from torch.nn import functional as F

from helpers.methods.mixmatch import MixMatch, guess_labels, mixup, sharpen


def test_sharpening_equals_the_closed_form_and_a_temperature():
    torch.manual_seed(0)
    logits = torch.randn(6, 5)
    p = logits.softmax(1)
    assert torch.allclose(sharpen(p, 0.5), p**2 / (p**2).sum(1, keepdim=True), atol=1e-6)
    assert torch.allclose(sharpen(p, 0.3), (logits / 0.3).softmax(1), atol=1e-6)
    assert torch.allclose(sharpen(p, 1.0), p, atol=1e-6)
    assert torch.allclose(sharpen(p, 0.001), F.one_hot(p.argmax(1), 5).float(), atol=1e-4)
    assert not torch.allclose(sharpen(p, 0.5), p, atol=1e-2)


def test_sharpening_survives_a_zero():
    assert torch.allclose(sharpen(torch.tensor([[1.0, 0.0]])), torch.tensor([[1.0, 0.0]]))


def test_a_temperature_of_zero_is_refused():
    with pytest.raises(ValueError, match="temperature must be positive, found 0"):
        sharpen(torch.ones(1, 2), 0)


def test_mixing_equals_torchvision_s():
    from torchvision.transforms.v2 import MixUp

    for seed in range(4):
        x, y = torch.rand(8, 1, 3, 3), torch.arange(8) % 3
        torch.manual_seed(seed)
        images, labels = MixUp(num_classes=3)(x, y)
        torch.manual_seed(seed)
        one = torch.tensor([1.0])
        share = torch.distributions.Beta(one, one).sample()[0]
        hot, order = F.one_hot(y, 3).float(), torch.arange(8)
        if share < 0.5:  # the same pairs, seen from the partner
            ours = mixup(x, hot, share, order.roll(-1))
            images, labels = images.roll(-1, 0), labels.roll(-1, 0)
        else:
            ours = mixup(x, hot, share, order.roll(1))
        assert torch.allclose(ours[0], images, atol=1e-6)
        assert torch.allclose(ours[1], labels, atol=1e-6)
        assert not torch.allclose(ours[0], x, atol=1e-2)


def test_mixing_conserves_label_mass_and_favours_the_example_itself():
    torch.manual_seed(0)
    x, target = torch.randn(20, 4), torch.randn(20, 3).softmax(1)
    order = torch.randperm(20)
    one = mixup(x, target, torch.tensor(0.2), order)[1]
    assert torch.allclose(one.sum(0), target.sum(0), atol=1e-5)
    _, many = mixup(x, target, torch.rand(20), order)
    assert torch.allclose(many.sum(1), torch.ones(20), atol=1e-5)
    assert ((many - target).norm(dim=1) <= (many - target[order]).norm(dim=1) + 1e-6).all()


def test_a_guess_is_the_sharpened_mean_over_views():
    torch.manual_seed(0)
    model, x = nn.Linear(3, 4), torch.randn(6, 3)
    noise = iter([torch.randn(6, 3), torch.randn(6, 3)])
    views, guess = guess_labels(model, x, lambda x: x + next(noise))
    mean = (model(views[0]).softmax(1) + model(views[1]).softmax(1)) / 2
    assert torch.allclose(guess, mean**2 / (mean**2).sum(1, keepdim=True), atol=1e-6)
    assert not guess.requires_grad
    assert not torch.equal(views[0], views[1])


def test_the_step_without_mixing_is_the_sum_of_its_two_losses(monkeypatch):
    torch.manual_seed(0)
    model, x, u = nn.Linear(4, 3), torch.randn(5, 4), torch.randn(9, 4)
    y = torch.tensor([0, 1, 2, 0, 1])
    step = MixMatch(lambda x: x, weight=10.0, ramp=2)
    monkeypatch.setattr(step, "mix", lambda inputs, targets: (inputs, targets))
    q = sharpen(model(u).softmax(1)).detach()
    apart = F.mse_loss(model(u).softmax(1), q)
    for weight in (0.0, 5.0, 10.0, 10.0):
        loss = step(model, (x, y, u, None))["loss"]
        assert torch.allclose(loss, F.cross_entropy(model(x), y) + weight * apart)
    monkeypatch.undo()
    assert not torch.allclose(step(model, (x, y, u, None))["loss"], loss)


def test_every_example_draws_its_own_share():
    torch.manual_seed(0)
    step = MixMatch(lambda x: x, weight=1.0, ramp=1)
    inputs = torch.eye(40)
    mixed, _ = step.mix(inputs, inputs)
    shares = mixed.max(1).values
    assert len(shares[shares < 0.999].unique()) > 20
    assert (shares >= 0.5).all()


def test_what_is_meant_if_nothing_is_said_and_the_weight_rises_with_each_step():
    torch.manual_seed(0)
    step = MixMatch(lambda x: x, weight=10.0, ramp=4)
    assert (step.alpha, step.guessing, step.steps) == (0.75, {"views": 2, "temperature": 0.5}, 0)
    model, x, u = nn.Linear(2, 3), torch.randn(4, 2), torch.randn(5, 2)
    batch = (x, torch.tensor([0, 1, 2, 0]), u, None)
    found = [step(model, batch) for _ in range(6)]
    assert [one["weight"] for one in found] == pytest.approx([0, 2.5, 5, 7.5, 10, 10])
    assert not found[0]["consistency"].requires_grad
    again = MixMatch(lambda x: x, weight=10.0, ramp=4)
    again.load_state_dict(step.state_dict())
    assert again.steps == 6
    p = model(u).softmax(1)
    assert torch.equal(sharpen(p), sharpen(p, 0.5))
    views, guess = guess_labels(model, u, lambda x: x)
    assert len(views) == 2
    assert torch.allclose(guess, sharpen(p))
    assert not guess.requires_grad


@pytest.mark.parametrize("given", [{"weight": -1, "ramp": 0}, {"weight": 1, "ramp": -1}])
def test_a_weight_or_ramp_below_nothing_is_refused(given):
    with pytest.raises(ValueError, match="^MixMatch: expected weight and ramp of 0 or more, found"):
        MixMatch(lambda x: x, **given)
    assert MixMatch(lambda x: x, weight=0, ramp=0).weight == 0
    with pytest.raises(ValueError, match="temperature must be positive, found -1"):
        sharpen(torch.ones(1, 2), -1)


def test_shares_are_drawn_from_a_beta_and_partners_from_a_permutation():
    step = MixMatch(lambda x: x, weight=1.0, ramp=0, alpha=0.3)
    x, target = torch.randn(6, 2), torch.eye(3).repeat(2, 1)
    torch.manual_seed(2)
    found = step.mix(x, target)
    torch.manual_seed(2)
    share = torch.distributions.Beta(0.3, 0.3).sample((6,))
    order = torch.randperm(6)
    for one, wanted in zip(found, mixup(x, target, share, order)):
        assert torch.equal(one, wanted)
