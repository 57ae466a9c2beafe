"""Mean teacher: agree with the average of your past weights (survey 6.2.2; chapter 6-less-data/self-training)."""

import torch
from torch.nn import functional as F

from helpers.methods.ramps import sigmoid_ramp
from helpers.train.average import Average
from helpers.train.steps import Supervised, inputs_and_target


def consistency(scores, probabilities):
    """Mean squared distance of two predictions, as probabilities; the second one is fixed.

    Parameters
    ----------
    scores : Tensor (B, K), the student's logits.
    probabilities : Tensor (B, K), what it should agree with.

    Examples
    --------
    >>> consistency(torch.zeros(3, 2), torch.tensor([[1.0, 0.0]] * 3)).item()
    0.25
    """
    return F.mse_loss(scores.softmax(1), probabilities.detach())


class MeanTeacher(Supervised):
    r"""The step of Tarvainen and Valpola (2017): a student and an average of its weights.

    .. math:: L = H(y, f_\theta(x)) + w(t)\, \|f_\theta(u') - f_{\bar\theta}(u'')\|^2 / K, \qquad
              \bar\theta \leftarrow \beta \bar\theta + (1 - \beta) \theta

    Parameters
    ----------
    model : nn.Module, the student before training; the teacher starts as its copy.
    perturb : callable, x -> x; called once for the student and once for the teacher.
    weight : float, w at the end.
    ramp : int, steps until w is reached (see `sigmoid_ramp`).
    decay : float in (0, 1), beta; smaller at first, min(beta, 1 - 1 / (t + 1)), as in the
        authors' code.

    Notes
    -----
    A batch is that of `TwoStreams`. `fit` changes the student after the step has returned, so
    the teacher follows at the beginning of the next step. Predict with ``step.teacher``.

    Examples
    --------
    >>> model = torch.nn.Linear(3, 2)
    >>> step = MeanTeacher(model, lambda x: x, weight=10.0, ramp=20)
    >>> x, y = torch.randn(4, 3), torch.tensor([0, 1, 1, 0])
    >>> sorted(step(model, (x, y, x, None)))
    ['consistency', 'loss', 'weight']
    """

    memory = ("steps", "average")

    def __init__(self, model, perturb, *, weight, ramp, decay=0.99):
        super().__init__(F.cross_entropy, inputs_and_target)
        self.average = Average(model, decay, warm_up=True)
        self.perturb, self.weight, self.ramp, self.steps = perturb, weight, ramp, 0

    @property
    def teacher(self):
        """The averaged network."""
        return self.average.model

    def follow(self, model):
        """Move the teacher towards the student."""
        self.average.update(model)

    def __call__(self, model, batch):
        """Cross-entropy on the few, agreement on all."""
        x, y, u, _ = batch
        self.follow(model)
        few, many = model(self.perturb(torch.cat([x, u]))).split([len(x), len(u)])
        with torch.no_grad():
            target = self.teacher(self.perturb(u)).softmax(1)
        weight = self.weight * sigmoid_ramp(self.steps, self.ramp)
        self.steps += 1
        apart = consistency(many, target)
        loss = F.cross_entropy(few, y) + weight * apart
        return {"loss": loss, "consistency": apart.detach(), "weight": weight}
