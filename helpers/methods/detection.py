"""Train and use a one-stage detector (survey 4.3.2; chapter 4-models/object-detection)."""

from dataclasses import dataclass

import torch
from torch.nn.functional import binary_cross_entropy_with_logits, smooth_l1_loss

from helpers.metrics.boxes import Found, iou, nms_by_class
from helpers.metrics.detection import ranked
from helpers.models.anchors import anchor_grid, decode, encode
from helpers.train.loop import fit, predict
from helpers.train.schedule import one_cycle
from helpers.train.steps import Step


def assign(anchors, boxes, labels, high=0.5, low=0.4):
    """Which box each anchor has to find (Ren et al. 2015, section 3.1.2; Lin et al. 2017).

    An anchor gets the box that it overlaps most, if its IoU is at least `high`; below `low` it is
    background; between them it is left out of the loss. The best anchors of a box get it always.

    Parameters
    ----------
    anchors : tensor (A, 4)
    boxes : tensor (B, M, 4)
    labels : int64 tensor (B, M), -1 where there is no box
    high, low : floats

    Returns
    -------
    int64 tensor (B, A): number of the box, -1 for background, -2 for left out.
    """
    overlaps = iou(boxes, anchors)  # (B, M, A)
    overlaps = overlaps.masked_fill((labels < 0)[..., None], -1.0)
    best, box = overlaps.max(1)
    found = torch.where(best >= high, box, torch.where(best < low, -1, -2))
    top = overlaps.amax(2, keepdim=True)
    forced = ((overlaps == top) & (top > 0)).any(1)
    return torch.where(forced, box, found)


def focal_loss(logits, target, gamma=2.0, alpha=0.25):
    r"""Cross-entropy in which what is already right counts little (Lin et al. 2017, eq. 5).

    .. math:: \mathrm{FL}(p_t) = -\alpha_t\,(1 - p_t)^\gamma \log p_t

    Parameters
    ----------
    logits, target : tensors of one shape
        Scores before the sigmoid; 0 or 1.
    gamma : float >= 0
        0 makes it cross-entropy, weighted by `alpha`.
    alpha : float in 0..1 or None
        Weight of the ones, 1 - `alpha` that of the zeros; None weighs both by one.

    Returns
    -------
    tensor of that shape, not yet averaged
    """
    plain = binary_cross_entropy_with_logits(logits, target, reduction="none")
    sure = torch.exp(-plain)  # p_t, the probability of what is true
    weight = 1.0 if alpha is None else alpha * target + (1 - alpha) * (1 - target)
    return weight * (1 - sure) ** gamma * plain


class DetectionLoss(Step):
    """Objectness at every anchor, class and box at those that have one.

    Parameters
    ----------
    anchors : tensor (A, 4)
    classes : int
    gamma, alpha
        As in `focal_loss`; ``gamma=0, alpha=None`` is plain cross-entropy.
    """

    memory = ("anchors",)

    def __init__(self, anchors, classes, gamma=2.0, alpha=0.25):
        self.anchors, self.classes, self.gamma, self.alpha = anchors, classes, gamma, alpha

    def __call__(self, model, batch):
        """The loss of images (B, 3, H, W), boxes (B, M, 4) and labels (B, M)."""
        x, boxes, labels = batch
        told = model(x)  # (B, A, 5 + K)
        whose = assign(self.anchors, boxes, labels)
        held = whose >= 0
        image, place = held.nonzero(as_tuple=True)
        box, label = boxes[image, whose[held]], labels[image, whose[held]]
        each = focal_loss(told[..., 4], held.float(), self.gamma, self.alpha)
        objectness = each[whose > -2].sum()
        kinds = torch.nn.functional.one_hot(label, self.classes).float()
        kind = binary_cross_entropy_with_logits(told[held][:, 5:], kinds, reduction="sum")
        code = encode(box, self.anchors[place])
        where = smooth_l1_loss(told[held][:, :4], code, beta=0.1, reduction="sum")
        return (objectness + kind + where) / held.sum().clamp(min=1)


