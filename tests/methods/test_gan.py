import math

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from helpers.methods.gan import (
    discriminator_loss,
    gradient_penalty,
    minimax,
    minimax_loss,
    non_saturating,
    non_saturating_loss,
    wasserstein_gp,
)
from helpers.train.loop import fit


def scores(seed=0):
    return torch.randn(50, 1, generator=torch.Generator().manual_seed(seed)) * 4


def players(seed=0):
    torch.manual_seed(seed)
    return nn.ModuleDict(
        {
            "generator": nn.Linear(3, 2),
            "discriminator": nn.Sequential(nn.Linear(2, 16), nn.Tanh(), nn.Linear(16, 1)),
        }
    )


def test_losses_equal_torchs_cross_entropy():
    real, fake = scores(0), scores(1)
    bce = F.binary_cross_entropy_with_logits
    one, zero = torch.ones_like(real), torch.zeros_like(real)
    assert torch.allclose(discriminator_loss(real, fake), bce(real, one) + bce(fake, zero))
    assert torch.allclose(non_saturating_loss(fake), bce(fake, one))
    assert torch.allclose(minimax_loss(fake), -bce(fake, zero))
    assert not torch.allclose(minimax_loss(fake), non_saturating_loss(fake))


def test_the_best_discriminator_measures_the_jensen_shannon_divergence():
    p, q = torch.tensor([0.5, 0.3, 0.2]).double(), torch.tensor([0.1, 0.3, 0.6]).double()
    best = (p / q).log()
    value = (p * F.softplus(-best)).sum() + (q * F.softplus(best)).sum()
    middle = (p + q) / 2
    divergence = ((p * (p / middle).log()).sum() + (q * (q / middle).log()).sum()) / 2
    assert torch.allclose(-value, 2 * divergence - math.log(4))
    worse = (p * F.softplus(-best - 0.3)).sum() + (q * F.softplus(best + 0.3)).sum()
    assert worse > value


def test_where_the_discriminator_is_sure_one_generator_still_learns():
    slopes = []
    for loss in (minimax_loss, non_saturating_loss):
        score = torch.tensor([-9.0], requires_grad=True)
        loss(score).backward()
        slopes.append(abs(score.grad.item()))
    assert slopes[0] == pytest.approx(1 / (1 + math.exp(9)), rel=1e-3)
    assert slopes[1] == pytest.approx(1 / (1 + math.exp(-9)), rel=1e-3)


def test_penalty_of_a_linear_critic_in_closed_form():
    critic, g = nn.Linear(4, 1), torch.Generator().manual_seed(0)
    a, b = torch.randn(6, 4, generator=g), torch.randn(6, 4, generator=g)
    penalty = gradient_penalty(critic, a, b)
    assert torch.allclose(penalty, (critic.weight.norm() - 1) ** 2, atol=1e-6)
    penalty.backward()
    by_hand = 2 * (critic.weight.norm() - 1) * critic.weight / critic.weight.norm()
    assert torch.allclose(critic.weight.grad, by_hand.detach(), atol=1e-5)


def test_penalty_of_a_square_is_taken_between_real_and_fake():
    def square(x):
        return x.square().sum(1, keepdim=True) / 2  # slope |x|

    at_one = F.normalize(torch.randn(500, 3), dim=1)
    assert gradient_penalty(square, at_one, at_one) < 1e-10
    assert gradient_penalty(square, at_one, -at_one) > 0.1


def test_images_are_interpolated_whole():
    real, fake = torch.ones(5, 1, 4, 4), torch.zeros(5, 1, 4, 4)
    seen = []

    def critic(x):
        seen.append(x)
        return x.flatten(1).sum(1)

    gradient_penalty(critic, real, fake)
    assert (seen[0].flatten(1).std(1) < 1e-6).all()
    assert seen[0].flatten(1)[:, 0].std() > 0


def test_penalty_needs_batches_of_one_shape():
    with pytest.raises(ValueError, match="real and fake must have one shape"):
        gradient_penalty(nn.Linear(2, 1), torch.zeros(3, 2), torch.zeros(4, 2))


