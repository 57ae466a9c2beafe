import pytest
import torch

from helpers.ground.device import pick_device, to_device


@pytest.mark.parametrize(
    ("cuda", "mps", "expected"),
    [(True, True, "cuda"), (True, False, "cuda"), (False, True, "mps"), (False, False, "cpu")],
)
def test_auto_prefers_cuda_to_mps_to_the_cpu(cuda, mps, expected, monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: cuda)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2 if cuda else 0)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: mps)
    assert pick_device() == torch.device(expected)
    assert pick_device("cpu") == torch.device("cpu")
    if cuda:
        assert pick_device("cuda:1") == torch.device("cuda:1")
        with pytest.raises(ValueError, match="'cuda:2': expected a number below 2"):
            pick_device("cuda:2")


@pytest.mark.skipif(torch.cuda.is_available(), reason="a GPU is here")
def test_a_missing_gpu_is_one_sentence():
    with pytest.raises(ValueError, match="device='cuda': torch sees no CUDA GPU here"):
        pick_device("cuda")


def test_batches_of_every_shape_are_moved():
    batch = {"x": torch.zeros(2), "pair": (torch.ones(1), [torch.ones(1)]), "name": "a"}
    moved = to_device(batch, torch.device("meta"))
    assert moved["x"].device.type == moved["pair"][1][0].device.type == "meta"
    assert moved["name"] == "a"


class Movable:
    def to(self, device, non_blocking=None):
        return device, non_blocking


@pytest.mark.parametrize("wrap", [lambda x: x, lambda x: [x], lambda x: (x,), lambda x: {"x": x}])
def test_everything_is_moved_in_the_way_that_was_asked_for(wrap):
    assert to_device(wrap(Movable()), "there") == wrap(("there", False))
    assert to_device(wrap(Movable()), "there", non_blocking=True) == wrap(("there", True))
