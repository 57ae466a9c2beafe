from functools import partial

import numpy as np
import pytest
import torch
from torch import nn

from helpers.data.embedded import Table
from helpers.ground.random import generator
from helpers.methods.sites import (
    by_groups,
    convolutional,
    dense,
    distort_columns,
    distort_images,
    fade_images,
    framed,
    styled,
    two_sites,
)


def table(sizes=(30, 40), classes=3, labelled=True):
    count = sum(sizes)
    x = 50 + 9 * torch.randn(count, 4, generator=generator(0))
    y = torch.arange(count) % classes
    site = torch.arange(len(sizes)).repeat_interleave(torch.tensor(sizes))
    y = y if labelled else torch.where(site == 1, -1, y)
    return Table(x, y, list("abcd"), [str(k) for k in range(classes)], groups=site)


def test_blurring_equals_scipy_s_filter_and_one_style_is_one_style():
    from scipy.ndimage import uniform_filter

    rows = torch.rand(3, 64, generator=generator(0))
    found = styled(rows, torch.zeros(1, 1, 8, 8)).reshape(-1, 8, 8)
    for image, seen in zip(rows.reshape(-1, 8, 8).numpy(), found.numpy()):
        blurred = uniform_filter(image, 3, mode="constant")
        theirs = 0.6 * np.roll(0.5 * image + 0.5 * blurred, 1, axis=0)
        assert seen == pytest.approx(theirs, abs=1e-6)
    patches = torch.rand(5, 1, 8, 8, generator=generator(1))
    assert torch.equal(styled(rows, patches), styled(rows, patches))
    assert not torch.allclose(styled(rows, patches), rows, atol=0.1)


def test_whole_groups_are_dealt_and_none_twice():
    groups = torch.arange(140) // 10
    x = torch.arange(140.0)[:, None].expand(140, 64)
    sites = by_groups(x, x + 1000, torch.arange(140) % 10, groups, 3)
    parts = [sites.x[:, 0].long(), sites.pool[:, 0].long() - 1000, sites.test[:, 0].long() - 1000]
    assert sorted(torch.cat(parts).tolist()) == list(range(140))
    names = [set((part // 10).tolist()) for part in parts]
    assert [len(part) for part in names] == [7, 4, 3]
    assert not names[0] & names[1] | names[0] & names[2] | names[1] & names[2]
    assert torch.equal(sites.truth, sites.rows % 10)


def test_framing_ignores_place_and_margin():
    small = torch.zeros(1, 1, 28, 28)
    small[0, 0, 4:12, 6:10] = 1
    small[0, 0, 4:8, 6:8] = 0
    moved = small.roll((7, 9), (2, 3))
    found = framed(small)
    assert torch.equal(found, framed(moved))
    assert found.reshape(8, 8)[:4, :4].sum() == 0
    assert found.reshape(8, 8)[4:].min() == 1
    assert not torch.equal(found, nn.functional.adaptive_avg_pool2d(small, 8).flatten(1))


@pytest.mark.parametrize("distort", [distort_images, fade_images, distort_columns])
def test_distortion_of_strength_zero_does_nothing_and_else_something(distort):
    rows = torch.rand(6, 64, generator=generator(0))
    assert torch.allclose(distort(rows, 0.0, generator(1)), rows)
    assert not torch.allclose(distort(rows, 0.5, generator(1)), rows, atol=0.05)
    assert torch.equal(distort(rows, 0.5, generator(1)), distort(rows, 0.5, generator(1)))


def test_fading_moves_no_ink_and_the_whole_distortion_does():
    dot = torch.zeros(4000, 8, 8)
    dot[:, 4, 4] = 1
    faded, moved = (
        distort(dot.flatten(1), 1.0, generator(2)).mean(0).reshape(8, 8)
        for distort in (fade_images, distort_images)
    )
    # at most half of the ink fades, a quarter on average
    assert faded[4, 4] - faded[0, 0] == pytest.approx(0.75, abs=0.02)
    assert faded[3, 4] - faded[0, 0] == pytest.approx(0, abs=0.02)
    assert moved[3, 4] - moved[0, 0] > 0.03


@pytest.mark.parametrize("make", [dense, convolutional])
def test_networks_give_scores_features_and_a_critic(make):
    net = make(64, 5).eval()
    rows = torch.rand(3, 64)
    assert net(rows).shape == (3, 5)
    assert net.features(rows).shape == (3, 32)
    assert net.critic(net.features(rows)).shape == (3, 1)
    assert any(isinstance(part, nn.modules.batchnorm._BatchNorm) for part in net.modules())


def test_own_sites_are_scaled_by_the_source_and_score_labelled_rows_only():
    data = table()
    sites = two_sites(data, 0)
    assert torch.allclose(sites.x.mean(0), torch.zeros(4), atol=1e-5)
    assert torch.allclose(sites.x.std(0), torch.ones(4), atol=1e-5)
    assert len(sites.x) == 30
    assert len(sites.pool) + len(sites.test) == 40
    assert torch.equal(sites.truth, data.y[sites.rows])
    assert not torch.equal(sites.rows, two_sites(data, 1).rows)
    images = Table(torch.rand(70, 1, 6, 6), data.y, [], data.classes, groups=data.groups)
    found = two_sites(images, 0)
    assert isinstance(found.distort, partial)
    assert found.distort.keywords == {"size": 6}
    assert found.x.shape == (30, 36)


@pytest.mark.parametrize("sizes", [(70,), (5, 65), (20, 20, 20)])
def test_other_than_two_sites_are_refused(sizes):
    with pytest.raises(ValueError, match=r"two_sites: expected a class .* found sites of \["):
        two_sites(table(sizes), 0)


def test_a_target_without_any_label_is_refused():
    with pytest.raises(ValueError, match="expected labels in both sites"):
        two_sites(table(labelled=False), 0)
