import math

import pytest
import torch
from torch import nn

from helpers.data.text import cut_anywhere, stretches, windows
from helpers.methods import ulmfit as methods
from helpers.methods.ulmfit import (
    at_once,
    balanced,
    classifier,
    next_words,
    passes,
    plan,
    pooled,
    read,
    surprise,
    ulmfit,
)
from helpers.models.language_model import LanguageModel, concat_pool


def speaker(drop=0.0):
    torch.manual_seed(0)
    return LanguageModel(12, 16, 16, drop=drop)


def task():
    """Texts of six words; the class is which of two words comes first, so that order decides."""
    draws = torch.Generator().manual_seed(1)
    y = torch.randint(2, (96,), generator=draws)
    x = torch.randint(5, 12, (96, 6), generator=draws)
    x[:, 1], x[:, 3] = 3 + y, 4 - y
    return x, y


def test_an_untrained_model_is_as_surprised_as_by_chance():
    x, y = windows(torch.randint(12, (300,)), 10)
    assert abs(surprise(speaker(), x, y) - math.log(12)) < 0.05


def test_reading_a_text_with_a_rule_removes_the_surprise():
    text = torch.arange(4000) % 7 + 3
    model = speaker()
    read(model, stretches(text, 16), cut_anywhere, 16, 0.03, 0)
    assert surprise(model, *windows(text, 16)) < 0.3
    mixed = text[torch.randperm(len(text), generator=torch.Generator().manual_seed(0))]
    assert surprise(model, *windows(mixed, 16)) > 1.5


def test_lower_layers_read_more_slowly_in_the_second_stage():
    text, moves = stretches(torch.arange(640) % 7 + 3, 16), []
    for lower in (1.0, 2.6):
        model, before = speaker(), speaker()
        read(model, text, cut_anywhere, 1, 0.01, 0, lower=lower)
        ways = [
            (a.weight_hh_l0 - b.weight_hh_l0).norm() for a, b in zip(model.layers, before.layers)
        ]
        moves.append((ways[0] / ways[1]).item())
    assert moves[1] < 0.6 * moves[0]


def test_the_step_is_cross_entropy_and_the_penalty():
    model, batch = speaker(), windows(torch.arange(41) % 7 + 3, 10)
    found = next_words(model, batch)
    theirs = nn.CrossEntropyLoss()(model(batch[0]).transpose(1, 2), batch[1])
    assert torch.allclose(found, theirs + model.penalty)


def test_classes_count_alike_whatever_their_share():
    y = torch.tensor([0, 0, 0, 1])
    scores = torch.randn(4, 2)
    each = nn.functional.cross_entropy(scores, y, reduction="none")
    expected = (each[:3].mean() + each[3]) / 2
    assert torch.allclose(balanced(y)(nn.Identity(), (scores, y)), expected)


def test_a_model_that_has_read_can_be_given_a_head_at_once():
    model = speaker()
    read(model, stretches(torch.arange(640) % 7 + 3, 16), cut_anywhere, 1, 0.01, 0)
    net = classifier(model, 2, 0)
    assert torch.equal(net.body.table.weight, model.table.weight)
    next_words(model.train(), windows(torch.arange(41) % 7 + 3, 10))  # leaves a graph behind
    with pytest.raises(RuntimeError, match="deepcopy"):
        classifier(model, 2, 0)


def test_stages_have_one_pass_each_and_the_last_what_is_left():
    for count in (64, 100, 300, 1000):
        for steps in (160, 480):
            for equal in (False, True):
                total = passes(count, steps)
                stages = plan(total, 4, equal)
                assert sum(stages) == total
                assert min(stages) >= 1
                assert abs(total * math.ceil(count / 32) - steps) <= math.ceil(count / 32) / 2
                assert max(stages) - min(stages) <= 1 if equal else stages[:3] == [1, 1, 1]
    assert passes(1000, 1) == 1
    with pytest.raises(ValueError, match=r"plan\(total=3\): expected a pass for each group, 4 or"):
        plan(3, 4)


def test_groups_are_freed_from_the_top_and_the_steps_are_those_of_one_rate(monkeypatch):
    seen = []

    def watch(net, x, y, epochs, seed, optimizer, schedule):
        free = [all(p.requires_grad for p in group.parameters()) for group in net.groups]
        seen.append((free, epochs, [g["lr"] for g in optimizer.param_groups], schedule(0.1)))

    monkeypatch.setattr(methods, "learn", watch)
    x, y = task()
    ulmfit(speaker(), x, y, 2, 0.1, 36, 0)
    assert [free for free, *_ in seen] == [[k >= 3 - n for k in range(4)] for n in range(4)]
    assert [epochs for _, epochs, *_ in seen] == [1, 1, 1, 9]
    assert torch.allclose(torch.tensor(seen[-1][2]), 0.1 / 2.6 ** torch.arange(3.0, -1, -1))
    assert seen[0][3] == 1.0
    ulmfit(speaker(), x, y, 2, 0.1, 36, 0, equal=True)
    assert [epochs for _, epochs, *_ in seen[4:]] == [3] * 4
    at_once(speaker(), x, y, 2, 0.1, 36, 0)
    assert seen[8][1] == 12


def test_both_ways_learn_an_order_that_a_bag_of_words_cannot_see():
    x, y = task()
    for way, rate in ((ulmfit, 0.05), (at_once, 0.03)):
        body = speaker()
        nn.init.normal_(body.table.weight)  # a source that has read, in a word: vectors apart
        before = body.table.weight.clone()
        net = way(body, x[:64], y[:64], 2, rate, 240, 0)
        assert (net(x[64:]).argmax(1) == y[64:]).float().mean() > 0.85, way
        assert torch.equal(body.table.weight, before)  # the source stays
    assert torch.equal(x[:, 1:4:2].sum(1), torch.full((96,), 7))  # the same two words in each


def test_a_classifier_drops_as_it_is_told_and_pooled_states_drop_nothing():
    x, _ = task()
    assert classifier(speaker(0.3), 2, 0, drop=0.7).body.drop == 0.7
    source = speaker(1.0).train()
    found = pooled(source, x)
    assert torch.equal(found, pooled(source, x))
    assert torch.allclose(found, concat_pool(source.eval().states(x), x > 0), atol=1e-6)
