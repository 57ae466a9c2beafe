"""Every check fails when the method behind it is broken: chapters that have no mutants yet.

One class a chapter, so that several workers share the chapters (pytest-xdist divides by class).
"""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


class Proof:
    path = None

    @pytest.mark.sabotage
    @pytest.mark.timeout(600)
    def test_a_broken_method_falls_outside_its_band(self, skip_if_data_absent):
        skip_if_data_absent(self.path)
        call = [sys.executable, str(ROOT / "tests/book/run_sabotaged.py"), str(self.path)]
        run = subprocess.run(call, capture_output=True, text=True)
        assert run.returncode == 0, run.stdout[-3000:] + run.stderr[-3000:]


for file in sorted((ROOT / "tests" / "book" / "sabotage").glob("*.py")):
    chapter = ROOT / "notebooks" / f"{file.stem.replace('__', '/')}.ipynb"
    name = "Test_" + chapter.stem.replace("-", "_")
    globals()[name] = type(name, (Proof,), {"path": chapter})
