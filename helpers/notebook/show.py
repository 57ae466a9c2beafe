"""Show a helper's source where the text explains it: one source of truth."""

import ast
import inspect
import textwrap


def show(*things, doc=False):
    """Display the source of functions, methods or classes as a code block.

    Parameters
    ----------
    *things : function, method or class
        What to show, in this order.
    doc : bool
        Keep the docstrings. Off by default, since the chapter explains in prose and the
        API pages hold them.

    Returns
    -------
    IPython.display.Markdown
        Rendered as highlighted Python in Jupyter, Colab and the book.

    Examples
    --------
    >>> print(show(describe := check_source_example).data)
    ```python
    def check_source_example(a, b):
        return a + b
    ```
    """
    from IPython.display import Markdown

    sources = [source_of(thing, doc) for thing in things]
    return Markdown("```python\n" + "\n\n".join(sources) + "\n```")


def source_of(thing, doc):
    """The dedented source of `thing`, without its docstrings unless `doc`.

    Parameters
    ----------
    thing : function, method or class
    doc : bool
        Keep the docstrings.
    """
    text = textwrap.dedent(inspect.getsource(thing)).rstrip()
    if doc:
        return text
    lines = text.splitlines()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and ast.get_docstring(node):
            first = node.body[0]
            for i in range(first.lineno - 1, first.end_lineno):
                lines[i] = None
            if first.end_lineno < len(lines) and lines[first.end_lineno] == "":
                lines[first.end_lineno] = None
    return "\n".join(line for line in lines if line is not None)


def check_source_example(a, b):
    """Add two numbers (the docstring example above shows this function).

    Parameters
    ----------
    a, b : float
    """
    return a + b
