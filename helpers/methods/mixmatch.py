"""MixMatch: guess, sharpen, mix (survey 6.2.2; chapter 6-less-data/self-training)."""

import torch
from torch.nn import functional as F

from helpers.methods.ramps import linear_ramp
from helpers.train.steps import Supervised, inputs_and_target


def sharpen(probabilities, temperature=0.5):
    r"""Make a distribution more certain of what it says (Berthelot et al. 2019, eq. 7).

    .. math:: p_k^{1/T} \big/ \textstyle\sum_j p_j^{1/T}

    Parameters
    ----------
    probabilities : Tensor (B, K), rows that sum to one.
    temperature : float T > 0; 1 changes nothing, towards 0 gives one-hot rows.

    Raises
    ------
    ValueError : for a temperature that is not positive.

    Examples
    --------
    >>> sharpen(torch.tensor([[0.75, 0.25]]), 0.5)
    tensor([[0.9000, 0.1000]])
    """
    if temperature <= 0:
        raise ValueError(f"sharpen: temperature must be positive, found {temperature}")
    return (probabilities.clamp(min=1e-12).log() / temperature).softmax(1)


@torch.no_grad()
def guess_labels(model, x, perturb, *, views=2, temperature=0.5):
    """Average the prediction over perturbed views, then sharpen (2019, section 3.2).

    Parameters
    ----------
    model : nn.Module, (B, ...) -> logits (B, K)
    x : Tensor (B, ...)
    perturb : callable, x -> x
    views : int >= 1, K in the paper, 2.
    temperature : float, see `sharpen`.

    Returns
    -------
    views : list of Tensor (B, ...), the perturbed inputs
    guess : Tensor (B, K), one distribution for all views of an example

    Examples
    --------
    >>> views, guess = guess_labels(torch.nn.Linear(2, 3), torch.randn(5, 2), lambda x: x)
    >>> len(views), guess.shape
    (2, torch.Size([5, 3]))
    """
    perturbed = [perturb(x) for _ in range(views)]
    mean = torch.stack([model(view).softmax(1) for view in perturbed]).mean(0)
    return perturbed, sharpen(mean, temperature)


def mixup(x, target, share, order):
    r"""Convex combinations of examples and of their labels (Zhang et al. 2017; MixMatch eq. 8-11).

    .. math:: x' = \lambda' x + (1 - \lambda') x_\pi, \quad \lambda' = \max(\lambda, 1 - \lambda)

    Parameters
    ----------
    x : Tensor (B, ...)
    target : Tensor (B, K), distributions.
    share : Tensor (B,) or 0-d, lambda in [0, 1]; the larger part stays with the example itself.
    order : Tensor (B,), the permutation pi.

    Examples
    --------
    >>> x, target = torch.tensor([[0.0], [1.0]]), torch.eye(2)
    >>> mixup(x, target, torch.tensor(0.25), torch.tensor([1, 0]))[1]
    tensor([[0.7500, 0.2500],
            [0.2500, 0.7500]])
    """
    own = torch.maximum(share, 1 - share).expand(len(x))
    wide = own.view(-1, *[1] * (x.ndim - 1))
    mixed = wide * x + (1 - wide) * x[order]
    return mixed, own[:, None] * target + (1 - own[:, None]) * target[order]


class MixMatch(Supervised):
    r"""The step of Berthelot et al. (2019, algorithm 1 and eq. 2 to 5).

    .. math:: L = H(p', f(x')) + w(t)\, \|q' - f(u')\|^2 / K

    Parameters
    ----------
    perturb : callable, x -> x
    weight : float, w at the end; 75 to 250 in the paper.
    ramp : int, steps of linear rise.
    alpha : float, mixup's Beta(alpha, alpha); 0.75 in the paper.
    views : int, perturbed copies of each unlabelled example.
    temperature : float, see `sharpen`.

    Notes
    -----
    A batch is that of `TwoStreams`. Do not use batch norm: labelled and unlabelled parts have
    different statistics (the authors interleave them).

    Examples
    --------
    >>> step = MixMatch(lambda x: x, weight=75.0, ramp=20)
    >>> x, y = torch.randn(4, 3), torch.tensor([0, 1, 1, 0])
    >>> sorted(step(torch.nn.Linear(3, 2), (x, y, x, None)))
    ['consistency', 'loss', 'weight']
    """

    memory = ("steps",)

    def __init__(self, perturb, *, weight, ramp, alpha=0.75, views=2, temperature=0.5):
        super().__init__(F.cross_entropy, inputs_and_target)
        if weight < 0 or ramp < 0:
            raise ValueError(
                f"MixMatch: expected weight and ramp of 0 or more, found {weight} and {ramp}"
            )
        self.perturb, self.weight, self.ramp, self.alpha = perturb, weight, ramp, alpha
        self.guessing = {"views": views, "temperature": temperature}
        self.steps = 0

    def __call__(self, model, batch):
        """Mix everything with everything, then two losses."""
        x, y, u, _ = batch
        views, guess = guess_labels(model, u, self.perturb, **self.guessing)
        inputs = torch.cat([self.perturb(x), *views])
        few = F.one_hot(y, guess.shape[1]).to(guess.dtype)
        mixed, target = self.mix(inputs, torch.cat([few] + [guess] * len(views)))
        scores = model(mixed)
        labelled = F.cross_entropy(scores[: len(x)], target[: len(x)])
        apart = F.mse_loss(scores[len(x) :].softmax(1), target[len(x) :])
        weight = self.weight * linear_ramp(self.steps, self.ramp)
        self.steps += 1
        loss = labelled + weight * apart
        return {"loss": loss, "consistency": apart.detach(), "weight": weight}

    def mix(self, inputs, targets):
        """Mix each example with one drawn at random, by a lambda of its own (see `mixup`).

        Parameters
        ----------
        inputs : Tensor (M, ...), all views, labelled and unlabelled.
        targets : Tensor (M, K), distributions.
        """
        share = torch.distributions.Beta(self.alpha, self.alpha).sample((len(inputs),))
        order = torch.randperm(len(inputs), device=inputs.device)
        return mixup(inputs, targets, share.to(inputs.device), order)
