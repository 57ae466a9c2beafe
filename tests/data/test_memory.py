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


def test_marks_stand_in_the_first_and_in_the_second_half():
    x, y = adding(400, 5, seed=7)
    draws = torch.Generator().manual_seed(7)
    assert torch.equal(x[..., 0], torch.rand(400, 5, generator=draws))
    places = [set(x[:, part, 1].nonzero()[:, 1].tolist()) for part in (slice(0, 2), slice(2, 5))]
    assert places == [{0, 1}, {0, 1, 2}]
    assert y.shape == (400, 1)
    assert torch.equal(adding(3, 8)[0], adding(3, 8, seed=0)[0])


def test_marks_stand_before_any_pair_of_the_first_half():
    x, y = order(500, 13, seed=3)
    signs = x.argmax(2)
    marks = (signs == 2).nonzero()[:, 1].reshape(-1, 2)
    assert set(marks.flatten().tolist()) == {0, 2, 4}
    assert set(signs.unique().tolist()) == {0, 1, 2, 3, 4, 5}
    follow = signs.gather(1, marks + 1)
    assert torch.equal(y, 2 * follow[:, 0] + follow[:, 1])
    others = signs[:, 7:].flatten().bincount(minlength=6)
    assert others[2] == 0
    assert (others[[0, 1, 3, 4, 5]] > 450).all()
    assert torch.equal(order(3, 20)[0], order(3, 20, seed=0)[0])
