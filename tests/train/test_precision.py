"""What a GPU is told, seen without one."""

import pytest
import torch
from torch import nn

from helpers.agents.dqn import DQN
from helpers.methods.adversarial_adaptation import adda
from helpers.methods.discrepancy import recolour
from helpers.methods.mean_teacher import MeanTeacher
from helpers.methods.temporal_ensembling import Ensemble, TemporalEnsembling
from helpers.train import update
from helpers.train.history import numbers
from helpers.train.loop import fit
from helpers.train.precision import Precision
from helpers.train.steps import Step


@pytest.mark.parametrize(("real", "name"), [(True, "bf16"), (False, "fp16")])
def test_auto_takes_bf16_only_where_it_is_not_emulated(real, name, monkeypatch):
    def supported(including_emulation=True):
        return including_emulation or real

    monkeypatch.setattr(torch.cuda, "is_bf16_supported", supported)
    assert Precision("auto", torch.device("cuda")).name == name


STEPS = {
    "teacher": lambda m: MeanTeacher(m, lambda x: x, weight=1.0, ramp=1),
    "ensemble": lambda m: TemporalEnsembling(Ensemble(4, 2), lambda x: x, weight=1.0, ramp=1),
    "target": lambda m: DQN(m, gamma=0.9),
    "source": lambda m: adda(m),
}


def tensors(thing):
    if isinstance(thing, torch.Tensor):
        return [thing]
    held = thing.values() if isinstance(thing, dict) else []
    return [tensor for part in held for tensor in tensors(part)]


@pytest.mark.parametrize("name", STEPS)
def test_memory_moves_with_the_model(name):
    step = STEPS[name](nn.Linear(3, 2)).to("meta")
    held = tensors(step.state_dict())
    assert held
    assert {tensor.device.type for tensor in held} == {"meta"}


def test_fit_moves_what_a_step_remembers():
    class Moved(Step):
        def to(self, device):
            self.place = device
            return self

        def __call__(self, model, batch):
            return model(batch[0]).mean()

    step = Moved()
    fit(nn.Linear(3, 2), (torch.ones(4, 3),), step=step, epochs=1, device="cpu")
    assert step.place == torch.device("cpu")


def test_recolouring_stays_on_the_device():
    assert recolour(torch.ones(4, 3, device="meta"), torch.ones(5, 3, device="meta")).is_meta


def test_gradients_are_averaged_before_an_overflow_is_looked_for(monkeypatch):
    order = []

    class Recorder:
        def __getattr__(self, name):
            return lambda *given: order.append(name)

    run = type("Run", (), {"together": Recorder(), "precision": Recorder()})()
    run.together.world, run.wanted = 2, type("Wanted", (), {"clip": None})
    weight = nn.Parameter(torch.ones(2))
    update.apply(run, torch.optim.SGD([weight], lr=0.1), 4)
    assert order == ["average", "unscale", "step"]


class Far(torch.Tensor):
    """Is not stacked with tensors of the CPU, as a GPU's is not."""

    @classmethod
    def __torch_function__(cls, function, types, args=(), kwargs=None):
        if function is torch.stack:
            assert all(isinstance(part, Far) for part in args[0])
        return super().__torch_function__(function, types, args, kwargs or {})


def test_numbers_of_a_resumed_epoch_are_joined_with_those_of_the_device():
    far = torch.tensor(1.5).as_subclass(Far)
    assert numbers([0.5, far, 3, far.reshape(1)]).tolist() == [0.5, 1.5, 3.0, 1.5]
    mixed = [0.5, torch.tensor(1.5, dtype=torch.bfloat16), torch.tensor([2.0]), 3]
    assert numbers(mixed).tolist() == [0.5, 1.5, 2.0, 3.0]


@pytest.mark.parametrize("name", ["fp32", "bf16"])
def test_only_half_precision_of_a_gpu_scales_its_gradients(name):
    assert Precision(name, torch.device("cpu")).scaler is None
    assert Precision("auto", torch.device("cpu")).name == "fp32"
    with pytest.raises(ValueError, match="precision='fp16': expected a GPU, found the CPU"):
        Precision("fp16", torch.device("cpu"))
    with pytest.raises(ValueError, match="precision='half': expected one of auto, "):
        Precision("half", torch.device("cpu"))
