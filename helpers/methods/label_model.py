r"""One accuracy for each voter: a generative label model (survey 5.4; chapter 5-methods/weak-supervision).

The model of data programming, Ratner et al. 2016: voters err independently of each other given the
class, a vote of voter j is right with probability a_j and else falls on the other classes alike,
and silence says nothing. Fitted by EM; in the two-class case three voters give it in closed form,
Fu et al. 2020, Fast and three-rious: speeding up weak supervision with triplet methods, section 3.
N examples, J voters, K classes.
"""

from dataclasses import dataclass

import torch

from helpers.methods.dawid_skene import replies
from helpers.methods.labelling_functions import as_votes, counted, majority

SURE = 1e-6  # an accuracy stays so far from 0 and 1


@dataclass(frozen=True)
class Accuracies:
    """What is believed: ``accuracy`` (J,), the share of right votes; ``prior`` (K,)."""

    accuracy: torch.Tensor
    prior: torch.Tensor

    def posterior(self, votes):
        """The probability of each class: votes weighed by the log-odds of their voters.

        Parameters
        ----------
        votes : Tensor (N, J), int64

        Returns
        -------
        Tensor (N, K), float64.
        """
        return weighed(votes, self.accuracy, self.prior)


def weighed(votes, accuracy, prior):
    """E step: each vote counts the log-odds of its voter against one of the other classes.

    Parameters
    ----------
    votes : Tensor (N, J), int64
    accuracy : Tensor (J,), 0..1
    prior : Tensor (K,)

    Returns
    -------
    Tensor (N, K), each row with the sum 1.
    """
    a, others = accuracy.clamp(SURE, 1 - SURE), len(prior) - 1
    weight = (a * others / (1 - a)).log()
    said = replies(votes, len(prior))[:, :, :-1]  # (N, J, K), silence says nothing
    return (prior.log() + torch.einsum("njk,j->nk", said, weight)).softmax(1)


def agreed(votes, q, strength, believed):
    """M step: the share of a voter's votes that the probabilities agree with, and a prior belief.

    Parameters
    ----------
    votes : Tensor (N, J), int64
    q : Tensor (N, K)
    strength : float >= 0
        So many votes the belief is worth.
    believed : float, 0..1, the accuracy believed in before any vote

    Returns
    -------
    Tensor (J,)
    """
    said = replies(votes, q.shape[1])[:, :, :-1]
    right = torch.einsum("njk,nk->j", said, q) + strength * believed
    return right / (said.sum((0, 2)) + strength).clamp(min=1e-9)


def label_model(votes, prior, strength=100.0, believed=0.7, steps=200, change=1e-6):
    """Fit the accuracies of the voters by EM, beginning with the majority.

    Parameters
    ----------
    votes : Tensor (N, J), int64, -1 abstains
    prior : Tensor (K,), the shares of the classes; they are not estimated
    strength, believed : float
        A Beta prior on every accuracy, with mean `believed`, worth `strength` votes. It is no
        decoration: voters that each know one class fit best if one class is all there is.
    steps, change : int, float
        Ends after so many, or when no probability moves by more.

    Returns
    -------
    Accuracies

    Raises
    ------
    ValueError : for votes that are none, or a prior that is no list of shares.

    Examples
    --------
    >>> votes = torch.tensor([[0, 0, 1], [1, 1, 0]] * 200)
    >>> label_model(votes, torch.tensor([0.5, 0.5]), 1.0).accuracy.round(decimals=1).tolist()
    [1.0, 1.0, 0.0]
    """
    prior = torch.as_tensor(prior, dtype=torch.float64)
    if prior.ndim != 1 or bool((prior <= 0).any()) or abs(float(prior.sum()) - 1) > 1e-4:
        raise ValueError(f"label_model: expected shares above 0 with the sum 1, found {prior}")
    votes = as_votes("label_model", votes, len(prior))
    q = majority(votes, len(prior))
    for _ in range(steps):
        accuracy = agreed(votes, q, strength, believed)
        before, q = q, weighed(votes, accuracy, prior)
        if (q - before).abs().max() < change:
            break
    return Accuracies(accuracy, prior)


def triplet_accuracies(votes):
    r"""Accuracies of three voters in two classes, in closed form and without the class shares.

    With votes as -1 and +1 and c_ij the mean of their product, independence given the class makes
    c_ij = m_i m_j where m_j = 2 a_j - 1, so that

    .. math:: m_1^2 = c_{12}\, c_{13} / c_{23}

    Parameters
    ----------
    votes : Tensor (N, 3), int64, 0 or 1, none silent; each better than chance

    Returns
    -------
    Tensor (3,), float64.

    Raises
    ------
    ValueError : for other votes, or voters of which two do not agree more than by chance.

    Examples
    --------
    >>> triplet_accuracies(torch.tensor([[0, 0, 0], [1, 1, 1]])).tolist()
    [1.0, 1.0, 1.0]
    """
    votes = as_votes("triplet_accuracies", votes, 2)
    if votes.shape[1] != 3 or bool((counted(votes, 2).sum(1) < 3).any()):
        raise ValueError("triplet_accuracies: expected three voters of two classes, none silent")
    signs = 2 * votes.double() - 1
    c = signs.T @ signs / len(signs)
    products = torch.stack([c[0, 1], c[0, 2], c[1, 2]])
    if bool((products <= 0).any()):
        raise ValueError(
            "triplet_accuracies: expected voters that agree more often than by chance, found "
            f"mean products {[round(v, 3) for v in products.tolist()]}"
        )
    squared = torch.stack([c[0, 1] * c[0, 2] / c[1, 2], c[0, 1] * c[1, 2] / c[0, 2],
                           c[0, 2] * c[1, 2] / c[0, 1]])  # fmt: skip
    return (1 + squared.sqrt().clamp(max=1)) / 2
