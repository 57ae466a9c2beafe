import numpy as np
import pytest
import torch
from hypothesis import given, seed, settings
from hypothesis import strategies as st

from helpers.metrics import generation
from helpers.metrics.generation import (
    copied,
    coverage,
    density,
    modes_found,
    precision,
    radii,
    recall,
    told_apart,
)


def clouds(shift=0.0, n=80, m=60):
    g = torch.Generator().manual_seed(0)
    return torch.randn(n, 3, generator=g), torch.randn(m, 3, generator=g) + shift


def reference(real, fake, k):
    """The four scores from scikit-learn's neighbours, as the authors' package computes them."""
    from sklearn.metrics import pairwise_distances
    from sklearn.neighbors import NearestNeighbors

    real, fake = real.double().numpy(), fake.double().numpy()

    def reach(points):
        return NearestNeighbors(n_neighbors=k + 1).fit(points).kneighbors(points)[0][:, k]

    apart, of_real, of_fake = pairwise_distances(real, fake), reach(real), reach(fake)
    return {
        "precision": (apart <= of_real[:, None]).any(0).mean(),
        "recall": (apart <= of_fake[None]).any(1).mean(),
        "density": (apart <= of_real[:, None]).sum(0).mean() / k,
        "coverage": (apart.min(1) <= of_real).mean(),
    }


SCORES = {"precision": precision, "recall": recall, "density": density, "coverage": coverage}


@seed(0)
@settings(max_examples=40, deadline=None)
@given(
    sizes=st.tuples(st.integers(4, 60), st.integers(4, 60)),
    shift=st.sampled_from([0.0, 1.5, 3000.0]),
    k=st.integers(1, 3),
    kind=st.sampled_from([torch.float16, torch.float32, torch.float64]),
)
def test_equal_to_scikit_learns_neighbours(sizes, shift, k, kind):
    real, fake = (x.to(kind) for x in clouds(shift, *sizes))
    expected = reference(real, fake, k)
    for name, score in SCORES.items():
        assert float(score(real, fake, k)) == pytest.approx(expected[name], abs=1e-6), name


@pytest.mark.parametrize("kind", [torch.uint8, torch.int16, torch.int64])
def test_whole_numbers_are_points_too(kind):
    real, fake = ((10 * x + 60).clamp(0, 120).to(kind) for x in clouds(1.5))
    expected = reference(real, fake, 2)
    for name, score in SCORES.items():
        assert float(score(real, fake, 2)) == pytest.approx(expected[name], abs=1e-6), name


def test_blocks_of_rows_change_nothing(monkeypatch):
    real, fake = clouds(1.5)
    whole = [score(real, fake) for score in SCORES.values()]
    monkeypatch.setattr(generation, "BLOCK", 100)
    assert [score(real, fake) for score in SCORES.values()] == whole


def test_no_table_of_all_distances_is_made(monkeypatch):
    """30,000 points against 30,000 would be 3.6 GB."""
    sizes, cdist = [], torch.cdist
    monkeypatch.setattr(generation, "BLOCK", 1000)
    monkeypatch.setattr(
        torch, "cdist", lambda a, b, **how: sizes.append(len(a) * len(b)) or cdist(a, b, **how)
    )
    for score in SCORES.values():
        score(*clouds(n=300, m=200))
    assert max(sizes) <= 1000


def test_radii_equal_a_sorted_table():
    x, _ = clouds()
    table = np.sort(np.linalg.norm(x.numpy()[:, None] - x.numpy()[None], axis=2), 1)
    assert np.allclose(radii(x, 4), table[:, 4], atol=1e-5)


def test_a_set_against_itself_is_perfect():
    real, _ = clouds()
    assert [float(SCORES[name](real, real)) for name in ("precision", "recall", "coverage")] == [
        1.0
    ] * 3
    assert float(density(real, real)) >= 1


def test_collapse_keeps_precision_and_loses_the_rest():
    real, _ = clouds()
    one = real[:1] + 0.01 * torch.randn(60, 3, generator=torch.Generator().manual_seed(1))
    assert precision(real, one) > 0.9
    assert recall(real, one) < 0.1
    assert coverage(real, one) < 0.3


def test_one_outlier_inflates_recall_but_not_coverage():
    """The reason for density and coverage (Naeem et al. 2020, figure 1)."""
    real, fake = clouds(shift=30.0)
    strays = torch.cat([fake, torch.full((3, 3), -60.0)])
    assert recall(real, strays) > 0.9
    assert coverage(real, strays) == 0


def test_modes_are_counted_by_nearest_centre():
    centres = torch.tensor([[0.0, 0.0], [4.0, 0.0], [0.0, 4.0], [4.0, 4.0]])
    samples = centres[[0] * 50 + [1] * 45 + [2] * 1 + [3] * 4] + 0.1
    found, good = modes_found(samples, centres, 0.5)
    assert (float(found), float(good)) == (0.5, 1.0)
    found, good = modes_found(samples + 1.0, centres, 0.5)
    assert (float(found), float(good)) == (0.0, 0.0)
    assert float(modes_found(samples, centres, 0.5, share=0.01)[0]) == 1.0


@pytest.mark.parametrize("score", SCORES.values())
def test_tables_of_other_width_are_refused(score):
    with pytest.raises(ValueError, match="tables with the same columns and at least one row"):
        score(torch.zeros(8, 3), torch.zeros(8, 2))
    with pytest.raises(ValueError, match="finite numbers as points, found 8"):
        score(torch.zeros(8, 3), torch.full((8, 1), torch.nan))


