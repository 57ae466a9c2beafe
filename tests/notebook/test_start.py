import matplotlib
import torch

from helpers.notebook import start
from helpers.plots.style import PALETTE


def test_start_seeds_fixes_threads_and_sets_the_style(monkeypatch):
    monkeypatch.delenv("HELPERS_THREADS", raising=False)
    start(seed=4)
    first = torch.rand(3)
    start(seed=4)
    assert torch.equal(first, torch.rand(3))
    start(seed=5)
    assert not torch.equal(first, torch.rand(3))
    assert torch.get_num_threads() == 1
    assert matplotlib.rcParams["axes.prop_cycle"].by_key()["color"] == PALETTE
