"""Metrics and splits, given what people give them; each value is counted by hand here."""

import math

import numpy as np
import torch

from helpers.data.splits import group_split, random_split, time_split
from helpers.metrics.classification import accuracy, balanced_accuracy, confusion_matrix, roc_auc
from helpers.metrics.segmentation import dice, iou, soft_dice_loss
from tests.faults.judge import either, equal, refuse, same

TRUE = torch.tensor([0, 0, 1, 1, 2, 2, 2, 1])
GUESS = torch.tensor([0, 1, 1, 1, 2, 0, 2, 2])
SCORES = torch.nn.functional.one_hot(GUESS, 3) * 4.0 - 1
TABLE = [[1, 1, 0], [0, 2, 1], [1, 0, 2]]
RIGHT = 5 / 8
BALANCED = (1 / 2 + 2 / 3 + 2 / 3) / 3
KINDS = (torch.uint8, torch.int8, torch.int16, torch.int32, torch.int64)
nan = math.nan


def is_(value):
    """Check for a number, or a nest of numbers."""
    return lambda found: same(found, value, "score", 1e-6)


def labels():
    for metric, value in ((accuracy, RIGHT), (balanced_accuracy, BALANCED)):
        name = metric.__name__
        yield equal(f"{name} of scores", lambda f, m=metric: m(SCORES, TRUE), is_(value))
        for kind in KINDS:
            yield equal(
                f"{name} {kind}", lambda f, m=metric, k=kind: m(GUESS.to(k), TRUE.to(k)), is_(value)
            )
        forms = {
            "target (N, 1)": (SCORES, TRUE[:, None]), "guess (N, 1)": (GUESS[:, None], TRUE),
            "both (N, 1)": (GUESS[:, None], TRUE[:, None]), "numpy": (GUESS.numpy(), TRUE.numpy()),
            "lists": (GUESS.tolist(), TRUE.tolist()), "float classes": (GUESS.float(), TRUE.float()),
            "float targets": (SCORES, TRUE.double()), "half scores": (SCORES.half(), TRUE),
            "scores with a gradient": (SCORES.clone().requires_grad_(), TRUE),
        }  # fmt: skip
        for form, pair in forms.items():
            yield either(
                f"{name} {form}", lambda f, m=metric, p=pair: m(*p), is_(value), name, "expected"
            )
        wrong = {
            "one target too few": (SCORES, TRUE[:-1]), "no rows": (SCORES[:0], TRUE[:0]), "None": (None, TRUE),
            "NaN scores": (SCORES * nan, TRUE), "text": (["a"] * 8, ["b"] * 8), "swapped": (TRUE, SCORES),
            "one-hot target": (SCORES, SCORES), "labels beyond the scores": (SCORES, TRUE + 5),
            "half classes": (GUESS + 0.5, TRUE), "complex": (SCORES + 0j, TRUE), "a logit (N, 1)": (
                torch.randn(8, 1), TRUE % 2), "0-d": (torch.tensor(1), torch.tensor(1)),
        }  # fmt: skip
        for form, pair in wrong.items():
            yield refuse(f"{name} {form}", lambda f, m=metric, p=pair: m(*p), name, "expected")
        ignored = TRUE.clone()
        ignored[[1, 5]] = -100
        yield either(f"{name} with -100", lambda f, m=metric, t=ignored: m(SCORES, t),
                     is_(5 / 6 if metric is accuracy else (1 + 2 / 3 + 1) / 3), "ignore", "-100")  # fmt: skip


