import matplotlib
import pytest
import torch

from helpers.notebook import start
from helpers.notebook.band import promise_results, promised
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


def test_own_data_are_handed_back_and_end_the_promise():
    mine = object()
    assert start(data=mine) is mine
    assert not promised("result")
    assert start() is None
    assert promised("result")
    promise_results(True)


@pytest.mark.parametrize("threads", ["auto", "0", "-1", "1.5", ""])
def test_a_wrong_number_of_threads_is_one_sentence(threads, monkeypatch):
    monkeypatch.setenv("HELPERS_THREADS", threads)
    with pytest.raises(ValueError, match="whole number of at least 1, found"):
        start()
