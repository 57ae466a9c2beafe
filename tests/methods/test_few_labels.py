from functools import partial

import numpy as np
import pytest
import torch

from helpers.data.splits import group_split
from helpers.methods import few_labels
from helpers.methods.few_labels import (
    WAYS,
    Deal,
    deal,
    logistic,
    moved,
    net_of,
    noisy,
    probabilities,
    taught,
    typical_rows,
)
from helpers.train.schedule import one_cycle

dealt = partial(deal, split=group_split)


def blobs(n=240, classes=3, seed=0):
    draws = torch.Generator().manual_seed(seed)
    y = torch.arange(n) % classes
    x = torch.randn(n, 6, generator=draws) + 5 * torch.eye(6)[y]
    return x, y, torch.arange(n) // 12


def test_a_deal_keeps_groups_together_and_hides_all_but_a_few():
    x, y, groups = blobs()
    y = torch.where(torch.arange(len(y)) % 5 == 0, -1, y)
    number = torch.arange(len(y), dtype=torch.float32)[:, None]
    one = dealt(number, y, groups, 3, per_class=4)
    pool, test = one.x[:, 0].long(), one.test[:, 0].long()
    assert not set(groups[pool].tolist()) & set(groups[test].tolist())
    assert torch.equal(one.hidden, y[pool])
    assert torch.equal(one.truth, y[test])
    assert one.truth.min() >= 0  # a row without a label is never scored
    known = one.labels >= 0
    assert torch.equal(one.labels[known], one.hidden[known])
    assert one.few[1].bincount().tolist() == [4, 4, 4]
    assert not torch.equal(dealt(number, y, groups, 4, per_class=4).x, one.x)


@pytest.mark.parametrize("name", WAYS)
def test_every_way_learns_blobs_and_none_learns_noise(name):
    way = WAYS[name]
    easy = dealt(*blobs(), 0, per_class=3, steps=60)
    scores = way.scores(easy, way.chosen)
    assert scores.shape == (len(easy.test), 3)
    assert torch.isfinite(scores.float()).all()
    assert way.accuracy(easy) > 0.85
    x, y, groups = blobs()
    noise = dealt(torch.randn_like(x), y, groups, 0, per_class=3, steps=60)
    assert way.accuracy(noise) < 0.6
    assert len(way.settings) == 3
    assert way.chosen in way.settings


def test_typical_rows_equal_scikit_learn_s_nearest():
    from sklearn.cluster import KMeans
    from sklearn.metrics import pairwise_distances_argmin

    x = blobs()[0]
    centres = KMeans(7, n_init=3, random_state=2).fit(x.numpy()).cluster_centers_
    theirs = pairwise_distances_argmin(centres, x.numpy())
    assert typical_rows(x, 7, 2).tolist() == sorted(set(theirs.tolist()))
    assert typical_rows(x, 7, 2).tolist() != typical_rows(x, 6, 2).tolist()


def test_a_class_without_rows_gets_probability_zero():
    from sklearn.linear_model import LogisticRegression

    x, y, _ = blobs()
    some = y != 1
    model = LogisticRegression().fit(x[some].numpy(), y[some].numpy())
    found = probabilities(model, x, 3)
    assert np.allclose(found[:, [0, 2]], model.predict_proba(x.numpy()), atol=1e-6)
    assert (found[:, 1] == 0).all()
    again = logistic(3, 1.0)(x[some], y[some])(x)
    assert torch.allclose(again, found, atol=1e-5)


def test_perturbing_changes_a_little_and_shapes_stay():
    torch.manual_seed(0)
    images = torch.rand(50, 64)
    for change, rows in ((moved, images), (noisy, torch.randn(50, 7))):
        found = change(rows)
        assert found.shape == rows.shape
        assert 0.01 < (found - rows).std() / rows.std() < 1


def test_without_maps_and_noise_an_image_stays(monkeypatch):
    monkeypatch.setattr(torch, "randn", lambda *shape: torch.zeros(*shape))
    monkeypatch.setattr(torch, "randn_like", torch.zeros_like)
    images = torch.rand(5, 64)
    assert torch.allclose(moved(images), images, atol=1e-5)


