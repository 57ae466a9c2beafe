import re

import pytest

from helpers.notebook import CheckFailed, compare
from helpers.notebook.band import promise_results

SCORES = {"majority": [0.5, 0.5, 0.5], "forest": [0.81, 0.80, 0.84], "network": [0.85, 0.86, 0.87]}
BANDS = {"majority": (0.4, 0.6), "forest": (0.7, 0.9), "network": (0.8, 0.9)}


def made(**changed):
    arguments = {"to": "forest", "unit": "draws", "score": "accuracy", "bands": BANDS} | changed
    return compare(SCORES, **arguments)


def test_a_row_holds_result_and_paired_difference():
    table = made()
    assert table["forest"].difference is None
    assert table["network"].result.mean == pytest.approx(0.86)
    assert table["network"].difference.mean == pytest.approx(0.13 / 3)
    assert table["network"].difference.wins == 3
    assert table["majority"].difference.says() == "loses"


def test_a_mean_outside_its_band_stops_the_chapter_and_names_the_row():
    with pytest.raises(CheckFailed, match="accuracy of network: expected between 0.9 and 1, found"):
        made(bands=BANDS | {"network": (0.9, 1)})


def test_on_own_data_bands_of_results_are_not_applied():
    promise_results(False)
    try:
        assert made(bands=BANDS | {"network": (0.9, 1)})["network"].result.mean < 0.9
        with pytest.raises(CheckFailed):
            made(bands=BANDS | {"network": (0.9, 1)}, kind="agrees")
    finally:
        promise_results(True)


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"to": "tree"}, "to='tree'"),
        ({"bands": {"forest": (0, 1)}}, r"bands=\): expected one for every row.*majority"),
        ({"bands": {}}, "bands="),
        ({"budget": {"forest": "one"}}, r"budget=\)"),
    ],
)
def test_rows_without_band_or_budget_are_named(changed, sentence):
    with pytest.raises(ValueError, match=sentence):
        made(**changed)


def test_scores_that_do_not_pair_are_refused():
    with pytest.raises(ValueError, match="found 2 and 3"):
        compare(
            {"a": [1, 2, 3], "b": [1, 2]},
            to="a",
            unit="x",
            score="y",
            bands={"a": (0, 9), "b": (0, 9)},
        )


def test_the_text_form_holds_nothing_that_differs_between_processors():
    assert repr(made()) == (
        "Comparison of majority, forest, network: accuracy on 3 draws, differences to forest"
    )


def test_every_measured_number_of_the_table_is_marked_for_the_comparison():
    budget = {"majority": "none", "forest": "500 trees", "network": "280 steps"}
    html = made(budget=budget)._repr_html_()
    assert "0.86" in html
    assert "280 steps" in html
    hidden = re.sub(r'<td class="measured">.*?</td>', "", html)
    assert not re.search(r"\d\.\d", hidden)
    assert html.count('class="measured"') == 1 + 3 + 3  # the reference has only its result
    assert "overflow-x:auto" in html


def test_the_caption_says_unit_count_and_kind_of_interval():
    html = made(how="resplit", share=0.25)._repr_html_()
    assert "3 draws; higher accuracy is better" in html
    assert "overlapping splits" in html


def test_a_name_cannot_break_the_page():
    html = compare(
        {"a<b>": [1, 2], "c": [1, 2]},
        to="c",
        unit="x",
        score="y",
        bands={"a<b>": (0, 9), "c": (0, 9)},
    )._repr_html_()
    assert "a&lt;b&gt;" in html


def test_the_text_form_holds_every_row_with_its_budget_result_difference_and_wins():
    lines = str(made(budget=dict.fromkeys(SCORES, "ten trees"))).splitlines()
    assert lines[0] == repr(made())
    assert lines[1].split("  ") == ["majority", "ten trees", "0.500 [0.500, 0.500]"] + [
        "−0.32 [−0.37, −0.26]", "0 of 3",
    ]  # fmt: skip
    assert lines[2].split("  ")[:2] == ["forest", "ten trees"]
    assert len(lines) == 4


def test_digits_follow_the_width_of_the_interval():
    found = {line.split("  ")[0]: line for line in str(made()).splitlines()[1:]}
    assert "0.82 [0.76, 0.87]" in found["forest"]
    wide = compare(
        {"a": [10.0, 30.0, 20.0], "b": [1.0, 1.5, 1.25]}, to="a", unit="draws", score="error",
        bands={"a": (0, 40), "b": (0, 2)}, better="lower",
    )  # fmt: skip
    assert "20.0 [−4.8, 44.8]" in str(wide)


def test_where_lower_is_better_a_lower_score_wins():
    scores = {"a": [3.0, 4.0], "b": [1.0, 1.0]}
    arguments = {"to": "a", "unit": "draws", "score": "error", "bands": {"a": (3, 4), "b": (1, 1)}}
    assert compare(scores, better="lower", **arguments)["b"].difference.wins == 2
    assert compare(scores, **arguments)["b"].difference.wins == 0


def test_the_interval_stands_small_below_its_mean():
    assert re.search(r"<td class=.measured.>0\.82<br><small>\[0\.76, ", made()._repr_html_())
