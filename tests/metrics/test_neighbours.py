import numpy as np
import pytest
from sklearn.manifold import trustworthiness
from sklearn.neighbors import KNeighborsClassifier

from helpers.metrics.neighbours import between, nearest, neighbours_kept, vote


def rows(n=40, d=3, seed=0):
    return np.random.default_rng(seed).normal(size=(n, d))


def test_nearest_are_those_of_all_distances():
    x = rows()
    apart = np.linalg.norm(x[:, None] - x[None], axis=2)
    np.fill_diagonal(apart, np.inf)
    assert (nearest(x, 5) == apart.argsort(1)[:, :5]).all()


def test_a_rotated_map_keeps_all_and_a_random_one_few():
    x = rows(200)
    turned = x @ np.linalg.qr(rows(3, 3, seed=1))[0]
    assert neighbours_kept(x, turned, 10).tolist() == [1.0] * 200
    by_chance = neighbours_kept(x, rows(200, 2, seed=2), 10).mean()
    assert by_chance == pytest.approx(10 / 199, abs=0.03)
    assert trustworthiness(x, turned, n_neighbors=10) == 1


def test_a_row_has_no_vote_of_its_own():
    x, y = rows(60), np.random.default_rng(1).integers(3, size=60)
    found = vote(x, y, 7)
    for row in range(60):
        others = np.arange(60) != row
        model = KNeighborsClassifier(7).fit(x[others], y[others])
        assert found[row] == model.predict(x[row : row + 1])[0]
    assert (found == y).mean() < 0.6  # labels are noise; with its own vote it would know them


def test_distances_between_classes_are_those_of_their_means():
    x, y = rows(), np.arange(40) % 3
    means = [x[y == k].mean(0) for k in range(3)]
    found = between(x, y)
    assert found[0, 2].item() == pytest.approx(np.linalg.norm(means[0] - means[2]))
    assert found.diagonal().tolist() == [0, 0, 0]
    assert between(2 * x, y)[0, 1].item() == pytest.approx(2 * found[0, 1].item())


def test_a_class_without_a_row_has_no_distance():
    with pytest.raises(ValueError, match=r"a row of each class 0 to 2, found none of \[1\]"):
        between(rows(), np.arange(40) % 2 * 2)


def test_too_many_neighbours_are_one_sentence():
    with pytest.raises(ValueError, match=r"nearest\(k=40\): expected 1 to 39 for 40 rows"):
        nearest(rows(), 40)


def test_fifteen_neighbours_are_asked_if_nothing_is_said():
    x, y = rows(60), np.random.default_rng(1).integers(3, size=60)
    assert (nearest(x) == nearest(x, 15)).all()
    assert (neighbours_kept(x, x[:, :2]) == neighbours_kept(x, x[:, :2], 15)).all()
    assert (vote(x, y) == vote(x, y, 15)).all()
    assert (vote(x, y) != vote(x, y, 14)).any()


@pytest.mark.parametrize("k", [0, 40, 2.0, "3"])
def test_neighbours_are_a_whole_number_of_other_rows(k):
    assert nearest(rows(), 1).shape == (40, 1)
    assert nearest(rows(), 39).shape == (40, 39)
    with pytest.raises(ValueError, match=rf"^nearest\(k={k!r}\): expected 1 to 39 for 40 rows$"):
        nearest(rows(), k)


def test_maps_of_other_rows_are_not_compared():
    with pytest.raises(ValueError, match="zip"):
        neighbours_kept(rows(), rows(30), 3)


@pytest.mark.parametrize("score", [vote, between])
@pytest.mark.parametrize(
    ("y", "sentence"),
    [
        ([0] * 39, "expected one class a row, found 40 rows and 39"),
        ([-1] + [0] * 39, "expected class numbers 0 or more as y, found -1"),
        ([0.0] * 40, "expected whole class numbers as y, found torch.float64"),
        (["a"] * 40, "expected numbers as y, found"),
    ],
)
def test_classes_that_do_not_fit_are_one_sentence(score, y, sentence):
    with pytest.raises(ValueError, match=f"^{score.__name__}: {sentence}"):
        score(rows(), y)


def test_nothing_has_no_classes():
    with pytest.raises(ValueError, match="^between: expected one class a row, found 0 rows and 0"):
        between(np.zeros((0, 2)), np.zeros(0, int))
