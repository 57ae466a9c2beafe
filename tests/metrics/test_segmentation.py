import numpy as np
import pytest
import torch
from hypothesis import given, seed, settings
from hypothesis import strategies as st
from monai.losses import DiceLoss
from monai.metrics import compute_surface_dice
from torch.nn.functional import cross_entropy, one_hot
from torchmetrics.functional import f1_score, jaccard_index

from helpers.metrics.segmentation import dice, dice_per_image, iou, soft_dice_loss, surface_dice


def maps(number=0, classes=3, shape=(2, 12, 10)):
    draws = torch.Generator().manual_seed(number)
    return tuple(torch.randint(classes, shape, generator=draws) for _ in range(2))


def blobs(shift=0):
    y, x = torch.meshgrid(torch.arange(24.0), torch.arange(20.0), indexing="ij")
    return (y - 11 - shift) ** 2 / 40 + (x - 9 + shift) ** 2 / 25 < 1


@seed(0)
@settings(max_examples=40, deadline=None)
@given(
    number=st.integers(0, 10**6),
    classes=st.integers(2, 20),
    shape=st.sampled_from([(1, 3), (2, 4, 5), (1, 3, 4, 2)]),
    kind=st.sampled_from([torch.uint8, torch.int8, torch.int32, torch.int64]),
    ignore=st.sampled_from([None, 0, 255, -1]),
)
def test_overlap_is_torchmetrics_or_absent(number, classes, shape, kind, ignore):
    p, t = maps(number, classes, shape)
    if ignore is not None and ignore != 0:
        t.flatten()[::4] = ignore
    kind = torch.int64 if t.min() < 0 or t.max() > 100 else kind
    keep = t != ignore if ignore is not None else torch.ones_like(t, dtype=torch.bool)
    if not keep.any():
        return
    there = torch.isin(torch.arange(classes), torch.cat([p[keep], t[keep]]))
    for ours, theirs in ((dice, f1_score), (iou, jaccard_index)):
        expected = theirs(p[keep], t[keep], "multiclass", num_classes=classes, average="none")
        found = ours(p.to(kind), t.to(kind), classes, ignore=ignore)
        assert torch.equal(~found.isnan(), there)
        assert torch.allclose(found[there].float(), expected[there])


def test_overlap_changes_with_the_target_and_iou_follows_from_dice():
    p, t = maps()
    d = dice(p, t, 3)
    assert not torch.allclose(d, dice(p, t.flip(1), 3))
    assert torch.allclose(iou(p, t, 3), d / (2 - d))
    assert not torch.allclose(iou(p, t, 3), d)


def test_scores_are_turned_into_classes_and_absent_classes_are_nan():
    p, t = maps()
    scores = one_hot(p, 4).movedim(-1, 1)
    for score in (dice, iou):
        assert torch.equal(score(scores, t, 4)[:3], score(p, t, 3))
        assert bool(score(scores, t, 4)[3].isnan())


@pytest.mark.parametrize("score", [dice, iou])
def test_bad_maps_are_one_sentence(score):
    p, t = maps()
    for call, sentence in (
        (lambda: score(p[0], t, 3), r"target's \(2, 12, 10\), .* found \(12, 10\)"),
        (lambda: score(p, t.where(t > 0, 255), 3), "0 to 2 as target, found 255; a label"),
        (lambda: score(p, t.where(t > 0, -1), 3), "0 to 2 as target, found -1; a label"),
        (lambda: score(p + 1, t, 3), "0 to 2 as prediction, found 3"),
        (lambda: score(p.float(), t, 3), "whole class numbers as prediction"),
        (lambda: score(torch.randn(2, 4, 12, 10), t, 3), "expected 3 scores, found 4"),
        (lambda: score(torch.full((2, 3, 12, 10), torch.nan), t, 3), "no NaN as scores"),
    ):
        with pytest.raises(ValueError, match=f"{score.__name__}: .*{sentence}"):
            call()


def monais(scores, target, smooth):
    loss = DiceLoss(softmax=True, to_onehot_y=True, batch=True, smooth_nr=smooth, smooth_dr=smooth)
    return loss(scores, target[:, None])


@pytest.mark.parametrize("smooth", [1e-5, 1.0])
def test_soft_dice_is_monais(smooth):
    scores = torch.randn(
        2, 3, 12, 10, generator=torch.Generator().manual_seed(1), requires_grad=True
    )
    target = maps()[1]
    expected = monais(scores, target, smooth)
    mine = soft_dice_loss(scores, target, smooth=smooth)
    assert torch.allclose(mine, expected, atol=1e-6)
    gradients = [torch.autograd.grad(loss, scores)[0] for loss in (mine, expected)]
    assert torch.allclose(*gradients, atol=1e-7)
    assert not torch.allclose(mine, cross_entropy(scores, target), atol=1e-2)


