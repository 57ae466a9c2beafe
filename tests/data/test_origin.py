from pathlib import Path

from helpers.data.embedded import diabetes, wine
from helpers.data.origin import Origin, Report, count_of, few, shorten, span


def test_bundled_sets_say_what_they_are_for():
    assert (wine().task, diabetes().task) == ("classification", "regression")
    assert (wine().groups, wine().time, wine().rows, wine().report) == (None, None, [], None)


def test_a_report_is_aligned_and_safe_in_a_notebook():
    report = Report("a.csv", ("column", "read as"), [("<b>x", "number"), ("y", "date")], ["2 rows"])
    assert str(report).splitlines()[2:] == ["<b>x    number", "y       date"]
    assert repr(report) == str(report)
    html = report._repr_html_()
    assert "<td>&lt;b&gt;x</td><td>number</td>" in html
    assert "<b>x" not in html


def test_words():
    assert shorten("a\nb", 5) == "a b"
    assert shorten("abcdefgh", 5) == "abcd…"
    assert (count_of(1, "row"), count_of(1200, "row")) == ("1 row", "1,200 rows")


def test_words_at_their_limits():
    assert shorten("a" * 28) == "a" * 28
    assert shorten("a" * 29) == "a" * 27 + "…"
    assert [count_of(n, "row") for n in (0, 1, 2)] == ["0 rows", "1 row", "2 rows"]
    assert span([(3, 4)]) == "3 x 4"
    assert span([(3, 9), (5, 4)]) == "3 x 4 to 5 x 9"
    assert span([(3, 4), (3, 5)]) == "3 x 4 to 3 x 5"
    files = [Path(f"in/{letter}.txt") for letter in "abcde"]
    assert few(files[:3]) == "a.txt, b.txt, c.txt"
    assert few(files) == "a.txt, b.txt, c.txt and 2 more"
    assert few(files[:4]) == "a.txt, b.txt, c.txt and 1 more"
    assert few([]) == ""


def test_a_report_as_text_and_as_a_page():
    report = Report("a&b", ("c", "d"), [("1", "long")], ["2 < 3", "rows"])
    assert str(report) == "a&b: 2 < 3; rows\nc  d\n1  long"
    assert report._repr_html_() == (
        "<p><b>a&amp;b</b></p><ul><li>2 &lt; 3</li><li>rows</li></ul><table><thead><tr><th>c</th>"
        "<th>d</th></tr></thead><tbody><tr><td>1</td><td>long</td></tr></tbody></table>"
    )
    assert Report("a", ("c",), []).notes == []


def test_an_origin_without_a_word_is_empty():
    bare = Origin()
    assert (bare.groups, bare.time, bare.rows, bare.path, bare.report, bare.decisions) == (
        None, None, [], None, None, {},
    )  # fmt: skip
    assert bare.task is None
    assert "decisions" not in repr(bare)
