"""Texts as numbered words, and abstracts to learn a language from (survey 4.5.6; chapter 5-methods/transfer-learning)."""

import re
from collections import Counter
from dataclasses import dataclass

import torch

from helpers.ground.random import generator

from .cited import fetch

WORD = re.compile(r"[a-z]+|[0-9]+|[^\sa-z0-9]")
FILL, OTHER, BEGIN = 0, 1, 2
PARTS = ("train", "dev", "test")
TOGETHER = 200  # words; some files hold many abstracts without saying where one ends


def split_words(text):
    """Words, numbers and marks of a text in lower case; every number is the word "0".

    Parameters
    ----------
    text : str

    Examples
    --------
    >>> split_words("IscS [12,22] binds.")
    ['iscs', '[', '0', ',', '0', ']', 'binds', '.']
    """
    return ["0" if word.isdecimal() else word for word in WORD.findall(text.lower())]


@dataclass(frozen=True)
class Vocabulary:
    """The words that have a number of their own, from 3 on: 0 fills up, 1 is any other word, 2 begins a text.

    Examples
    --------
    >>> known = Vocabulary.of(["the cell, the gene"], 2)
    >>> known.words, known.encode("The gene!").tolist()
    (('the', 'cell'), [2, 3, 1, 1])
    """

    words: tuple

    def __len__(self):
        return len(self.words) + 3

    @classmethod
    def of(cls, texts, most):
        """The words that occur most often; of equally frequent ones those met first.

        Parameters
        ----------
        texts : iterable of str
        most : int
        """
        counted = Counter(word for text in texts for word in split_words(text))
        return cls(tuple(word for word, _ in counted.most_common(most)))

    def encode(self, text, shuffle=None):
        """A begin and the words of one text: int64 tensor (T,).

        Parameters
        ----------
        text : str
        shuffle : torch.Generator, optional
            Puts the words in random order, within stretches of 200; the begin stays in front.
        """
        number = {word: k + 3 for k, word in enumerate(self.words)}
        found = torch.tensor([number.get(word, OTHER) for word in split_words(text)]).long()
        if shuffle is not None:
            parts = found.split(TOGETHER) if len(found) else ()
            mixed = [part[torch.randperm(len(part), generator=shuffle)] for part in parts]
            found = torch.cat([found[:0], *mixed])
        return torch.cat([torch.tensor([BEGIN]), found])

    def stream(self, texts, shuffled=False):
        """All texts, one after the other: int64 tensor (T,).

        Parameters
        ----------
        texts : iterable of str
        shuffled : bool
            The words of each text in random order (seed 0), within stretches of 200, about an
            abstract: which words occur together stays, their order goes.
        """
        draws = generator(0, 13) if shuffled else None
        return torch.cat([self.encode(text, draws) for text in texts])

    def rows(self, texts, length):
        """Texts of one length: int64 tensor (N, length), cut at the end or filled up with zeros.

        Parameters
        ----------
        texts : list of N str
        length : int >= 2
        """
        found = torch.full((len(texts), length), FILL)
        for row, text in zip(found, texts):
            numbers = self.encode(text)[:length]
            row[: len(numbers)] = numbers
        return found


def abstracts():
    """Almost 2,300 abstracts of PubMed, from two collections made for finding diseases and chemicals.

    Returns
    -------
    list of str, words with one space between

    Notes
    -----
    BC5CDR (Li et al. 2016; 1,500 abstracts) and NCBI disease (Dogan et al. 2014; 793), in the
    copies of SciBERT's repository (Apache-2.0); their labels are not read. Trap: NCBI's copy does
    not say where an abstract ends, so that each of its three files comes as one text.

    Raises
    ------
    DataUnavailable : if the files are neither cached nor can be fetched.
    """
    found = []
    for name in ("bc5cdr", "ncbi-disease"):
        for part in PARTS:
            lines = (fetch(name) / f"{part}.txt").read_text(encoding="utf-8")
            pieces = re.split(r"^-DOCSTART-.*$", lines, flags=re.MULTILINE)
            found += [
                " ".join(line.split("\t")[0] for line in piece.split("\n") if line.strip())
                for piece in pieces
            ]
    return [text for text in found if text]
