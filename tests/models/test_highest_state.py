"""The highest state of a GRU: what it must and must not see."""

import torch

from helpers.models.highest_state import HighestState

torch.manual_seed(0)
net = HighestState(3, 8, 2)
x = torch.randn(4, 20, 3)


def test_it_is_the_highest_of_the_states():
    states = net.body(x)[0]
    assert torch.allclose(
        net(x), states.max(1).values @ net.head.weight.T + net.head.bias, atol=1e-6
    )
    assert net(x).shape == (4, 2)


def test_reading_from_the_end_gives_the_same_with_the_weights_of_both_ways_swapped():
    other = HighestState(3, 8, 2)
    own = net.state_dict()
    swapped = {}
    for name, value in own.items():
        if name.startswith("body"):
            name = name[: -len("_reverse")] if name.endswith("_reverse") else name + "_reverse"
        swapped[name] = value
    swapped["head.weight"] = own["head.weight"].roll(8, 1)
    other.load_state_dict(swapped)
    assert torch.allclose(other(x.flip(1)), net(x), atol=1e-6)


def test_repeating_a_sequence_does_not_lower_a_state():
    body = net.body(torch.cat([x, x], 1))[0].amax(1)
    assert (body[:, :8] >= net.body(x)[0].amax(1)[:, :8] - 1e-6).all()
