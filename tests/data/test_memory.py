import torch

from helpers.data.memory import adding, order


def test_sums_follow_from_numbers_and_marks():
    x, y = adding(200, 12, seed=3)
    assert torch.allclose((x[..., 0] * x[..., 1]).sum(1, keepdim=True), y)
    assert (x[:, :6, 1].sum(1) == 1).all()
    assert (x[:, 6:, 1].sum(1) == 1).all()
    assert abs(y.var() - 1 / 6) < 0.05
    assert not torch.equal(adding(200, 12, seed=4)[1], y)


def test_the_answer_is_written_behind_the_marks():
    x, y = order(300, 24, seed=1)
    letters = x.argmax(2)
    for row, answer in zip(letters[:50], y[:50], strict=True):
        places = (row == 2).nonzero()[:, 0]
        assert len(places) == 2
        assert places[1] + 1 < 12
        first, second = row[places + 1].tolist()
        assert answer == 2 * first + second
    assert (letters[:, 12:] != 2).all()
    assert (letters[:, 12:] < 2).any()
    assert (y.bincount(minlength=4) > 40).all()
