"""The bibliography: 275 of 275 references, each well formed, and every citation has an entry."""

import csv
import re
import sys
import unicodedata
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT / "book" / "_ext"))
REFERENCES = ROOT / "book" / "references.bib"
from curriculum import bibliographies  # noqa: E402

EXTRAS = bibliographies()[1:]
VENUES = ("journal", "booktitle", "howpublished", "publisher", "school", "eprint", "url")
pybtex = pytest.importorskip("pybtex.database", reason="pybtex comes with the book's packages")


def parsed(path):
    """Entries of one file; pybtex's own error names file and line."""
    return pybtex.parse_file(str(path)).entries


def where(path, key):
    """File and line of an entry, for messages."""
    lines = path.read_text().splitlines()
    number = next((n for n, s in enumerate(lines, 1) if re.match(rf"@\w+\{{{key},", s)), 1)
    return f"{path.relative_to(ROOT) if path.is_relative_to(ROOT) else path.name}, line {number}"


def letters(text):
    """Lower-case ASCII letters, accents and markup removed."""
    text = re.sub(r"\\\w+(?=\W)|\\.", "", text)
    for special, plain in {"ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "ß": "ss"}.items():
        text = text.replace(special, plain)
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z]", "", plain)


def allowed_keys(entry):
    """The key the rule gives; a hyphen in the title may divide words or join them."""
    first = entry.persons["author"][0]
    surname = letters("".join([*first.prelast_names, *first.last_names]))
    keys = set()
    for gaps in (r"[\s—–()\-:,.+]+", r"[\s—–():,.+]+"):
        words = [w for w in map(letters, re.split(gaps, entry.fields["title"])) if w]
        keys.add(surname + entry.fields["year"] + next((w for w in words if len(w) > 3), words[0]))
    return keys


def faults(path):
    """One line for each thing wrong with the entries of a file: place, key, what to change."""
    found = []
    for key, entry in parsed(path).items():
        lost = [name for name in ("title", "year") if not entry.fields.get(name)]
        lost += [] if entry.persons.get("author") else ["author"]
        lost += [] if any(entry.fields.get(name) for name in VENUES) else ["venue or eprint"]
        if lost:
            found.append(f"{where(path, key)}: {key} lacks {', '.join(lost)}")
        elif not re.fullmatch(r"(18|19|20)\d\d", entry.fields["year"]):
            found.append(f"{where(path, key)}: {key} has the year {entry.fields['year']!r}")
        elif not {key, key[:-1] if key[-1] in "bcdef" else key} & allowed_keys(entry):
            wanted = " or ".join(sorted(allowed_keys(entry)))
            found.append(f"{where(path, key)}: {key} should be {wanted}")
        elif "and others and" in str(entry.fields) or "  " in entry.fields["title"]:
            found.append(f"{where(path, key)}: {key} has a stray gap in its fields")
        arxiv = entry.fields.get("eprint", "")
        if arxiv and not re.fullmatch(r"\d{4}\.\d{4,5}|[a-z.-]+/\d{7}", arxiv):
            found.append(f"{where(path, key)}: {key} has the eprint {arxiv!r}, not an arXiv number")
        doi = entry.fields.get("doi", "10./")
        if not re.match(r"10\.\d*/", doi):
            found.append(f"{where(path, key)}: {key} has the doi {doi!r}, expected 10.…/…")
    return found


@pytest.fixture(scope="module")
def references():
    return parsed(REFERENCES)


def test_every_reference_of_the_survey_has_one_entry(references):
    numbers = sorted(int(e.fields["survey"]) for e in references.values() if "survey" in e.fields)
    assert numbers == list(range(1, 276))
    assert set(references) - {k for k, e in references.items() if "survey" in e.fields} == {
        "raghu2020survey"
    }


def test_the_table_of_numbers_agrees_with_the_entries(references):
    with (ROOT / "book" / "data" / "survey_references.csv").open() as file:
        rows = [(int(row["number"]), row["key"]) for row in csv.DictReader(file)]
    entries = [(int(e.fields["survey"]), k) for k, e in references.items() if "survey" in e.fields]
    assert sorted(rows) == sorted(entries)
    assert len(rows) == 275


@pytest.mark.parametrize("path", [REFERENCES, *EXTRAS], ids=lambda path: path.name)
def test_every_entry_is_well_formed(path):
    found = faults(path)
    assert not found, "\n".join(found)


@pytest.mark.parametrize("path", [REFERENCES, *EXTRAS], ids=lambda path: path.name)
def test_every_entry_has_an_identifier_or_says_why_it_has_none(path):
    """`doi`, an arXiv `eprint` or `isbn`; else `unidentified` says in a few words why."""
    for key, entry in parsed(path).items():
        named = {"doi", "eprint", "isbn"} & set(entry.fields)
        arxiv = "arxiv.org" in entry.fields.get("url", "")
        assert bool(named or arxiv) != ("unidentified" in entry.fields), where(path, key)


@pytest.mark.parametrize("path", EXTRAS, ids=lambda path: path.name)
def test_no_extra_file_repeats_the_survey(path, references):
    again = [f"{where(path, k)}: {k} is in references.bib" for k in parsed(path) if k in references]
    assert not again, "\n".join(again)


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        ("@article{he2016deep,\n author={He, K},\n year={2016},\n journal={X}\n}\n", "lacks title"),
        ("@misc{he2016deep,\n author={He, K},\n title={Deep x},\n year={2016}\n}\n", "lacks venue"),
        (
            "@misc{he2016net,\n author={He, K},\n title={Deep x},\n year={2016},\n url={y}\n}\n",
            "should be he2016deep",
        ),
        (
            "@misc{he2016deep,\n author={He, K},\n title={Deep},\n year={2016},\n eprint={12}\n}\n",
            "not an arXiv number",
        ),
    ],
)
def test_a_broken_entry_is_named_with_its_line(tmp_path, broken, said):
    path = tmp_path / "broken.bib"
    path.write_text("% one comment line\n" + broken)
    (fault,) = faults(path)
    assert said in fault
    assert "line 2" in fault


def test_every_citation_has_an_entry(references):
    from citations import cited

    drafts = set((ROOT / "notebooks").glob("*/*.bib")) - set(EXTRAS)
    known = {*references, *(key for path in [*EXTRAS, *drafts] for key in parsed(path))}
    lost = [
        f"{path.relative_to(ROOT)}, {place}: no entry {key!r} in book/references.bib or beside a chapter"
        for key, path, place in cited()
        if key not in known
    ]
    assert not lost, "\n".join(lost)


def test_a_citation_is_found_with_its_place(tmp_path):
    from citations import cited

    (tmp_path / "book").mkdir()
    (tmp_path / "book" / "page.md").write_text("# T\n\nSee {cite:p}`he2016deep, a2020b`.\n")
    assert [(key, place) for key, _, place in cited(tmp_path)] == [
        ("he2016deep", "3"),
        ("a2020b", "3"),
    ]


def test_the_survey_numbers_are_read_without_a_bibtex_parser(references):
    from citations import survey_numbers

    numbers = survey_numbers()
    assert len(numbers) == 275
    assert numbers["he2016deep"] == 79
    assert "raghu2020survey" not in numbers
