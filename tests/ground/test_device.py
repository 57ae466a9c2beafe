import pytest
import torch

from helpers.ground.device import pick_device, to_device


@pytest.mark.parametrize(
    ("cuda", "mps", "expected"),
    [(True, True, "cuda"), (True, False, "cuda"), (False, True, "mps"), (False, False, "cpu")],
)
def test_auto_takes_the_fastest_device_at_hand(monkeypatch, cuda, mps, expected):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: cuda)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: mps)
    assert pick_device().type == expected
    assert pick_device("cpu") == torch.device("cpu")


@pytest.mark.skipif(torch.cuda.is_available(), reason="a GPU is here")
def test_a_missing_gpu_is_one_sentence():
    with pytest.raises(ValueError, match="device='cuda': torch sees no CUDA GPU here"):
        pick_device("cuda")


def test_batches_of_every_shape_are_moved():
    batch = {"x": torch.zeros(2), "pair": (torch.ones(1), [torch.ones(1)]), "name": "a"}
    moved = to_device(batch, torch.device("meta"))
    assert moved["x"].device.type == moved["pair"][1][0].device.type == "meta"
    assert moved["name"] == "a"