def detect(model, x, anchors, least=0.05, overlap=0.5, most=100):
    """The boxes that a trained detector finds.

    Parameters
    ----------
    model : helpers.models.detector.Detector
    x : tensor (N, 3, H, W)
    anchors : tensor (A, 4)
    least : float
        Boxes with smaller scores are dropped.
    overlap : float
        For `nms`, class by class.
    most : int
        Boxes an image.

    Returns
    -------
    list of N Found; a score is objectness times the probability of the class.
    """
    return [one_image(told, anchors, least, overlap, most) for told in predict(model, x)]


def one_image(told, anchors, least, overlap, most):
    """Decode and suppress one image.

    Parameters
    ----------
    told : tensor (A, 5 + K), what the network says.
    anchors, least, overlap, most
        As in `detect`.
    """
    sure, label = (told[:, 4:5].sigmoid() * told[:, 5:].sigmoid()).max(1)
    some = sure.argsort(descending=True)[: 4 * most]
    some = some[sure[some] >= least]
    found = Found(decode(told[some, :4], anchors[some]), label[some], sure[some])
    kept = nms_by_class(found, overlap)
    kept = kept[found.scores[kept].argsort(descending=True)][:most]
    return Found(*(part[kept] for part in found))


def mirrored(batch, generator):
    """Each image as it is, or mirrored left to right, or top to bottom, with its boxes.

    Parameters
    ----------
    batch : (x, boxes, labels)
    generator : torch.Generator
    """
    x, boxes, labels = batch
    for axis, side in ((0, x.shape[3]), (1, x.shape[2])):
        turn = torch.rand(len(x), generator=generator, device=generator.device) < 0.5
        turn = turn.to(x.device)
        x = torch.where(turn[:, None, None, None], x.flip(3 - axis), x)
        other = boxes.clone()
        other[..., axis] = side - boxes[..., axis + 2]
        other[..., axis + 2] = side - boxes[..., axis]
        boxes = torch.where(turn[:, None, None], other, boxes)
    return x, boxes, labels


def anchor_sizes(boxes, labels, count=3):
    """Sides for the anchors of a pyramid, from the boxes of the training images.

    Evenly spaced on a logarithmic scale between the 3rd and the 97th percentile of the root of
    the boxes' areas. (YOLOv3 clusters the boxes instead.)

    Parameters
    ----------
    boxes : tensor (N, M, 4)
    labels : int64 tensor (N, M), -1 where there is no box
    count : int
        Maps of the pyramid.

    Returns
    -------
    list of floats, smallest first
    """
    sides = (boxes[..., 2:] - boxes[..., :2])[labels >= 0].clamp(min=1)
    low, high = sides.log().mean(1).quantile(torch.tensor([0.03, 0.97]))
    return torch.linspace(low, high, count).exp().tolist()


def learn_detector(model, x, boxes, labels, *, classes, lr, epochs, seed=0, batch=8, **loss):
    """Train a detector on images with boxes.

    Parameters
    ----------
    model : helpers.models.detector.Detector
        Trained in place.
    x, boxes, labels : tensors (N, 3, H, W), (N, M, 4), (N, M)
    classes, epochs, seed, batch : int
    lr : float
        Highest learning rate of one cycle.
    **loss
        ``gamma`` and ``alpha`` of `DetectionLoss`.

    Returns
    -------
    anchors : tensor (A, 4), for `detect`
    history : History
    """
    anchors = anchor_grid(x.shape[2:], model.strides, anchor_sizes(boxes, labels))
    history = fit(
        model, (x, boxes, labels), step=DetectionLoss(anchors, classes, **loss), epochs=epochs,
        lr=lr, schedule=one_cycle(), batch_size=batch, transform=mirrored, clip=10.0, seed=seed,
        device="cpu",
    )  # fmt: skip
    return anchors, history


