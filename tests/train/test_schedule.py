import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from helpers.train.schedule import constant, cosine, one_cycle


def test_cosine_is_torchs():
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=1.0)
    theirs = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=20)
    for step in range(20):
        assert cosine()(step / 20) == pytest.approx(theirs.get_last_lr()[0], abs=1e-12)
        optimizer.step()
        theirs.step()


def test_one_cycle_is_torchs():
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=1.0)
    theirs = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, max_lr=1.0, total_steps=101, pct_start=0.31, final_div_factor=1e5 / 25,
        cycle_momentum=False,
    )  # fmt: skip
    # torch counts whole steps: its peak is at step 0.31 * 101 - 1 of 100
    mine = one_cycle(rise=(0.31 * 101 - 1) / 100)
    for step in range(101):
        assert mine(step / 100) == pytest.approx(theirs.get_last_lr()[0], abs=1e-4)
        if step < 100:
            optimizer.step()
            theirs.step()


@given(st.floats(0, 1), st.floats(0, 0.9))
def test_factors_stay_between_zero_and_one(t, warmup):
    assert constant(t) == 1
    assert -1e-12 <= cosine(warmup=warmup)(t) <= 1
    assert 0 < one_cycle()(t) <= 1


@pytest.mark.parametrize("make", [lambda: cosine(warmup=1.0), lambda: one_cycle(rise=0)])
def test_shares_outside_the_range_are_refused(make):
    with pytest.raises(ValueError, match="expected a share of training"):
        make()


def test_beyond_the_end_the_factor_stays():
    assert cosine(final=0.2)(1.3) == pytest.approx(0.2)
    assert one_cycle()(1.3) == pytest.approx(1e-5)
    assert cosine(warmup=0.2)(0.2) == 1.0


def test_a_cosine_ends_at_its_final_factor_and_stays():
    """Half way it stands in the middle of one and the end; torch's eta_min says the same."""
    for final in (0.0, 0.2, 1.0):
        factor = cosine(warmup=0.2, final=final)
        found = [factor(t) for t in (0.0, 0.1, 0.2, 0.6, 1.0, 1.5)]
        assert found == pytest.approx([0, 0.5, 1, (1 + final) / 2, final, final])
    for said in ({"warmup": -0.1}, {"warmup": 1}, {"final": -0.1}, {"warmup": "x"}):
        with pytest.raises(ValueError, match="^cosine"):
            cosine(**said)


def test_one_cycle_begins_and_ends_where_it_says():
    usual = one_cycle()
    assert [usual(t) for t in (0.0, 0.25, 1.0, 2.0)] == pytest.approx([1 / 25, 1, 1e-5, 1e-5])
    assert usual(0.125) == pytest.approx((1 / 25 + 1) / 2)
    assert usual(0.625) == pytest.approx((1 + 1e-5) / 2)
    other = one_cycle(rise=0.5, start=0.2, final=0.1)
    assert [other(t) for t in (0.0, 0.25, 0.5, 0.75, 1.0)] == pytest.approx(
        [0.2, 0.6, 1, 0.55, 0.1]
    )
    for said in ({"rise": 0}, {"rise": 1}, {"start": -1}, {"final": -1}, {"final": "x"}):
        with pytest.raises(ValueError, match="^one_cycle"):
            one_cycle(**said)
