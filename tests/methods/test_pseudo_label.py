import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional as F

from helpers.methods.pseudo_label import (
    PseudoLabel,
    noisy_student,
    self_train,
    surest,
)


def clusters(seed=0, n=60, known=3, apart=2.0):
    generator = torch.Generator().manual_seed(seed)
    truth = torch.arange(n) % 3
    x = torch.randn(n, 4, generator=generator) + apart * F.one_hot(truth, 4)
    y = torch.where(torch.arange(n) < 3 * known, truth, -1)
    return x, y, truth


def logistic(x, y):
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression().fit(x.numpy(), y.numpy())
    return lambda x: torch.tensor(model.predict_proba(x.numpy()))


@pytest.mark.parametrize("threshold", [0.5, 0.75, 0.9])
@pytest.mark.parametrize("rounds", [1, 3, 20])
def test_self_training_equals_scikit_learn_s(threshold, rounds):
    from sklearn.linear_model import LogisticRegression
    from sklearn.semi_supervised import SelfTrainingClassifier

    for seed in range(3):
        x, y, _ = clusters(seed)
        ours = self_train(logistic, x, y, threshold=threshold, rounds=rounds)
        theirs = SelfTrainingClassifier(
            LogisticRegression(), threshold=threshold, max_iter=rounds
        ).fit(x.numpy(), y.numpy())
        assert np.array_equal(ours.labels.numpy(), theirs.transduction_)
        assert np.array_equal(ours.added.numpy(), theirs.labeled_iter_)
        assert np.allclose(ours.predict(x).numpy(), theirs.predict_proba(x.numpy()), atol=1e-6)
    other = self_train(logistic, x, y, threshold=0.999, rounds=rounds)
    assert not torch.equal(other.labels, ours.labels)


def test_given_labels_stay_and_the_caller_s_are_untouched():
    x, y, truth = clusters(apart=4.0)
    before = y.clone()
    result = self_train(logistic, x, y, threshold=0.5)
    assert torch.equal(y, before)
    assert torch.equal(result.labels[y >= 0], y[y >= 0])
    assert (result.labels == truth).float().mean() > 0.9


def test_a_quota_admits_the_surest_of_each_class():
    x, y, _ = clusters()
    result = self_train(logistic, x, y, threshold=0.0, rounds=1, per_class=4)
    new = result.added == 1
    assert torch.equal(result.labels[new].bincount(), torch.tensor([4, 4, 4]))
    sure, guess = logistic(x[y >= 0], y[y >= 0])(x).max(1)
    for label in range(3):
        candidates = (y < 0) & (guess == label)
        kept, left = sure[candidates & new], sure[candidates & ~new]
        assert kept.min() >= left.max()


def test_no_quota_keeps_all_candidates():
    candidates = torch.tensor([True, False, True])
    assert surest(torch.rand(3), torch.zeros(3), candidates, None) is candidates


@pytest.mark.parametrize("threshold", [-0.1, 1.0])
def test_a_threshold_out_of_range_is_refused(threshold):
    with pytest.raises(ValueError, match=r"threshold must lie in \[0, 1\), found"):
        self_train(logistic, *clusters()[:2], threshold=threshold)


def test_each_student_learns_its_predecessor_s_answers_and_the_given_labels():
    x, y = torch.eye(4), torch.tensor([0, 1, -1, -1])
    taught = []

    def train(inputs, targets):
        taught.append(targets.clone())
        answer = (
            torch.full((len(x), 2), 0.5) if len(taught) == 1 else torch.tensor([[0.2, 0.8]] * 4)
        )
        return lambda inputs: answer

    assert len(noisy_student(train, x, y, generations=2)) == 3
    assert torch.equal(taught[0], torch.eye(2))
    assert torch.equal(taught[1], torch.tensor([[1, 0], [0, 1], [0.5, 0.5], [0.5, 0.5]]))
    assert torch.equal(taught[2], torch.tensor([[1, 0], [0, 1], [0.2, 0.8], [0.2, 0.8]]))
    taught.clear()
    assert len(noisy_student(train, x, y, generations=0)) == 1


