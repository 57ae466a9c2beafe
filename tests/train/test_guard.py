"""Bad losses name the guilty batch and module, on the CPU and as a GPU would find them."""

import pytest
import torch
from torch import nn

from helpers.methods.gan import wasserstein_gp
from helpers.train import run as running
from helpers.train.checkpoint import Checkpoint
from helpers.train.guard import BadLoss
from helpers.train.loop import fit
from helpers.train.steps import supervised

CROSS_ENTROPY = supervised(nn.functional.cross_entropy)


@pytest.fixture(params=["cpu", "as a gpu"])
def device(request, monkeypatch):
    if request.param != "cpu":
        monkeypatch.setattr(running, "reads_at_once", lambda device: False)
    return request.param


def batches(bad):
    g = torch.Generator().manual_seed(0)
    found = [(torch.randn(8, 4, generator=g), torch.arange(8) % 2) for _ in range(5)]
    if bad is not None:
        found[bad][0][3, 1] = float("nan")
    return found


def net():
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(4, 4), nn.BatchNorm1d(4), nn.Linear(4, 2))


def test_the_guilty_batch_and_module_are_named(device, tmp_path):
    model, place = net(), Checkpoint(tmp_path / "c.pt")
    with pytest.raises(BadLoss, match=r"epoch 1, batch 3; .* module '0' \(Linear\); the batch its"):
        fit(model, batches(2), step=CROSS_ENTROPY, epochs=2, checkpoint=place)
    assert not (tmp_path / "c.pt").exists()
    assert all(p.isfinite().all() for p in model.parameters())


def test_a_rate_that_diverges_is_not_blamed_on_the_data(device):
    model = nn.Linear(4, 1)

    def step(model, batch):
        return (model(batch[0]) ** 4).mean()

    sgd = {"optimizer": lambda p: torch.optim.SGD(p, lr=1e6)}
    with pytest.raises(BadLoss) as caught:
        fit(model, batches(None), step=step, epochs=9, **sgd)
    assert "bad numbers" not in str(caught.value)


def test_a_penalty_that_needs_gradients_is_diagnosed(device):
    model = nn.ModuleDict({"generator": nn.Linear(2, 4), "discriminator": nn.Linear(4, 1)})
    x = torch.randn(16, 4)
    x[0] = float("nan")
    with pytest.raises(BadLoss, match="module 'discriminator'"):
        fit(model, (x,), step=wasserstein_gp(2), epochs=1)


def test_learning_as_a_gpu_does_gives_the_same_history(device, tmp_path):
    options = {"step": CROSS_ENTROPY, "epochs": 3, "accumulate": 2}
    model = net()
    history = fit(
        model, batches(None), checkpoint=Checkpoint(tmp_path / "c.pt", steps=1), **options
    )
    assert history.column("loss") == pytest.approx(
        EXPECTED.setdefault("loss", history.column("loss"))
    )


EXPECTED = {}
