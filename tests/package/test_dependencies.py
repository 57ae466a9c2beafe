"""pyproject.toml is the one place for dependencies; other files must agree with it."""

import re
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


def declared():
    """Every requirement of pyproject.toml by name."""
    lists = [PROJECT["dependencies"], *PROJECT["optional-dependencies"].values()]
    found = {}
    for line in (line for group in lists for line in group):
        requirement = Requirement(line)
        if requirement.name != PROJECT["name"]:
            found.setdefault(canonicalize_name(requirement.name), requirement)
    return found


def pinned():
    """The exact versions of constraints.txt by name."""
    lines = (ROOT / "constraints.txt").read_text().splitlines()
    pins = (line.split("==") for line in lines if line and not line.startswith("#"))
    return {canonicalize_name(name): version for name, version in pins}


@pytest.mark.parametrize("name", sorted(declared()))
def test_every_dependency_is_pinned_within_its_range(name):
    assert name in pinned(), f"constraints.txt: {name} of pyproject.toml has no pin"
    assert declared()[name].specifier.contains(pinned()[name]), f"{name}=={pinned()[name]}"


@pytest.mark.parametrize("name", sorted(declared()))
def test_every_dependency_has_a_lower_bound(name):
    operators = {specifier.operator for specifier in declared()[name].specifier}
    assert operators & {">=", "=="}


def test_environment_yml_agrees():
    environment = yaml.safe_load((ROOT / "environment.yml").read_text())
    conda = [line for line in environment["dependencies"] if isinstance(line, str)]
    pip = next(line["pip"] for line in environment["dependencies"] if isinstance(line, dict))
    assert any(re.fullmatch(r"python=3\.11", line) for line in conda)
    assert pip == ["--constraint constraints.txt", "--editable .[all]"]


def test_the_fixed_packages_are_there():
    fixed = {"jupyter-book", "nbval", "torch", "fastai", "matplotlib", "umap-learn", "shap"}
    assert fixed <= set(declared())


def test_torch_and_torchvision_are_a_pair_that_imports():
    import torch
    import torchvision

    boxes = torch.tensor([[0.0, 0, 1, 1], [0, 0, 1, 1]])
    assert torchvision.ops.nms(boxes, torch.tensor([0.5, 0.9]), 0.5).tolist() == [1]
