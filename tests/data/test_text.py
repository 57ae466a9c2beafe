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


def test_letters_and_numbers_of_an_alphabet():
    assert Characters.of("b" * 20 + "a" * 20 + "c" * 19).alphabet == "ab"
    assert Characters.of("abab", least=2).alphabet == "ab"
    letters = Characters("xyz")
    assert letters.encode("zyx-").tolist() == [3, 2, 1, 0]
    assert letters.decode(torch.tensor([0, 1, 3])) == "?xz"
    assert len(letters) == 4


def test_windows_and_stretches_at_their_limits():
    assert [part.tolist() for part in windows(torch.arange(3), 2)] == [[[0, 1]], [[1, 2]]]
    with pytest.raises(
        ValueError, match=r"^windows\(length=2\): expected more than 2 characters, found 2$"
    ):
        windows(torch.arange(2), 2)
    assert stretches(torch.arange(4), 2).tolist() == [[0, 1, 2, 3]]
    assert stretches(torch.arange(128)).shape == (1, 128)
    with pytest.raises(
        ValueError, match=r"^stretches\(length=2\): expected at least 4 characters, found 3$"
    ):
        stretches(torch.arange(3), 2)


def test_groups_are_dealt_by_a_permutation():
    pieces = [f"{group} {k}" for group in range(8) for k in range(2)]
    learn, valid, tested = split_by_group(pieces)
    order = torch.randperm(8, generator=torch.Generator().manual_seed(0)).tolist()
    assert list(tested) == [
        f"group {k}" for k in order[:4]
    ]  # half of eight, though five are asked for
    assert tested[f"group {order[0]}"] == f"{order[0]} 0\n{order[0]} 1"
    assert valid == f"{order[4]} 0\n{order[4]} 1"
    assert learn == "\n".join(f"{k} 0\n{k} 1" for k in order[5:])
    _, _, two = split_by_group(pieces, held=2)
    assert list(two) == [f"group {k}" for k in order[:2]]
    _, _, wide = split_by_group([str(k) for k in range(12)], blocks=12)
    assert len(wide) == 5
    assert split_by_group(list("abcd"), torch.arange(4))[2]
    for said in ({"held": 0}, {"blocks": 0}, {"held": 1.5}):
        (name,) = said
        with pytest.raises(
            ValueError, match=f"^split_by_group: {name} must be a whole number from 1"
        ):
            split_by_group(pieces, **said)
    with pytest.raises(
        ValueError, match="^split_by_group: expected a group a text, found 3 for 16 texts$"
    ):
        split_by_group(pieces, torch.arange(3))
    with pytest.raises(
        ValueError, match="^split_by_group: expected at least 4 groups of texts, found 0$"
    ):
        split_by_group([])


def test_paragraphs_are_those_of_running_text():
    long = "This sentence is long enough, since it has eighty-one letters in it, " + "x" * 12
    assert len(long) == 81
    for text, found in [
        (long, [long]), (long[:-1], []), (long.lower(), []), (f"{long}\n>>> f()", []),
        (f"{long}\n:math:`x`", []), (f"{long}\n---", []), (f"{long}\n===", []),
        (f"{long[:40]}\n   {long[40:]}", [f"{long[:40]} {long[40:]}"]),
        (f"{long}\n\n{long}", [long, long]), (f"{long}\nReferences\n{long}", [long]),
        (f"{long}\nExamples\n{long}", [long]),
    ]:  # fmt: skip
        assert list(prose(text)) == [
            " ".join(part.split()) if "\n" in text and part not in (long,) else part
            for part in found
        ]


def test_modules_are_learnt_from_in_one_random_order():
    found = scipy_prose()
    learn, valid, tested = prose_by_module()
    assert valid == "\n".join(found["ndimage"])
    assert list(tested) == [
        "cluster.hierarchy",
        "integrate",
        "interpolate",
        "linalg",
        "sparse.linalg",
    ]
    assert tested["linalg"] == "\n".join(found["linalg"])
    rest = [p for name in ("optimize", "signal", "special", "stats") for p in found[name]]
    order = torch.randperm(len(rest), generator=torch.Generator().manual_seed(0)).tolist()
    assert learn == "\n".join(rest[k] for k in order)
    assert found["stats"] == sorted(found["stats"])
    _, other, left = prose_by_module(("stats",), "signal")
    assert other == "\n".join(found["signal"])
    assert list(left) == ["stats"]
