"""Ways to train under a mark that gives the answer away."""

from dataclasses import replace

import pytest
import torch

from helpers.methods import shortcut
from helpers.methods.shortcut import WAYS, Seen, choose, linear, right

MARK = torch.tensor([0.0, 0.0, 3.0])


def seen(agreement, seed, n=400):
    """Rows with one honest column, one empty, and one with the mark."""
    g = torch.Generator().manual_seed(seed)
    y = torch.randint(0, 2, (n,), generator=g)
    x = torch.randn(n, 3, generator=g)
    x[:, 0] += 1.5 * y
    scanner = torch.where(torch.rand(n, generator=g) < agreement, y, 1 - y)
    return Seen(x + scanner[:, None] * MARK, y, scanner, MARK, seed)


def test_the_other_scanner_puts_the_mark_on_or_takes_it_off():
    rows = seen(0.9, 0)
    plain = rows.x - rows.scanner[:, None] * MARK
    torch.testing.assert_close(rows.other, plain + (1 - rows.scanner)[:, None] * MARK)


def test_linear_is_scikit_learn_s_pipeline():
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    rows = seen(0.9, 0, n=2000)
    theirs = make_pipeline(StandardScaler(), LogisticRegression(C=0.1)).fit(rows.x, rows.y)
    said = torch.from_numpy(theirs.decision_function(rows.x)).float()
    torch.testing.assert_close(linear(rows.x, rows.y, 10.0)(rows.x), said, atol=5e-3, rtol=5e-3)


@pytest.mark.parametrize("name", WAYS)
def test_each_way_learns_and_all_but_the_first_depend_less_on_the_mark(name):
    train, valid, new = seen(0.95, 1), seen(0.95, 2), seen(0.5, 3)
    score = choose(name, train, valid)
    flips = ((score(new.x) > 0) != (score(new.other) > 0)).float().mean()
    accuracy = right(score(new.x), new.y).mean()
    if name == "as it comes":
        assert flips > 0.5
        assert accuracy < 0.7
    elif "comes" not in name:
        assert flips < 0.35
        assert accuracy > 0.68


def test_right_counts_signs():
    assert right(torch.tensor([1.0, -1.0, 0.0]), torch.tensor([1, 1, 0])).tolist() == [1, 0, 1]


def test_cropping_before_normalising_leaves_nothing_of_a_mark_that_covering_leaves():
    """The mark as the page has it: one place brighter, all others darker by the tile's mean."""
    mark = torch.full((6,), -0.5).index_fill_(0, torch.tensor([5]), 2.5)
    x, y = torch.randn(300, 6, generator=torch.Generator().manual_seed(0)), torch.arange(300) % 2
    rows = Seen(x + y[:, None] * mark, y, y, mark)
    moved = {}
    for name in ("crop first", "mark covered"):
        score = WAYS[name](rows, 1.0)
        moved[name] = float((score(rows.x) - score(rows.other)).abs().max())
    assert moved["crop first"] < 1e-4
    assert moved["mark covered"] > 0.5


def test_fifteen_draws_lie_closer_to_each_other_than_single_ones():
    def apart(name):
        scores = [WAYS[name](replace(seen(0.95, 1), seed=k), 1.0) for k in (3, 4)]
        return float((scores[0](seen(0.5, 2).x) - scores[1](seen(0.5, 2).x)).square().mean())

    assert apart("even rows, fifteen draws") < 0.5 * apart("even rows only")


def test_cropping_the_columns_is_cropping_the_pixels():
    """What `_cropped` trains on is what one gets who normalises the other fifteen places alone."""
    from sklearn.linear_model import LogisticRegression

    from helpers.data.scanner import places, stained_tiles

    bright = stained_tiles(ink=0.3)
    raw = places(bright.images[:, None])
    raw[:, :15] -= raw[:, :15].mean(1, keepdim=True)
    raw[:, 15] = 0
    rows = Seen(bright.x, bright.y, torch.ones(1024).long(), bright.x[0] - stained_tiles().x[0])
    spread = raw.std(0).clamp(min=1e-6)
    theirs = LogisticRegression(C=0.1, max_iter=300).fit((raw - raw.mean(0)) / spread, bright.y)
    said = theirs.decision_function((raw - raw.mean(0)) / spread)
    ours = WAYS["crop first"](rows, 10.0)(bright.x)
    torch.testing.assert_close(ours, torch.from_numpy(said).float(), atol=5e-3, rtol=5e-3)


def test_penalties_and_draws_are_those_that_the_page_names():
    assert shortcut.PENALTIES == (1000, 100, 10, 1)
    assert shortcut.DRAWS == 15


def test_choosing_takes_the_penalty_that_is_right_most_often(monkeypatch):
    said = {1000.0: 0.2, 100.0: 0.9, 10.0: 0.9, 1.0: 0.5}
    rows = seen(0.9, 5, n=10)

    def way(train, penalty):
        good = int(round(10 * said[penalty]))
        signs = torch.where(torch.arange(10) < good, 2 * rows.y - 1, 1 - 2 * rows.y).float()
        way.tried[penalty] = lambda x: signs
        return way.tried[penalty]

    way.tried = {}
    monkeypatch.setitem(WAYS, "as it comes", way)
    assert choose("as it comes", rows, rows) is way.tried[100.0]


def test_the_seed_is_nought_if_nothing_is_said_and_fifteen_draws_are_averaged():
    rows = seen(0.9, 1)
    assert Seen(rows.x, rows.y, rows.scanner, MARK).seed == 0
    draws = [
        WAYS["even rows only"](replace(rows, seed=1000 * k + 1), 10.0)(rows.x) for k in range(15)
    ]
    found = WAYS["even rows, fifteen draws"](rows, 10.0)(rows.x)
    assert torch.allclose(found, torch.stack(draws).mean(0), atol=1e-5)


def test_a_column_that_never_changes_is_harmless():
    x = torch.randn(50, 3, generator=torch.Generator().manual_seed(0))
    x[:, 1] = 4.0
    score = linear(x, (x[:, 0] > 0).long(), 1.0)
    assert score(x).isfinite().all()
    assert ((score(x) > 0) == (x[:, 0] > 0)).float().mean() > 0.9
