import sys

import numpy as np
import pytest

from helpers.notebook import export

MODULE = sys.modules["helpers.notebook.export"]


def test_numbers_stand_in_the_metadata_of_the_output(monkeypatch):
    seen = []
    monkeypatch.setattr(MODULE, "display", lambda what, metadata: seen.append((what, metadata)))
    export("coalitions", players=["a", "b"], worth=[0, 0.5])
    ((what, metadata),) = seen
    assert metadata["explore"] == {
        "figure": "coalitions",
        "players": ["a", "b"],
        "worth": [0, 0.5],
    }
    assert "coalitions" in what.data


@pytest.mark.parametrize(
    "worth", [[float("nan")], np.zeros(2), {1, 2}], ids=["nan", "array", "set"]
)
def test_what_json_cannot_hold_is_refused(worth):
    with pytest.raises(ValueError, match=r"export\('x'\): expected text, finite numbers and lists"):
        export("x", worth=worth)
