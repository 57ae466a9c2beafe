"""The dry run finds what cannot work and leaves no trace."""

import pytest
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from helpers.train import loop
from helpers.train.loop import fit
from helpers.train.steps import supervised

CROSS_ENTROPY = supervised(nn.functional.cross_entropy)


def images(n=24):
    g = torch.Generator().manual_seed(0)
    x = torch.randn(n, 3, 8, 8, generator=g)
    return x, (x.mean((1, 2, 3)) > 0).long()


class Tutorial(nn.Module):
    """As in many tutorials: ``view`` in place of ``flatten``."""

    def __init__(self, flatten=False):
        super().__init__()
        self.conv, self.norm, self.head = nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.Linear(144, 2)
        self.drop, self.flatten = nn.Dropout(0.3), flatten

    def forward(self, x):
        x = self.drop(self.norm(self.conv(x)))
        return self.head(x.flatten(1) if self.flatten else x.view(-1, 144))


class Mixed(nn.Module):
    """Two and three dimensions, and a parameter with four axes of its own."""

    def __init__(self):
        super().__init__()
        self.flat, self.deep = nn.Conv2d(3, 4, 3), nn.Conv3d(1, 1, 3, padding=1)
        self.bias, self.head = nn.Parameter(torch.zeros(1, 4, 6, 6)), nn.Linear(144, 2)

    def forward(self, x):
        x = self.flat(x) + self.bias.view(-1).view(1, 4, 6, 6)
        return self.head(self.deep(x[:, None]).flatten(1))


@pytest.mark.parametrize(("flatten", "strided"), [(False, False), (True, True)])
def test_channels_last_where_the_model_bears_it(flatten, strided):
    model = Tutorial(flatten)
    fit(model, images(), step=CROSS_ENTROPY, epochs=1)
    assert model.conv.weight.is_contiguous(memory_format=torch.channels_last) == strided


def test_a_model_of_two_and_three_dimensions_trains():
    assert len(fit(Mixed(), images(), step=CROSS_ENTROPY, epochs=1).rows) == 1


def everything(monkeypatch=None, flatten=True):
    torch.manual_seed(0)
    model = Tutorial(flatten)
    g = torch.Generator().manual_seed(3)
    train = DataLoader(TensorDataset(*images()), batch_size=8, shuffle=True, generator=g)
    valid = DataLoader(TensorDataset(*images()), batch_size=8, shuffle=True)
    if monkeypatch:
        monkeypatch.setattr(loop, "dry_run", lambda run, windows, valid, metrics: windows)
    history = fit(model, train, valid, step=CROSS_ENTROPY, epochs=2)
    state = torch.cat([v.flatten().double() for v in model.state_dict().values()])
    return state, history.column("valid_loss"), torch.rand(3), g.get_state()


def test_a_run_is_the_same_without_it(monkeypatch):
    with_it = everything(flatten=False)
    without = everything(monkeypatch, flatten=False)
    for one, other in zip(with_it, without):
        assert torch.equal(torch.as_tensor(one), torch.as_tensor(other))


def test_validation_that_fails_is_found_before_the_first_step():
    calls = []

    def step(model, batch):
        calls.append(model.training)
        return CROSS_ENTROPY(model, batch)

    x, y = images()
    with pytest.raises(ValueError, match="the step failed at validation batch 1 with RuntimeError"):
        fit(Tutorial(), (x, y), (x[:, :2], y), step=step, epochs=1)
    assert True not in calls[1:]  # one trial of the layout, no training step


def convolution():
    torch.manual_seed(0)
    return nn.Sequential(nn.Unflatten(1, (1, 2, 2)), nn.Conv2d(1, 3, 2), nn.Flatten())


def test_a_step_that_draws_is_called_as_often_as_by_hand(tmp_path):
    x, y = torch.randn(28, 4, generator=torch.Generator().manual_seed(1)), torch.arange(28) % 3

    def drawing():
        draws, calls = torch.Generator().manual_seed(0), []

        def step(model, batch):
            calls.append(1)
            noise = torch.randn(batch[0].shape, generator=draws)
            return nn.functional.cross_entropy(model(batch[0] + noise), batch[1])

        return step, calls

    def trained(**options):
        model, (step, calls) = convolution(), drawing()
        fit(
            model, (x, y), step=step, epochs=2, batch_size=28, progress=False,
            optimizer=lambda p: torch.optim.SGD(p, lr=0.1), **options,
        )  # fmt: skip
        return model[1].weight, len(calls)

    model, (step, _) = convolution(), drawing()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    from helpers.train.batches import make_batches

    batches = make_batches((x, y), 28, seed=0, device=torch.device("cpu"))
    for epoch in range(2):
        for batch in batches.epoch(epoch):
            optimizer.zero_grad()
            step(model, batch).backward()
            optimizer.step()
    weight, calls = trained()
    assert calls == 2
    assert torch.allclose(weight, model[1].weight, atol=1e-6)
    with pytest.warns(UserWarning, match="step: it changes"):
        saved, _ = trained(checkpoint=tmp_path / "c.pt")
    assert torch.equal(weight, saved)
