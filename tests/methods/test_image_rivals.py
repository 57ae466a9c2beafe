import numpy as np
import pytest
import torch
from scipy.ndimage import shift
from skimage.feature import graycomatrix, graycoprops
from sklearn.ensemble import RandomForestClassifier

from helpers.methods import image_rivals
from helpers.methods.image_rivals import (
    SMALL,
    convolutional,
    forest_on_a_handful,
    handful,
    with_shifts,
    with_turns,
)
from helpers.methods.rivals import Rival, choose
from helpers.models.vgg import VGG
from helpers.train.schedule import one_cycle

SHAPE = (3, 8, 8)


def stripes(n=90):
    """Noise whose three classes differ in how fast it changes to the right."""
    draw = torch.Generator().manual_seed(0)
    y = torch.arange(n) % 3
    wave = torch.arange(8) * torch.tensor([0.3, 1.0, 2.0])[y][:, None] + torch.rand(
        (n, 1), generator=draw
    )
    x = wave.sin()[:, None, None].expand(n, *SHAPE) * 0.4 + 0.5
    return (x + 0.05 * torch.rand((n, *SHAPE), generator=draw)).clamp(0, 1).flatten(1), y


def test_the_step_to_the_right_is_scikit_image_s_dissimilarity():
    levels = torch.randint(0, 256, (1, 8, 8), generator=torch.Generator().manual_seed(0))
    image = levels[:, None].expand(1, *SHAPE) / 255
    counts = graycomatrix(levels[0].numpy().astype(np.uint8), [1], [0, np.pi / 2])
    right, down = graycoprops(counts, "dissimilarity")[0] / 255
    found = handful(image.flatten(1), SHAPE)[0]
    assert np.allclose(found[[6, 7]], [down, right], atol=1e-5)


def test_a_flat_image_has_no_texture_and_the_order_of_pixels_matters():
    flat = handful(torch.full((1, 192), 0.3), SHAPE)[0]
    assert np.allclose(flat[:3], 0.3)
    assert np.allclose(flat[3:], 0, atol=1e-3)
    x, _ = stripes()
    mixed = x[:, torch.randperm(192, generator=torch.Generator().manual_seed(0))]
    assert not np.allclose(handful(x, SHAPE)[:, 6:8], handful(mixed, SHAPE)[:, 6:8], atol=0.02)


def test_both_learn_and_the_forest_is_scikit_learn_s():
    x, y = stripes()
    train, valid = torch.arange(60), torch.arange(60, 90)
    small = convolutional(lambda c: VGG((8, "pool", 8), c, norm=True, small=True), SHAPE)
    for rival in (small, forest_on_a_handful(SHAPE)):
        fitted = choose(rival, x, y, train, valid, classes=3)
        assert (fitted.predict(x[valid]) == y[valid]).float().mean() > 0.9
    theirs = RandomForestClassifier(50, min_samples_leaf=fitted.setting, random_state=0)
    theirs.fit(handful(x[train], SHAPE), y[train])
    assert fitted.predict(x[valid]).tolist() == theirs.predict(handful(x[valid], SHAPE)).tolist()


def test_shuffled_labels_teach_nothing():
    x, y = stripes()
    train, valid = torch.arange(60), torch.arange(60, 90)
    mixed = y[torch.randperm(90, generator=torch.Generator().manual_seed(3))]
    rival = forest_on_a_handful(SHAPE)
    fitted = choose(rival, x, mixed, train, valid, classes=3)
    assert (fitted.predict(x[valid]) == y[valid]).float().mean() < 0.7


def shown(*, rows=6, copied=with_shifts, **options):
    """What a rival with copies hands to the one inside: training rows, labels, validation rows."""
    x, y = stripes(rows)
    inside = Rival(lambda train, valid, *rest: (*train, *valid, *rest), "C", (1, 3))
    rival = copied(inside, SHAPE, **options)
    return x, y, rival, rival.learn((x, y), (x[:2], y[:2]), 3, 1, 0)


def test_the_copies_are_scipy_s_shifts():
    x, _, _, (seen, *_) = shown()
    moves = [(0, 0), (1, 0), (-1, 0), (0, 1), (0, -1)]
    theirs = [shift(x.reshape(-1, *SHAPE), (0, 0, *move), order=0) for move in moves]
    assert np.array_equal(seen.reshape(-1, *SHAPE), np.concatenate(theirs))
    assert not torch.equal(seen[:6], seen[6:12])


def test_labels_go_with_the_copies_and_nothing_else_is_changed():
    x, y, rival, (_, labels, valid, of_valid, *rest) = shown()
    assert labels.tolist() == y.tolist() * 5
    assert torch.equal(valid, x[:2])
    assert torch.equal(of_valid, y[:2])
    assert rest == [3, 1, 0]
    assert (rival.name, rival.settings) == ("C", (1, 3))


def test_copies_that_are_shifted_by_nothing_are_the_image_five_times():
    x, _, _, (seen, *_) = shown(pixels=0)
    assert torch.equal(seen, x.repeat(5, 1))
    x, _, _, (seen, *_) = shown(pixels=2)
    theirs = shift(x.reshape(-1, *SHAPE), (0, 0, 2, 0), order=0)
    assert np.array_equal(seen[6:12].reshape(-1, *SHAPE), theirs)


