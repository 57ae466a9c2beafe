"""Domain-adversarial training by gradient reversal, DANN (survey 5.2; chapter 5-methods/domain-adaptation).

One network, three parts: features, a classifier that names the class, a critic that names the
domain. All three minimise their own loss; between features and critic the gradient changes its
sign, so the features learn what the critic cannot use.
"""

import torch
from torch import nn

from helpers.methods.ramps import tanh_ramp
from helpers.train.steps import Step


class Reversal(torch.autograd.Function):
    """Identity forwards, minus `strength` times the gradient backwards."""

    @staticmethod
    def forward(context, x, strength):
        """Return x unchanged."""
        context.strength = strength
        return x.view_as(x)

    @staticmethod
    def backward(context, gradient):
        """Turn the gradient round; the strength itself has none.

        Parameters
        ----------
        context : object
            What `forward` kept: the strength.
        gradient : tensor, of the loss by the output

        Returns
        -------
        tensor and None, for the input and the strength
        """
        return -context.strength * gradient, None


def reverse_gradient(x, strength=1.0):
    """Pass `x` on; its gradient comes back multiplied by ``-strength`` (Ganin et al. 2016, eq. 16).

    Parameters
    ----------
    x : tensor of any shape
    strength : float >= 0, the paper's lambda; 0 cuts the critic off from the features.

    Examples
    --------
    >>> x = torch.tensor([1.0, 2.0], requires_grad=True)
    >>> reverse_gradient(x, 0.5).square().sum().backward()
    >>> x.grad.tolist()
    [-1.0, -2.0]
    """
    return Reversal.apply(x, strength)


class Adaptable(nn.Module):
    """A classifier whose features can be reached: ``classifier(features(x))``.

    Parameters
    ----------
    features : nn.Module, (B, ...) -> (B, D)
    classifier : nn.Module, (B, D) -> (B, K) scores
    critic : nn.Module, (B, D) -> (B, 1), optional
        Log-odds of "this example is from the target". Only adversarial steps use it.
    """

    def __init__(self, features, classifier, critic=None):
        super().__init__()
        self.features, self.classifier, self.critic = features, classifier, critic

    def forward(self, x):
        """Scores (B, K)."""
        return self.classifier(self.features(x))


def both_features(model, source, target):
    """Features of both domains, (B, D) and (B', D), from one pass each.

    Two passes and not one: batch norm then standardises each domain by its own statistics.
    Before predicting, call `discrepancy.renormalise` with examples of the domain to predict,
    because the running statistics left by training are a mixture.

    Parameters
    ----------
    model : Adaptable
    source, target : tensors (B, ...) and (B', ...)
    """
    return model.features(source), model.features(target)


def domain_loss(scores, domain):
    """Cross-entropy of the critic's log-odds (B, 1) against one domain, 0 source or 1 target.

    Parameters
    ----------
    scores : tensor (B, 1)
        Log-odds of "this example is from the target".
    domain : int
        0 source or 1 target.
    """
    return nn.functional.binary_cross_entropy_with_logits(
        scores, torch.full_like(scores, float(domain))
    )


class Dann(Step):
    """The step of gradient reversal (see `dann`); it remembers how far the ramp has risen.

    Parameters
    ----------
    length : int >= 1
        Training steps over which the reversal ramps up (see `tanh_ramp`).
    strength : float >= 0
        Largest strength; 0 gives training on the source beside a critic that changes nothing.
    loss : callable, (scores, labels) -> 0-d tensor
    """

    memory = ("steps",)

    def __init__(self, length, strength, loss):
        self.length, self.strength, self.loss, self.steps = length, strength, loss, 0

    def __call__(self, model, batch):
        """Classify the source, confuse the critic on both domains."""
        if model.critic is None:
            raise ValueError("dann: expected Adaptable(..., critic=...), found a model without one")
        source, labels, target = batch
        now = self.strength * tanh_ramp(self.steps, self.length)
        self.steps += 1
        of_source, of_target = both_features(model, source, target)
        classify = self.loss(model.classifier(of_source), labels)
        critic = 0.5 * (
            domain_loss(model.critic(reverse_gradient(of_source, now)), 0)
            + domain_loss(model.critic(reverse_gradient(of_target, now)), 1)
        )
        return {"loss": classify + critic, "classify": classify.detach(), "critic": critic.detach()}


def dann(steps, *, strength=1.0, loss=nn.functional.cross_entropy):
    """A step for gradient reversal: classify the source, confuse the critic on both domains.

    Parameters
    ----------
    steps : int >= 1
        Training steps over which the reversal ramps up (see `tanh_ramp`).
    strength : float >= 0
        Largest strength; 0 gives training on the source beside a critic that changes nothing.
    loss : callable, (scores, labels) -> 0-d tensor

    Returns
    -------
    Dann, a step(model, batch) -> dict with "loss" and, logged, "classify" and "critic"
        `model` is an `Adaptable` with a critic; a batch is (source, labels, target): target
        examples come without labels. The critic's loss is ln 2 where it can only guess.

    Raises
    ------
    ValueError : for steps below 1, a negative strength, or if the model has no critic.

    Examples
    --------
    >>> model = Adaptable(nn.Linear(4, 3), nn.Linear(3, 2), nn.Linear(3, 1))
    >>> batch = torch.randn(8, 4), torch.zeros(8, dtype=torch.long), torch.randn(8, 4)
    >>> sorted(dann(100)(model, batch))
    ['classify', 'critic', 'loss']
    """
    if steps < 1 or strength < 0:
        raise ValueError(
            f"dann: steps must be at least 1, found {steps}, and strength not negative, "
            f"found {strength}"
        )
    return Dann(steps, strength, loss)
