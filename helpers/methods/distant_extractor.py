"""A relation extractor that learns from a knowledge base's labels (survey 5.4; chapter 5-methods/weak-supervision).

Mintz et al. 2009 (survey reference 153) learn from every sentence in which a known pair stands.
Hoffmann et al. 2011 (reference 89) ask that at least one of a pair's mentions says what is known;
their model decides which while it learns. Here that is done in turn, in its hardest form.
"""

import torch

from helpers.methods.distant import stands_in
from helpers.methods.relation_rivals import learn


def marked(pair, text):
    """A text with the first place of each name marked, as the annotators mark theirs.

    Parameters
    ----------
    pair : two strings, each of which stands in the text as a word of its own
    text : str, in the same case as the names

    Returns
    -------
    str, or None where the two places overlap.

    Examples
    --------
    >>> marked(("cox", "aspirin"), "aspirin blocks cox.")
    '<< aspirin >> blocks [[ cox ]].'
    """
    (begin, first), (start, second) = sorted((place(name, text), name) for name in pair)
    end, stop = begin + len(first), start + len(second)
    if end > start:
        return None
    return f"{text[:begin]}<< {first} >>{text[end:start]}[[ {second} ]]{text[stop:]}"


def place(name, text):
    """Where a name first stands in a text as a word of its own.

    Parameters
    ----------
    name, text : str

    Raises
    ------
    ValueError : if it stands nowhere.
    """
    for start in range(len(text)):
        if text.startswith(name, start) and stands_in(
            name, text[max(0, start - 1) : start + len(name) + 1]
        ):
            return start
    raise ValueError(f"marked: {name!r} does not stand in {text[:60]!r} as a word")


def surest(p, of_pair):
    """Of each pair the mentions in which what is known of it is most probable.

    Parameters
    ----------
    p : Tensor (M,), probability that a mention says what is known of its pair
    of_pair : Tensor (M,), int64, number of the pair from 0

    Returns
    -------
    Tensor (M,) of bool; at least one of each pair.

    Examples
    --------
    >>> surest(torch.tensor([0.2, 0.9, 0.4]), torch.tensor([0, 0, 1]))
    tensor([False,  True,  True])
    """
    best = torch.full((int(of_pair.max()) + 1,), -1.0, dtype=p.dtype)
    return p >= best.scatter_reduce(0, of_pair, p, "amax")[of_pair]


def extractor(features, mentions, known_as, of_pair, classes, rounds=0):
    """Logistic regression on mentions that carry what is known of their pair.

    Parameters
    ----------
    features : sparse matrix (N, F)
    mentions : Tensor (M,), int64, rows of it
    known_as : Tensor (M,), int64, the class that is known of each mention's pair
    of_pair : Tensor (M,), int64, number of its pair from 0
    classes : int
    rounds : int >= 0
        0 believes every mention. After each further round only the mentions that the extractor is
        surest of, one a pair, are learned from.

    Returns
    -------
    callable, rows -> Tensor (len, classes) of probabilities.
    """
    q = torch.nn.functional.one_hot(known_as, classes).double()
    kept = torch.ones(len(mentions), dtype=torch.bool)
    answer = learn(features, mentions, q)
    for _ in range(rounds):
        said = answer(mentions)[torch.arange(len(mentions)), known_as]
        kept = surest(said, of_pair)
        answer = learn(features, mentions[kept], q[kept])
    return answer
