"""Temporal ensembling: agree with the average of your past predictions (survey 6.2.2; chapter 6-less-data/self-training)."""

import torch
from torch.nn import functional as F

from helpers.methods.ramps import sigmoid_ramp
from helpers.train.steps import Remembering, Supervised, inputs_and_target


class Ensemble(Remembering):
    r"""A running average of predictions for every example, free of the bias of its start.

    .. math:: Z \leftarrow \alpha Z + (1 - \alpha) z, \qquad \tilde z = Z / (1 - \alpha^t)

    Parameters
    ----------
    n, classes : int, N examples and K classes.
    momentum : float in [0, 1), alpha; 0.6 in the paper.

    Notes
    -----
    Laine and Aila (2016, algorithm 2) update all rows at the end of an epoch. Here a row is
    updated when its batch has been used, with its own count t: the same numbers, if each
    example comes once an epoch.

    Examples
    --------
    >>> ensemble = Ensemble(2, 1, momentum=0.6)
    >>> ensemble.update(torch.tensor([0]), torch.tensor([[5.0]]))
    >>> round(ensemble.target(torch.tensor([0])).item(), 4)  # the only value so far
    5.0
    """

    memory = ("total", "count")

    def __init__(self, n, classes, momentum=0.6):
        if not 0 <= momentum < 1:
            raise ValueError(f"Ensemble: momentum must lie in [0, 1), found {momentum}")
        self.total, self.count = torch.zeros(n, classes), torch.zeros(n, 1)
        self.momentum = momentum

    def update(self, rows, predictions):
        """Take in new predictions (B, K) of these rows (B,).

        Parameters
        ----------
        rows : Tensor (B,) of int64, no row twice.
        predictions : Tensor (B, K), probabilities; no gradient passes.
        """
        new = predictions.detach().to(self.total.dtype)  # autocast may have narrowed them
        self.total[rows] = self.total[rows].lerp(new, 1 - self.momentum)
        self.count[rows] += 1

    def target(self, rows):
        """Corrected averages (B, K); zeros for rows never seen."""
        total, count = self.total[rows], self.count[rows]
        return torch.where(count > 0, total / (1 - self.momentum ** count.clamp(min=1)), 0.0)


class TemporalEnsembling(Supervised):
    r"""The step of Laine and Aila (2016): agreement with one's own averaged past predictions.

    Parameters
    ----------
    ensemble : Ensemble
    perturb : callable, x -> x
    weight : float, weight of the agreement at the end.
    ramp : int, steps until it is reached (see `sigmoid_ramp`).

    Notes
    -----
    A batch is that of `TwoStreams`, whose rows say whose average to use. In the first epoch
    there is no average yet, and no agreement is asked for.

    Examples
    --------
    >>> step = TemporalEnsembling(Ensemble(4, 2), lambda x: x, weight=10.0, ramp=20)
    >>> x, y = torch.randn(4, 3), torch.tensor([0, 1, 1, 0])
    >>> result = step(torch.nn.Linear(3, 2), (x, y, x, torch.arange(4)))
    >>> float(result["consistency"])
    0.0
    """

    memory = ("steps", "ensemble")
    alone = True  # an example's average must not lie with a process that does not see it next

    def __init__(self, ensemble, perturb, *, weight, ramp):
        super().__init__(F.cross_entropy, inputs_and_target)
        self.ensemble, self.perturb = ensemble, perturb
        self.weight, self.ramp, self.steps = weight, ramp, 0

    def __call__(self, model, batch):
        """Cross-entropy on the few, agreement on all, then the average moves."""
        x, y, u, rows = batch
        few, many = model(self.perturb(torch.cat([x, u]))).split([len(x), len(u)])
        weight = self.weight * sigmoid_ramp(self.steps, self.ramp)
        self.steps += 1
        ensemble, now = self.ensemble, many.softmax(1)
        seen = ensemble.count[rows] > 0
        apart = (seen * (now - ensemble.target(rows)).square()).mean()
        ensemble.update(rows, now)
        loss = F.cross_entropy(few, y) + weight * apart
        return {"loss": loss, "consistency": apart.detach(), "weight": weight}
