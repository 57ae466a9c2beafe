import pytest
import torch
from torch import nn

from helpers.interpret.randomised import cascade
from helpers.models.plain_convnet import plain_convnet


def test_layers_are_set_back_from_the_top_and_stay_so():
    net = plain_convnet(1, 2)
    layers = [number for number, layer in enumerate(net) if hasattr(layer, "reset_parameters")]
    copies = list(cascade(net))
    assert [count for count, _ in copies] == [1, 2, 3, 4]
    for count, other in copies:
        changed = [not torch.equal(other[k].weight, net[k].weight) for k in layers]
        assert changed == [False] * (4 - count) + [True] * count
    assert torch.equal(copies[0][1][10].weight, copies[3][1][10].weight)


def test_the_seed_decides_and_the_global_generator_stays():
    net, state = plain_convnet(1, 2), torch.get_rng_state()
    first, again, other = (next(cascade(net, seed))[1][10].weight for seed in (0, 0, 1))
    assert torch.equal(first, again)
    assert not torch.equal(first, other)
    assert torch.equal(state, torch.get_rng_state())


def test_a_network_without_weights_is_refused():
    with pytest.raises(ValueError, match="expected layers with reset_parameters, found none"):
        next(cascade(nn.ReLU()))
