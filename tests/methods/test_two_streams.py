import pytest
import torch

from helpers.ground.random import generator
from helpers.methods.two_streams import TwoStreams, hide_labels


def data(n=20, known=6):
    x = torch.arange(float(n))[:, None]
    y = torch.full((n,), -1)
    y[:known] = torch.arange(known) % 3
    return x, y


def test_an_epoch_visits_every_row_once_and_names_it():
    x, y = data()
    batches = list(TwoStreams(x, y, batch_size=6))
    rows = torch.cat([rows for *_, rows in batches])
    assert sorted(rows.tolist()) == list(range(20))
    assert all(torch.equal(many, x[rows]) for _, _, many, rows in batches)
    assert len(batches) == len(TwoStreams(x, y, batch_size=6)) == 4


def test_companions_are_labelled_and_come_equally_often():
    x, y = data()
    batches = TwoStreams(x, y, batch_size=2, labelled=3)
    seen = torch.cat([few[:, 0] for few, _, _, _ in batches])
    assert torch.equal(seen.long().bincount(), torch.full((6,), 5))
    assert all(torch.equal(y[few[:, 0].long()], labels) for few, labels, _, _ in batches)


def test_the_order_belongs_to_the_epoch():
    def order(epoch, seed=0):
        batches = TwoStreams(*data(), batch_size=5, seed=seed)
        batches.set_epoch(epoch)
        return torch.cat([rows for *_, rows in batches])

    assert torch.equal(order(1), order(1))
    assert not torch.equal(order(1), order(2))
    assert not torch.equal(order(1), order(1, seed=1))


def test_no_label_is_refused():
    with pytest.raises(ValueError, match="expected labels >= 0"):
        TwoStreams(torch.zeros(3, 1), torch.full((3,), -1))


def test_hidden_labels_are_few_balanced_and_true():
    y = torch.arange(60) % 3
    hidden = hide_labels(y, 4, seed=1)
    kept = hidden >= 0
    assert torch.equal(hidden[kept].bincount(), torch.tensor([4, 4, 4]))
    assert torch.equal(hidden[kept], y[kept])
    assert torch.equal(hidden, hide_labels(y, 4, seed=1))
    assert not torch.equal(hidden, hide_labels(y, 4, seed=2))


def test_too_small_a_class_is_refused():
    with pytest.raises(ValueError, match="expected 3 examples of class 1, found 2"):
        hide_labels(torch.tensor([0, 0, 0, 1, 1]), 3)


def test_only_labelled_rows_are_companions_wherever_they_stand():
    x, y = torch.arange(20.0)[:, None], torch.full((20,), -1)
    y[torch.tensor([4, 11, 17])] = torch.tensor([0, 1, 2])
    for few, labels, _, _ in TwoStreams(x, y, batch_size=5, labelled=2):
        assert (labels >= 0).all()
        assert set(few[:, 0].tolist()) <= {4.0, 11.0, 17.0}


def test_sixty_four_of_each_and_seed_nought_if_nothing_is_said():
    x, y = torch.arange(200.0)[:, None], torch.arange(200) % 2
    few, labels, many, rows = next(iter(TwoStreams(x, y)))
    assert (len(few), len(many)) == (64, 64)
    asked = next(iter(TwoStreams(x, y, batch_size=64, labelled=64, seed=0)))
    assert torch.equal(asked[3], rows)
    assert torch.equal(asked[0], few)
    assert not torch.equal(next(iter(TwoStreams(x, y, seed=1)))[3], rows)
    assert [len(TwoStreams(x, y, batch_size=size)) for size in (200, 199, 64, 1)] == [1, 2, 4, 200]
    assert torch.equal(hide_labels(y, 3), hide_labels(y, 3, seed=0))
    assert not torch.equal(hide_labels(y, 3), hide_labels(y, 3, seed=1))


@pytest.mark.parametrize("given", [{"batch_size": 0}, {"labelled": 0}])
def test_a_stream_of_nothing_is_refused(given):
    with pytest.raises(ValueError, match="expected batch_size and labelled of 1 or more, found"):
        TwoStreams(torch.zeros(3, 1), torch.tensor([0, 1, 0]), **given)
    one = TwoStreams(torch.zeros(3, 1), torch.tensor([0, 1, 0]), batch_size=1, labelled=1)
    assert [len(batch[0]) for batch in one] == [1, 1, 1]


def test_rows_that_have_no_label_stay_without_however_few_they_are():
    y = torch.tensor([0, 0, 0, 1, 1, 1, -1])
    found = hide_labels(y, 3, seed=5)
    assert found.tolist() == y.tolist()
    assert hide_labels(y, 0).tolist() == [-1] * 7
    with pytest.raises(ValueError, match="expected per_class of 0 or more, found -1"):
        hide_labels(y, -1)
    with pytest.raises(ValueError, match="expected 4 examples of class 0, found 3"):
        hide_labels(y, 4)
    order = torch.randperm(7, generator=generator(5))
    first = [row for row in order.tolist() if y[row] == 1][:2]
    kept = (hide_labels(y, 2, seed=5) == 1).nonzero()[:, 0]
    assert set(kept.tolist()) == set(first)
