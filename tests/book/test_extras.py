import sys
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parent))
from extras import imported, needed  # noqa: E402


@pytest.mark.parametrize(
    ("source", "extras"),
    [
        ("import torch, numpy, matplotlib.pyplot", []),
        ("import shap\nimport umap", ["cells", "interpret"]),
        ("from helpers.data.embedded import pbmc", ["cells"]),
        ("from helpers.data.embedded import breast_cancer", []),
        ("from helpers.train.loop import fit", []),
        ("import accelerate", ["practice"]),
        ("def f():\n    import rdkit", ["molecules"]),
    ],
)
def test_extras_follow_the_imports_of_the_helpers_that_are_used(source, extras):
    assert needed(source) == extras


def test_a_helper_that_is_not_used_asks_for_nothing():
    assert "scanpy" in imported("from helpers.data.embedded import pbmc")
    assert "scanpy" not in imported("from helpers.data.embedded import digits")
