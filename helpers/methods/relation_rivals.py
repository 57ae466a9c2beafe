"""Classifiers of sentences for the long comparison (survey 5.4; chapter 5-methods/weak-supervision)."""

import numpy as np
import torch
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from helpers.ground.random import generator
from helpers.methods.soft_labels import weighted_rows


def letters(texts, pool):
    """Three to five neighbouring letters inside words, weighted by how rare they are.

    Parameters
    ----------
    texts : list of N strings
    pool : Tensor of int64, the texts that the letters are counted in (no label is read)

    Returns
    -------
    sparse matrix (N, F)
    """
    counts = TfidfVectorizer(
        analyzer="char_wb", ngram_range=(3, 5), min_df=5, sublinear_tf=True, dtype=np.float32
    )
    counts.fit([texts[k] for k in pool.tolist()])
    return counts.transform(texts)


def with_votes(features, votes):
    """Features and one column a voter, 1 where it votes: rules as inputs, not as labels.

    Parameters
    ----------
    features : sparse matrix (N, F)
    votes : Tensor (N, J), each voter naming one class only

    Returns
    -------
    sparse matrix (N, F + J)
    """
    return hstack([features, csr_matrix((votes >= 0).float().numpy())]).tocsr()


def with_count(features, votes, count):
    """Features, one column a voter and the count of the votes: all that the rules say, as inputs.

    Parameters
    ----------
    features : sparse matrix (N, F)
    votes : Tensor (N, J), each voter naming one class only
    count : Tensor (N, K), for instance from `majority`

    Returns
    -------
    sparse matrix (N, F + J + K)
    """
    return hstack([with_votes(features, votes), csr_matrix(count.float().numpy())]).tocsr()


def count_first(count, other):
    """The count where one class has most votes, another answer where votes are silent or tied.

    Parameters
    ----------
    count, other : Tensors (N, K) of probabilities

    Returns
    -------
    Tensor (N, K)

    Examples
    --------
    >>> count_first(torch.tensor([[1.0, 0.0], [0.5, 0.5]]), torch.tensor([[0.2, 0.8], [0.1, 0.9]]))
    tensor([[1.0000, 0.0000],
            [0.1000, 0.9000]])
    """
    if count.shape != other.shape:
        raise ValueError(
            f"count_first(count, other): expected two tables of one shape, found "
            f"{tuple(count.shape)} and {tuple(other.shape)}"
        )
    best = count.topk(2).values
    return torch.where((best[:, 0] > best[:, 1])[:, None], count, other)


def learn(features, rows, q, penalty=1.0):
    """Logistic regression on soft labels, each class with the same weight.

    Parameters
    ----------
    features : sparse matrix (N, F)
    rows : Tensor (M,), int64, to learn from
    q : Tensor (M, K), their probabilities; a one where the label is known
    penalty : float, the inverse strength C

    Returns
    -------
    callable, rows -> Tensor (len, K) of probabilities, 0 for a class that was never seen.
    """
    place, labels, weights = weighted_rows(q)
    model = LogisticRegression(C=penalty, max_iter=200)
    model.fit(features[rows.numpy()[place]], labels, sample_weight=weights)

    def predict(asked):
        p = torch.zeros(len(asked), q.shape[1], dtype=torch.float64)
        p[:, model.classes_] = torch.from_numpy(
            model.predict_proba(features[asked.numpy()])
        ).double()
        return p

    return predict


def sentences_for(groups, pool, wanted, seed):
    """Whole sentences by lot until so many rows have been labelled by hand.

    Parameters
    ----------
    groups : Tensor (N,), int64, the sentence of each row
    pool : Tensor of int64, rows to choose from
    wanted : int, rows
    seed : int

    Returns
    -------
    Tensor (wanted,), int64, rows; the last sentence may be cut.
    """
    units = groups[pool].unique()
    order = units[torch.randperm(len(units), generator=generator(seed))]
    rank = torch.full((int(groups.max()) + 1,), len(units))
    rank[order] = torch.arange(len(units))
    return pool[rank[groups[pool]].argsort(stable=True)][:wanted]
