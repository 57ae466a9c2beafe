"""What a chapter rests on: names that it reaches, and no more."""

import sys
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).resolve().parents[2] / "tools"))
import ledger  # noqa: E402
import reach  # noqa: E402

A = """'Doc.'
import numpy
from helpers.b import two

SIZE = 3
WIDTH = 4
numpy.seterr()


def one(x):
    return two(x) + SIZE


def lonely(x):
    return late(x)
"""
B = """def two(x):
    'Doc.'
    from scipy import stats

    return x


def three(x):
    import torch
"""


@pytest.fixture
def small(tmp_path, monkeypatch):
    """A package of two modules, and how to rewrite one."""
    monkeypatch.setattr(reach, "ROOT", tmp_path)
    (tmp_path / "helpers").mkdir()
    (tmp_path / "helpers/__init__.py").write_text("from .a import one\n")

    def write(a=A, b=B):
        (tmp_path / "helpers/a.py").write_text(a)
        (tmp_path / "helpers/b.py").write_text(b)
        return reach.reached("from helpers.a import one")

    return write


def test_names_are_followed_from_module_to_module_and_no_further(small):
    texts, packages = small()
    assert {name for _, name in texts if name} == {"one", "two", "SIZE"}
    assert packages == ["numpy", "scipy"]
    assert "numpy.seterr()" in texts["helpers.a", ""]


def test_only_what_is_reached_makes_it_old(small):
    before = small()
    assert (
        small(
            A.replace("late(x)", "early(x)").replace("= 4", "= 5"),
            B.replace("import torch", "return 9"),
        )
        == before
    )
    assert small(A.replace("'Doc.'", "'Another.'"), B.replace("Doc.", "More.")) == before
    for a, b in [
        (A.replace("+ SIZE", "- SIZE"), B),
        (A.replace("SIZE = 3", "SIZE = 5"), B),
        (A.replace("seterr()", "seterr(all=1)"), B),
        (A, B.replace("return x", "return -x")),
    ]:
        assert small(a, b) != before


@pytest.mark.parametrize(
    "source", ["import helpers.a", "from helpers import a", "from helpers.a import *"]
)
def test_a_module_by_name_is_reached_whole(small, source):
    small()
    texts, _ = reach.reached(source)
    assert {name for _, name in texts} >= {"one", "lonely", "two"}
    assert ("helpers.b", "three") not in texts


def test_what_a_package_passes_on_is_reached(small):
    small()
    assert ("helpers.b", "two") in reach.reached("from helpers import one")[0]


def test_the_chapter_on_shapley_values_reaches_its_own_method_and_no_game():
    page = reach.ROOT / "notebooks/7-interpretability/shapley-values.ipynb"
    modules = {module for module, _ in reach.reached("\n".join(ledger.cells_of(page)))[0]}
    assert {"helpers.interpret.shapley", "helpers.ground.random"} <= modules
    assert "helpers.methods.gan" not in modules


def test_the_engine_is_a_leaf_but_what_a_mutant_bends_of_it_is_not():
    texts, packages = reach.reached("from helpers.train.loop import fit")
    assert texts == {}
    assert packages == []
    (text,) = ledger.engine("helpers.train.average.Average.update")
    assert "class Average" in text
    assert ledger.engine("helpers.models.mlp.MLP") == []
