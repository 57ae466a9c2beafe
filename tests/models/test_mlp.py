import pytest
import torch
from sklearn.neural_network import MLPClassifier
from torch import nn

from helpers.models.mlp import MLP


def test_scikit_learns_mlp_with_the_same_weights_gives_the_same_probabilities():
    g = torch.Generator().manual_seed(0)
    x = torch.randn(40, 5, generator=g, dtype=torch.float64)
    theirs = MLPClassifier((7, 6), max_iter=3, random_state=0)
    with pytest.warns(UserWarning, match="Maximum iterations"):
        theirs.fit(x.numpy(), torch.randint(0, 3, (40,), generator=g).numpy())
    mine = MLP([5, 7, 6, 3]).double()
    layers = [layer for layer in mine if isinstance(layer, nn.Linear)]
    for layer, weight, bias in zip(layers, theirs.coefs_, theirs.intercepts_):
        layer.weight.data, layer.bias.data = torch.tensor(weight.T), torch.tensor(bias)
    expected = torch.tensor(theirs.predict_proba(x.numpy()))
    assert torch.allclose(mine(x).softmax(1), expected, atol=1e-12)
    layers[0].weight.data = -layers[0].weight.data
    assert not torch.allclose(mine(x).softmax(1), expected, atol=1e-3)


def test_images_are_flattened_and_dropout_sits_after_each_hidden_layer():
    model = MLP([64, 8, 8, 10], dropout=0.5)
    assert model(torch.zeros(2, 1, 8, 8)).shape == (2, 10)
    assert sum(isinstance(layer, nn.Dropout) for layer in model) == 2


def test_too_few_sizes_are_one_sentence():
    with pytest.raises(ValueError, match="expected at least input and output width"):
        MLP([3])
