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