def test_a_deal_that_cannot_be_is_refused():
    x, y, groups = blobs()
    with pytest.raises(ValueError, match="expected 100 labelled rows of each class"):
        dealt(x, y, groups, 0, per_class=100)


def test_the_shared_network_is_the_same_each_time():
    one = dealt(*blobs(), 0, steps=20)
    first, second = (taught(one, *one.few) for _ in range(2))
    pairs = list(zip(first.parameters(), second.parameters()))
    assert all(torch.equal(a, b) for a, b in pairs)
    fresh = net_of(one)
    assert not all(torch.equal(a, b) for a, b in zip(first.parameters(), fresh.parameters()))


def test_few_are_the_rows_with_a_label():
    labels = torch.tensor([-1, 2, -1, 0])
    one = Deal(torch.arange(4.0)[:, None], labels, None, None, 3, noisy)
    assert one.few[0][:, 0].tolist() == [1, 3]
    assert one.few[1].tolist() == [2, 0]


def test_the_pages_name_these_settings():
    """What a table of the chapter prints as the budget of each way."""
    assert {name: f"{way.budget}: {way.chosen}" for name, way in WAYS.items()} == {
        "logistic regression": "C 0.1, 1, 10: 1",
        "support vectors, copies": "C 0.3, 1, 3: 1",
        "support vectors, copies, self-trained": "C 0.3, 1, 3: 1",
        "spectral, support vectors": "neighbours 3, 5, 10: 5",
        "label spreading": "neighbours 10, 20, 40: 40",
        "self-training, logistic": "C 1, 10, 100: 10",
        "network, labels only": "rate 0.003, 0.01, 0.03: 0.01",
        "pseudo-label": "weight 1, 3, 10: 3",
        "temporal ensembling": "weight 3, 10, 30: 10",
        "mean teacher": "weight 3, 10, 30: 10",
        "MixMatch": "weight 10, 20, 40: 20",
        "self-training": "rows a class 60, 90, 120: 120",
        "noisy student": "generations 1, 2, 3: 1",
    }


def test_a_deal_says_nothing_of_other_seeds_and_keeps_its_settings():
    one = dealt(*blobs(), 5)
    assert (one.seed, one.steps, one.perturb, one.classes) == (5, 300, noisy, 3)
    assert one.few[1].bincount().tolist() == [3, 3, 3]
    assert len(one.test) == pytest.approx(0.3 * 240, abs=13)
    plain = Deal(one.x, one.labels, one.test, one.truth, 3, noisy)
    assert (plain.seed, plain.steps, plain.hidden) == (0, 300, None)


def test_a_deal_is_dealt_again_until_every_class_is_there():
    """The second class stands in two groups of twelve rows: some turns leave it out of the pool."""
    turns = []

    def split(groups, test, seed):
        turns.append((test, seed))
        rows = torch.arange(24)
        return (rows[:12], rows[12:]) if len(turns) < 3 else (rows[::2], rows[1::2])

    y = torch.tensor([0] * 12 + [1] * 12)
    found = deal(torch.arange(24.0)[:, None], y, None, 7, split=split, per_class=6)
    assert turns == [(0.3, 7), (0.3, 1007), (0.3, 2007)]
    assert found.few[1].bincount().tolist() == [6, 6]
    turns.clear()
    with pytest.raises(ValueError, match="expected 7 labelled rows .* found 6 of class 0"):
        deal(torch.arange(24.0)[:, None], y, None, 7, split=split, per_class=7)
    assert len(turns) == 100


def test_the_classical_ways_are_scikit_learn_s():
    from sklearn.linear_model import LogisticRegression
    from sklearn.svm import SVC

    one = dealt(*blobs(seed=4), 1)
    x, y = (part.numpy() for part in one.few)
    model = LogisticRegression(C=0.3, max_iter=3000).fit(x, y)
    found = WAYS["logistic regression"].scores(one, 0.3)
    assert found.numpy() == pytest.approx(model.predict_proba(one.test.numpy()), abs=1e-5)
    torch.manual_seed(one.seed)
    copies = np.concatenate([x, *(noisy(one.few[0]).numpy() for _ in range(100))])
    machine = SVC(C=0.3).fit(copies, np.tile(y, 101))
    hot = WAYS["support vectors, copies"].scores(one, 0.3)
    assert hot.argmax(1).tolist() == machine.predict(one.test.numpy()).tolist()
    assert hot.sum(1).tolist() == [1] * len(one.test)


