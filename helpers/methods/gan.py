"""Adversarial training: a generator and a discriminator (survey 8.1.1; chapter 8-advanced/gans).

A step here is a generator of ``(player, loss)`` for `helpers.train.loop.fit`, and the model an
``nn.ModuleDict`` with the players ``"discriminator"`` and ``"generator"``. The discriminator
gives one score an example, a logit: positive means "real".
"""

import torch
from torch.nn import functional as F


def discriminator_loss(real, fake):
    r"""Cross-entropy of telling real from generated (Goodfellow et al. 2014, eq. 1, negated).

    .. math:: -\operatorname{mean} \log D(x) - \operatorname{mean} \log(1 - D(G(z)))

    Parameters
    ----------
    real, fake : tensors of scores (logits); D is their sigmoid.

    Examples
    --------
    >>> round(float(discriminator_loss(torch.zeros(3), torch.zeros(3))), 3)  # 2 log 2
    1.386
    """
    return F.softplus(-real).mean() + F.softplus(fake).mean()


def minimax_loss(fake):
    r"""The generator's share of the game as it stands: mean log(1 - D(G(z))) (2014, eq. 1).

    Its gradient vanishes where the discriminator is sure.

    Examples
    --------
    >>> score = torch.tensor([-10.0], requires_grad=True)
    >>> minimax_loss(score).backward()
    >>> bool(score.grad.abs() < 1e-4)
    True
    """
    return -F.softplus(fake).mean()


def non_saturating_loss(fake):
    r"""The generator maximises log D(G(z)) instead (Goodfellow et al. 2014, section 3).

    Examples
    --------
    >>> score = torch.tensor([-10.0], requires_grad=True)
    >>> non_saturating_loss(score).backward()
    >>> bool(score.grad.abs() > 0.99)
    True
    """
    return F.softplus(-fake).mean()


def gradient_penalty(critic, real, fake):
    r"""Squared distance of the critic's slope from one (Gulrajani et al. 2017, eq. 3).

    .. math:: \operatorname{mean} (\|\nabla_{\hat x} C(\hat x)\| - 1)^2, \qquad
              \hat x = \epsilon x + (1 - \epsilon) G(z), \quad \epsilon \sim U(0, 1)

    Parameters
    ----------
    critic : module, (B, ...) -> (B, 1)
    real, fake : tensors (B, ...)

    Returns
    -------
    0-d tensor, differentiable by the critic's weights.

    Raises
    ------
    ValueError : if the two batches differ in shape.

    Examples
    --------
    >>> steep = torch.nn.Linear(1, 1)
    >>> _ = torch.nn.init.constant_(steep.weight, 3.0)
    >>> gradient_penalty(steep, torch.zeros(4, 1), torch.ones(4, 1)).item()
    4.0
    """
    if real.shape != fake.shape:
        raise ValueError(
            f"gradient_penalty: real and fake must have one shape, found {tuple(real.shape)} and "
            f"{tuple(fake.shape)}"
        )
    share = torch.rand(len(real), *[1] * (real.ndim - 1), device=real.device)
    between = (share * real + (1 - share) * fake).detach().requires_grad_()
    (slope,) = torch.autograd.grad(critic(between).sum(), between, create_graph=True)
    return (slope.flatten(1).norm(dim=1) - 1).square().mean()


def non_saturating(latent):
    """The step with the generator loss that everybody uses (see `non_saturating_loss`).

    Parameters
    ----------
    latent : int E, length of the noise vector; noise is standard normal.

    Returns
    -------
    step(model, batch) for `fit`; batch is a tuple whose first entry are real examples.
    """
    return two_players(latent, non_saturating_loss)


def minimax(latent):
    """The step of the original game (see `minimax_loss`); parameters as `non_saturating`."""
    return two_players(latent, minimax_loss)


def two_players(latent, generator_loss):
    """One update of the discriminator, then one of the generator (2014, algorithm 1, k = 1).

    Parameters
    ----------
    latent : int E, length of the noise vector.
    generator_loss : callable, scores of generated examples (B, 1) -> 0-d tensor

    Returns
    -------
    step(model, batch) for `fit`.
    """

    def step(model, batch):
        real = batch[0]
        fake = model["generator"](torch.randn(len(real), latent, device=real.device))
        judge = model["discriminator"]
        scores = judge(torch.cat([real, fake.detach()])).chunk(2)
        yield "discriminator", discriminator_loss(*scores)
        yield "generator", generator_loss(judge(fake))

    return step


def wasserstein_gp(latent, weight=10.0, critic_steps=1):
    r"""The step of WGAN-GP (Gulrajani et al. 2017, algorithm 1).

    .. math:: L_C = \operatorname{mean} C(G(z)) - \operatorname{mean} C(x) + \lambda\,\text{penalty},
              \qquad L_G = -\operatorname{mean} C(G(z))

    Parameters
    ----------
    latent : int E, length of the noise vector.
    weight : float, lambda; 10 in the paper.
    critic_steps : int >= 1, updates of the critic for one of the generator; 5 in the paper. The
        batch is cut into that many parts, so that each update sees new examples.

    Returns
    -------
    step(model, batch) for `fit`.

    Raises
    ------
    ValueError : for fewer than one critic step.
    """
    if critic_steps < 1:
        raise ValueError(f"wasserstein_gp: critic_steps must be at least 1, found {critic_steps}")

    def step(model, batch):
        critic, make = model["discriminator"], model["generator"]
        for real in batch[0].chunk(critic_steps):
            fake = make(torch.randn(len(real), latent, device=real.device))
            gap = critic(fake.detach()).mean() - critic(real).mean()
            yield "discriminator", gap + weight * gradient_penalty(critic, real, fake)
        fake = make(torch.randn(len(real), latent, device=real.device))
        yield "generator", -critic(fake).mean()

    return step
