import random

import numpy as np
import torch
from hypothesis import given
from hypothesis import strategies as st

from helpers.ground.random import generator, seed_everything


def draws():
    return random.random(), np.random.rand(), float(torch.rand(1))


def test_one_seed_fixes_all_three_libraries():
    seed_everything(3)
    first = draws()
    seed_everything(3)
    assert draws() == first
    seed_everything(4)
    assert all(a != b for a, b in zip(draws(), first))


@given(st.lists(st.integers(0, 2**31), min_size=1, max_size=3))
def test_a_generator_is_named_by_its_key_and_leaves_the_global_stream_alone(key):
    before = torch.get_rng_state()
    a, b = (torch.rand(4, generator=generator(*key)) for _ in range(2))
    other = torch.rand(4, generator=generator(*key, 1))
    assert torch.equal(a, b)
    assert not torch.equal(a, other)
    assert torch.equal(before, torch.get_rng_state())
