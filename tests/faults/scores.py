"""Metrics and splits, given what people give them; each value is counted by hand here."""

import math

import numpy as np
import torch

from helpers.data.embedded import Table
from helpers.data.predictions import save_predictions
from helpers.data.splits import (
    group_folds,
    group_split,
    random_split,
    scaffold_split,
    time_split,
)
from helpers.metrics.classification import accuracy, balanced_accuracy, confusion_matrix, roc_auc
from helpers.metrics.comparison import difference, mean_interval
from helpers.metrics.generation import radii, told_apart
from helpers.metrics.neighbours import between, nearest, vote
from helpers.metrics.segmentation import dice, dice_per_image, iou, soft_dice_loss, surface_dice
from helpers.metrics.uncertainty import bootstrap_interval
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
    for kind in (np.int8, np.int16):
        far = np.array([-100, -50, 50, 100], kind) * (1 if kind == np.int8 else 300)
        yield equal(f"time_split of {kind.__name__}", lambda f, t=far: time_split(
            t, test=0.25), lambda v: same(v[0], [0, 1, 2], "train"))  # fmt: skip
    alike = {"an empty name": ["a", "", "", "b"], "a no-break space": ["P 1", "P\u00a01", "b"],
             "1 and 01": ["1", "01", "b"], "a zero-width space": ["a", "a\u200b", "b"]}  # fmt: skip
    for name, groups in alike.items():
        for split in (group_split, group_folds):
            yield refuse(
                f"{split.__name__} with {name}", lambda f, s=split, g=groups: s(g), "groups"
            )
    yield equal("group_split of scaffolds that differ in capitals", lambda f: group_split(
        ["c1ccccc1", "C1CCCCC1"], test=0.5), lambda v: None if len(v[0]) == 1 else "lost")  # fmt: skip
    for name, call in {
        "gap='1'": lambda f: time_split(range(9), gap="1"), "seed=None": lambda f: random_split(9, seed=None),
        "k=3.0": lambda f: group_folds(range(9), k=3.0), "seed=-1": lambda f: group_folds(range(9), seed=-1),
    }.items():  # fmt: skip
        yield refuse(f"split with {name}", call, name.split("=")[0])
    salt = ["Cc1ccccc1", "Cc1ccccc1.Cc1ccc(S(=O)(=O)O)cc1", "C1CC1", "C1CCC1"]
    yield equal("scaffold_split keeps a salt with its molecule", lambda f: scaffold_split(
        salt, test=0.5), lambda v: same(v[0], [0, 1], "train"))  # fmt: skip
    for wild in ("*", "*CC"):
        yield refuse(f"scaffold_split of {wild}", lambda f, w=wild: scaffold_split(
            ["CC", w], test=0.5), "row 1", "wildcard")  # fmt: skip


def kept():
    """What `save_predictions` may write: six rows, or a word about why not."""
    words = Table(torch.zeros(6, 1), torch.tensor([0, 1] * 3), ["a"], ["no", "yes"])
    values = Table(torch.zeros(6, 1), torch.arange(6.0), ["a"], [])

    def save(data, prediction, truth="all", **more):
        def do(folder):
            given = data.y if isinstance(truth, str) else truth
            path = save_predictions(folder / "out.csv", data, given, prediction, **more)
            return [line.split(",") for line in path.read_text().splitlines()[1:]]

        return do

    def column(number, cells):
        return lambda rows: None if [r[number] for r in rows] == cells else f"found {rows}"

    ones, some = torch.ones(6, dtype=torch.int64), torch.tensor([1, 4])
    scores = torch.tensor([[0.2, 0.8]] * 6)
    yield equal("six classes", save(words, ones), column(2, ["yes"] * 6))
    yield equal("six whole floats", save(words, ones.float()), column(2, ["yes"] * 6))
    yield equal("six rows of scores", save(words, scores), column(2, ["yes"] * 6))
    yield equal(
        "two of six", save(words, ones[some], words.y[some], index=some), column(0, ["1", "4"])
    )
    yield equal("a truth that is not known", save(words, ones, words.y - 1), column(
        1, ["", "no"] * 3))  # fmt: skip
    yield refuse("two of six, index not said", save(words, ones[:2], words.y[:2]), "index")
    yield refuse("numbers as (n, 1)", save(values, torch.rand(6, 1)), "one number", "prediction")
    yield refuse("one logit for two classes", save(words, torch.rand(6, 1)), "2 scores")
    yield refuse("three scores for two classes", save(words, torch.rand(6, 3)), "2 scores")
    yield refuse("probabilities of one class", save(words, torch.full((6,), 0.9)), "class numbers")
    yield refuse("NaN scores", save(words, scores * nan), "NaN")
    yield refuse("NaN classes", save(words, ones * nan), "class numbers")
    yield refuse("a class -1", save(words, ones - 2), "class numbers")
    yield refuse("a mask of bool", save(words, ones, index=ones > 0), "index")
    yield refuse("a float index", save(words, ones, index=ones.float()), "index")
    yield refuse("index beyond", save(words, ones[:1], ones[:1], index=[6]), "index")
    yield refuse("a single number", save(words, torch.tensor(1)), "prediction")
    yield refuse("words", save(words, ["yes"] * 6), "prediction")


