import ast
import socket
from pathlib import Path

import pytest

from helpers.data import brain, embedded, molecules

LOADERS = (
    embedded.digits,
    embedded.breast_cancer,
    embedded.wine,
    embedded.diabetes,
    embedded.pbmc,
    embedded.tiles,
    molecules.solubility,
    molecules.freesolv,
    lambda: brain.mni152(4),
    lambda: brain.brain_slices(4),
)


@pytest.fixture
def no_network(monkeypatch):
    def cut(*_, **__):
        raise OSError("the network is cut off in this test")

    monkeypatch.setattr(socket.socket, "connect", cut)
    monkeypatch.setattr(socket.socket, "connect_ex", cut)
    monkeypatch.setattr(socket, "create_connection", cut)
    monkeypatch.setattr(socket, "getaddrinfo", cut)


@pytest.mark.parametrize("load", LOADERS)
def test_embedded_loaders_need_no_network(no_network, load):
    assert load() is not None


def test_the_network_is_really_cut(no_network):
    import urllib.error
    import urllib.request

    with pytest.raises(urllib.error.URLError, match="cut off"):
        urllib.request.urlopen("http://127.0.0.1:1/")


def unsafe(tree):
    """Calls that run code or write outside a folder when fed a hostile file."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module in ("pickle", "dill", "joblib"):
            yield node.module
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            owner, name = ast.unparse(node.func.value), node.func.attr
            words = {k.arg: ast.unparse(k.value) for k in node.keywords}
            if name in ("extractall", "unpack_archive"):
                yield name
            if owner in ("pickle", "dill", "joblib") and name in ("load", "loads"):
                yield f"{owner}.{name}"
            if owner == "torch" and name == "load" and words.get("weights_only") != "True":
                yield "torch.load"
            if words.get("allow_pickle", "False") != "False":
                yield "allow_pickle"


def test_no_unsafe_reading_anywhere_in_the_package():
    import helpers

    root = Path(helpers.__file__).parent
    found = [
        (f.name, u) for f in root.rglob("*.py") for u in unsafe(ast.parse(f.read_text("utf-8")))
    ]
    assert found == []


@pytest.mark.parametrize(
    "text",
    [
        "pickle.load(f)",
        "torch.load(f)",
        "torch.load(f, weights_only=False)",
        "tar.extractall()",
        "from pickle import load",
        "np.load(f, allow_pickle=True)",
    ],
)
def test_the_search_finds_unsafe_reading(text):
    assert len(list(unsafe(ast.parse(text)))) == 1