@pytest.mark.parametrize(
    ("make", "loss"), [(minimax, minimax_loss), (non_saturating, non_saturating_loss)]
)
def test_a_step_is_the_loop_of_every_tutorial(make, loss):
    mine, theirs = players(), players()
    x = torch.randn(32, 2) + 3
    sgd = {name: lambda p: torch.optim.SGD(p, lr=0.1) for name in mine}
    torch.manual_seed(4)
    fit(mine, (x,), step=make(3), epochs=1, batch_size=32, optimizer=sgd)
    torch.manual_seed(4)
    d = torch.optim.SGD(theirs["discriminator"].parameters(), lr=0.1)
    g = torch.optim.SGD(theirs["generator"].parameters(), lr=0.1)
    judge, fake = theirs["discriminator"], theirs["generator"](torch.randn(32, 3))
    discriminator_loss(judge(x), judge(fake.detach())).backward()
    d.step()
    g.zero_grad()
    loss(judge(fake)).backward()
    g.step()
    for a, b in zip(mine.parameters(), theirs.parameters()):
        assert torch.allclose(a, b, atol=1e-5)


@pytest.mark.parametrize("critic_steps", [1, 3])
def test_wasserstein_yields_the_critic_first_and_as_often_as_asked(critic_steps):
    step = wasserstein_gp(3, critic_steps=critic_steps)
    named = [name for name, _ in step(players(), (torch.randn(30, 2),))]
    assert named == ["discriminator"] * critic_steps + ["generator"]


def test_the_critics_gap_is_the_distance_of_two_points():
    """Between two point masses the Wasserstein distance is how far they lie apart."""
    torch.manual_seed(0)
    gan = players()
    nn.init.zeros_(gan["generator"].weight)
    nn.init.zeros_(gan["generator"].bias)
    x = torch.tensor([[0.0, 2.0]]).repeat(64, 1)
    frozen = {
        "discriminator": lambda p: torch.optim.Adam(p, lr=3e-2),
        "generator": lambda p: torch.optim.SGD(p, lr=0.0),
    }
    fit(gan, (x,), step=wasserstein_gp(3), epochs=150, batch_size=64, optimizer=frozen)
    with torch.no_grad():
        gap = gan["discriminator"](x[:1]) - gan["discriminator"](torch.zeros(1, 2))
    assert 1.8 < gap.item() < 2.3


def test_no_critic_step_is_refused():
    with pytest.raises(ValueError, match="critic_steps must be at least 1, found 0"):
        wasserstein_gp(3, critic_steps=0)


def test_a_gan_learns_where_a_cloud_lies():
    x = torch.randn(512, 2, generator=torch.Generator().manual_seed(0)) * 0.3 + 1.5
    gan = players()
    adam = lambda p: torch.optim.Adam(p, lr=0.02, betas=(0.5, 0.9))  # noqa: E731
    before = gan["generator"](torch.randn(200, 3)).mean(0).sub(1.5).norm()
    fit(gan, (x,), step=non_saturating(3), epochs=20, optimizer=adam)
    after = gan["generator"](torch.randn(200, 3)).mean(0).sub(1.5).norm()
    assert after < 0.5 < before


def test_the_losses_of_wasserstein_are_the_papers():
    torch.manual_seed(0)
    gan, x = players(), torch.randn(12, 2)
    torch.manual_seed(5)
    found = dict(wasserstein_gp(3, weight=0.0)(gan, (x,)))
    torch.manual_seed(5)
    fake = gan["generator"](torch.randn(12, 3))
    gap = gan["discriminator"](fake).mean() - gan["discriminator"](x).mean()
    torch.rand(12, 1)  # where the penalty was taken
    fooled = -gan["discriminator"](gan["generator"](torch.randn(12, 3))).mean()
    assert float(found["discriminator"].detach()) == pytest.approx(float(gap.detach()), rel=1e-5)
    assert float(found["generator"].detach()) == pytest.approx(float(fooled.detach()), rel=1e-5)