@pytest.mark.parametrize("kind", [torch.float16, torch.bfloat16, torch.float64])
def test_half_precision_sums_do_not_overflow(kind):
    """65,536 pixels are more than float16 counts to: the loss had been 1.0 for .497."""
    g = torch.Generator().manual_seed(0)
    scores = torch.randn(4, 2, 192, 192, generator=g).to(kind)
    target = torch.randint(2, (4, 192, 192), generator=g, dtype=torch.uint8)
    mine = soft_dice_loss(scores, target)
    assert float(mine) == pytest.approx(float(monais(scores.double(), target, 1e-5)), abs=1e-5)
    assert mine.dtype == (torch.float64 if kind == torch.float64 else torch.float32)


@pytest.mark.parametrize("label", [255, -100])
def test_ignored_pixels_enter_no_sum(label):
    scores = torch.randn(1, 3, 40, generator=torch.Generator().manual_seed(1), requires_grad=True)
    target = maps(shape=(1, 40))[1]
    target[:, ::3] = label
    mine = soft_dice_loss(scores, target, ignore=label)
    keep = target[0] != label
    assert torch.allclose(mine, soft_dice_loss(scores[..., keep], target[:, keep]))
    assert not torch.allclose(mine, soft_dice_loss(scores, target.where(target != label, 0)))
    (gradient,) = torch.autograd.grad(mine, scores)
    assert (gradient[..., ~keep] == 0).all()
    with pytest.raises(ValueError, match=f"soft_dice_loss: .* 0 to 2 as target, found {label}"):
        soft_dice_loss(scores, target)


def test_targets_of_another_shape_or_type_are_refused():
    scores = torch.zeros(2, 3, 4)
    for target in (torch.zeros(2, 1, 4).long(), torch.zeros(2, 4)):
        with pytest.raises(
            ValueError, match=r"whole class numbers \(B, ...\), found \(2, 3, 4\) and"
        ):
            soft_dice_loss(scores, target)


@pytest.mark.parametrize("tolerance", [0.0, 1.0, 1.5, 2.0])
@pytest.mark.parametrize("rolled", [0, 9])
def test_surface_dice_is_monais(tolerance, rolled):
    a, b = blobs().roll(rolled, 0), blobs(2)
    expected = compute_surface_dice(
        a[None, None].float(), b[None, None].float(), [tolerance], include_background=True
    )
    found = surface_dice(a, b, tolerance=tolerance)
    assert float(found) == pytest.approx(float(expected[0, 0]))
    assert float(surface_dice(a, b, tolerance=tolerance + 3)) > float(found)


def test_surface_dice_of_volumes_is_monais():
    a = torch.stack([blobs(), blobs(), blobs(1), torch.zeros_like(blobs())])
    b = a.roll(1, 2)
    expected = compute_surface_dice(
        a[None, None].float(), b[None, None].float(), [0.5], include_background=True
    )
    assert float(surface_dice(a, b, tolerance=0.5)) == pytest.approx(float(expected[0, 0]))


def test_outlines_that_agree_and_outlines_that_are_missing():
    nothing = torch.zeros_like(blobs())
    assert float(surface_dice(blobs(), blobs(), tolerance=0)) == 1
    assert float(surface_dice(blobs(), nothing)) == float(surface_dice(nothing, blobs())) == 0
    assert bool(surface_dice(nothing, nothing).isnan())


def test_large_outlines_take_little_memory():
    import tracemalloc

    board = (torch.arange(400)[:, None] + torch.arange(400)) % 2 == 0
    tracemalloc.start()
    assert float(surface_dice(board, ~board)) == 1
    assert tracemalloc.get_traced_memory()[1] < 30e6  # all pairs of 80,000 pixels: 51 GB
    tracemalloc.stop()


@pytest.mark.parametrize(
    ("a", "b", "tolerance", "sentence"),
    [
        (blobs(), blobs().float(), 1, "two masks of bool .* and torch.float32"),
        (blobs(), blobs()[1:], 1, r"of one shape, found torch.bool \(24, 20\) and torch.bool \(23"),
        (blobs(), blobs(), -1, "tolerance of 0 or more, found -1"),
        (blobs(), blobs(), np.nan, "tolerance of 0 or more, found nan"),
    ],
)
def test_bad_masks_are_one_sentence(a, b, tolerance, sentence):
    with pytest.raises(ValueError, match=f"surface_dice: expected .*{sentence}"):
        surface_dice(a, b, tolerance=tolerance)


