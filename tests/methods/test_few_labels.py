from functools import partial

import numpy as np
import pytest
import torch

from helpers.data.splits import group_split
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
