"""Even cells, weights and the worst group."""

import pytest
import torch
from sklearn.linear_model import LogisticRegression
from sklearn.utils.class_weight import compute_sample_weight

from helpers.methods.groups import between, cells, even_rows, even_weights, without, worst_group


def draw(n=400, seed=0):
    """Rows whose first column tells the class, and whose second tells it in most rows only."""
    g = torch.Generator().manual_seed(seed)
    y = torch.randint(0, 2, (n,), generator=g)
    group = torch.where(torch.rand(n, generator=g) < 0.9, y, 1 - y)
    noise = torch.randn(n, 2, generator=g)
    x = torch.stack([y + 0.7 * noise[:, 0], 2 * group + 0.3 * noise[:, 1]], 1)
    return (x - x.mean(0)) / x.std(0), y, group


def accuracies(w, b, x, y, cell):
    right = ((x @ w + b > 0).long() == y).float()
    return torch.stack([right[cell == k].mean() for k in cell.unique()])


def test_weights_are_the_library_s():
    cell = torch.tensor([0, 0, 0, 2, 2, 5])
    theirs = torch.from_numpy(compute_sample_weight("balanced", cell.numpy())).float()
    torch.testing.assert_close(even_weights(cell), theirs)


def test_even_rows_have_as_many_of_each_cell():
    cell = torch.tensor([0] * 9 + [2] * 4 + [3] * 6)
    kept = even_rows(cell, seed=1)
    assert cell[kept].bincount().tolist() == [4, 0, 4, 4]
    assert len(kept.unique()) == 12
    assert not torch.equal(kept, even_rows(cell, seed=2))


def test_one_cell_and_no_step_is_logistic_regression():
    x, y, _ = draw()
    w, b = worst_group(x, y, torch.zeros_like(y), penalty=3.0, step=0.0, steps=2000)
    theirs = LogisticRegression(C=1 / 3.0, tol=1e-8).fit(x, y)
    torch.testing.assert_close(w, torch.from_numpy(theirs.coef_[0]).float(), atol=2e-3, rtol=2e-3)
    assert float(b) == pytest.approx(float(theirs.intercept_[0]), abs=2e-3)


def test_chasing_the_worst_cell_raises_it_above_the_mean_s_choice():
    x, y, group = draw()
    cell = cells(y, group)
    plain = worst_group(x, y, torch.zeros_like(y), step=0.0)
    chased = worst_group(x, y, cell)
    gain = accuracies(*chased, x, y, cell).min() - accuracies(*plain, x, y, cell).min()
    assert float(gain) > 0.1


def test_without_a_step_the_cells_weigh_alike():
    x, y, group = draw()
    cell = cells(y, group)
    w, _ = worst_group(x, y, cell, penalty=1.0, step=0.0, steps=2000)
    theirs = LogisticRegression(C=1.0, tol=1e-8).fit(x, y, sample_weight=even_weights(cell))
    torch.testing.assert_close(w, torch.from_numpy(theirs.coef_[0]).float(), atol=5e-3, rtol=5e-3)


def test_the_direction_between_groups_is_gone_after_the_projection():
    x, y, group = draw()
    along = between(x, y, group)
    assert float(along[1]) > 1
    rest = without(x, along)
    assert float(between(rest, y, group).norm()) < 1e-5
    assert float(between(x, y, torch.flip(group, [0])).norm()) < 0.5  # a group that says nothing


def test_errors_say_what_was_found():
    with pytest.raises(ValueError, match="expected a group for each of 2 rows"):
        cells(torch.tensor([0, 1]), torch.tensor([0]))
    with pytest.raises(ValueError, match="penalty and step must not be negative, found -1, 0.05"):
        worst_group(torch.rand(2, 1), torch.tensor([0, 1]), torch.tensor([0, 1]), -1)
    with pytest.raises(ValueError, match="a class with rows of both groups"):
        between(torch.rand(2, 1), torch.tensor([0, 1]), torch.tensor([0, 1]))


def test_one_round_is_adam_with_a_tenth_on_weighted_losses():
    x = torch.randn(20, 2, generator=torch.Generator().manual_seed(0))
    y, cell = (x[:, 0] > 0).long(), (x[:, 1] > 0).long()
    w, b = torch.zeros(2, requires_grad=True), torch.zeros((), requires_grad=True)
    adam, q = torch.optim.Adam([w, b], lr=0.1), torch.tensor([0.5, 0.5])
    for _ in range(3):
        each = torch.nn.functional.binary_cross_entropy_with_logits(
            x @ w + b, y.float(), reduction="none"
        )
        losses = torch.stack([each[cell == k].mean() for k in (0, 1)])
        q = q * (0.05 * losses.detach()).exp()
        q = q / q.sum()
        adam.zero_grad()
        ((q * losses).sum() + 1.0 / 40 * w.square().sum()).backward()
        adam.step()
    found = worst_group(x, y, cell, steps=3)
    assert torch.allclose(found[0], w.detach(), atol=1e-6)
    assert torch.allclose(found[1], b.detach(), atol=1e-6)
    assert not found[0].requires_grad
    whole, asked = worst_group(x, y, cell), worst_group(x, y, cell, 1.0, step=0.05, steps=300)
    assert torch.equal(whole[0], asked[0])
    with pytest.raises(ValueError, match="found 1, -0.1"):
        worst_group(x, y, cell, 1, step=-0.1)
    assert worst_group(x, y, cell, 0, step=0, steps=1) is not None


def test_a_class_in_one_group_only_has_no_say_in_the_direction():
    x = torch.tensor([[0.0, 0], [2, 0], [5, 5], [7, 9]])
    y, group = torch.tensor([0, 0, 1, 2]), torch.tensor([0, 1, 1, 0])
    assert between(x, y, group).tolist() == [2, 0]
    assert torch.equal(even_rows(group), even_rows(group, seed=0))
    kept = {tuple(even_rows(torch.tensor([0, 0, 0, 2]), seed).tolist()) for seed in range(30)}
    assert kept == {(0, 3), (1, 3), (2, 3)}
    assert cells(torch.tensor([0, 1, 2]), torch.tensor([0, 1, 0])).tolist() == [0, 3, 4]