def choose_bars(found, truth, classes):
    """For each class the score from which on answers count, chosen on images kept for that.

    Parameters
    ----------
    found, truth : lists of Found
        Of validation images.
    classes : int

    Returns
    -------
    bars : tensor (classes,), of 0.05, 0.1 ... 0.9 those with the best F1
    score : tensor (classes,), that F1, over the boxes of all images
    """
    tried, bars, best = torch.linspace(0.05, 0.9, 18), [], []
    for label in range(classes):
        scores, right, boxes = ranked(found, truth, label)
        above = scores >= tried[:, None]
        f1 = 2 * (above & right).sum(1) / (above.sum(1) + boxes).clamp(min=1)
        bars.append(tried[f1.argmax()])
        best.append(f1.max())
    return torch.stack(bars), torch.stack(best)


def scaled(found, bars):
    """The same boxes, with scores in units in which each class's bar becomes a half.

    Parameters
    ----------
    found : list of Found
    bars : tensor (classes,)
    """
    of = [bars[one.labels] for one in found]
    return [one._replace(scores=one.scores / (one.scores + bar)) for one, bar in zip(found, of)]


def choose_detector(make, rates, train, valid, *, classes, epochs, seed=0, least=0.05, **loss):
    """Train with each learning rate; keep the network with the best F1 on the validation images.

    Parameters
    ----------
    make : callable () -> helpers.models.detector.Detector
    rates : sequence of float
    train, valid : (x, boxes, labels) and (x, list of Found)
        The second with what `reference` makes of boxes and labels.
    classes, epochs, seed : int
    least : float
        As in `detect`, on validation images and in use. Average precision reads all answers
        above it; F1, for which thresholds from 0.05 on are tried, does not see a lower one.
    **loss
        As in `learn_detector`.

    Returns
    -------
    Trained
    """
    best = None
    for lr in rates:
        torch.manual_seed(seed)
        model = make()
        anchors, history = learn_detector(
            model, *train, classes=classes, lr=lr, epochs=epochs, seed=seed, **loss
        )
        found = detect(model, valid[0], anchors, least)
        bars, score = choose_bars(found, valid[1], classes)
        if best is None or score.mean() > best[0]:
            best = score.mean(), Trained(model, anchors, bars, history, least)
    return best[1]


@dataclass(frozen=True)
class Trained:
    """A detector with what it needs in use.

    Attributes: ``model``; ``anchors`` (A, 4); ``bars`` (classes,), see `choose_bars`; ``history``;
    ``least``, as in `detect`.
    """

    model: torch.nn.Module
    anchors: torch.Tensor
    bars: torch.Tensor
    history: object
    least: float = 0.05

    def __call__(self, x):
        """List of Found, scores from a half on count."""
        return scaled(detect(self.model, x, self.anchors, self.least), self.bars)


def choose_torchvision(make, rates, train, valid, *, classes, epochs, seed=0):
    """As `choose_detector`, for torchvision's Faster R-CNN or RetinaNet.

    Parameters
    ----------
    make : callable () -> `helpers.models.two_stage.TwoStage` or `helpers.models.retinanet.OneStage`
    rates, train, valid, classes, epochs, seed
        As in `choose_detector`.

    Returns
    -------
    callable, images -> list of Found; scores from a half on count.
    """
    best = None
    for lr in rates:
        torch.manual_seed(seed)
        model = make()
        fit(
            model, train, step=lambda model, batch: model(*batch), epochs=epochs, lr=lr,
            schedule=one_cycle(), batch_size=8, transform=mirrored, clip=10.0, seed=seed,
            device="cpu",
        )  # fmt: skip
        found = [Found(*one) for one in model.answers(valid[0])]
        bars, score = choose_bars(found, valid[1], classes)
        if best is None or score.mean() > best[0]:
            best = score.mean(), model, bars
    _, model, bars = best
    return lambda x: scaled([Found(*one) for one in model.answers(x)], bars)
