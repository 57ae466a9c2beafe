"""The engine on a CUDA GPU (`make test-gpu`); skipped with a reason where there is none."""

import pytest
import torch
from torch import nn

from helpers.ground.random import generator
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
    fit(part, data(), epochs=4, checkpoint=place, **options)
    assert torch.equal(weights(whole), weights(part))


def test_a_bad_loss_is_found_before_anything_is_saved(tmp_path):
    x, y = data()
    x[3] = float("nan")
    with pytest.raises(BadLoss, match="epoch 1, batch"):
        fit(net(), (x, y), step=CROSS_ENTROPY, epochs=1, checkpoint=Checkpoint(tmp_path / "c.pt"))
    assert not (tmp_path / "c.pt").exists()


@pytest.mark.parametrize("mode", [True, "reduce-overhead"])
def test_compiled_trains_like_eager(mode):
    a = fit(net(), data(), step=CROSS_ENTROPY, epochs=5, precision="fp32")
    b = fit(net(), data(), step=CROSS_ENTROPY, epochs=5, precision="fp32", compile=mode)
    assert a.last("loss") == pytest.approx(b.last("loss"), rel=0.02)


def test_no_synchronisation_within_an_epoch():
    torch.cuda.set_sync_debug_mode("error")
    try:
        model = nn.Linear(6, 2)

        def step(model, batch):
            return nn.functional.cross_entropy(model(batch[0]), batch[1])

        x = torch.randn(640, 6).cuda()
        y = torch.zeros(640, dtype=torch.long).cuda()
        with pytest.raises(RuntimeError, match="synchroni"):
            x.sum().item()
        seen = []

        def counted(model, batch):
            seen.append(1)
            if len(seen) == 10:
                torch.cuda.set_sync_debug_mode("default")  # the epoch's end may wait
            return step(model, batch)

        fit(model, (x, y), step=counted, epochs=1)
        assert len(seen) == 10
    finally:
        torch.cuda.set_sync_debug_mode("default")
