import pytest
import torch

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
