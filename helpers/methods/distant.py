"""Label sentences by what a knowledge base says of the pair in them (survey 5.4; chapter 5-methods/weak-supervision).

Mintz et al. 2009, Distant supervision for relation extraction without labeled data (survey
reference 153): every sentence in which both members of a known pair stand is taken to say what is
known of them. Hoffmann et al. 2011 (reference 89) ask for less: that at least one of them does.
"""

from collections import Counter, defaultdict

import torch


def knowledge(pairs, labels):
    """What is known of each pair: the class that most of its mentions have, the lowest of equals.

    Parameters
    ----------
    pairs : list of N hashable pairs
    labels : (N,) int

    Returns
    -------
    dict from pair to class.

    Examples
    --------
    >>> knowledge([("a", "b"), ("a", "b"), ("c", "d")], [1, 1, 0])
    {('a', 'b'): 1, ('c', 'd'): 0}
    """
    if len(pairs) != len(labels):
        raise ValueError(f"knowledge: expected {len(pairs)} labels, found {len(labels)}")
    counts = defaultdict(Counter)
    for pair, label in zip(pairs, labels):
        counts[pair][int(label)] += 1
    return {pair: min(c, key=lambda k: (-c[k], k)) for pair, c in counts.items()}


def either_name(known):
    """What each name is known for by itself: a rival of `knowledge` that knows no pair.

    Parameters
    ----------
    known : dict from pair of names to class

    Returns
    -------
    dict from pair to the class most common among the *other* pairs that share one of its names;
    of equals, or where there is none, the most common of all pairs.

    Examples
    --------
    >>> either_name({("a", "b"): 1, ("a", "c"): 0, ("d", "e"): 0})
    {('a', 'b'): 0, ('a', 'c'): 1, ('d', 'e'): 0}
    """
    common, of_name, said = Counter(known.values()), defaultdict(Counter), {}
    for pair, label in known.items():
        for name in pair:
            of_name[name][label] += 1
    for pair, label in known.items():
        others = sum((of_name[name] for name in pair), Counter()) - Counter({label: len(pair)})
        said[pair] = min(others or common, key=lambda k: (-others[k], -common[k], k))
    return said


def stands_in(name, text):
    """Whether a name stands in a text as a word of its own.

    Parameters
    ----------
    name, text : str

    Examples
    --------
    >>> stands_in("cox", "cox-2 is blocked"), stands_in("cox", "coxsackie virus")
    (True, False)
    """
    start = text.find(name)
    while start >= 0:
        edges = text[start - 1 : start] if start else "", text[start + len(name) :][:1]
        if not any(edge.isalnum() for edge in edges):
            return True
        start = text.find(name, start + 1)
    return False


def matches(known, sentences):
    """Every sentence in which both names of a known pair stand.

    Parameters
    ----------
    known : dict from pair of names to class; pairs of which one name holds the other are left out
    sentences : list of strings, in the same case as the names

    Returns
    -------
    list of (pair, number of the sentence), in the order of the knowledge base.

    Examples
    --------
    >>> matches({("a", "b"): 1, ("a", "c"): 0}, ["b blocks a", "c is blue"])
    [(('a', 'b'), 0)]
    """
    names = {name for pair in known for name in pair}
    where = {
        name: {k for k, text in enumerate(sentences) if name in text and stands_in(name, text)}
        for name in names
    }
    return [
        (pair, k)
        for pair in known
        if pair[0] not in pair[1] and pair[1] not in pair[0]
        for k in sorted(where[pair[0]] & where[pair[1]])
    ]


def at_least_one(known, pairs, y):
    """For each known pair that is mentioned: does one of its mentions say what is known?

    Parameters
    ----------
    known : dict from pair to class
    pairs : list of N pairs
    y : Tensor (N,), what each mention does say; -1 nothing

    Returns
    -------
    dict from pair to bool.

    Examples
    --------
    >>> at_least_one({("a", "b"): 1}, [("a", "b"), ("a", "b")], torch.tensor([0, 1]))
    {('a', 'b'): True}
    """
    said = {}
    for pair, label in zip(pairs, torch.as_tensor(y).tolist()):
        if pair in known:
            said[pair] = said.get(pair, False) or label == known[pair]
    return said
