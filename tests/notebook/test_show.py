import ast

from helpers.notebook import show
from helpers.train.loop import fit
from helpers.train.schedule import cosine
from helpers.train.stop import Patience


def code(*things, **options):
    return show(*things, **options).data.removeprefix("```python\n").removesuffix("\n```")


def test_the_source_is_shown_without_docstrings():
    text = code(cosine)
    assert "Linear warm-up" not in text
    assert "math.cos" in text


def test_docstrings_can_be_kept():
    assert "Linear warm-up" in code(cosine, doc=True)


def test_what_is_shown_is_valid_python_for_functions_classes_and_methods():
    tree = ast.parse(code(fit, Patience, Patience.improved))
    assert [node.name for node in tree.body] == ["fit", "Patience", "improved"]
