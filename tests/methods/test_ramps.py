import math

import pytest

from helpers.methods.ramps import linear_ramp, share, sigmoid_ramp, tanh_ramp

RAMPS = [linear_ramp, sigmoid_ramp, tanh_ramp]


def test_each_follows_its_paper():
    for step in (0, 7, 20, 31, 80):
        t = min(step / 40, 1)
        assert linear_ramp(step, 40) == t
        assert sigmoid_ramp(step, 40) == pytest.approx(math.exp(-5 * (1 - t) ** 2))
        assert tanh_ramp(step, 40) == pytest.approx(2 / (1 + math.exp(-10 * t)) - 1)


def test_lee_s_weight_rises_between_two_steps():
    found = [3 * linear_ramp(step, 600, start=100) for step in (0, 100, 101, 600, 900)]
    assert found == pytest.approx([0, 0, 3 / 500, 3, 3])


@pytest.mark.parametrize("ramp", RAMPS)
def test_all_share_one_signature_and_never_fall(ramp):
    values = [ramp(step, 30, 10) for step in range(50)]
    assert values == sorted(values)
    assert len(set(values[:11])) == len(set(values[30:])) == 1
    assert values[20] not in (values[0], values[-1])
    assert ramp(0, 0) > 0.999


def test_an_end_before_the_start_is_one_sentence():
    with pytest.raises(ValueError, match="expected 0 <= start <= end"):
        share(5, 112, 336)
