"""Which cited data sets a chapter reads, and how much it fetches."""

import ast

import nbformat

from helpers.data.cited import registry


def cited_by(path):
    """Names of the registered data sets whose readers a notebook imports."""
    cells = nbformat.read(path, as_version=4).cells
    tree = ast.parse("\n".join(c.source for c in cells if c.cell_type == "code"))
    imported = {
        alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("helpers.data.")
        for alias in node.names
    }
    sets = {source.dataset for source in registry().values()}
    return sorted(name for name in sets if name.replace("-", "_") in imported)


def download(path):
    """Megabytes that a notebook fetches the first time, as text for a table."""
    wanted = cited_by(path)
    size = sum(source.bytes for source in registry().values() if source.dataset in wanted)
    return f"{size / 1e6:.1f} MB" if size else "none"
