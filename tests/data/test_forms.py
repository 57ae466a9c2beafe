import pytest
import torch
from sklearn.datasets import load_digits

from helpers.data.forms import digits_by_form, form_numbers


def test_rows_are_those_of_scikit_learn_in_the_same_order():
    data, theirs = digits_by_form(), load_digits()
    assert torch.equal(data.x * 16, torch.tensor(theirs.data).float())
    assert data.y.tolist() == theirs.target.tolist()


def test_each_form_asks_for_nearly_the_same_sequence():
    data = digits_by_form()
    sizes = data.groups.bincount()
    assert len(sizes) == 14
    assert int(sizes.min()) >= 122
    assert int(sizes.max()) <= 130
    first = data.y[data.groups == 0].tolist()
    same = [data.y[data.groups == form].tolist() == first for form in range(14)]
    assert sum(same) >= 7  # the others lack a few digits, or hold one that was read otherwise
    assert (data.groups.diff() >= 0).all()


def test_shuffled_labels_have_no_forms():
    y = digits_by_form().y
    try:
        found = form_numbers(y[torch.randperm(len(y), generator=torch.Generator().manual_seed(0))])
    except ValueError:
        return
    assert found.bincount().min() < 100


def test_labels_that_do_not_end_with_a_form_are_refused():
    with pytest.raises(ValueError, match="expected labels in the order of the file"):
        form_numbers(torch.tensor([4, 9, 0, 8, 9, 8, 1, 2]))