def test_images_are_moved_by_a_tenth_and_noise_is_a_fifth():
    torch.manual_seed(0)
    rows = torch.zeros(400, 64)
    assert float(noisy(rows).std()) == pytest.approx(0.2, rel=0.02)
    assert float(moved(rows).std()) == pytest.approx(0.05, rel=0.02)
    images = torch.rand(4, 64)
    torch.manual_seed(3)
    found = moved(images)
    torch.manual_seed(3)
    maps = torch.eye(2, 3) + 0.1 * torch.randn(4, 2, 3)
    grid = torch.nn.functional.affine_grid(maps, (4, 1, 8, 8), align_corners=False)
    still = torch.nn.functional.grid_sample(images.view(4, 1, 8, 8), grid, align_corners=False)
    noise = 0.05 * torch.randn(4, 1, 8, 8)
    assert torch.allclose(found, (still + noise).flatten(1), atol=1e-6)


def asked(monkeypatch):
    """What `fit` is given, without training."""
    seen = []

    def fit(net, data, *rest, **options):
        seen.append((net, data, options))

    monkeypatch.setattr(few_labels, "fit", fit)
    return seen


def test_networks_are_trained_for_the_steps_of_the_deal(monkeypatch):
    seen = asked(monkeypatch)
    one = dealt(*blobs(), 2, steps=40)
    for name, rate in (("network, labels only", 0.02), ("pseudo-label", 0.01), ("MixMatch", 0.01)):
        WAYS[name].scores(one, 0.02)
        net, streams, options = seen[-1]
        assert options["lr"] == rate
        assert options["epochs"] * len(streams) == pytest.approx(40, abs=len(streams) / 2)
        assert options["schedule"](0.5) == one_cycle()(0.5)
        assert options["progress"] is False
        assert next(iter(streams))[0].shape == (9, 6)  # all rows with a label, each time
        assert (options["transform"] is None) == (name == "MixMatch")
    taught(one, torch.randn(130, 6), torch.zeros(130).long())
    _, _, options = seen[-1]
    assert (options["epochs"], options["lr"], options["seed"]) == (round(40 / 3), 0.01, 2)
    taught(one, torch.randn(128, 6), torch.zeros(128).long())
    assert seen[-1][2]["epochs"] == 20


def test_steps_ramp_up_and_stop_as_the_deal_says():
    one = dealt(*blobs(), 2, steps=50)
    net = net_of(one)
    step = few_labels._pseudo_label(net, one, 3)
    assert (step.start, step.end, step.final) == (10, 30, 3)
    for make in (few_labels._ensembling, few_labels._mean_teacher, few_labels._mixmatch):
        step = make(net, one, 7)
        assert (step.weight, step.ramp) == (7, 25)
    assert few_labels._mean_teacher(net, one, 7).average.decay == 0.95
    widths = [part.out_features for part in net.modules() if isinstance(part, torch.nn.Linear)]
    assert widths == [128, 64, 3]
    assert [part.p for part in net.modules() if isinstance(part, torch.nn.Dropout)] == [0.2, 0.2]


def test_what_is_perturbed_are_both_streams_and_no_label():
    one = dealt(*blobs(), 0, perturb=lambda rows: rows + 1)
    change = few_labels._perturbed(one)
    few, labels, many, rows = change((torch.zeros(2), torch.ones(2), torch.zeros(3), "rows"), None)
    assert (few.tolist(), labels.tolist(), many.tolist(), rows) == (
        [1, 1],
        [1, 1],
        [1, 1, 1],
        "rows",
    )
    assert len(change((torch.zeros(2), torch.ones(2)), None)) == 2


def test_the_chosen_setting_is_used_and_a_named_one_before_it():
    asked = []

    def scores(deal, setting):
        asked.append(setting)
        return torch.nn.functional.one_hot(deal.truth, 3)

    way = few_labels.Way(scores, "k", (1, 2), 2)
    one = dealt(*blobs(), 0)
    assert way.accuracy(one) == way.accuracy(one, 1) == 1
    assert asked == [2, 1]
