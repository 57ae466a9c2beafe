import functools

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from helpers.train.arguments import check_loss
from helpers.train.loop import fit

X = torch.randn(28, 4, generator=torch.Generator().manual_seed(0))
Y = torch.arange(28) % 3
SGD = functools.partial(torch.optim.SGD, lr=0.1)


def train(step, **options):
    return fit(nn.Linear(4, 3), (X, Y), step=step, epochs=1, progress=False, **options)


def test_what_a_step_logs_keeps_no_graph():
    class Alone:
        only = True

    loss = nn.Linear(4, 3)(X).square().mean()
    _, logged = check_loss({"loss": loss, "extra": 2 * loss}, Alone)
    assert logged["extra"].item() == 2 * loss.item()
    assert not logged["extra"].requires_grad


def test_a_logged_entry_that_is_no_number_is_refused_at_the_first_step():
    steps = []

    def step(model, batch):
        steps.append(1)
        scores = model(batch[0])
        return {"loss": F.cross_entropy(scores, batch[1]), "logits": scores}

    with pytest.raises(ValueError, match="logs 'logits': expected a number"):
        train(step, batch_size=7)
    assert len(steps) == 1


def test_a_metric_and_a_logged_entry_need_two_names():
    def step(model, batch):
        loss = F.cross_entropy(model(batch[0]), batch[1])
        return {"loss": loss, "extra": loss}

    class Judged:
        __call__ = staticmethod(step)

        def validate(self, model, batch):
            scores = model(batch[0])
            return F.cross_entropy(scores, batch[1]), scores, batch[1]

    metrics = {"extra": lambda p, t: 1.0}
    with pytest.raises(ValueError, match="logs .'extra'. and metrics= has the same name"):
        train(Judged(), valid=(X, Y), metrics=metrics)
