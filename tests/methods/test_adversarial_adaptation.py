import copy

import pytest
import torch
from torch import nn

from helpers.methods.adversarial_adaptation import adda, adda_players
from helpers.train.loop import fit


def parts():
    torch.manual_seed(0)
    return nn.Linear(3, 4), nn.Linear(4, 1)


def test_losses_equal_binary_cross_entropy_with_swapped_labels():
    encoder, critic = parts()
    players = adda_players(encoder, critic)
    source, target = torch.randn(6, 3), torch.randn(6, 3)
    found = dict(adda(encoder)(players, (source, target)))
    of_source, of_target = critic(encoder(source)), critic(players["target"](target))
    bce = nn.functional.binary_cross_entropy
    sure = of_target.sigmoid()
    told = (bce(of_source.sigmoid(), torch.zeros(6, 1)) + bce(sure, torch.ones(6, 1))) / 2
    assert float(found["critic"].detach()) == pytest.approx(float(told.detach()), rel=1e-5)
    fooled = bce(sure, torch.zeros(6, 1))
    assert float(found["target"].detach()) == pytest.approx(float(fooled.detach()), rel=1e-5)


def test_only_the_target_encoder_moves_and_it_comes_nearer():
    encoder, critic = parts()
    kept = copy.deepcopy(encoder.state_dict())
    source = torch.randn(256, 3)
    target = torch.randn(256, 3) + torch.tensor([2.0, 0.0, 0.0])
    players = adda_players(encoder, critic)
    rates = {
        "critic": lambda weights: torch.optim.SGD(weights, 0.5, weight_decay=0.1),
        "target": lambda weights: torch.optim.SGD(weights, 0.1),
    }
    step = adda(encoder)
    fit(players, (source, target), step=step, epochs=60, optimizer=rates, progress=False)
    assert all(torch.equal(kept[name], value) for name, value in encoder.state_dict().items())
    with torch.no_grad():
        goal = encoder(source).mean(0)
        before = (encoder(target).mean(0) - goal).norm()
        after = (players["target"](target).mean(0) - goal).norm()
    assert after < 0.6 * before


def test_a_missing_player_is_named():
    encoder, critic = parts()
    with pytest.raises(ValueError, match=r"found \['critic'\]"):
        next(adda(encoder)(nn.ModuleDict({"critic": critic}), (torch.ones(1, 3),) * 2))


def test_the_source_encoder_is_judged_in_eval_mode_and_stays_as_it_was():
    encoder = nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4), nn.Dropout(0.9))
    players = adda_players(encoder, nn.Linear(4, 1))
    kept = copy.deepcopy(encoder.state_dict())
    step = adda(encoder.train())
    list(step(players.train(), (torch.randn(6, 3) + 5, torch.randn(6, 3))))
    assert all(torch.equal(kept[name], value) for name, value in encoder.state_dict().items())
    assert torch.equal(step.source(torch.ones(2, 3)), step.source(torch.ones(2, 3)))
    assert set(step.state_dict()) == {"source"}
