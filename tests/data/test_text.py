import inspect

import pytest
import scipy.signal

from helpers.data.text import Characters, prose, scipy_prose


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
