"""The chapter on transformers runs on texts and sequences that its author has not seen."""

import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from helpers.data.own import fasta, texts

sys.path.append(str(Path(__file__).parent))
from test_own_data import folders, run  # noqa: E402, F401

CHAPTER = "4-models/transformers"


def sentence(rng, words, length):
    return " ".join(rng.choice(words, size=length))


def alien_notes(path):
    """Notes in two scripts by six authors, each with words of their own, and one note of noise."""
    rng = np.random.default_rng(0)
    stock = ["κύμα", "φως", "reading", "drift", "±3%", "Probe-7", "über", "null"]
    rows = []
    for author in range(6):
        words = [*stock, f"name{author}", f"lab{author}"]
        rows += [(sentence(rng, words, 14), f"author {author}") for _ in range(30)]
    rows[7] = ("".join(rng.choice(list("qzxjw#@~"), size=80)), "author 0")
    pd.DataFrame(rows, columns=["note", "author"]).to_csv(path, index=False)
    return path


def alien_sequences(path):
    """Forty proteins without groups, of other letters than DNA, some longer than a window."""
    rng = np.random.default_rng(1)
    letters = list("ACDEFGHIKLMNPQRSTVWY")
    motif = "".join(rng.choice(letters, size=40))
    lines = []
    for number in range(40):
        tail = "".join(rng.choice(letters, size=int(rng.integers(30, 120))))
        lines.append(f">p{number}\n{motif}{tail}\n")
    path.write_text("".join(lines))
    return path


def written(work):
    return pd.read_csv(work / "transformers" / "surprise.csv")


def test_on_notes_of_six_authors(folders, monkeypatch, capsys):  # noqa: F811
    home, work = folders
    data = texts(alien_notes(home / "notes.csv"), "note", groups="author")
    names = run(CHAPTER, data, work, monkeypatch)
    assert len(names["tested"]) == 3
    assert "φ" in names["letters"].alphabet
    rows = written(work)
    assert list(rows.columns) == ["group", "bits per character", "piece"]
    assert rows["bits per character"].is_monotonic_decreasing
    assert set(rows.piece) <= set(data.text)
    assert "✗" not in capsys.readouterr().out
    assert {path.name for path in home.iterdir()} == {"notes.csv"}


def test_on_sequences_without_groups(folders, monkeypatch):  # noqa: F811
    home, work = folders
    data = fasta(alien_sequences(home / "proteins.fasta"))
    names = run(CHAPTER, data, work, monkeypatch)
    assert len(names["tested"]) == 4
    assert set(names["learn"]) <= set("ACDEFGHIKLMNPQRSTVWY\n")
    told = names["told"]
    assert told["counts, Kneser-Ney"].result.mean < told["single characters"].result.mean
    assert set(written(work).piece) <= set(data.sequences)


def test_too_few_groups_are_refused(folders, monkeypatch):  # noqa: F811
    home, work = folders
    path = home / "few.csv"
    frame = pd.DataFrame({"note": ["some words " * 9] * 30, "author": ["a", "b", "c"] * 10})
    frame.to_csv(path, index=False)
    with pytest.raises(ValueError, match="expected at least 4 groups of texts, found 3"):
        run(CHAPTER, texts(path, "note", groups="author"), work, monkeypatch)
