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


def test_63_bits_of_numpys_seed_sequence_name_the_stream():
    seeds = [generator(*key).initial_seed() for key in ((0,), (3, 1), (2**40, 7, 7))]
    for key, seed in zip(((0,), (3, 1), (2**40, 7, 7)), seeds):
        high, low = (int(word) for word in np.random.SeedSequence(key).generate_state(2))
        assert seed == high * 2**31 + low // 2
    assert len({f"{seed:063b}" for seed in seeds}) == 3
    assert 2**55 < max(seeds) < 2**63


@given(st.lists(st.integers(0, 2**31), min_size=1, max_size=3))
def test_a_generator_is_named_by_its_key_and_leaves_the_global_stream_alone(key):
    before = torch.get_rng_state()
    a, b = (torch.rand(4, generator=generator(*key)) for _ in range(2))
    other = torch.rand(4, generator=generator(*key, 1))
    assert torch.equal(a, b)
    assert not torch.equal(a, other)
    assert torch.equal(before, torch.get_rng_state())
