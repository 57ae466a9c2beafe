import inspect

import pytest
import scipy.signal
import torch

from helpers.data.text import (
    Characters,
    cut_anywhere,
    prose,
    prose_by_module,
    scipy_prose,
    split_by_group,
    stretches,
    windows,
)


def test_letters_come_back_and_others_are_marked():
    letters = Characters("ab ")
    assert letters.decode(letters.encode("a bad")) == "a ba?"
    assert len(letters) == 4


def test_paragraphs_stand_in_the_documentation_and_only_once():
    found = scipy_prose(("signal", "linalg"))
    everything = [p for paragraphs in found.values() for p in paragraphs]
    assert len(everything) == len(set(everything)) > 200
    squeezed = " ".join(
        " ".join(inspect.getdoc(getattr(scipy.signal, name)).split())
        for name in scipy.signal.__all__
        if inspect.getdoc(getattr(scipy.signal, name))
    )
    assert all(" ".join(p.split()) in squeezed for p in found["signal"])
    assert min(map(len, everything)) > 80


def test_only_running_text_is_kept():
    long = (
        "This sentence is long enough to be kept, since it has more than eighty characters in it."
    )
    text = f"Short.\n\n{long}\n\n.. math:: x = 1 {long}\n\nNotes\n-----\n{long}\n\nExamples\n{long}"
    assert list(prose(text)) == [long]


def test_an_unknown_module_is_named():
    with pytest.raises(ValueError, match="found 'poetry'"):
        scipy_prose(("poetry",))


def test_frequent_characters_make_an_alphabet():
    assert Characters.of("abba" * 10 + "c", least=20).alphabet == "ab"


def test_windows_are_followed_by_the_next_character():
    text = torch.arange(130)
    tokens, following = windows(text)
    assert tokens.shape == (2, 64)
    assert torch.equal(tokens + 1, following)
    assert torch.equal(tokens.flatten(), text[:128])
    with pytest.raises(ValueError, match="more than 64 characters, found 64"):
        windows(text[:64])


def test_modules_do_not_share_a_paragraph():
    learn, valid, tested = prose_by_module()
    parts = [set(text.split("\n")) for text in (learn, valid, *tested.values())]
    assert sum(map(len, parts)) == len(set().union(*parts))
    assert len(tested) == 5
    assert prose_by_module()[0] == learn


def test_groups_are_kept_together_and_all_pieces_used():
    pieces = [f"{letter}{k}" for letter in "abcde" for k in range(3)]
    groups = torch.tensor([ord(piece[0]) for piece in pieces])
    learn, valid, tested = split_by_group(pieces, groups)
    parts = [learn, valid, *tested.values()]
    letters = [{piece[0] for piece in part.split("\n")} for part in parts]
    assert sum(map(len, letters)) == len(set().union(*letters)) == 5
    assert sorted("\n".join(parts).split("\n")) == pieces
    assert len(tested) == 2
    with pytest.raises(ValueError, match="at least 4 groups of texts, found 3"):
        split_by_group(pieces[:9], groups[:9])


def test_windows_cut_anywhere_stand_in_the_text_and_begin_everywhere():
    text = torch.arange(300)
    wide = stretches(text, 64)
    assert wide.tolist() == [text[k : k + 128].tolist() for k in (0, 64, 128)]
    draws = torch.Generator().manual_seed(0)
    begins = set()
    for _ in range(400):
        tokens, following = cut_anywhere((wide,), draws)
        assert torch.equal(tokens + 1, following)
        assert torch.equal(tokens - tokens[:, :1], torch.arange(64).expand(3, 64))
        begins |= set(tokens[:, 0].tolist())
    assert begins == set(range(192))
    fixed = {int(first) for first in windows(text)[0][:, 0]}
    assert len(fixed) == 4  # what is cut always at the same places begins at four


def test_a_text_too_short_for_two_windows_is_refused():
    with pytest.raises(ValueError, match="at least 128 characters, found 100"):
        stretches(torch.arange(100))
