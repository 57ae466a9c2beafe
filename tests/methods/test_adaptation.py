from dataclasses import replace
from types import SimpleNamespace

import pytest
import torch
from torch import nn

from helpers.ground.random import generator
from helpers.methods import adaptation
from helpers.methods.adaptation import PLAIN, WAYS, Way, choose, joint, train, turning
from helpers.methods.discrepancy import joint_mmd, mmd, recolour
from helpers.methods.gradient_reversal import Adaptable
from helpers.methods.sites import Sites, dense, distort_columns, fade_images


def clouds(shift=3.0, count=200):
    """Two classes in five columns; the target is moved and stretched."""
    y = torch.arange(count) % 2
    x = torch.randn(count, 5, generator=generator(0)) + 2.0 * y[:, None]
    z = 2 * (torch.randn(count, 5, generator=generator(1)) + 2.0 * y[:, None]) + shift
    half = count // 2
    return Sites(x, y, z[:half], z[half:], y[half:], y[:half], 2, distort_columns, dense, steps=60)


def test_every_way_gives_scores_that_its_seed_repeats():
    sites = replace(clouds(), steps=4)
    for name, way in WAYS.items():
        setting = way.settings[-1]
        scores = way.scores(sites, setting, 0)
        assert scores.shape == (100, 2), name
        assert torch.equal(scores, way.scores(sites, setting, 0)), name
        assert not torch.equal(scores, way.scores(sites, setting, 1)), name


def test_no_way_but_the_ceiling_looks_at_labels_of_the_target():
    sites = replace(clouds(), steps=4)
    other = replace(sites, hidden=1 - sites.hidden, truth=1 - sites.truth)
    for name, way in WAYS.items():
        setting = way.settings[-1]
        same = torch.equal(way.scores(sites, setting, 0), way.scores(other, setting, 0))
        assert same == (name != "target labels"), name


def test_normalisation_repairs_a_change_of_units_and_nothing_does_not():
    sites = clouds()
    assert WAYS["source only"].accuracy(sites, 0) < 0.7
    assert WAYS["own statistics"].accuracy(sites, 0) > 0.9
    assert WAYS["standardised"].accuracy(sites, 0, 0.02) > 0.9


def test_training_is_that_of_the_engine_for_as_many_steps():
    sites = clouds()
    seen = []

    def step(model, batch):
        seen.append(len(batch[0]))
        return PLAIN(model, batch)

    train(step, (sites.x, sites.y), sites, 0)
    assert abs(len(seen) - sites.steps) <= 5  # whole epochs, and the engine's dry run


def parts():
    torch.manual_seed(0)
    model = Adaptable(nn.Linear(4, 3), nn.Linear(3, 2), nn.Linear(3, 1))
    return model, (torch.randn(8, 4), torch.randint(2, (8,)), torch.randn(6, 4))


def test_the_joint_step_adds_the_weighted_joint_distance():
    model, (source, labels, target) = parts()
    features = model.features(source), model.features(target)
    layers = [(part, model.classifier(part).softmax(1)) for part in features]
    classify = nn.functional.cross_entropy(model(source), labels)
    found = joint(0.7)(model, (source, labels, target))
    assert torch.allclose(found, classify + 0.7 * joint_mmd(*layers))
    assert not torch.allclose(found, classify + 0.7 * mmd(*features), atol=1e-4)


def test_turning_asks_the_critic_about_both_ends_of_both_sites():
    model, (source, labels, target) = parts()
    told = 0
    for rows in (source, target):
        scores = torch.cat([model.critic(model.features(seen)) for seen in (rows, rows.flip(1))])
        sides = torch.arange(2.0).repeat_interleave(len(rows))[:, None]
        told = told + nn.functional.binary_cross_entropy_with_logits(scores, sides)
    expected = nn.functional.cross_entropy(model(source), labels) + 0.5 * 0.3 * told
    assert torch.allclose(turning(0.3)(model, (source, labels, target)), expected)


def tried():
    """Two rows for each setting of each way; the last setting is best in the mean of them."""
    return [
        {"way": name, "setting": s, "accuracy": accuracy}
        for name, way in WAYS.items()
        for s in way.settings
        for accuracy in ((0.6, 0.6) if s == way.settings[-1] else (0.7, 0.2))
    ]


def test_the_setting_with_the_best_mean_is_chosen_and_told():
    ways = choose(tried())
    assert all(way.chosen == way.settings[-1] for way in ways.values())
    assert ways["MMD"].budget == "weight 3 of 0.3, 1, 3"
    assert ways["source only"].budget == "nothing to set"
    more = [{"way": "MMD", "setting": 0.3, "accuracy": 1.0}] * 2
    assert choose(tried() + more)["MMD"].chosen == 0.3


def test_a_choice_among_what_was_not_tried_is_refused():
    rows = [row for row in tried() if (row["way"], row["setting"]) != ("MMD", 1)]
    with pytest.raises(ValueError, match="expected rows for each setting of 'MMD'"):
        choose(rows)
    with pytest.raises(ValueError, match=r"expected a weight or choose\(rows\), found none"):
        WAYS["MMD"].accuracy(replace(clouds(), steps=4), 0)


