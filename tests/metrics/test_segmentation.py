import pytest
import torch
from monai.losses import DiceLoss
from monai.metrics import compute_surface_dice
from sklearn.metrics import f1_score
from torchmetrics.functional import jaccard_index

from helpers.metrics.segmentation import boundary, dice, iou, overlap, soft_dice_loss, surface_dice


def maps(seed=0):
    draws = torch.Generator().manual_seed(seed)
    return torch.randint(3, (2, 12, 10), generator=draws), torch.randint(
        3, (2, 12, 10), generator=draws
    )


def blobs(shift=0):
    y, x = torch.meshgrid(torch.arange(24.0), torch.arange(20.0), indexing="ij")
    return (y - 11 - shift) ** 2 / 40 + (x - 9 + shift) ** 2 / 25 < 1


def test_dice_is_scikit_learns_f1():
    p, t = maps()
    expected = torch.from_numpy(f1_score(t.flatten(), p.flatten(), average=None))
    assert torch.allclose(dice(p, t, 3), expected)
    assert not torch.allclose(dice(p, t.flip(1), 3), expected)


def test_iou_is_torchmetrics_jaccard_and_follows_from_dice():
    p, t = maps()
    expected = jaccard_index(p, t, task="multiclass", num_classes=3, average="none")
    assert torch.allclose(iou(p, t, 3).float(), expected)
    d = dice(p, t, 3)
    assert torch.allclose(iou(p, t, 3), d / (2 - d))


def test_scores_are_turned_into_classes_and_absent_classes_are_nan():
    p, t = maps()
    scores = torch.nn.functional.one_hot(p, 4).movedim(-1, 1)
    assert torch.equal(dice(scores, t, 4)[:3], dice(p, t, 3))
    assert bool(dice(scores, t, 4)[3].isnan())
    assert [int(c.sum()) for c in overlap(t, t, 3)] == [t.numel()] * 3


@pytest.mark.parametrize("smooth", [1e-5, 1.0])
def test_soft_dice_is_monais(smooth):
    scores = torch.randn(
        2, 3, 12, 10, generator=torch.Generator().manual_seed(1), requires_grad=True
    )
    target = maps()[1]
    theirs = DiceLoss(
        softmax=True, to_onehot_y=True, batch=True, smooth_nr=smooth, smooth_dr=smooth
    )
    expected = theirs(scores, target[:, None])
    mine = soft_dice_loss(scores, target, smooth=smooth)
    assert torch.allclose(mine, expected, atol=1e-6)
    gradients = [torch.autograd.grad(loss, scores)[0] for loss in (mine, expected)]
    assert torch.allclose(*gradients, atol=1e-7)
    assert not torch.allclose(mine, torch.nn.functional.cross_entropy(scores, target), atol=1e-2)


@pytest.mark.parametrize("tolerance", [0.0, 1.0, 2.0])
def test_surface_dice_is_monais(tolerance):
    a, b = blobs(), blobs(2)
    expected = compute_surface_dice(
        a[None, None].float(), b[None, None].float(), [tolerance], include_background=True
    )
    assert torch.allclose(surface_dice(a, b, tolerance=tolerance).float(), expected[0, 0].float())


def test_outlines_that_agree_and_outlines_that_are_missing():
    assert float(surface_dice(blobs(), blobs(), tolerance=0)) == 1
    assert float(surface_dice(blobs(), torch.zeros_like(blobs()))) == 0
    assert bool(surface_dice(torch.zeros_like(blobs()), torch.zeros_like(blobs())).isnan())
    assert int(boundary(blobs()).sum()) < int(blobs().sum())


def test_errors_say_what_was_expected():
    with pytest.raises(ValueError, match=r"\(2, 12, 10\) pixels, found \(12, 10\)"):
        dice(maps()[0][0], maps()[1], 3)
