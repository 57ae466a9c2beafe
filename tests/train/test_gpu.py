"""The engine on a CUDA GPU (`make test-gpu`); skipped with a reason where there is none."""

import os
import signal

import pytest
import torch
from torch import nn

from helpers.ground.random import generator
from helpers.methods.mean_teacher import MeanTeacher
from helpers.train.checkpoint import Checkpoint
from helpers.train.guard import BadLoss
from helpers.train.loop import fit
from helpers.train.schedule import one_cycle
from helpers.train.steps import supervised

pytestmark = [
    pytest.mark.gpu,
    pytest.mark.skipif(not torch.cuda.is_available(), reason="torch sees no CUDA GPU here"),
]
CROSS_ENTROPY = supervised(nn.functional.cross_entropy)


def data(n=512):
    g = torch.Generator().manual_seed(0)
    x = torch.randn(n, 3, 8, 8, generator=g)
    return x, (x.mean((1, 2, 3)) > 0).long()


def net():
    torch.manual_seed(0)
    layers = [nn.Conv2d(3, 16, 3, padding=1), nn.BatchNorm2d(16), nn.ReLU()]
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(16, 2))


def weights(model):
    return torch.cat([value.flatten().double().cpu() for value in model.state_dict().values()])


def test_it_goes_to_the_gpu_in_bf16_and_channels_last_by_itself():
    model, seen = net(), []

    def step(model, batch):
        x, y = batch
        prediction = model(x)
        seen.append((x.device.type, prediction.dtype))
        return nn.functional.cross_entropy(prediction, y)

    fit(model, data(), step=step, epochs=1)
    assert seen[0] == ("cuda", torch.bfloat16)
    assert model[0].weight.is_contiguous(memory_format=torch.channels_last)


@pytest.mark.parametrize("precision", ["fp32", "bf16", "fp16"])
def test_every_precision_learns(precision):
    history = fit(net(), data(), step=CROSS_ENTROPY, epochs=30, lr=1e-2, precision=precision)
    assert history.last("loss") < 0.5 < history.rows[0]["loss"]


def test_fp32_equals_a_hand_written_loop_bit_for_bit():
    mine, theirs = nn.Linear(6, 2), nn.Linear(6, 2).cuda()
    theirs.load_state_dict(mine.state_dict())
    g = torch.Generator().manual_seed(0)
    x = torch.randn(256, 6, generator=g)
    y = (x[:, 0] > 0).long()
    fit(mine, (x, y), step=CROSS_ENTROPY, epochs=2, precision="fp32")
    x, y = x.cuda(), y.cuda()
    optimizer = torch.optim.AdamW(theirs.parameters(), lr=1e-3, fused=True)
    for epoch in range(2):
        for chunk in torch.randperm(256, generator=generator(0, epoch)).cuda().split(64):
            optimizer.zero_grad()
            nn.functional.cross_entropy(theirs(x[chunk]), y[chunk]).backward()
            optimizer.step()
    assert torch.equal(weights(mine), weights(theirs))


def test_resume_is_bit_for_bit(tmp_path):
    options = {"step": CROSS_ENTROPY, "schedule": one_cycle(), "precision": "fp16", "clip": 1.0}
    torch.backends.cudnn.deterministic = True
    whole, part = net(), net()
    fit(whole, data(), epochs=4, **options)
    place = Checkpoint(tmp_path / "c.pt")
    flat = options | {"schedule": lambda t: one_cycle()(t / 2)}
    fit(part, data(), epochs=2, checkpoint=place, **flat)
    place = Checkpoint(tmp_path / "c.pt", changed=("epochs", "schedule"))
    fit(part, data(), epochs=4, checkpoint=place, **options)
    assert torch.equal(weights(whole), weights(part))


