import pytest
import torch

from helpers.data.landscape import ACIDS, WILD, gb1, one_hot


def test_the_landscape_is_the_published_one(cited_data):
    variants, y = gb1()
    assert len(variants) == len(set(variants)) == len(y) == 149_361
    assert variants[0] == WILD
    assert y[0] == 1
    assert y.min() == 0
    assert float(y.max()) == pytest.approx(8.76, abs=0.01)
    assert {len(variant) for variant in variants} == {4}
    assert set("".join(variants)) == set(ACIDS)
    single = [sum(a != b for a, b in zip(variant, WILD)) == 1 for variant in variants]
    assert sum(single) == 76


def test_one_hot_counts_equal_sites():
    x = one_hot(["VDGV", "VDGA", "AAAA"])
    assert x.shape == (3, 80)
    assert (x @ x.T).tolist() == [[4, 3, 0], [3, 4, 1], [0, 1, 4]]
    assert torch.equal(x.sum(1), torch.full((3,), 4.0))


def test_what_is_no_protein_is_refused():
    with pytest.raises(ValueError, match="found 'B'"):
        one_hot(["VDGB"])
    with pytest.raises(ValueError, match="expected strings of 4 letters"):
        one_hot(["VDGV", "VD"])
