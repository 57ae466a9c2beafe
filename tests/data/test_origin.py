from helpers.data.embedded import diabetes, wine
from helpers.data.origin import Report, count_of, shorten


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
