from dataclasses import replace
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


def test_a_style_is_six_tenths_of_the_image_and_half_of_a_patch_of_its_own():
    rows, patches = torch.zeros(40, 64), torch.arange(5.0).view(5, 1, 1, 1).expand(5, 1, 8, 8)
    chosen = torch.randint(5, (40,), generator=generator(0))
    assert torch.allclose(styled(rows, patches), 0.5 * chosen[:, None].expand(40, 64).float())
    assert torch.allclose(styled(torch.ones(1, 64), patches[:1])[0, 8 * 4 + 3], torch.tensor(0.6))


def test_pairs_of_both_sites_are_drawn_once_and_alike():
    sites = two_sites(table(), 0)
    pair = torch.randint(len(sites.pool), (30,), generator=generator(1))
    x, y, z = sites.both
    assert torch.equal(z, sites.pool[pair])
    assert x is sites.x
    assert y is sites.y
    assert (sites.steps, two_sites(table(), 0, steps=7).steps) == (100, 7)


def test_writers_are_dealt_by_seed_a_half_a_quarter_and_the_rest():
    for count, sizes in ((4, [2, 1, 1]), (9, [4, 3, 2]), (3, [1, 1, 1]), (2, [1, 0, 1])):
        groups = torch.arange(count).repeat_interleave(2) + 10
        x = groups[:, None].float()
        sites = by_groups(x, x + 100, groups % 3, groups, 5, make=str)
        dealt = groups.unique()[torch.randperm(count, generator=generator(5, 7))]
        parts = dealt.split(sizes)
        for rows, part in zip((sites.x, sites.pool - 100, sites.test - 100), parts):
            assert set(rows.flatten().tolist()) == set(part.tolist())
        assert sites.make is str
        assert by_groups(x, x, groups % 3, groups, 5).make is dense
        assert torch.equal(sites.y, sites.x[:, 0].long() % 3)
        assert torch.equal(sites.truth, (sites.test[:, 0].long() - 100) % 3)
        assert torch.equal(sites.hidden, (sites.pool[:, 0].long() - 100) % 3)
        assert (sites.classes, sites.steps) == (int((groups % 3).max()) + 1, 300)


def test_ink_is_what_is_darker_than_four_tenths():
    image = torch.zeros(1, 1, 20, 20)
    image[0, 0, 3:11, 5:13] = 0.41
    image[0, 0, 15, 15] = 0.39
    assert framed(image).tolist() == [[1.0] * 64]
    assert framed(image, size=4).shape == (1, 16)
    assert framed(image, ink=0.38).mean() < 1


def test_distortions_are_their_formula_with_numbers_of_the_generator():
    rows = torch.rand(5, 36, generator=generator(3))
    for strength in (0.5, 1.0):
        draws = generator(1)
        fade, light = strength * torch.rand(2, 5, 1, generator=draws)
        noise = 0.2 * strength * torch.randn(5, 36, generator=draws)
        faded = rows * (1 - fade / 2) + 0.4 * light + noise
        assert torch.allclose(fade_images(rows, strength, generator(1)), faded, atol=1e-6)
        draws = generator(1)
        gain, offset = strength * torch.randn(2, 36, generator=draws)
        noise = 0.2 * strength * torch.randn(5, 36, generator=draws)
        expected = rows * torch.exp(gain / 2) + offset / 2 + noise
        assert torch.allclose(distort_columns(rows, strength, generator(1)), expected, atol=1e-6)
        draws = generator(1)
        images = rows.view(5, 1, 6, 6)
        blur = nn.functional.avg_pool2d(images, 3, 1, 1)
        images = images.lerp(blur, strength * torch.rand(5, 1, 1, 1, generator=draws))
        down, right = torch.randint(-1, 2, (2,), generator=draws).tolist()
        shifted = images.roll((down, right), (2, 3)).flatten(1)
        expected = fade_images(shifted, strength, draws)
        found = distort_images(rows, strength, generator(1), size=6)
        assert torch.allclose(found, expected, atol=1e-6)


def layers(net, kind):
    return [part for part in net.modules() if isinstance(part, kind)]


def test_networks_have_the_layers_that_are_said():
    for net in (dense(7, 4), convolutional(64, 4)):
        widths = [
            (part.in_features, part.out_features) for part in layers(net.classifier, nn.Linear)
        ]
        assert widths == [(32, 4)]
        critic = [(part.in_features, part.out_features) for part in layers(net.critic, nn.Linear)]
        assert critic == [(32, 32), (32, 1)]
    shapes = [
        (part.in_features, part.out_features) for part in layers(dense(7, 4).features, nn.Linear)
    ]
    assert shapes == [(7, 128), (128, 64), (64, 32)]
    net = convolutional(100, 4)
    kernels = [(c.in_channels, c.out_channels, c.kernel_size) for c in layers(net, nn.Conv2d)]
    assert kernels == [(1, 16, (3, 3)), (16, 32, (3, 3))]
    assert layers(net.features, nn.Linear)[0].in_features == 32 * 2 * 2
    assert len(layers(net, nn.BatchNorm2d)) == 2
    assert net(torch.rand(3, 100)).shape == (3, 4)


def test_columns_that_never_change_stay_finite_and_targets_are_scaled_like_the_source():
    data = table()
    data.x[:, 2] = 7.0
    sites = two_sites(data, 3)
    assert sites.x.isfinite().all()
    assert not sites.x[:, 2].any()
    mean, spread = data.x[:30].mean(0), data.x[:30].std(0)
    spread[2] = 1
    rest = (data.x[sites.rows] - mean) / spread
    assert torch.allclose(sites.test, rest, atol=1e-5)
    assert sites.distort is distort_columns
    order = torch.randperm(40, generator=generator(3, 7)) + 30
    assert torch.equal(sites.rows, order[20:])
    assert torch.allclose(sites.pool, ((data.x[order[:20]] - mean) / spread), atol=1e-5)


def test_rows_without_a_label_are_neither_learnt_from_nor_scored():
    data = table()
    data.y[:5], data.y[40:60] = -1, -1
    sites = two_sites(data, 0)
    assert len(sites.x) == 25
    assert sites.y.min() >= 0
    assert sites.truth.min() >= 0
    assert sites.hidden.min() >= 0
    assert len(sites.pool) == 20
    for changed in ({"y": data.y.float()}, {"y": None}, {"groups": None}):
        with pytest.raises(ValueError, match="^two_sites: expected a class for the rows"):
            two_sites(replace(data, **changed), 0)
    with pytest.raises(ValueError, match="found none in one of them"):
        two_sites(replace(data, y=torch.where(data.groups == 0, -1, data.y)), 0)
    assert len(two_sites(table((20, 20)), 0).x) == 20
    wide = Table(torch.rand(70, 2, 6, 6), data.y, [], data.classes, groups=data.groups)
    assert two_sites(wide, 0).distort is distort_columns
    tall = Table(torch.rand(70, 1, 6, 5), data.y, [], data.classes, groups=data.groups)
    assert two_sites(tall, 0).x.shape[1] == 30