def test_joint_layers_that_do_not_pair_are_refused():
    with pytest.raises(ValueError, match="found 2 and 1"):
        joint_mmd([torch.ones(3, 2)] * 2, [torch.ones(3, 2)])


def test_the_pages_name_these_settings():
    """What a table of the chapter prints; the last column of each is what was tried."""
    said = {name: (way.name, *way.settings) for name, way in WAYS.items() if way.name}
    assert said == {
        "standardised": ("floor", 0.02, 0.05, 0.2),
        "recoloured": ("ridge", 0.003, 0.01, 0.1),
        "augmented": ("strength", 0.25, 0.5, 1),
        "augmented, own statistics": ("strength", 0.25, 0.5, 1),
        "augmented without blur and shift": ("strength", 0.25, 0.5, 1),
        "CORAL loss": ("weight", 10, 100, 1000),
        "MMD": ("weight", 0.3, 1, 3),
        "gradient reversal": ("strength", 0.1, 0.3, 1),
        "two players": ("rate", 3e-5, 1e-4, 3e-4),
        "self-supervision": ("weight", 0.1, 0.3, 1),
        "joint MMD": ("weight", 0.3, 1, 3),
        "MMD, augmented": ("weight", 0.3, 1, 3),
    }
    bare = ["source only", "own statistics", "target labels"]
    assert [name for name, way in WAYS.items() if way.settings == (None,)] == bare


@pytest.fixture
def asked(monkeypatch):
    """What `fit` is given, without training."""
    seen = []

    def fit(net, *data, **options):
        seen.append((net, data, options))
        return SimpleNamespace(averaged=net)

    monkeypatch.setattr(adaptation, "fit", fit)
    return seen


def test_all_are_trained_by_one_adam_for_the_steps_of_the_sites(asked):
    for rows, steps, epochs in ((200, 60, 15), (200, 61, 16), (128, 10, 5), (129, 10, 4)):
        sites = replace(clouds(), x=torch.randn(rows, 5), y=torch.zeros(rows).long(), steps=steps)
        torch.manual_seed(7)
        expected = dense(5, 2).classifier.weight
        net = train(PLAIN, (sites.x, sites.y), sites, 7, transform="turn")
        options = asked[-1][2]
        assert (options["epochs"], options["seed"], options["transform"]) == (epochs, 7, "turn")
        assert torch.equal(net.classifier.weight, expected)
        adam = options["optimizer"]([nn.Parameter(torch.zeros(1))])
        assert isinstance(adam, torch.optim.Adam)
        assert (adam.defaults["lr"], adam.defaults["betas"]) == (0.001, (0.5, 0.99))


def test_what_is_trained_on_is_what_each_way_says(asked, monkeypatch):
    monkeypatch.setattr(adaptation, "predict", lambda net, rows: rows)
    sites = clouds()
    seen = WAYS["standardised"].scores(sites, 0.5, 0)
    assert torch.allclose(seen, (sites.test - sites.pool.mean(0)) / (sites.pool.std(0) + 0.5))
    ((x, y),) = asked[-1][1]
    assert torch.allclose(x, (sites.x - sites.x.mean(0)) / (sites.x.std(0) + 0.5))
    assert torch.equal(y, sites.y)
    assert torch.equal(WAYS["recoloured"].scores(sites, 0.1, 0), sites.test)
    assert torch.equal(asked[-1][1][0][0], recolour(sites.x, sites.pool, ridge=0.1))
    for name, strength in (("augmented", 0.7), ("augmented, own statistics", 0.2)):
        if "own" in name:
            monkeypatch.setattr(adaptation, "renormalise", lambda net, x: net)
        assert torch.equal(WAYS[name].scores(sites, strength, 0), sites.test)
        found = asked[-1][2]["transform"]((sites.x, sites.y), generator(3))
        assert torch.equal(found[0], distort_columns(sites.x, strength, generator(3)))
        assert torch.equal(found[1], sites.y)
    WAYS["augmented without blur and shift"].scores(sites, 0.4, 0)
    found = asked[-1][2]["transform"]((sites.x,), generator(3))
    assert torch.equal(found[0], fade_images(sites.x, 0.4, generator(3)))
    WAYS["MMD, augmented"].scores(sites, 1, 0)
    found = asked[-1][2]["transform"]((sites.x,), generator(3))
    assert torch.equal(found[0], distort_columns(sites.x, 0.5, generator(3)))
    WAYS["target labels"].scores(sites, None, 0)
    assert [torch.equal(a, b) for a, b in zip(asked[-1][1][0], (sites.pool, sites.hidden))] == [
        True
    ] * 2


def test_the_chosen_setting_is_used_and_a_named_one_before_it():
    asked = []

    def scores(sites, setting, seed):
        asked.append((setting, seed))
        return torch.nn.functional.one_hot(sites.truth, 2).float()

    way = Way(scores, "weight", (1, 2), 2)
    assert way.accuracy(clouds(), 4) == 1
    assert way.accuracy(clouds(), 5, 1) == 1
    assert asked == [(2, 4), (1, 5)]
    assert Way(scores).accuracy(clouds(), 6) == 1
    assert asked[-1] == (None, 6)
    assert way.budget == "weight 2 of 1, 2"
