import io
import random
import re

import numpy as np
import pytest
import torch

from helpers.train.random_state import random_states, restore_random_states, set_state, state_of

KINDS = {
    "torch": (lambda: torch.Generator().manual_seed(3), lambda g: torch.rand(5, generator=g).tolist()),
    "python": (lambda: random.Random(3), lambda g: [g.gauss(0, 1) for _ in range(5)]),
    "numpy": (lambda: np.random.default_rng(3), lambda g: g.normal(size=5).tolist()),
    "mersenne": (lambda: np.random.Generator(np.random.MT19937(3)), lambda g: g.random(5).tolist()),
    "old numpy": (lambda: np.random.RandomState(3), lambda g: g.rand(5).tolist()),
}  # fmt: skip


def saved_and_read(thing):
    """What a checkpoint gives back: written to disk and read without pickled code."""
    file = io.BytesIO()
    torch.save(thing, file)
    file.seek(0)
    return torch.load(file, weights_only=True)


def draws():
    """Numbers of all three global generators, normal ones too: their second half is kept aside."""
    return [
        torch.rand(3).tolist(), np.random.rand(3).tolist(), np.random.randn(1).tolist(),
        random.random(), random.gauss(0, 1),
    ]  # fmt: skip


def test_global_generators_continue_where_they_were():
    draws()
    states = saved_and_read(random_states())
    expected = [draws(), draws()]
    restore_random_states(states)
    assert [draws(), draws()] == expected
    assert draws() not in expected


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_of_generator_continues_where_it_was(kind):
    make, draw = KINDS[kind]
    mine = make()
    draw(mine)
    state = saved_and_read(state_of(mine))
    expected = [draw(mine), draw(mine)]
    other = make()
    set_state(other, state)
    assert [draw(other), draw(other)] == expected
    set_state(mine, state)
    assert [draw(mine), draw(mine)] == expected


def test_generators_of_the_data_are_kept_in_their_order():
    own = [make() for make, _ in KINDS.values()]
    states = saved_and_read(random_states(own))
    expected = [draw(mine) for mine, (_, draw) in zip(own, KINDS.values())]
    restore_random_states(states, own)
    assert [draw(mine) for mine, (_, draw) in zip(own, KINDS.values())] == expected


def test_none_leaves_the_data_s_own_alone_and_restores_the_rest():
    own = [np.random.default_rng(0)]
    states = random_states(own)
    expected, first = draws(), own[0].random()
    restore_random_states(states, None)
    assert draws() == expected
    assert own[0].random() != first


@pytest.mark.parametrize(("saved", "now"), [(1, 2), (2, 1), (1, 0)])
def test_another_number_of_generators_is_one_sentence_and_changes_nothing(saved, now):
    make = KINDS["numpy"][0]
    states = random_states([make() for _ in range(saved)])
    draws()
    before = torch.get_rng_state()
    sentence = f"hold {now} random generators of their own, expected {saved} as in the checkpoint"
    with pytest.raises(ValueError, match=re.escape(sentence)):
        restore_random_states(states, [make() for _ in range(now)])
    assert torch.equal(torch.get_rng_state(), before)


def test_states_of_other_devices_are_kept_only_where_there_are_as_many(monkeypatch):
    """A run saved on one machine may go on where there is no GPU, or another number of them."""
    given = []
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "get_rng_state_all", lambda: ["a", "b"])
    monkeypatch.setattr(torch.cuda, "set_rng_state_all", given.append)
    states = random_states()
    assert states["cuda"] == ["a", "b"]
    for count, expected in ((2, [["a", "b"]]), (1, []), (0, [])):
        given.clear()
        monkeypatch.setattr(torch.cuda, "device_count", lambda: count)  # noqa: B023
        restore_random_states(states)
        assert given == expected
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 0)
    restore_random_states(states | {"cuda": []})
    assert given == []
