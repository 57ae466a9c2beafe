import pytest
import torch

from helpers.data.clouds import clouds
from helpers.ground.random import generator


def test_clouds_have_the_centres_and_spreads_that_were_asked_for():
    x, y = clouds([[0], [0, 60]], [1.0, 6.0], each=4000, dims=3, seed=1)
    assert y.bincount().tolist() == [4000, 4000]
    means = torch.stack([x[y == k].mean(0) for k in (0, 1)])
    assert torch.allclose(means, torch.tensor([[0.0, 0, 0], [0, 60, 0]]), atol=0.5)
    spreads = torch.stack([x[y == k].std(0) for k in (0, 1)])
    assert torch.allclose(spreads, torch.tensor([[1.0], [6.0]]).expand(2, 3), rtol=0.05)


def test_a_seed_repeats_and_another_differs():
    one, same, other = (clouds([[0]], each=5, seed=seed)[0] for seed in (0, 0, 1))
    assert torch.equal(one, same)
    assert not torch.equal(one, other)


def test_a_centre_that_does_not_fit_is_one_sentence():
    with pytest.raises(ValueError, match=r"clouds\(dims=1\): expected at least 2"):
        clouds([[0, 1]], dims=1)


def test_clouds_are_normal_numbers_of_a_seed_around_their_centres():
    x, y = clouds([[0, 1], [3]], [1, 2.0], each=3, dims=4, seed=5)
    noise = torch.randn(6, 4, generator=generator(5))
    middle = torch.tensor([[0.0, 1, 0, 0]] * 3 + [[3.0, 0, 0, 0]] * 3)
    assert torch.allclose(x, middle + noise * torch.tensor([1.0, 1, 1, 2, 2, 2])[:, None])
    assert y.tolist() == [0, 0, 0, 1, 1, 1]
    plain, _ = clouds([[0]])
    assert plain.shape == (100, 10)
    assert torch.equal(plain, torch.randn(100, 10, generator=generator(0)))
    assert clouds([[1, 2]], dims=2)[0].shape == (100, 2)
