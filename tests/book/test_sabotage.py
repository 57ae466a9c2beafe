"""Every check of every chapter fails when the method behind it is broken."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CHAPTERS = sorted((ROOT / "notebooks").glob("*/*.ipynb"))
IDS = [f"{path.parent.name}/{path.stem}" for path in CHAPTERS]


@pytest.mark.sabotage
@pytest.mark.timeout(600)
@pytest.mark.parametrize("path", CHAPTERS, ids=IDS)
def test_a_broken_method_falls_outside_its_band(path, skip_if_data_absent):
    skip_if_data_absent(path)
    script = ROOT / "tests" / "book" / "run_sabotaged.py"
    run = subprocess.run([sys.executable, str(script), str(path)], capture_output=True, text=True)
    assert run.returncode == 0, run.stdout[-3000:] + run.stderr[-3000:]