def test_five_neighbours_are_asked_if_nothing_is_said():
    real, fake = clouds()
    assert torch.equal(radii(real), radii(real, 5))
    for score in SCORES.values():
        assert score(real, fake) == score(real, fake, 5)
    assert density(real, fake, 4) != density(real, fake, 5) != density(real, fake, 6)


@pytest.mark.parametrize("share", [0, 1])
def test_copies_need_a_share_between_none_and_all(share):
    with pytest.raises(ValueError, match=f"a share between 0 and 1, found {share}"):
        copied(*torch.randn(3, 5, 2), share)


def test_too_many_neighbours_are_refused():
    with pytest.raises(ValueError, match=r"k must lie in 1\.\.7 for 8 points, found 8"):
        radii(torch.zeros(8, 3), 8)


def test_modes_need_a_radius_and_a_share():
    with pytest.raises(ValueError, match="radius of 0 or more and a share above 0, found -1 and"):
        modes_found(torch.zeros(3, 2), torch.ones(2, 2), -1)


def test_copies_are_seen_and_new_rows_are_not():
    g = torch.Generator().manual_seed(0)
    train, new, fake = (torch.randn(400, 3, generator=g) for _ in range(3))
    assert copied(train, new, train) == 1
    assert copied(train, new, fake) == pytest.approx(0.05, abs=0.03)
    assert copied(train, new, fake + 30) == 0
    with pytest.raises(ValueError, match="a share between 0 and 1, found 1"):
        copied(train, new, fake, share=1)


def test_trees_tell_apart_what_differs_and_nothing_else():
    g = torch.Generator().manual_seed(0)
    real, fake = (torch.randn(300, 3, generator=g) for _ in range(2))
    assert told_apart(real, fake) == pytest.approx(0.5, abs=0.08)
    shifted = told_apart(real, fake + 1)  # the best classifier has Phi(sqrt(3) / 2) = 0.81
    assert shifted == pytest.approx(0.79, abs=0.06)
    with pytest.raises(ValueError, match="at least four rows of either kind, found 3"):
        told_apart(real[:3], fake)


@pytest.mark.parametrize("k", [0, 8, 2.0, "2"])
def test_neighbours_are_a_whole_number_of_others(k):
    assert radii(clouds(n=8)[0], 1).shape == radii(clouds(n=8)[0], 7).shape == (8,)
    with pytest.raises(ValueError, match=rf"radii: k must lie in 1\.\.7 for 8 points, found {k}$"):
        radii(torch.zeros(8, 3), k)


def test_copies_are_counted_against_numpys_lower_quantile():
    train, new, fake = torch.randn(3, 60, 2, generator=torch.Generator().manual_seed(1))
    near, made = (torch.cdist(x.double(), train.double()).amin(1).numpy() for x in (new, fake))
    for share in (0.05, 0.33, 0.9):
        bound = np.quantile(near, share, method="lower")
        assert float(copied(train, new, fake, share)) == pytest.approx((made <= bound).mean())
    assert copied(train, new, fake) == copied(train, new, fake, 0.05)
    # at the bound a row counts as copied: each new row as generated gives the share itself
    assert float(copied(train, new, new, 0.5)) == pytest.approx(30 / 60)


def test_the_trees_are_scikit_learns_fifty():
    from sklearn.ensemble import ExtraTreesClassifier
    from sklearn.model_selection import StratifiedKFold, cross_val_score

    real, fake = clouds(0.7, 40, 40)
    for number in (0, 5):
        expected = cross_val_score(
            ExtraTreesClassifier(50, random_state=number), torch.cat([real, fake]).numpy(),
            [0] * 40 + [1] * 40, cv=StratifiedKFold(2, shuffle=True, random_state=number),
        )  # fmt: skip
        assert told_apart(real, fake, number) == expected.mean()
    assert told_apart(real, fake) == told_apart(real, fake, 0) != told_apart(real, fake, 5)


def test_of_a_longer_sorted_table_any_rows_are_taken():
    g = torch.Generator().manual_seed(0)
    few, rows = (torch.randn(n, 1, generator=g).sort(0).values for n in (100, 300))
    assert told_apart(few, rows) == pytest.approx(0.5, abs=0.12)
    assert told_apart(rows, few) == pytest.approx(0.5, abs=0.12)
    assert told_apart(rows[:4], rows[4:8]) <= 1
    with pytest.raises(ValueError, match="at least four rows of either kind, found 3$"):
        told_apart(rows[:3], rows)


def test_modes_at_the_bounds_count():
    centres = torch.tensor([[0.0], [8.0]])
    samples = torch.tensor([[0.0]] * 9 + [[7.0]])  # a tenth of them: .2 of the half it would get
    assert [float(x) for x in modes_found(samples, centres, 1.0)] == [1, 1]
    assert [float(x) for x in modes_found(samples, centres, 0.9)] == pytest.approx([0.5, 0.9])
    assert float(modes_found(samples, centres, 1.0, share=0.21)[0]) == 0.5
    assert float(modes_found(samples, centres, 0)[1]) == pytest.approx(0.9)
    for radius, share in ((0, 0), (-1, 0.2), (torch.nan, 0.2), (1, -1)):
        with pytest.raises(ValueError, match=f"share above 0, found {radius} and {share}$"):
            modes_found(samples, centres, radius, share)


def test_points_that_coincide_lie_at_no_distance_however_far_out():
    """Distances from a matrix product would be rounded there."""
    far = 1e4 + clouds(n=40)[0]
    assert copied(far, far, far, 0.5) == 1
    assert precision(far, far.repeat(2, 1), 1) == 1


def test_one_row_at_a_time_is_the_least_block(monkeypatch):
    whole = radii(clouds()[0])
    monkeypatch.setattr(generation, "BLOCK", 3)
    assert torch.equal(radii(clouds()[0]), whole)
