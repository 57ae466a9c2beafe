import numpy as np
import pytest
import torch
from sklearn.feature_extraction.image import extract_patches_2d
from sklearn.preprocessing import PolynomialFeatures

from helpers.data.planted import plant
from helpers.ground.random import generator
from helpers.interpret.pair_products import fit_pairs, pair_products, pairs_map
from helpers.metrics.maps import outweighed


def planted(seed, count=400):
    canvas = 0.5 + 0.05 * torch.randn(count, 1, 20, 20, generator=generator(seed))
    return plant(canvas, seed=seed)


def test_products_are_those_of_scikit_learn_over_its_patches():
    image = torch.rand(6, 7, generator=generator(0)).double()
    patches = extract_patches_2d(image.numpy(), (3, 3)).reshape(-1, 9)
    terms = PolynomialFeatures(2, include_bias=False).fit(patches)
    wanted = terms.transform(patches).mean(0)[9:]  # the 45 products, after the nine pixels
    found = pair_products(image[None, None]).reshape(9, 9)
    assert np.allclose(found[np.triu_indices(9)], wanted)
    assert torch.equal(found, found.T)


def test_the_map_adds_up_to_the_decision():
    train, x = planted(0), planted(1, 8).x.double() - 0.5
    model = fit_pairs(train.x.double() - 0.5, train.y)
    scaler, linear = model[0], model[1]
    fixed = linear.intercept_[0] - float(linear.coef_[0] @ (scaler.mean_ / scaler.scale_))
    inside = pairs_map(model, x)[..., 1:-1, 1:-1].mean((1, 2, 3)).numpy()
    sign = model.predict(pair_products(x)) * 2 - 1
    assert np.allclose(sign * inside + fixed, model.decision_function(pair_products(x)))


def share_found(train, labels, new):
    """Accuracy on new images, and share of them in which the cause outweighs the decoy."""
    model = fit_pairs(train.x - 0.5, labels)
    smooth = torch.nn.functional.avg_pool2d(pairs_map(model, new.x - 0.5), 5, 1, 2)
    right = model.score(pair_products(new.x - 0.5), new.y)
    return right, float(outweighed(smooth.abs(), new.cause, new.decoy).mean())


def test_it_reads_the_labels_and_finds_the_cause_but_not_from_shuffled_labels():
    train, new = planted(2), planted(3, 100)
    assert min(share_found(train, train.y, new)) > 0.9
    shuffled = train.y[torch.randperm(len(train.y), generator=generator(4))]
    assert share_found(train, shuffled, new)[0] < 0.7


@pytest.mark.parametrize("shape", [(2, 3, 8, 8), (2, 1, 2, 8), (8, 8)])
def test_images_that_are_not_grey_or_too_small(shape):
    with pytest.raises(ValueError, match="expected grey images of at least 3 pixels a side"):
        pair_products(torch.zeros(shape))
