"""A chapter's mutants: what is refused, what is killed, by how much, and what is old."""

import importlib.util
import json
import subprocess
import sys
import types
from pathlib import Path

import pytest

TOOLS = Path(__file__).resolve().parents[2] / "tools"

CELLS = [
    "from helpers.notebook import check, start\n\nstart(seed=0)",
    "import torch\n\nfrom helpers.interpret.shapley import exact, kernel\n\nworth = torch.arange(4.0)",
    "phi = exact(lambda s: worth[(s * torch.tensor([1, 2])).sum(1)], 2)",
    "check('the shares add up', phi.sum(), low=2.9, high=3.1)\n"
    "check('always so', phi.sum(), low=-100)\n"
    "check('agrees with the regression', kernel(lambda s: s.all(1), 2).sum(), 0.9, 1.1)",
    "check('the last one is the best', bool(phi[1] > phi[0]))",
    "from helpers.notebook import compare\n\nscores = {'a': phi[:1].expand(3), 'b': [1, 1, 2]}\n"
    "compare(scores, to='b', unit='draws', score='share', bands={'a': (0.5, 1.5), 'b': (0, 2)});",
]
EXACT = {"function": "helpers.interpret.shapley.exact"}
GAIN = "(weights[sizes[without]] * gain).sum()"
MUTANTS = [
    EXACT | {"name": "lost", "old": GAIN, "new": "0 * " + GAIN, "kills": ["the shares add up"]},
    EXACT | {"name": "crash", "old": GAIN, "new": "gain[99]", "kills": ["the shares add up"]},
    EXACT | {"name": "nan", "old": GAIN, "new": "float('nan')", "kills": ["the shares add up"]},
    EXACT | {"name": "weak", "old": GAIN, "new": GAIN + " + 9", "kills": ["always so"]},
    {
        "name": "reversed",
        "old": "torch.arange(4.0)",
        "new": "3 - torch.arange(4.0)",
        "kills": ["the last one is the best", "share of a"],
    },
    {
        "name": "from the last cell",
        "function": "helpers.interpret.shapley.kernel",
        "since": "the last one is",
        "old": "if not 2 <= players <= (16 if samples is None else math.inf):",
        "new": "if players > 2:",
        "kills": ["the last one is the best"],
    },
]


def tool(name):
    """A module of tools/, registered, since tools import each other by name."""
    spec = importlib.util.spec_from_file_location(name, TOOLS / f"{name}.py")
    sys.modules[name] = module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def ledger():
    tool("reach")
    return tool("ledger")


@pytest.fixture(scope="module")
def proofs(ledger):
    tool("forks")
    return tool("proofs")


def write(folder, cells, mutants):
    cells = [{"cell_type": "code", "metadata": {}, "source": cell} for cell in cells]
    path = folder / "toy.ipynb"
    path.write_text(json.dumps({"cells": cells}))
    (folder / "toy.mutants.py").write_text(f"MUTANTS = {mutants!r}\n")
    return path


@pytest.fixture(scope="module")
def proved(tmp_path_factory):
    path = write(tmp_path_factory.mktemp("chapter"), CELLS, MUTANTS)
    call = [sys.executable, str(TOOLS / "proofs.py"), str(path)]
    return path, subprocess.run(call, capture_output=True, text=True)


def test_a_kill_is_recorded_with_value_band_and_margin(proved, ledger):
    path, _ = proved
    rows = {(row["mutant"], row["claim"]): row for row in ledger.rows(path)}
    assert rows["lost", "the shares add up"] == {
        "claim": "the shares add up", "kind": "result", "value": 3.0, "low": 2.9, "high": 3.1,
        "mutant": "lost", "found": 0.0, "margin": 14.5,
    }  # fmt: skip
    truth = rows["reversed", "the last one is the best"]
    assert (truth["found"], truth["margin"]) == (False, None)
    assert rows["reversed", "share of a"]["found"] == -1.0  # a row of a comparison
    assert {mutant for mutant, _ in rows} == {"lost", "reversed"}


def test_crashes_nan_and_bands_that_hold_anything_prove_nothing(proved, ledger):
    path, run = proved
    mutants = ledger.ledger_of(path)["mutants"]
    assert run.returncode == 1
    assert mutants["crash"]["ended"].startswith("IndexError")
    assert mutants["nan"]["failed"].keys() <= {"the last one is the best"}
    assert mutants["weak"]["stood"] == {"always so": 21.0}
    assert mutants["from the last cell"]["ended"] == "its function was never called"
    assert "nothing kills 'always so'" in run.stdout
    assert "nothing kills 'the shares add up'" not in run.stdout


def test_one_mutant_does_not_reach_the_next_nor_the_chapter(proved, ledger):
    path, _ = proved
    ledger_ = ledger.ledger_of(path)
    assert ledger_["claims"]["the shares add up"]["value"] == 3.0
    assert ledger_["mutants"]["reversed"]["failed"].keys() == {
        "the last one is the best",
        "the shares add up",
        "share of a",
    }


def test_an_atlas_row_needs_a_mutant_that_is_recorded_new_and_caught(proved, ledger, monkeypatch):
    path, _ = proved
    monkeypatch.setattr(ledger, "ROOT", path.parent)
    (path.parent / "notebooks").symlink_to(path.parent)
    monkeypatch.setattr(ledger, "stale", lambda path: {"reversed": "chapter or mutant changed"})
    assert ledger.doubt("toy", "lost") is None
    assert "records no mutant" in ledger.doubt("toy", "fiction")
    assert "no check notices" in ledger.doubt("toy", "weak")
    assert "changed" in ledger.doubt("toy", "reversed")