def tables():
    for kind in KINDS:
        yield equal(f"confusion {kind}", lambda f, k=kind: confusion_matrix(
            GUESS.to(k), TRUE.to(k), 3), is_(TABLE))  # fmt: skip
    yield equal("confusion of scores", lambda f: confusion_matrix(SCORES, TRUE, 3), is_(TABLE))
    yield equal("confusion with a class unseen", lambda f: confusion_matrix(GUESS, TRUE, 4), is_(
        [[*row, 0] for row in TABLE] + [[0] * 4]))  # fmt: skip
    for n in (20, 200):
        t = torch.arange(n, dtype=torch.uint8)
        yield equal(
            f"confusion of {n} classes in uint8",
            lambda f, t=t, n=n: confusion_matrix(t, t, n),
            is_(np.eye(n)),
        )
    wrong = {
        "class 3 of 3": (torch.tensor([3, 0, 1]), torch.tensor([0, 0, 1]), 3),
        "target 3 of 3": (torch.tensor([0, 0, 1]), torch.tensor([3, 0, 1]), 3),
        "target -1": (torch.tensor([0, 0]), torch.tensor([-1, 0]), 3), "classes 0": (GUESS, TRUE, 0),
        "classes -1": (GUESS, TRUE, -1), "classes 2.5": (GUESS, TRUE, 2.5), "classes '3'": (GUESS, TRUE, "3"),
        "classes None": (GUESS, TRUE, None), "too few classes": (GUESS, TRUE, 2), "scores of 4": (
            torch.rand(8, 4), TRUE, 3), "other lengths": (GUESS[:3], TRUE, 3),
    }  # fmt: skip
    for name, given in wrong.items():
        for metric in (confusion_matrix, dice, iou):
            yield refuse(f"{metric.__name__} {name}", lambda f, m=metric, g=given: m(*g), "expected", "classes",
                         metric.__name__)  # fmt: skip
    for kind in KINDS:
        yield equal(
            f"dice {kind}",
            lambda f, k=kind: dice(GUESS.to(k), TRUE.to(k), 3),
            is_([0.5, 2 / 3, 2 / 3]),
        )
        yield equal(
            f"iou {kind}", lambda f, k=kind: iou(GUESS.to(k), TRUE.to(k), 3), is_([1 / 3, 0.5, 0.5])
        )
    for void in (255, -1, -100):
        t = TRUE.clone()
        t[0] = void
        for metric in (dice, iou):
            yield refuse(f"{metric.__name__} with {void}", lambda f, m=metric, t=t: m(GUESS, t, 3), "ignore",
                         "expected")  # fmt: skip
    scores = torch.tensor([[2.0, 0.0], [0.0, 1.0], [1.0, 1.0]])
    p = scores.double().softmax(1)
    t = torch.tensor([[1.0, 0.0], [0.0, 1.0], [0.0, 1.0]])
    value = 1 - float(((2 * (p * t).sum(0) + 1e-5) / (p.sum(0) + t.sum(0) + 1e-5)).mean())
    target = torch.tensor([0, 1, 1])
    for kind, gap in (
        (torch.float32, 1e-5),
        (torch.float64, 1e-6),
        (torch.float16, 5e-3),
        (torch.bfloat16, 2e-2),
    ):
        yield equal(f"soft_dice_loss {kind}", lambda f, k=kind: soft_dice_loss(scores.to(k), target),
                    lambda v, g=gap: same(float(v), value, "loss", g))  # fmt: skip
    large = torch.zeros(1, 2, 300, 300, dtype=torch.float16)
    yield equal("soft_dice_loss of 90,000 pixels in float16", lambda f: soft_dice_loss(
        large, torch.zeros(1, 300, 300, dtype=torch.long)), lambda v: same(float(v), 1 - (2 / 3 + 0) / 2, "loss", 1e-2))  # fmt: skip
    for name, t in {"label 2 of 2": target + 1, "label -1": target - 1, "label 255": target + 254,
                    "float": target.float(), "other length": target[:2]}.items():  # fmt: skip
        yield refuse(
            f"soft_dice_loss {name}",
            lambda f, t=t: soft_dice_loss(scores, t),
            "soft_dice_loss",
            "expected",
        )


