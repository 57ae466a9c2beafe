"""Does any way beat keeping even rows? Thirty fresh deals, at three habits of the scanners.

The functions are those of the page, which uses deals 100 to 109. At an agreement of 0.99 the smallest
cell of some 570 tiles holds about three.
"""

from functools import cache

import torch

from helpers.data.scanner import clinic, scanners, stained_tiles
from helpers.data.splits import group_split
from helpers.methods.groups import cells, even_weights
from helpers.methods.shortcut import WAYS, Seen, choose, right

AGREEMENTS = (0.75, 0.95, 0.99)
DEALS = range(1, 31)


def cases():
    """All deals, habit by habit."""
    return [
        {"agreement": agreement, "way": name, "seed": seed}
        for seed in DEALS
        for agreement in AGREEMENTS
        for name in WAYS
    ]


@cache
def here():
    """The clinic of the page."""
    return clinic(stained_tiles())


def through(rows, scanner, seed):
    """Rows as a scanner saw them."""
    x, mark = here().x, here().mark
    return Seen(x[rows] + scanner[:, None] * mark, here().sick[rows], scanner, mark, seed)


def hospital(seed, agreement):
    """Training, validation and test tiles at home, and each test tile from both scanners."""
    groups, sick = here().groups, here().sick
    known, test = group_split(groups, test=0.25, seed=seed)
    train, valid = group_split(groups[known], test=0.25, seed=seed + 1000)
    parts = [
        through(rows, scanners(sick[rows], agreement, 10 * seed + k), seed)
        for k, rows in enumerate((known[train], known[valid], test))
    ]
    return [*parts, through(test.repeat(2), torch.arange(2).repeat_interleave(len(test)), seed)]


def run(agreement, way, seed):
    """Accuracy at home and elsewhere, in the worst cell, and the share of diagnoses that change."""
    train, valid, home, away = hospital(seed, agreement)
    score = choose(way, train, valid)
    cell, hits = cells(away.y, away.scanner), right(score(away.x), away.y)
    return {
        "home": right(score(home.x), home.y).mean(),
        "elsewhere": (hits * even_weights(cell)).mean(),
        "worst": torch.stack([hits[cell == k].mean() for k in cell.unique()]).min(),
        "changed": ((score(away.x) > 0) != (score(away.other) > 0)).float().mean(),
    }
