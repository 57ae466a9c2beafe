"""A chapter on other seeds: what moves, what falls, what is said when a cell breaks."""

import json
import sys
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).resolve().parents[2] / "tools"))
import draws  # noqa: E402

CELLS = [
    "from random import Random\n\nimport numpy as np\nimport torch\nfrom sklearn.cluster import KMeans\n"
    "from helpers.ground.random import generator\nfrom helpers.notebook import check, compare",
    "first = np.random.default_rng(0).random()\ncheck('numpy', first, high=0)\n"
    "check('python', Random(0).random(), 0, 1)\n"
    "torch.manual_seed(0)\ncheck('torch', torch.rand(1).item(), 0, 1)\n"
    "check('package', torch.rand(1, generator=generator(0, 1)).item(), 0, 1, kind='holds')\n"
    "check('fixed', 2, 2, 2, kind='agrees')\ncheck('true', first < 2)\ncheck('false', first > 2)",
    "rows = torch.rand(60, 2, generator=torch.Generator().manual_seed(3)).numpy()\n"
    "fit = KMeans(5, n_init=1, init='random', random_state=0).fit(np.linspace(0, 1, 40)[:, None])\n"
    "check('scikit-learn', fit.cluster_centers_[0, 0], 0, 1)",
    "raise KeyError('seed 0')",
    "for unit in ('a', 'b'):\n    compare({'x': [1.0, 2, 3], 'y': [1.0, 2, 4]}, to='x', unit=unit, "
    "score='s', bands={'x': (0, 3), 'y': (0, 1)})",
]


@pytest.fixture(scope="module")
def record(tmp_path_factory):
    path = tmp_path_factory.mktemp("p") / "c.ipynb"
    cells = [
        {"cell_type": "code", "source": s, "metadata": {}, "outputs": [], "execution_count": 1}
        for s in CELLS
    ]
    path.write_text(
        json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})
    )
    draws.run(path, 2)
    return path


def values(path):
    return {claim: entry["values"] for claim, entry in draws.stored(path)["claims"].items()}


@pytest.mark.parametrize("stream", ["python", "numpy", "torch", "package", "scikit-learn"])
def test_each_stream_of_random_numbers_moves(record, stream):
    first, second = values(record)[stream]
    assert first != second


def test_what_is_not_random_stays(record):
    assert values(record)["fixed"] == [2, 2]


def test_claims_outside_their_band_fall_and_do_not_end_the_run(record):
    said = draws.stored(record)
    assert set(draws.fallen(said)) == {"numpy", "false"}
    assert set(draws.fallen(said, rows=True)) == {"numpy", "false", "s of y", "s of y (2)"}


def test_what_moved_is_told_from_what_stayed(record):
    said = draws.stored(record)
    here = {c: {"value": e["values"][0]} for c, e in said["claims"].items()}
    record.with_suffix(".proofs.json").write_text(json.dumps({"claims": here, "mutants": {}}))
    moved = set(draws.moving(record, said))
    assert {"python", "numpy", "torch", "package", "scikit-learn", "false"} == moved


def test_a_cell_that_breaks_is_said(record):
    assert draws.stored(record)["stopped"] == [
        f"draw {number}, code cell 3: KeyError: 'seed 0'" for number in (1, 2)
    ]


def test_more_draws_go_on_and_a_changed_chapter_begins_anew(record, monkeypatch):
    asked = []
    monkeypatch.setattr(draws, "draw", lambda path, step: asked.append(step) or ({}, []))
    before = record.with_suffix(".draws.json").read_text()
    draws.run(record, 3)
    assert asked == [3 * draws.STEP]
    record.with_suffix(".draws.json").write_text(before)
    changed = record.read_text().replace("check('fixed', 2", "check('fixed', 3")
    record.with_name("d.ipynb").write_text(changed)
    record.with_name("d.draws.json").write_text(before)
    assert "changed" in draws.stale(record.with_name("d.ipynb"))
    assert draws.stale(record) is None
    assert draws.stale(record.with_name("e.ipynb")) == "never drawn"