def test_dice_of_each_image_is_the_mean_over_what_occurs_in_it():
    found, true = maps(3, 4, (6, 9, 7))
    found[0], true[0] = 0, 0
    found[1][found[1] == 3], true[1][true[1] == 3] = 0, 0
    each = dice_per_image(found, true, 4)
    assert each[0] == 1.0
    assert each[1] == pytest.approx(float(dice(found[1:2], true[1:2], 4)[1:3].mean()))
    for score, ours, theirs in zip(each[2:], found[2:], true[2:]):
        by_library = f1_score(
            ours.flatten(), theirs.flatten(), "multiclass", num_classes=4, average="none"
        )
        assert score == pytest.approx(float(by_library[1:].mean()), abs=1e-6)
    assert dice_per_image(found, true.flip(1), 4)[2:] != each[2:]


@pytest.mark.parametrize("tolerance", [1, 1000])
def test_an_outline_has_no_distance_to_nothing(tolerance):
    """SciPy measures to a place outside the image where there is nothing to measure to."""
    corner, nothing = torch.zeros(2, 6, 6, dtype=torch.bool)
    corner[0, 0] = True
    assert surface_dice(corner, nothing, tolerance=tolerance) == 0
    assert surface_dice(nothing, corner, tolerance=tolerance) == 0


def test_one_pixel_is_agreement_if_nothing_is_said():
    a = blobs()
    one, two = a.roll(1, 0), a.roll(2, 0)
    assert surface_dice(a, one) == surface_dice(a, one, tolerance=1.0) == 1
    assert surface_dice(a, two) == surface_dice(a, two, tolerance=1) < 1


@pytest.mark.parametrize("score", [dice, iou])
@pytest.mark.parametrize("classes", [0, -1, 2.0, "2", 10_001])
def test_a_number_of_classes_is_whole_and_not_too_large(score, classes):
    p, t = (x.clamp(max=0) for x in maps())
    assert score(p, t, 1).tolist() == [1]
    with pytest.raises(ValueError, match=f"^{score.__name__}: expected a whole number of classes"):
        score(p, t, classes)


def test_a_mask_too_few_is_one_sentence():
    p, t = maps()
    with pytest.raises(ValueError, match="as many masks on both sides, found 2 and 1$"):
        dice_per_image(p, t[:1], 3)


def test_a_class_that_is_nowhere_counts_as_right_in_the_loss():
    scores = torch.tensor([[40.0, -40.0, -40.0], [-40.0, 40.0, -40.0]], dtype=torch.float64)
    assert float(soft_dice_loss(scores, torch.tensor([0, 1]))) == pytest.approx(0, abs=1e-12)
    assert soft_dice_loss(scores, torch.tensor([0, 0])) == soft_dice_loss(
        scores, torch.tensor([0, 0]), smooth=1e-5
    )


def test_what_stands_where_nothing_counts_may_be_anything():
    scores = torch.randn(1, 2, 3, generator=torch.Generator().manual_seed(0))
    target = torch.tensor([[0, 255, 1]])
    bad = scores.clone()
    bad[..., 1] = torch.nan
    assert soft_dice_loss(bad, target, ignore=255) == soft_dice_loss(scores, target, ignore=255)


@pytest.mark.parametrize(
    ("scores", "target"),
    [
        (torch.zeros(4), torch.zeros(4).long()),
        (torch.zeros(2, 3, 4).to(torch.complex64), torch.zeros(2, 4).long()),
        (torch.zeros(2, 3, 4), torch.zeros(2, 3).long()),
    ],
)
def test_scores_that_are_none_are_one_sentence(scores, target):
    with pytest.raises(ValueError, match="^soft_dice_loss: expected scores .* found"):
        soft_dice_loss(scores, target)


def test_a_loss_asks_for_classes_that_have_a_score():
    with pytest.raises(ValueError, match="^soft_dice_loss: .* 0 to 2 as target, found 3"):
        soft_dice_loss(torch.zeros(1, 3, 2), torch.tensor([[3, 0]]))
    assert soft_dice_loss(torch.zeros(0, 3, 2), torch.zeros(0, 2).long()) == 0


def test_masks_need_a_pixel_and_a_tolerance_that_is_a_number():
    with pytest.raises(ValueError, match="^surface_dice: expected two masks"):
        surface_dice(torch.zeros(0, 3, dtype=torch.bool), torch.zeros(0, 3, dtype=torch.bool))
    with pytest.raises(ValueError, match="tolerance of 0 or more, found '1'"):
        surface_dice(blobs(), blobs(), tolerance="1")
