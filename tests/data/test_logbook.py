import torch

from helpers.data.logbook import logbook, nearest_twin


def test_a_sample_has_one_reading_in_a_log_and_others_in_other_logs():
    tokens, answers = logbook(200, seed=3)
    sample, shown = tokens // 5, tokens % 5
    reading = torch.where(answers >= 0, answers, shown)
    assert bool(((shown == 4) == (answers >= 0)).all())
    first = []
    for log in range(200):
        values = [set(reading[log][sample[log] == s].tolist()) for s in range(8)]
        assert all(len(value) <= 1 for value in values)
        first += list(values[0])
    assert all(0.15 < first.count(v) / len(first) < 0.35 for v in range(4))
    assert 0.27 < (answers >= 0).float().mean() < 0.33


def test_the_nearest_twin_knows_the_lost_reading():
    tokens, answers = logbook(50, seed=1)
    place, distance = nearest_twin(tokens)
    asked = (answers >= 0) & (distance > 0)
    found = tokens.gather(1, place) % 5
    assert torch.equal(found[asked], answers[asked])
    shuffled = tokens[:, torch.randperm(32, generator=torch.Generator().manual_seed(0))]
    wrong = shuffled.gather(1, place) % 5  # another order of entries tells nothing
    assert (wrong[asked] == answers[asked]).float().mean() < 0.5


def test_distances_equal_a_plain_loop():
    tokens, _ = logbook(5, seed=2)
    _, distance = nearest_twin(tokens)
    for log, row in enumerate(tokens.tolist()):
        for at, entry in enumerate(row):
            far = [
                abs(at - other)
                for other, token in enumerate(row)
                if other != at and token // 5 == entry // 5 and token % 5 < 4
            ]
            assert distance[log, at] == min(far, default=0)


def test_a_log_is_drawn_sample_reading_loss():
    tokens, answers = logbook(3, samples=5, readings=3, length=7, lost=0.5, seed=2)
    draws = torch.Generator().manual_seed(2)
    sample = torch.randint(5, (3, 7), generator=draws)
    reading = torch.randint(3, (3, 5), generator=draws).gather(1, sample)
    gone = torch.rand(3, 7, generator=draws) < 0.5
    assert torch.equal(tokens, torch.where(gone, 4 * sample + 3, 4 * sample + reading))
    assert torch.equal(answers, torch.where(gone, reading, -100))
    usual = logbook(2)
    assert torch.equal(usual[0], logbook(2, samples=8, readings=4, length=32, lost=0.3, seed=0)[0])
    assert usual[0].shape == (2, 32)


def test_the_left_of_two_twins_is_taken_and_none_is_nought():
    place, distance = nearest_twin(torch.tensor([[0, 1, 0, 3, 2]]), readings=1)  # 1: it is lost
    assert place[0, 1] == 0  # as near as the entry behind it
    assert distance.tolist() == [[2, 1, 2, 1, 0]]
    assert place[0, [0, 2, 3]].tolist() == [2, 0, 4]
