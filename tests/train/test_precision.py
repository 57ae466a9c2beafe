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


class Scaler:
    """Stands for torch's scaler, which needs a GPU."""

    def __init__(self):
        self.heard = []

    def scale(self, loss):
        return 8 * loss

    def unscale_(self, optimizer):
        self.heard.append(("unscale", optimizer))

    def step(self, optimizer):
        self.heard.append(("step", optimizer))

    def update(self):
        self.heard.append("update")

    def state_dict(self):
        return {"scale": 8}

    def load_state_dict(self, state):
        self.heard.append(state)


class Optimizer:
    stepped = 0

    def step(self):
        self.stepped += 1


def test_without_scaling_all_is_torch_s_own():
    precision, weight, optimizer = (
        Precision("fp32", torch.device("cpu")),
        torch.ones(1),
        Optimizer(),
    )
    weight.requires_grad_()
    precision.backward(3 * weight.sum())
    precision.unscale(optimizer)
    precision.step(optimizer)
    assert (weight.grad.item(), optimizer.stepped) == (3, 1)
    assert precision.state_dict() == {}
    precision.load_state_dict({"scale": 8})
    with precision.autocast():
        assert (torch.ones(2, 2) @ torch.ones(2, 2)).dtype == torch.float32
    with Precision("bf16", torch.device("cpu")).autocast():
        assert (torch.ones(2, 2) @ torch.ones(2, 2)).dtype == torch.bfloat16


def test_half_precision_scales_unscales_and_is_saved():
    precision, weight, optimizer = (
        Precision("fp32", torch.device("cpu")),
        torch.ones(1),
        Optimizer(),
    )
    precision.scaler = scaler = Scaler()
    weight.requires_grad_()
    precision.backward(3 * weight.sum())
    assert weight.grad.item() == 24
    precision.unscale(optimizer)
    precision.step(optimizer)
    assert scaler.heard == [("unscale", optimizer), ("step", optimizer), "update"]
    assert optimizer.stepped == 0
    assert precision.state_dict() == {"scale": 8}
    precision.load_state_dict({})
    precision.load_state_dict({"scale": 4})
    assert scaler.heard[3:] == [{"scale": 4}]


def test_half_precision_of_a_gpu_has_a_scaler(monkeypatch):
    made = []
    monkeypatch.setattr(torch.amp, "GradScaler", lambda device: made.append(device) or Scaler())
    precision = Precision("fp16", torch.device("cuda"))
    assert (made, precision.name, precision.device) == (["cuda"], "fp16", torch.device("cuda"))
    assert precision.scaler is not None
    assert Precision("bf16", torch.device("cuda")).scaler is None


@pytest.mark.parametrize("name", ["half", "", None, 16, ["fp32"]])
def test_an_unknown_format_is_one_sentence(name):
    with pytest.raises(ValueError) as caught:
        Precision(name, torch.device("cpu"))
    assert str(caught.value) == f"precision={name!r}: expected one of auto, fp32, bf16, fp16"


def test_gradients_are_averaged_and_clipped_only_where_that_is_asked():
    heard = []

    class Recorder:
        def __init__(self, world):
            self.world = world

        def average(self, parameters, size):
            heard.append((len(parameters), size))

        def unscale(self, optimizer):
            heard.append("unscale")

        def step(self, optimizer):
            heard.append("step")

    weights = [nn.Parameter(torch.ones(2)), nn.Parameter(torch.ones(1))]
    optimizer = torch.optim.SGD([{"params": [weight]} for weight in weights], lr=0.1)
    for world, clip, expected in [
        (1, None, ["step"]), (1, 1.0, [(2, 5), "unscale", "step"]),
        (2, None, [(2, 5), "unscale", "step"]),
    ]:  # fmt: skip
        heard.clear()
        for weight in weights:
            weight.grad = torch.full_like(weight, 10)
        run = type("Run", (), {"together": Recorder(world), "precision": Recorder(1)})()
        run.wanted = type("Wanted", (), {"clip": clip})
        update.apply(run, optimizer, 5)
        assert heard == expected
        norm = torch.cat([weight.grad for weight in weights]).norm()
        assert norm == pytest.approx(1 if clip else 300**0.5, rel=1e-4)
