import subprocess
import sys
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT / "tools"))
from colab_constraints import pins  # noqa: E402

FREEZE = """# a comment
torch @ https://download.pytorch.org/whl/cu126/torch-2.8.0%2Bcu126-cp312-cp312-manylinux_2_28_x86_64.whl
torchvision @ https://download.pytorch.org/whl/cu126/torchvision-0.23.0%2Bcu126-cp312-cp312-manylinux_2_28_x86_64.whl
scikit-learn==1.6.1
ipython==7.34.0
Django==5.0
my_own @ file:///tmp/own
"""


def test_versions_are_read_from_both_forms_and_only_ours_are_kept():
    expected = ["torch==2.8.0", "torchvision==0.23.0", "scikit-learn==1.6.1", "ipython==7.34.0"]
    assert pins(FREEZE) == expected


def test_what_colab_has_lies_within_our_ranges():
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"]
    lines = [*project["dependencies"], *extras["chapters"], *extras["images"]]
    wanted = {r.name: r.specifier for r in map(Requirement, lines)}
    for name, version in (line.split("==") for line in pins(FREEZE)):
        assert wanted[name].contains(version), f"{name}=={version} is outside {wanted[name]}"


@pytest.mark.parametrize("text", ["", "scikit-learn==1.6.1\n", "<html>not found</html>"])
def test_something_else_than_a_freeze_is_refused(text, tmp_path):
    path = tmp_path / "freeze.txt"
    path.write_text(text)
    call = [sys.executable, str(ROOT / "tools" / "colab_constraints.py"), str(path)]
    run = subprocess.run(call, capture_output=True, text=True)
    assert run.returncode == 1
    assert "found no version of torch" in run.stderr