def numbers():
    """Arguments of scores and intervals that are no such thing."""
    calls = {
        "mean_interval of 95 %": lambda f: mean_interval([1, 2, 3], confidence=95),
        "mean_interval of -0.5": lambda f: mean_interval([1, 2, 3], confidence=-0.5),
        "mean_interval, share -0.1": lambda f: mean_interval([1, 2, 3], "resplit", share=-0.1),
        "mean_interval, share NaN": lambda f: mean_interval([1, 2, 3], "resplit", share=nan),
        "mean_interval of words": lambda f: mean_interval(["a", "b"]),
        "mean_interval with None": lambda f: mean_interval([1, None]),
        "mean_interval of a number": lambda f: mean_interval(3),
        "bootstrap_interval, 1.5 repeats": lambda f: bootstrap_interval(torch.rand(9), repeats=1.5),
        "nearest with NaN": lambda f: nearest([[nan], [1.0], [2.0]], 1),
        "nearest of a line": lambda f: nearest([0.0, 1.0, 2.0], 1),
        "vote with too many y": lambda f: vote([[0.0], [1.0]], [0, 1, 1], 1),
        "vote with words": lambda f: vote([[0.0], [1.0]], ["a", "b"], 1),
        "between with -1": lambda f: between([[0.0], [1.0]], [0, -1]),
        "between with halves": lambda f: between([[0.0], [1.0]], [0, 0.5]),
        "radii with k 1.5": lambda f: radii(torch.rand(9, 2), 1.5),
        "surface_dice with a text": lambda f: surface_dice(
            torch.ones(3, 3) > 0, torch.ones(3, 3) > 0, tolerance="1"),
        "soft_dice_loss of complex": lambda f: soft_dice_loss(torch.ones(2, 2) + 0j, torch.ones(2).long()),
        "dice_per_image, a mask too few": lambda f: dice_per_image(
            torch.ones(3, 2, 2).long(), torch.ones(2, 2, 2).long(), 2),
        "accuracy, a list ignored": lambda f: accuracy([0, 1, 1], [0, 1, 0], ignore=[0, 1, 9]),
        "accuracy, 1.5 ignored": lambda f: accuracy([0, 1, 1], [0, 1, 0], ignore=1.5),
        "confusion_matrix of 50,000": lambda f: confusion_matrix([0, 1], [0, 1], 50_000),
    }  # fmt: skip
    for name, call in calls.items():
        yield refuse(name, call, "expected", "must")
    equals = difference([0.9, 0.8], [0.9, 0.8])
    yield equal("methods that never differ", lambda f: equals.says() == "level", is_(1))
    lost = torch.tensor([[nan, nan], [9.0, -9.0]])
    yield equal("soft_dice_loss, NaN ignored", lambda f: soft_dice_loss(
        lost, torch.tensor([9, 0]), ignore=9), lambda v: None if v < 1e-3 else str(v))  # fmt: skip
    low, wide = torch.rand(100, 1), torch.linspace(0, 1, 1000)[:, None]
    yield equal("told_apart of a long sorted copy", lambda f: told_apart(low, wide), lambda v: (
        None if v < 0.65 else f"{v} for one distribution"))  # fmt: skip


FAMILIES = {
    "scores: arguments": numbers,
    "scores: kept predictions": kept,
    "scores: labels": labels,
    "scores: tables": tables,
    "scores: areas": areas,
    "scores: splits": splits,
}
