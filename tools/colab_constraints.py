"""From Colab's published `pip freeze`, the pins of packages that pyproject.toml names.

usage: python tools/colab_constraints.py pip-freeze.txt > constraints

Only what we name is pinned: pip fills in the rest. The builders of the book and the test
tools are ours to choose and stay free. Local version labels (+cu126) are cut off.
"""

import re
import sys
import tomllib
from pathlib import Path
from urllib.parse import unquote

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


def pin(line):
    """(name, version) of one line of a freeze, `name==version` or `name @ address of a wheel`."""
    name, at, address = line.strip().partition(" @ ")
    if at:
        found = re.search(r"/[A-Za-z0-9_.]+-(\d[^-/]*)-[^/]*\.whl", unquote(address))
        return canonical(name), found and found[1].split("+")[0]
    name, _, version = line.strip().partition("==")
    return canonical(name), version.split("+")[0]


def pins(freeze):
    """The lines of a constraints file for the packages that we name."""
    found = [pin(line) for line in freeze.splitlines() if line.strip() and line[0] != "#"]
    return [f"{name}=={version}" for name, version in found if version and name in named()]


def main(path):
    """Print the pins; a freeze without torch is not one that we can read."""
    found = pins(Path(path).read_text())
    if not any(line.startswith("torch==") for line in found):
        sys.exit(f"{path}: found no version of torch in it; expected Colab's pip freeze")
    print("\n".join(found))


if __name__ == "__main__":
    main(sys.argv[1])
