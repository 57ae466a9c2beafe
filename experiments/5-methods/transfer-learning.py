"""Does a source help? Fresh draws of writers and labels, with longer training and other sources.

The functions are those of the page. Seeds 100 to 104 chose the settings and 0 to 4 are the
page's; here they begin at 200. The forms stay the same fourteen.
"""

from dataclasses import replace
from functools import lru_cache

import torch

from helpers.data.forms import digits_by_form
from helpers.data.glyphs import letters
from helpers.ground.random import generator
from helpers.methods.blame import digits_for_digits
from helpers.methods.finetuning import (
    RIVALS,
    WAYS,
    Way,
    deal,
    few,
    scratch,
    small_net,
    train,
)

RICH, NARROW, SMALL = "rich source", "five letters", "300 images of 52 letters"
MERGED = [f"52 letters merged into five, {k}" for k in range(3)]
OTHERS = [f"five other letters, {k}" for k in range(3)]
BLAMED = ("digits 0 to 4, averaged", "digits 0 to 4, not averaged", "random, averaged",
          "random, not averaged", "bare pixels", "from scratch, averaged", "from scratch")  # fmt: skip


def longer(way):
    """The same way with four times the steps, on the images as they are."""
    return Way(lambda task: way(replace(task, steps=4 * task.steps)), (0.003,), 0.003)


FIGURE = {name: (way, RICH) for name, way in RIVALS.items()}
FIGURE |= {
    f"source body, frozen, {body}": (WAYS["source body, frozen"], body) for body in (RICH, NARROW)
}
FIGURE |= {
    f"{name}, {RICH}": (WAYS[name], RICH) for name in ("finetuned", "finetuned, warped copies")
}
ALL = FIGURE | {f"{name}, {RICH}": (way, RICH) for name, way in WAYS.items()}
ALL |= {
    f"{name}, {body}": (WAYS[name], body)
    for body in (NARROW, SMALL)
    for name in ("source body, frozen", "finetuned")
}
ALL |= {
    f"source body, frozen, {body}": (WAYS["source body, frozen"], body) for body in MERGED + OTHERS
}
ALL["from scratch, four times the steps"] = longer(scratch), RICH
GENTLE = Way(WAYS["finetuned, warped copies"].learn, (0.003,), 0.003)  # a tie among the settings
ALL[f"finetuned, warped copies, rate 0.003, {RICH}"] = GENTLE, RICH
many = lru_cache(letters)


def images(source):
    """Letters and their classes."""
    if source == NARROW:
        return letters(3000, classes=5)
    if source == SMALL:
        return letters(300)
    if source in OTHERS:  # 600 images of each letter, of which five letters are kept
        x, y = many(31_200)
        five = torch.randperm(52, generator=generator(int(source[-1]), 5))[:5].sort().values
        rows = torch.isin(y, five)
        return x[rows], torch.searchsorted(five, y[rows])
    x, y = letters(3000)
    if source in MERGED:
        y = (torch.randperm(52, generator=generator(int(source[-1]), 5)) % 5)[y]
    return x, y


@lru_cache
def body(source):
    """The network that a source has trained; one for all seeds, as on the page."""
    x, y = images(source)
    return train(small_net(int(y.max()) + 1, 1), x, y, 0.01, 0, steps=200, batch=64)


@lru_cache
def blamed(seed):
    """All cases of digits for digits."""
    data = digits_by_form()
    return digits_for_digits(data.x.view(-1, 1, 8, 8), data.y, data.groups, seed)


def cases():
    """All ways with three labels of each class, those of the figure with one and ten as well."""
    three = [
        {"task": "digits", "labels": 3, "way": way, "seed": seed}
        for seed in range(200, 220)
        for way in ALL
    ]
    ends = [
        {"task": "digits", "labels": labels, "way": way, "seed": seed}
        for labels in (1, 10)
        for seed in range(200, 210)
        for way in FIGURE
    ]
    harm = [
        {"task": "digits for digits", "labels": 10, "way": way, "seed": seed}
        for seed in range(200, 220)
        for way in BLAMED
    ]
    half = len(three) // 2
    return three[:half] + ends + harm + three[half:]


def run(task, labels, way, seed):
    """Accuracy on new writers."""
    if task == "digits for digits":
        return {"accuracy": blamed(seed)[way]}
    data = digits_by_form()
    x, y = data.x.view(-1, 1, 8, 8), data.y
    pool, test = deal(data.groups, seed)
    rows = few(y, pool, labels, seed)
    learn, source = ALL[way]
    guess = learn.answers(body(source), x[rows], y[rows], x[test], 10, seed)
    return {"accuracy": (guess == y[test]).float().mean().item()}