def test_a_record_is_old_when_what_it_rests_on_changes(proved, ledger, monkeypatch, tmp_path):
    path, _ = proved
    assert ledger.stale(path) == {}
    with monkeypatch.context() as patch:
        patch.setattr(ledger, "reached", lambda source: ({("helpers", "other"): "1"}, []))
        assert set(ledger.stale(path).values()) == {"helpers, data or pins changed"}
    copy = write(tmp_path, CELLS, [MUTANTS[0], MUTANTS[1] | {"new": "gain[98]"}])
    (tmp_path / "toy.proofs.json").write_text(path.with_suffix(".proofs.json").read_text())
    assert ledger.stale(copy) == {"crash": "chapter or mutant changed"}
    write(tmp_path, [*CELLS, "1"], [MUTANTS[0]])
    assert ledger.stale(copy) == {"lost": "chapter or mutant changed"}


@pytest.mark.parametrize(
    ("mutant", "words"),
    [
        ({"old": "check('always so'", "new": ""}, "holds a check"),
        ({"old": "figure, ax = 1", "new": ""}, "a figure"),
        ({"old": "compare(more", "new": ""}, "holds a check, a table"),
        ({"old": "nowhere", "new": ""}, "its cell is not to be found"),
        ({"old": "twice", "new": ""}, "once in its cell"),
        ({"function": "torch.nn.functional.relu", "old": "", "new": ""}, "a function of helpers"),
        ({"function": "helpers.metrics.classification.accuracy", "old": ""}, "measures"),
        ({"function": "helpers.notebook.check.check", "old": ""}, "measures"),
        ({"function": "helpers.models.mlp.MLP", "since": "nowhere", "old": ""}, "not to be found"),
    ],
)
def test_what_measures_is_refused(mutant, words, ledger):
    cells = [*CELLS, "figure, ax = 1, 2", "compare(more)", "twice = twice_over = 1"]
    assert words in ledger.refusal(mutant, cells)


def test_a_metric_is_bent_only_as_the_system_claimed(ledger):
    metric = {"function": "helpers.metrics.segmentation.dice", "old": "2 *", "system": "Dice score"}
    assert ledger.refusal(metric, CELLS) is None
    assert ledger.refusal(MUTANTS[0], CELLS) is None


@pytest.mark.parametrize(
    ("band", "value", "margin"),
    [
        ((1, 3), 4, 0.5), ((1, 3), 0, 0.5), ((None, 2), 5, 1.5), ((2, None), 1, 0.5),
        ((0, None), -3, 0.6), ((None, None), False, None),
    ],
)  # fmt: skip
def test_a_margin_is_in_widths_bounds_or_healthy_distances(band, value, margin, proofs):
    assert proofs.margin(value, *band, healthy=5) == margin


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("helpers.methods.mixmatch.sharpen", "/ temperature", "* temperature"),
        ("helpers.train.average.Average.update", "1 - keep", "keep"),  # decorated
        ("helpers.methods.mean_teacher.MeanTeacher.teacher", ".model", ".decay"),
    ],
)
def test_functions_methods_and_properties_are_found_and_bent(name, old, new, proofs):
    function = proofs.located(name)
    code = proofs.bent(function, old, new)
    assert code != function.__code__
    assert code.co_freevars == function.__code__.co_freevars
    with pytest.raises(ValueError, match="once, found 0"):
        proofs.bent(function, "nowhere", "")


def test_claims_carry_their_kind(ledger):
    cells = [
        "check('a', 1, 0, 2, 'holds')",
        "check('b', 1, low=0, kind='agrees')\ncheck('c', True)",
    ]
    assert ledger.claims_of(cells) == {"a": "holds", "b": "agrees", "c": "result"}


def test_exchanged_contenders_take_each_others_stored_rows(ledger, proofs):
    from helpers.data import long_run

    mutant = ledger.exchanged("p/c", "a", "b", "a leads")
    rows = [{"way": way, "seed": 0, "score": n} for n, way in enumerate("abc")]
    run = long_run.LongRun(rows, {"numbers": ["score"]})
    assert run.scores("score", by="way") == {"a": [0], "b": [1], "c": [2]}
    assert (mutant["since"], mutant["kills"]) == ('= long_run("p/c")', ["a leads"])
    function = proofs.located(mutant["function"])
    code = proofs.bent(function, mutant["old"], mutant["new"])
    bent = types.FunctionType(code, function.__globals__)
    assert bent(run, "score", by="way") == {"b": [0], "a": [1], "c": [2]}


@pytest.mark.parametrize("path", sorted((TOOLS.parent / "notebooks").glob("*/*.mutants.py")))
def test_every_declared_mutant_is_accepted(path, ledger, proofs):
    notebook = path.with_name(path.name.replace(".mutants.py", ".ipynb"))
    mutants, cells = ledger.mutants_of(notebook), ledger.cells_of(notebook)
    claims = set(ledger.claims_of(cells)) | set(ledger.ledger_of(notebook)["claims"])
    for mutant in mutants:
        assert ledger.refusal(mutant, cells) is None, mutant["name"]
        assert set(mutant["kills"]) <= claims, mutant["name"]
        if "function" in mutant:  # its text is there, once
            proofs.bent(proofs.located(mutant["function"]), mutant["old"], mutant["new"])
    assert len({mutant["name"] for mutant in mutants}) == len(mutants)