def test_the_turns_are_numpy_s_and_eight_of_them_differ():
    x, y, _, (seen, labels, valid, *_) = shown(copied=with_turns)
    images = x.reshape(-1, *SHAPE).numpy()
    theirs = [np.rot90(images, k, (2, 3)) for k in range(4)]
    theirs += [np.rot90(np.flip(images, 3), k, (2, 3)) for k in range(4)]
    assert np.array_equal(seen.reshape(-1, *SHAPE), np.concatenate(theirs))
    assert labels.tolist() == y.tolist() * 8
    assert torch.equal(valid, x[:2])
    lopsided = torch.arange(192.0)[None]
    inside = Rival(lambda train, *rest: train[0], "C", (1,))
    turned = with_turns(inside, SHAPE).learn((lopsided, y[:1]), None, 3, 1, 0)
    assert len(turned.unique(dim=0)) == 8


def test_images_that_are_not_square_are_not_turned():
    with pytest.raises(ValueError, match="expected square images, found .3, 8, 4."):
        with_turns(Rival(None, "C", (1,)), (3, 8, 4))


def test_thirteen_numbers_are_as_numpy_counts_them():
    from scipy.stats import skew

    x = torch.rand((5, 3, 12, 8), generator=torch.Generator().manual_seed(0))
    found, image = handful(x.flatten(1), (3, 12, 8)), x.double().numpy()
    grey = image.mean(1)
    expected = [
        *image.mean((2, 3)).T, *image.std((2, 3), ddof=1).T,
        abs(np.diff(grey, axis=1)).mean((1, 2)), abs(np.diff(grey, axis=2)).mean((1, 2)),
        abs(np.diff(grey, n=2, axis=2)).mean((1, 2)), skew(grey.reshape(5, -1), axis=1),
        grey[:, 3:-3, 2:-2].mean((1, 2)) - grey.mean((1, 2)),
    ]  # fmt: skip
    assert found == pytest.approx(np.stack(expected, 1), abs=1e-5)
    uneven = handful(1e-3 * x.flatten(1), (3, 12, 8))
    assert uneven[:, 9] == pytest.approx(found[:, 9], abs=1e-3)  # in any unit of light


def test_what_is_tried_and_for_how_long(monkeypatch):
    seen = []
    monkeypatch.setattr(
        image_rivals, "fit", lambda *given, **options: seen.append((given, options))
    )
    rival = convolutional(lambda k: torch.nn.Flatten(), SHAPE)
    assert (rival.name, rival.settings) == ("rate", (0.003, 0.01, 0.03))
    assert forest_on_a_handful(SHAPE).budget == "leaf 1, 2, 4"
    for rows, epochs in ((18, 130), (64, 130), (65, 128), (640, 13), (2000, 8)):
        data = torch.rand(rows, 192), torch.zeros(rows).long()
        net = rival.learn(data, data, 3, 0.02, 4)
        (model, given), options = seen[-1]
        assert model is net
        assert given is data
        assert options["epochs"] == epochs
        assert (options["lr"], options["seed"], options["progress"]) == (0.02, 4, False)
        assert options["schedule"](0.4) == one_cycle()(0.4)
        assert net[0](data[0][:2]).shape == (2, *SHAPE)
    other = convolutional(lambda k: torch.nn.Flatten(), SHAPE, epochs=20, rates=[0.1])
    other.learn(data, data, 3, 0.1, 0)
    assert (seen[-1][1]["epochs"], other.settings) == (20, (0.1,))


def kernels(net):
    found = [part for part in net.modules() if isinstance(part, torch.nn.Conv2d)]
    return [(c.in_channels, c.out_channels, c.kernel_size[0], c.groups) for c in found]


def test_the_small_networks_have_these_layers():
    nets = {name: make(7) for name, make in SMALL.items()}
    x = torch.rand(2, 3, 32, 32)
    assert all(net.eval()(x).shape == (2, 7) for net in nets.values())
    assert kernels(nets["VGG"]) == [(3, 16, 3, 1), (16, 32, 3, 1), (32, 32, 3, 1)]
    plain = kernels(nets["ResNet"])
    assert plain[0][:2] == (3, 16)
    assert [c[1] for c in plain if c[2] == 3] == [16, 16, 16, 32, 32]
    grouped = [c for c in kernels(nets["ResNeXt"]) if c[3] > 1]
    assert grouped == [(8, 8, 3, 4), (16, 16, 3, 4)]
    assert kernels(nets["ResNeXt"])[0][1] == 8
    grown = [c for c in kernels(nets["DenseNet"]) if c[2] == 3]
    assert [c[1] for c in grown] == [16] + [8] * 6
    depthwise = [c[:3] for c in kernels(nets["EfficientNet"]) if c[3] > 1]
    assert [c[2] for c in depthwise] == [3, 3, 3, 5]
    assert [c[0] for c in depthwise][1:] == [4 * 16, 4 * 24, 4 * 24]
