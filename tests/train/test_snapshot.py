"""A step that remembers something goes on after an interruption as if there had been none."""

import copy

import pytest
import torch
from torch import nn

from helpers.agents.dqn import DQN
from helpers.methods.mean_teacher import MeanTeacher
from helpers.methods.mixmatch import MixMatch
from helpers.methods.pseudo_label import PseudoLabel
from helpers.methods.temporal_ensembling import Ensemble, TemporalEnsembling
from helpers.methods.two_streams import TwoStreams
from helpers.train.checkpoint import Checkpoint
from helpers.train.loop import fit


def jitter(x):
    return x + 0.1 * torch.randn_like(x)


STEPS = {
    "pseudo-label": lambda model: PseudoLabel(0, 40),
    "mean teacher": lambda model: MeanTeacher(model, jitter, weight=10.0, ramp=40, decay=0.9),
    "ensemble": lambda model: TemporalEnsembling(Ensemble(24, 3), jitter, weight=10.0, ramp=40),
    "MixMatch": lambda model: MixMatch(jitter, weight=10.0, ramp=40),
}


def train(make_step, epochs, path=None):
    torch.manual_seed(0)
    model = nn.Linear(4, 3)
    step = make_step(model)
    draws = torch.Generator().manual_seed(1)
    x, y = torch.randn(24, 4, generator=draws), torch.arange(24) % 3
    y[6:] = -1
    torch.manual_seed(2)
    for end in epochs:
        checkpoint = path and Checkpoint(path)
        fit(model, TwoStreams(x, y, batch_size=8), step=step, epochs=end, lr=0.1, device="cpu",
            checkpoint=checkpoint)  # fmt: skip
        last, (model, step) = (model, step), (nn.Linear(4, 3), None)
        step = make_step(copy.deepcopy(model))
    return last


@pytest.mark.parametrize("name", STEPS)
def test_resumed_equals_uninterrupted(name, tmp_path):
    whole, remembered = train(STEPS[name], [6])
    part, again = train(STEPS[name], [3, 6], tmp_path / "c.pt")
    assert torch.equal(whole.weight, part.weight)
    assert remembered.steps == again.steps == 18


def test_the_teacher_and_the_ensemble_are_restored(tmp_path):
    _, step = train(STEPS["mean teacher"], [6])
    _, again = train(STEPS["mean teacher"], [3, 6], tmp_path / "teacher.pt")
    assert torch.equal(step.teacher.weight, again.teacher.weight)
    _, step = train(STEPS["ensemble"], [6])
    _, again = train(STEPS["ensemble"], [3, 6], tmp_path / "ensemble.pt")
    assert torch.equal(step.ensemble.total, again.ensemble.total)


def test_the_target_network_of_dqn_is_part_of_its_memory():
    step, fresh = DQN(nn.Linear(2, 3), gamma=0.9), DQN(nn.Linear(2, 3), gamma=0.9)
    step.steps = 7
    fresh.load_state_dict(copy.deepcopy(step.state_dict()))
    assert fresh.steps == 7
    assert torch.equal(fresh.target.weight, step.target.weight)
