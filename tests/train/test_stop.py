import math
import re

import pytest

from helpers.train.stop import Patience


def walked(stop, values):
    """How many epochs are trained on a column of these values, and which were the best so far."""
    best = []
    for epoch, value in enumerate(values, start=1):
        best += [epoch] * stop.improved({"epoch": epoch, stop.metric: value})
        if stop.exhausted:
            return epoch, best
    return None, best


@pytest.mark.parametrize("sign", [1, -1])
def test_training_ends_after_as_many_epochs_without_a_better_one(sign):
    """Keras' EarlyStopping with `patience`: equal is no improvement, and each better one waits anew."""
    values = [sign * value for value in (3.0, 2.0, 2.0, 2.5, 1.0, 1.0, 1.5, 2.0, 0.5)]
    name, higher = ("valid_loss", None) if sign == 1 else ("accuracy", True)
    assert walked(Patience(3, name, higher), values) == (8, [1, 2, 5])
    assert walked(Patience(1, name, higher), values) == (3, [1, 2])
    assert walked(Patience(5, name, higher), values) == (None, [1, 2, 5, 9])


def test_a_rule_is_not_used_up_by_a_training():
    stop = Patience(2, "accuracy", True)
    walked(stop, [0.5, 0.4, 0.3])
    assert stop.exhausted
    anew = stop.fresh()
    assert (anew.best, anew.waited, anew.exhausted) == (math.inf, 0, False)
    assert (anew.epochs, anew.metric, anew.higher_is_better) == (2, "accuracy", True)


def test_a_checkpoint_carries_on_where_it_waited():
    whole, first, second = Patience(3), Patience(3), Patience(3)
    walked(first, [1.0, 2.0])
    second.load_state_dict(first.state_dict())
    assert walked(second, [1.5, 1.2]) == (2, [])
    assert walked(whole, [1.0, 2.0, 1.5, 1.2]) == (4, [1])
    assert second.state_dict() == whole.state_dict() == {"best": 1.0, "waited": 3}


def test_without_a_word_it_waits_five_epochs_for_the_validation_loss():
    assert walked(Patience(), [1.0] * 9) == (6, [1])
    assert Patience().metric == "valid_loss"


@pytest.mark.parametrize("epochs", [0, -1, 2.0, "3"])
def test_epochs_that_are_none_are_refused(epochs):
    sentence = f"Patience(epochs={epochs!r}): expected a whole number of at least 1"
    with pytest.raises(ValueError, match=re.escape(sentence)):
        Patience(epochs)


@pytest.mark.parametrize("higher", [None, 1, "yes"])
def test_a_metric_needs_its_better_end(higher):
    sentence = f"Patience(metric='auc', higher_is_better={higher!r}): expected True, as for an accu"
    with pytest.raises(ValueError, match=re.escape(sentence)):
        Patience(2, "auc", higher)


def test_a_loss_may_be_better_high_if_that_is_said():
    assert Patience(2, "gain_loss").higher_is_better is False
    assert walked(Patience(2, "gain_loss", True), [1.0, 2.0, 1.0, 1.0]) == (4, [1, 2])


def test_a_column_that_is_not_there_is_named_among_those_that_are():
    sentence = "Patience(metric='auc'): the history has no such column; found loss, valid_loss"
    row = {"epoch": 1, "loss": 1.0, "valid_loss": 1.0, "seconds": 1.0}
    with pytest.raises(ValueError, match=re.escape(sentence) + "$"):
        Patience(2, "auc", True).improved(row)