def test_a_bad_loss_is_found_before_anything_is_saved(tmp_path):
    x, y = data()
    x[3] = float("nan")
    model = net()
    with pytest.raises(BadLoss, match="epoch 1, batch .* module '0' .* batch itself holds bad"):
        fit(model, (x, y), step=CROSS_ENTROPY, epochs=1, checkpoint=Checkpoint(tmp_path / "c.pt"))
    assert not (tmp_path / "c.pt").exists()
    assert weights(model).isfinite().all()


def test_labels_out_of_range_are_one_sentence_and_the_gpu_lives_on():
    x, y = data()
    with pytest.raises(ValueError, match="labels: expected 0 to 1 .* found 0 to 2"):
        fit(net(), (x, y + (torch.arange(len(y)) == 7)), step=CROSS_ENTROPY, epochs=1)
    assert len(fit(net(), (x, y), step=CROSS_ENTROPY, epochs=1).rows) == 1


def test_what_a_step_remembers_goes_to_the_gpu_with_the_model():
    model = nn.Linear(6, 2)
    step = MeanTeacher(model, lambda x: x, weight=1.0, ramp=5)
    x = torch.randn(64, 6)
    fit(model, (x, (x[:, 0] > 0).long(), x, torch.arange(64)), step=step, epochs=1)
    assert step.teacher.weight.is_cuda


@pytest.mark.parametrize("average", [None, 0.9])
def test_resume_within_an_epoch(tmp_path, average):
    torch.backends.cudnn.deterministic = True
    saves, real = [], Checkpoint.save

    def save(self, state):
        real(self, state)
        saves.append(1)
        if len(saves) == 3:
            os.kill(os.getpid(), signal.SIGINT)

    options = {"step": CROSS_ENTROPY, "epochs": 2, "precision": "fp32", "average": average}
    whole, again, place = net(), net(), Checkpoint(tmp_path / "c.pt", steps=1)
    expected = fit(whole, data(), **options)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Checkpoint, "save", save)
        assert fit(net(), data(), checkpoint=place, **options).interrupted
    history = fit(again, data(), checkpoint=place, **options)
    assert torch.equal(weights(whole), weights(again))
    assert history.column("loss") == expected.column("loss")


def test_a_view_that_wants_contiguous_memory_is_left_alone():
    class Viewing(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv, self.head = nn.Conv2d(3, 4, 3), nn.Linear(144, 2)

        def forward(self, x):
            return self.head(self.conv(x).view(-1, 144))

    model = Viewing()
    fit(model, data(), step=CROSS_ENTROPY, epochs=1, precision="fp32")
    assert model.conv.weight.is_contiguous()


@pytest.mark.parametrize("mode", [True, "reduce-overhead"])
def test_compiled_trains_like_eager(mode):
    a = fit(net(), data(), step=CROSS_ENTROPY, epochs=5, precision="fp32")
    b = fit(net(), data(), step=CROSS_ENTROPY, epochs=5, precision="fp32", compile=mode)
    assert a.last("loss") == pytest.approx(b.last("loss"), rel=0.02)


def test_no_synchronisation_within_an_epoch():
    try:
        model = nn.Linear(6, 2)

        def step(model, batch):
            return nn.functional.cross_entropy(model(batch[0]), batch[1])

        x = torch.randn(640, 6).cuda()
        y = torch.zeros(640, dtype=torch.long).cuda()
        torch.cuda.set_sync_debug_mode("error")
        with pytest.raises(RuntimeError, match="synchroni"):
            x.sum().item()
        torch.cuda.set_sync_debug_mode("default")  # before the first step fit may wait
        seen = []

        def counted(model, batch):
            seen.append(1)
            mode = "default" if len(seen) == 10 else "error"  # the epoch's end may wait again
            torch.cuda.set_sync_debug_mode(mode)
            return step(model, batch)

        fit(model, (x, y), step=counted, epochs=1, average=0.9, clip=1.0)
        assert len(seen) == 10
    finally:
        torch.cuda.set_sync_debug_mode("default")
