"""Five ways in which a chemical acts on a protein, sentence by sentence (survey 5.4; chapter 5-methods/weak-supervision)."""

import re
from dataclasses import dataclass

import torch

from .origin import Origin
from .readers import chemprot

RELATIONS = {
    "activates": ("ACTIVATOR", "UPREGULATOR", "INDIRECT-UPREGULATOR"),
    "inhibits": ("INHIBITOR", "DOWNREGULATOR", "INDIRECT-DOWNREGULATOR"),
    "agonist": ("AGONIST", "AGONIST-ACTIVATOR", "AGONIST-INHIBITOR"),
    "antagonist": ("ANTAGONIST",),
    "converted": ("SUBSTRATE", "PRODUCT-OF", "SUBSTRATE_PRODUCT-OF"),
}
MARKS = re.compile(r"<< (.*?) >>|\[\[ (.*?) \]\]")


@dataclass(frozen=True)
class Relations(Origin):
    """Sentences with a marked pair.

    Attributes: ``text`` N strings, the pair marked by ``<< >>`` and ``[[ ]]``; ``y`` (N,) int64;
    ``classes``; ``train``, ``valid``, ``test`` int64 rows; ``groups`` (N,) numbers the sentence.
    """

    text: list[str]
    y: torch.Tensor
    classes: list[str]
    train: torch.Tensor
    valid: torch.Tensor
    test: torch.Tensor


def five_relations():
    """ChemProt's marked pairs with the five relations that its makers evaluate.

    Returns
    -------
    Relations, 10,065 rows of 3,959 sentences; a training sentence that stands in the test set too
    is left out of training. The thirteen finer relations are joined as their makers do.

    Notes
    -----
    Apache-2.0 (repository of SciBERT). Traps: a sentence stands once for every pair in it, so rows
    are fewer independent examples than they seem (``groups``); this copy names no abstract, so
    that sentences of one abstract cannot be kept together within a part; pairs without a relation
    were left out by whoever made the copy. Which of the two is the chemical is not marked.

    Raises
    ------
    DataUnavailable : if the files are neither cached nor can be fetched.
    """
    source = chemprot()
    names = list(RELATIONS)
    of = {fine: k for k, name in enumerate(names) for fine in RELATIONS[name]}
    y = torch.tensor([of[source.classes[k]] for k in source.y.tolist()])
    plain = [sentence(text) for text in source.text]
    number = {text: k for k, text in enumerate(dict.fromkeys(plain))}
    groups = torch.tensor([number[text] for text in plain])
    train = source.train[~torch.isin(groups[source.train], groups[source.test])]
    return Relations(source.text, y, names, train, source.valid, source.test, groups=groups)


def sentence(text):
    """A sentence without its marks and without any space.

    Parameters
    ----------
    text : str

    Examples
    --------
    >>> sentence("<< a >> blocks [[ b ]]")
    'ablocksb'
    """
    return re.sub(r"\s", "", MARKS.sub(lambda found: found[1] or found[2], text))


def spans(text):
    """Where the two marked names stand, from left to right.

    Parameters
    ----------
    text : str

    Returns
    -------
    list of two (start, end), marks included.

    Raises
    ------
    ValueError : if there are not two marked names.

    Examples
    --------
    >>> spans("<< a >> blocks [[ b ]]")
    [(0, 7), (15, 22)]
    """
    found = [match.span() for match in MARKS.finditer(text)]
    if len(found) != 2:
        raise ValueError(f"spans: expected two marked names, found {len(found)} in {text[:60]!r}")
    return found


def between(text, reach=20):
    """The words from shortly before the first name to shortly after the second, names left out.

    Parameters
    ----------
    text : str, a pair marked
    reach : int >= 0
        Letters on either side.

    Examples
    --------
    >>> between("It was found that << a >> blocks [[ b ]] in mice.", reach=8)
    'nd that   blocks   in mice'
    """
    (start, end), (begin, stop) = spans(text)
    before, after = text[max(0, start - reach) : start], text[stop : stop + reach]
    return f"{before} {text[end:begin]} {after}"


def pair_of(text):
    """The two marked names in lower case, in alphabetical order.

    Parameters
    ----------
    text : str

    Examples
    --------
    >>> pair_of("[[ Xanax ]] and << GABA >>")
    ('gaba', 'xanax')
    """
    return tuple(sorted((a or b).lower() for a, b in MARKS.findall(text)))


def stated(data, rows):
    """Each sentence once, in lower case, with the relations that are marked in it.

    Parameters
    ----------
    data : Relations
    rows : Tensor of int64, rows of it

    Returns
    -------
    sentences : list of strings, marks removed, one space between words
    relations : list of dict, pair as by `pair_of` to class number; a pair marked twice keeps the
        first class
    """
    first, relations = {}, {}
    for row in rows.tolist():
        number, text = int(data.groups[row]), data.text[row]
        plain = MARKS.sub(lambda found: found[1] or found[2], text).lower()
        first.setdefault(number, " ".join(plain.split()))
        relations.setdefault(number, {}).setdefault(pair_of(text), int(data.y[row]))
    return list(first.values()), list(relations.values())
