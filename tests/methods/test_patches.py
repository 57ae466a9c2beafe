import numpy as np
import pytest
import torch
from sklearn.feature_extraction.image import extract_patches_2d
from sklearn.linear_model import LogisticRegression

from helpers.methods.patches import PatchFeatures


@pytest.fixture(scope="module")
def stripes():
    """Upright and level stripes at any place, with noise."""
    draws = torch.Generator().manual_seed(0)
    y = torch.arange(120) % 2
    x = 0.3 * torch.rand(120, 1, 8, 8, generator=draws)
    for k, label in enumerate(y.tolist()):
        at = int(torch.randint(2, (1,), generator=draws))
        rows = x[k, 0] if label else x[k, 0].T
        rows[at::2] += 0.7
    return x, y


def test_patches_are_those_of_scikit_learn_freed_of_mean_and_spread(stripes):
    image = stripes[0][:1]
    found = PatchFeatures(stripes[0], 0, centres=8).cut(image)[0]
    theirs = extract_patches_2d(np.pad(image[0, 0].numpy(), 1), (5, 5)).reshape(36, 25)
    theirs = theirs - theirs.mean(1, keepdims=True)
    theirs = theirs / (theirs.std(1, ddof=1, keepdims=True) + 0.1)
    assert np.allclose(found.numpy(), theirs, atol=1e-5)


def test_likeness_is_the_triangle_of_the_distances_by_quarters(stripes):
    x, _ = stripes
    body = PatchFeatures(x, 0, centres=8)
    found = body(x[:2]).view(2, 8, 2, 2)
    white = body.whiten.transform(body.cut(x[:2]).flatten(0, 1))
    far = np.linalg.norm(white[:, None] - body.groups.cluster_centers_[None], axis=2)
    near = np.maximum(0, far.mean(1, keepdims=True) - far).reshape(2, 6, 6, 8)
    for a, rows in enumerate((slice(0, 3), slice(3, 6))):
        for b, columns in enumerate((slice(0, 3), slice(3, 6))):
            mean = near[:, rows, columns].mean((1, 2))
            assert np.allclose(found[:, :, a, b].numpy(), mean, atol=1e-4)


def test_a_line_through_them_reads_stripes_and_not_shuffled_ones(stripes):
    x, y = stripes
    body = PatchFeatures(x[:20], 0)
    seen, new = body(x[:20]).numpy(), body(x[20:]).numpy()
    assert LogisticRegression().fit(seen, y[:20]).score(new, y[20:]) > 0.9
    wrong = y[:20].roll(5) ^ (torch.arange(20) // 5 % 2)
    assert LogisticRegression().fit(seen, wrong).score(new, y[20:]) < 0.8


def test_brightness_and_contrast_hardly_matter(stripes):
    x, _ = stripes
    body = PatchFeatures(x, 0)
    assert torch.allclose(body.cut(x[:4])[:, 14], body.cut(x[:4] + 3)[:, 14], atol=1e-4)  # inside


def test_few_images_get_few_centres_and_small_ones_are_refused():
    assert PatchFeatures(torch.rand(1, 1, 8, 8), 0)(torch.rand(3, 1, 8, 8)).shape == (3, 72)
    with pytest.raises(ValueError, match="expected images of 5 pixels a side or more, found"):
        PatchFeatures(torch.rand(4, 1, 4, 4), 0)
