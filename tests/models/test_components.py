import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.decomposition import NMF, PCA

from helpers.models.components import nmf, pca


def data(n=30, d=6, seed=0):
    return torch.randn(n, d, generator=torch.Generator().manual_seed(seed)).double()


def test_pca_agrees_with_scikit_learn_up_to_sign():
    x = data()
    mine, theirs = pca(x, 3), PCA(3).fit(x.numpy())
    scores = theirs.transform(x.numpy())
    signs = np.sign((mine.scores.numpy() * scores).sum(0))
    assert np.allclose(mine.scores.numpy() * signs, scores, atol=1e-12)
    assert np.allclose(mine.share, theirs.explained_variance_ratio_)
    assert not np.allclose(pca(x + x**2, 3).scores.abs(), np.abs(scores), atol=1e-2)


@given(st.integers(0, 100))
@settings(max_examples=10, deadline=None)
def test_directions_are_orthonormal_and_all_of_them_lose_nothing(seed):
    x = data(seed=seed)
    found = pca(x, 6)
    assert torch.allclose(found.directions @ found.directions.T, torch.eye(6).double())
    assert torch.allclose(found.scores @ found.directions + found.mean, x)
    assert float(found.share.sum()) == pytest.approx(1)


def test_nmf_agrees_with_scikit_learn():
    g = torch.Generator().manual_seed(0)
    x, w, h = (torch.rand(size, generator=g).double() for size in ((20, 8), (20, 3), (3, 8)))
    theirs = NMF(3, init="custom", solver="mu", tol=0, max_iter=50)
    expected = theirs.fit_transform(x.numpy(), W=w.numpy().copy(), H=h.numpy().copy())
    mine, _ = nmf(x, w, h, steps=50)
    assert np.allclose(mine, expected, atol=1e-10)
    assert not np.allclose(nmf(x, w, h, steps=5)[0], expected, atol=1e-3)


def test_nmf_never_makes_the_error_larger():
    g = torch.Generator().manual_seed(1)
    x, w, h = (torch.rand(size, generator=g).double() for size in ((20, 8), (20, 3), (3, 8)))
    errors = []
    for _ in range(30):
        errors.append(float(((x - w @ h) ** 2).sum()))
        w, h = nmf(x, w, h, steps=1)
    assert all(b <= a for a, b in zip(errors, errors[1:]))
    assert errors[-1] < 0.5 * errors[0]


def test_bad_input_is_one_sentence():
    with pytest.raises(ValueError, match=r"expected 1 to 6 for data of shape \(30, 6\)"):
        pca(data(), 7)
    with pytest.raises(ValueError, match="found -1 in row 0, column 1"):
        nmf(torch.tensor([[1.0, -1.0]]), torch.ones(1, 1), torch.ones(1, 2))


def test_all_components_or_one_and_no_others():
    x = torch.randn(5, 3)
    for count in (1, 3):
        assert pca(x, count).scores.shape == (5, count)
    for count in (0, 4):
        with pytest.raises(
            ValueError, match=f"components={count}.: expected 1 to 3 for data of shape"
        ):
            pca(x, count)
    assert float(pca(x, 3).share.sum()) == pytest.approx(1)


def test_two_hundred_steps_if_nothing_is_said_and_zeros_stay_finite():
    g = torch.Generator().manual_seed(0)
    x, w, h = (
        torch.rand(6, 5, generator=g),
        torch.rand(6, 2, generator=g),
        torch.rand(2, 5, generator=g),
    )
    for one, other in zip(nmf(x, w, h), nmf(x, w, h, steps=200)):
        assert torch.equal(one, other)
    assert not torch.equal(nmf(x, w, h, steps=199)[0], nmf(x, w, h)[0])
    nothing = nmf(0 * x, 0 * w, h, steps=3)
    assert nothing[0].isfinite().all()
    assert nothing[1].isfinite().all()
    assert nmf(0 * x, w, h, steps=1)[0].eq(0).all()
