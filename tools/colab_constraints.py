"""From Colab's published `pip freeze`, the pins of packages that pyproject.toml names.

usage: python tools/colab_constraints.py pip-freeze.txt > constraints

Only what we name is pinned: pip fills in the rest. The builders of the book and the test
tools are ours to choose and stay free. Local version labels (+cu126) are cut off.
"""

import re
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
OURS = {"book", "test", "benchmark", "all"}


def canonical(name):
    """A package name as the index spells it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def named():
    """Names of the packages that chapters and helpers use."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = {k: v for k, v in project["optional-dependencies"].items() if k not in OURS}
    lines = [*project["dependencies"], *(line for group in extras.values() for line in group)]
    return {canonical(re.match(r"[A-Za-z0-9_.-]+", line)[0]) for line in lines}


def main(path):
    """Print the pins."""
    for line in Path(path).read_text().splitlines():
        name, equals, version = line.strip().partition("==")
        if equals and canonical(name) in named():
            print(f"{canonical(name)}=={version.split('+')[0]}")


if __name__ == "__main__":
    main(sys.argv[1])
