r"""How good is each voter, without the truth? Dawid and Skene's EM (survey 5.4; chapter 5-methods/weak-supervision).

Dawid and Skene 1979, Maximum likelihood estimation of observer error-rates using the EM algorithm,
Journal of the Royal Statistical Society C 28, pages 20 to 28. N examples, J voters, K classes, S
replies: a voter may reply with each class or be silent, S = K + 1. Silence counts as a reply,
since a rule that looks for the words of one class says something by not finding them.
"""

from dataclasses import dataclass

import torch

from helpers.methods.labelling_functions import as_votes, majority

LEAST = 0.01  # added to every count, so that no reply is impossible


@dataclass(frozen=True)
class Voters:
    """What is believed about the voters.

    Attributes: ``prior`` (K,), the share of each class; ``tables`` (J, K, S), the probability of
    each reply given the class, the last one silence; ``likelihood`` list of the mean log-likelihood of an
    example (nats), one a step.
    """

    prior: torch.Tensor
    tables: torch.Tensor
    likelihood: list

    def posterior(self, votes):
        """The probability of each class for new votes.

        Parameters
        ----------
        votes : Tensor (N, J), int64

        Returns
        -------
        Tensor (N, K), float64.
        """
        return expectation(replies(votes, len(self.prior)), self.prior, self.tables)[0]


def replies(votes, classes):
    """Votes as indicators, silence the last.

    Parameters
    ----------
    votes : Tensor (N, J), int64, -1 abstains
    classes : int, K

    Returns
    -------
    Tensor (N, J, K + 1), float64, one 1 in each last axis.

    Examples
    --------
    >>> replies(torch.tensor([[0, -1]]), 2).tolist()
    [[[1.0, 0.0, 0.0], [0.0, 0.0, 1.0]]]
    """
    votes = as_votes("replies", votes, classes)
    said = votes.where(votes >= 0, torch.full_like(votes, classes))
    return torch.nn.functional.one_hot(said, classes + 1).double()


def expectation(said, prior, tables):
    """E step: how probable each class is, given the replies and what is believed of the voters.

    Parameters
    ----------
    said : Tensor (N, J, S), from `replies`
    prior : Tensor (K,)
    tables : Tensor (J, K, S)

    Returns
    -------
    q : Tensor (N, K), each row with the sum 1
    likelihood : float, mean log-likelihood of an example in nats
    """
    joint = prior.log() + torch.einsum("njs,jks->nk", said, tables.log())  # (N, K)
    return joint.softmax(1), float(joint.logsumexp(1).mean())


def maximisation(said, q):
    """M step: shares of the classes, and replies given the class, counted with the weights q.

    Parameters
    ----------
    said : Tensor (N, J, S)
    q : Tensor (N, K)

    Returns
    -------
    prior : Tensor (K,)
    tables : Tensor (J, K, S), each last axis with the sum 1
    """
    count = torch.einsum("nk,njs->jks", q, said) + LEAST  # (J, K, S)
    return (q.mean(0) + 1e-12).log().softmax(0), count / count.sum(2, keepdim=True)


def dawid_skene(votes, classes, steps=200, change=1e-6):
    """Fit voters by EM, beginning with the majority.

    Parameters
    ----------
    votes : Tensor (N, J), int64, -1 abstains
    classes : int, K
    steps : int >= 1, at most
    change : float
        It ends when no probability moves by more.

    Returns
    -------
    Voters

    Raises
    ------
    ValueError : for votes that are none, or no step.

    Examples
    --------
    Two voters who always agree, and one who is always the other way round:

    >>> votes = torch.tensor([[0, 0, 1], [1, 1, 0]] * 20)
    >>> dawid_skene(votes, 2).tables[:, 0, 0].round(decimals=2).tolist()
    [1.0, 1.0, 0.0]
    """
    if not isinstance(steps, int) or steps < 1:
        raise ValueError(f"dawid_skene: expected at least one step, found {steps!r}")
    said, q, likelihood = replies(votes, classes), majority(votes, classes), []
    for _ in range(steps):
        prior, tables = maximisation(said, q)
        before, (q, mean) = q, expectation(said, prior, tables)
        likelihood.append(mean)
        if (q - before).abs().max() < change:
            break
    return Voters(prior, tables, likelihood)
