import dataclasses
import sys
from collections import Counter
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parent))
import rules  # noqa: E402
from rules import curriculum  # noqa: E402

NAMES = (rules.ROOT / "book" / "data" / "survey_names.txt").read_text().splitlines()
CHAPTER = next(c for c in curriculum.written() if c.name.endswith("/dimensionality-reduction"))
PCA = next(row for row in CHAPTER.atlas if row["name"] == "PCA")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"kind": "methods"}, "no kind 'methods'"),
        ({"section": "II"}, "no section 'II'"),
        ({"refs": [1410]}, "no reference 1410"),
        ({"anchor": "pca"}, "no heading #pca"),
        ({"helper": "helpers.models.components.pcb"}, "helpers.models.components.pcb does not"),
        ({"check": "PCA agrees"}, "no check 'PCA agrees'"),
        ({"library": ""}, "name the library"),
        ({"reason": "archived"}, "a row that runs needs no reason"),
        ({"checks": "x"}, "no field 'checks'"),
        ({"check": ""}, "belong to rows that run"),
    ],
)
def test_a_wrong_row_is_named_with_what_to_change(changes, said):
    chapter = dataclasses.replace(CHAPTER, atlas=[{**PCA, **changes}])
    assert any(said in fault for fault in rules.atlas_rows(chapter))
    assert list(rules.atlas_rows(dataclasses.replace(CHAPTER, atlas=[PCA]))) == []


def test_a_row_of_a_planned_chapter_cannot_run():
    planned = next(c for c in curriculum.chapters() if not c.written)
    said = list(rules.row_faults(planned, PCA))
    assert said == ["the chapter is not written yet: remove check, or write the chapter"]


def test_every_name_of_the_survey_has_one_row():
    from atlas import read

    count = Counter(row["name"] for row in read())
    assert len(NAMES) == 332
    assert [name for name in NAMES if not count[name]] == []
    assert [name for name, times in count.items() if times > 1] == []


def test_the_state_is_computed_from_what_exists(monkeypatch):
    import atlas

    count = Counter(row["state"] for row in atlas.read())
    assert count["runs"] + count["shown"] >= 50
    assert sum(count.values()) >= len(NAMES)
    assert atlas.state({}) == "planned"
    assert atlas.state({"reason": "archived"}) == "pointer"
    running = {"check": "agrees", "chapter": "a/b", "mutant": "without it"}
    assert atlas.state({"check": "agrees", "chapter": "a/b"}) == "shown"
    assert atlas.state(running) == "shown"  # nobody recorded that mutant
    monkeypatch.setattr(atlas, "doubt", lambda chapter, mutant, remembered: mutant == "doubted")
    assert atlas.state(running) == "runs"
    assert atlas.state(running | {"mutant": ["without it", "without the other"]}) == "runs"
    assert atlas.state(running | {"mutant": ["without it", "doubted"]}) == "shown"


def test_every_chapter_that_is_written_runs_something_of_the_survey():
    idle = [c.name for c in curriculum.written() if not any(r.get("check") for r in c.atlas)]
    assert idle == []


def test_what_a_draft_runs_is_planned_and_where_it_points_stays(monkeypatch):
    import atlas

    before = {(row["chapter"], row["name"]): row["state"] for row in atlas.read()}
    drafts = [dataclasses.replace(chapter, draft=True) for chapter in atlas.chapters()]
    monkeypatch.setattr(atlas, "chapters", lambda: drafts)
    after = {(row["chapter"], row["name"]): row["state"] for row in atlas.read()}
    assert {"runs", "shown"} <= set(before.values())
    assert set(after.values()) == {"planned", "pointer"}
    assert all((after[key] == "pointer") == (state == "pointer") for key, state in before.items())