def test_the_step_adds_the_cross_entropy_with_its_own_guess():
    torch.manual_seed(0)
    model, x, u = nn.Linear(4, 3), torch.randn(5, 4), torch.randn(9, 4)
    y = torch.tensor([0, 1, 2, 0, 1])
    step = PseudoLabel(1, 3, final=2.0)
    few, many = F.cross_entropy(model(x), y), -model(u).log_softmax(1).max(1).values.mean()
    losses = [step(model, (x, y, u, None))["loss"] for _ in range(4)]
    for loss, weight in zip(losses, (0.0, 0.0, 1.0, 2.0), strict=True):
        assert torch.allclose(loss, few + weight * many)
    assert not torch.allclose(losses[0], losses[3])
    assert step.validate(model, (x, y))[0] == few


def test_what_is_meant_if_nothing_is_said():
    torch.manual_seed(0)
    step, model = PseudoLabel(2, 6), nn.Linear(2, 3)
    batch = (torch.randn(4, 2), torch.tensor([0, 1, 2, 0]), torch.randn(5, 2), None)
    found = [step(model, batch) for _ in range(9)]
    assert [one["weight"] for one in found] == pytest.approx([0, 0, 0, 0.75, 1.5, 2.25, 3, 3, 3])
    assert not found[0]["unlabelled"].requires_grad
    again = PseudoLabel(2, 6)
    again.load_state_dict(step.state_dict())
    assert again.steps == 9
    assert torch.allclose(found[0]["loss"], F.cross_entropy(model(batch[0]), batch[1]))


def toy(x, y):
    """Sure of class 1 by the number itself; each call notes how many rows it was taught."""
    toy.taught.append(len(x))
    return lambda rows: torch.cat([1 - rows, rows], 1)


def test_three_quarters_and_ten_rounds_if_nothing_is_said():
    toy.taught = []
    x, y = torch.tensor([[0.0], [1.0], [0.75], [0.76], [0.3]]), torch.tensor([0, 1, -1, -1, -1])
    found = self_train(toy, x, y)
    assert found.labels.tolist() == [0, 1, -1, 1, -1]  # at the threshold a guess does not count
    assert found.added.tolist() == [0, 0, -1, 1, -1]
    many, names = torch.linspace(0, 1, 40)[:, None], torch.full((40,), -1)
    names[0], names[-1] = 0, 1
    toy.taught = []
    found = self_train(toy, many, names, threshold=0.0, per_class=1)
    assert found.added.max() == 10
    assert toy.taught == [2 + 2 * k for k in range(11)]
    toy.taught = []
    whole = self_train(toy, x[:2], y[:2])
    assert toy.taught == [2]
    assert whole.added.tolist() == [0, 0]


@pytest.mark.parametrize("given", [{"rounds": 0}, {"per_class": 0}])
def test_rounds_and_quotas_are_one_or_more(given):
    with pytest.raises(ValueError, match="expected rounds and per_class of 1 or more, found"):
        self_train(toy, torch.zeros(2, 1), torch.tensor([0, 1]), **given)


def test_three_generations_if_nothing_is_said_and_classes_that_are_missing_have_a_column():
    x, y = torch.tensor([[0.0], [1.0], [0.4]]), torch.tensor([0, 1, -1])
    seen = []

    def train(x, targets):
        seen.append(targets)
        return lambda rows: torch.full((len(rows), targets.shape[1]), 1 / targets.shape[1])

    assert len(noisy_student(train, x, y)) == 4
    assert seen[0].tolist() == [[1, 0], [0, 1]]
    assert seen[1].tolist() == [[1, 0], [0, 1], [0.5, 0.5]]
    noisy_student(train, x, y, generations=0, classes=3)
    assert seen[-1].tolist() == [[1, 0, 0], [0, 1, 0]]
