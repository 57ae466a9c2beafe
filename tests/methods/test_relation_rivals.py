"""Classifiers of sentences: agreement with scikit-learn, rows drawn by whole sentences."""

import pytest
import torch
from sklearn.linear_model import LogisticRegression

from helpers.ground.random import generator
from helpers.methods.relation_rivals import learn, letters, sentences_for, with_votes
from helpers.methods.soft_labels import weighted_rows

TEXTS = ["it inhibits", "it activates", "inhibition of", "activation of"] * 10
Y = torch.tensor([0, 1, 0, 1] * 10)


def test_learning_from_certain_labels_is_plain_training():
    x, rows = letters(TEXTS, torch.arange(40)), torch.arange(30)
    predict = learn(x, rows, torch.nn.functional.one_hot(Y[rows], 3).double(), penalty=2.0)
    theirs = LogisticRegression(C=2.0, max_iter=200, class_weight="balanced").fit(x[:30], Y[:30])
    asked = torch.arange(30, 40)
    ours = predict(asked)
    assert ours[:, :2].numpy() == pytest.approx(theirs.predict_proba(x[30:]), abs=1e-3)
    assert float(ours[:, 2].sum()) == 0
    assert ours.argmax(1).tolist() == Y[asked].tolist()


def test_letters_are_counted_in_the_pool_alone():
    texts = [*TEXTS, *["zebra"] * 9]
    assert letters(texts, torch.arange(40))[45].nnz == 0
    assert letters(texts, torch.arange(49))[45].nnz > 0


def test_votes_are_inputs():
    votes = torch.tensor([[0, -1], [-1, 1]] * 20)
    x = letters(TEXTS, torch.arange(40))
    both = with_votes(x, votes)
    assert both.shape[1] == x.shape[1] + 2
    assert both[:2, -2:].toarray().tolist() == [[1, 0], [0, 1]]


def test_the_count_is_an_input_beside_the_votes():
    from helpers.methods.labelling_functions import majority
    from helpers.methods.relation_rivals import with_count

    votes = torch.tensor([[0, -1], [-1, 1]] * 20)
    x, count = letters(TEXTS, torch.arange(40)), majority(votes, 3)
    both = with_count(x, votes, count)
    assert both.shape[1] == x.shape[1] + 2 + 3
    assert (both[:, :-3] != with_votes(x, votes)).nnz == 0
    assert both[:2, -3:].toarray().tolist() == [[1, 0, 0], [0, 1, 0]]


def test_another_is_asked_only_where_votes_are_silent_or_tied():
    from helpers.methods.labelling_functions import majority
    from helpers.methods.relation_rivals import count_first

    votes = torch.tensor([[0, 0, 1], [0, 1, -1], [-1, -1, -1], [-1, 2, -1]])
    other = torch.rand(4, 3, dtype=torch.float64)
    count = majority(votes, 3)
    found = count_first(count, other)
    assert torch.equal(found[[0, 3]], count[[0, 3]])
    assert torch.equal(found[[1, 2]], other[[1, 2]])
    assert torch.equal(count_first(other, count), other)  # no ties: nobody else is asked
    with pytest.raises(ValueError, match="expected two tables of one shape"):
        count_first(count, other[:2])


def test_whole_sentences_are_drawn():
    groups = torch.arange(60) // 3
    rows = sentences_for(groups, torch.arange(60), 12, seed=1)
    assert len(rows) == 12
    assert groups[rows].bincount()[groups[rows].unique()].tolist() == [3] * 4
    assert sentences_for(groups, torch.arange(60), 12, seed=2).tolist() != rows.tolist()
    assert set(sentences_for(groups, torch.arange(30), 99, seed=1).tolist()) == set(range(30))


def test_learning_from_shares_is_scikit_learn_with_weights():
    x, rows = letters(TEXTS, torch.arange(40)), torch.arange(30)
    q = torch.rand(30, 2, generator=torch.Generator().manual_seed(0)).double()
    q = q / q.sum(1, keepdim=True)
    place, labels, weights = weighted_rows(q)
    theirs = LogisticRegression(C=1.0, max_iter=200).fit(x[place], labels, sample_weight=weights)
    asked = torch.arange(30, 40)
    wanted = theirs.predict_proba(x[30:])
    assert learn(x, rows, q)(asked).numpy() == pytest.approx(wanted, abs=1e-8)
    assert learn(x, rows, q, penalty=5.0)(asked).numpy() != pytest.approx(wanted, abs=1e-3)
    plain = LogisticRegression(C=1.0, max_iter=200).fit(x[place], labels).predict_proba(x[30:])
    assert plain != pytest.approx(wanted, abs=1e-3)


def test_letters_are_threes_to_fives_that_five_texts_have():
    from sklearn.feature_extraction.text import TfidfVectorizer

    counts = TfidfVectorizer(
        analyzer="char_wb", ngram_range=(3, 5), min_df=5, sublinear_tf=True, dtype="float32"
    ).fit(TEXTS[:30])
    found = letters(TEXTS, torch.arange(30))
    assert abs(found - counts.transform(TEXTS)).max() == 0
    assert found.dtype == "float32"
    order = torch.arange(5)[torch.randperm(5, generator=generator(3))]
    rows = sentences_for(torch.arange(15) // 3, torch.arange(15), 6, seed=3)
    assert rows.tolist() == [3 * k + j for k in order[:2].tolist() for j in range(3)]
