"""The first code cell of a chapter installs what is missing, and is silent where nothing is."""

import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT / "book" / "_ext"))
import curriculum  # noqa: E402


class Shell:
    def __init__(self):
        self.calls = []

    def run_line_magic(self, name, line):
        self.calls.append((name, line))


def run(chapter):
    shell = Shell()
    exec(curriculum.install_cell(chapter), {"get_ipython": lambda: shell})
    return shell.calls


@pytest.mark.parametrize("chapter", curriculum.written(), ids=lambda chapter: chapter.name)
def test_where_helpers_are_there_it_is_silent(chapter, capsys):
    assert run(chapter) == []
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize("chapter", curriculum.written(), ids=lambda chapter: chapter.name)
def test_where_they_are_not_it_installs_exactly_the_extras_of_the_chapter(chapter, monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    ((magic, line),) = run(chapter)
    extras = ",".join(["chapters", *chapter.extras])
    assert magic == "pip"
    assert line == (
        f'install --quiet "executable-survey[{extras}] @ '
        'git+https://github.com/executable-survey/executable-survey"'
    )