def areas():
    score, target = torch.tensor([0.1, 0.4, 0.35, 0.8]), torch.tensor([0, 0, 1, 1])
    both = torch.stack([1 - score, score], 1)
    fine = {
        "plain": (score, target, 0.75), "two columns": (both, target, 0.75), "logits": (both.logit(), target, 0.75),
        "float16": (score.half(), target, 0.75), "bool target": (score, target.bool(), 0.75), "ties": (
            torch.ones(4), target, 0.5), "uint8": (torch.tensor([10, 200, 30, 250], dtype=torch.uint8), target, 0.75),
        "integers": (torch.tensor([1, 4, 3, 8]), target, 0.75), "float target": (score, target.float(), 0.75),
        "target (N, 1)": (score, target[:, None], 0.75), "score (N, 1)": (score[:, None], target, 0.75),
        "numpy": (score.numpy(), target.numpy(), 0.75), "lists": (score.tolist(), target.tolist(), 0.75),
        "far apart": (score + 1e7, target, None), "one column flipped": (both.flip(1), target, 0.25),
    }  # fmt: skip
    for name, (s, t, value) in fine.items():
        if value is not None:
            yield either(
                f"roc_auc {name}",
                lambda f, s=s, t=t: roc_auc(s, t),
                is_(value),
                "roc_auc",
                "expected",
            )
    many = torch.arange(30_000) % 2
    yield equal("roc_auc of 30,000 rows", lambda f: roc_auc(many.float(), many), is_(1.0))
    wrong = {
        "NaN": (score * nan, target), "one class": (score, target * 0), "three classes": (score, torch.arange(4) % 3),
        "three columns": (torch.rand(4, 3), target), "labels 1, 2": (score, target + 1), "other lengths": (
            score[:3], target), "empty": (score[:0], target[:0]), "inf": (score / 0, target), "text": ("abcd", target),
        "labels -1, 1": (score, target * 2 - 1),
    }  # fmt: skip
    for name, given in wrong.items():
        yield refuse(f"roc_auc {name}", lambda f, g=given: roc_auc(*g), "roc_auc", "expected")


def splits():
    for share in (0, 1, -0.1, 1.5, nan, "0.2", None):
        yield refuse(
            f"random_split test={share!r}",
            lambda f, s=share: random_split(20, test=s),
            "test",
            "share",
        )
        yield refuse(f"group_split test={share!r}", lambda f, s=share: group_split(
            list(range(20)), test=s), "test", "share")  # fmt: skip
        yield refuse(f"time_split test={share!r}", lambda f, s=share: time_split(
            list(range(20)), test=s), "test", "share")  # fmt: skip
    for n in (0, 1, -3, 2.5, "20", None):
        yield refuse(
            f"random_split n={n!r}", lambda f, k=n: random_split(k), "expected", "random_split"
        )

    def shared(share):
        def check(found):
            train, test = (set(map(int, part)) for part in (found[0], found[-1]))
            if train & test or len(train | test) != 40:
                return "rows on both sides or on neither"
            return None if abs(len(test) / 40 - share) < 0.06 else f"{len(test)} of 40 in the test"

        return check

    for share in (0.1, 0.2, 0.5):
        yield equal(
            f"random_split {share}", lambda f, s=share: random_split(40, test=s), shared(share)
        )
        yield equal(f"group_split {share}", lambda f, s=share: group_split(
            [k % 20 for k in range(40)], test=s), shared(share))  # fmt: skip
        yield equal(f"time_split {share}", lambda f, s=share: time_split(
            list(range(40)), test=s), shared(share))  # fmt: skip
    yield either("time_split with 80 % ties", lambda f: time_split([0] * 8 + [1] * 32), shared(0.2), "time_split",
                 "expected", "ties", warning="time_split")  # fmt: skip
    yield either("group_split with one large group", lambda f: group_split([0] * 36 + [1] * 4), shared(0.1),
                 "group_split", "expected", warning="group_split")  # fmt: skip
    yield refuse("group_split of one group", lambda f: group_split([1] * 40), "group")
    yield refuse("time_split of one time", lambda f: time_split([1.0] * 40), "time")
    yield refuse("time_split with NaN", lambda f: time_split([nan, *range(39)]), "time", "nan")
    close = [1.6e9 + k for k in range(40)]
    yield equal("time_split of epoch seconds", lambda f: time_split(close), lambda v: shared(0.2)(v) or (
        None if max(map(int, v[0])) < min(map(int, v[-1])) else "not in the order of time"))  # fmt: skip


FAMILIES = {
    "scores: labels": labels,
    "scores: tables": tables,
    "scores: areas": areas,
    "scores: splits": splits,
}
