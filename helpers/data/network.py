"""Your own graph: a table of nodes and a list of edges (survey 4.4; every "Your own data")."""

from pathlib import Path

import torch

from .arguments import shown
from .origin import Report, count_of
from .readers import LabelledGraph
from .sheet import column, read_cells


def edge_list(path, nodes, key, *, ends=("source", "target"), separator=","):
    """Read one graph from a file of edges and a table of nodes.

    Parameters
    ----------
    path : str or Path
        CSV, TSV or Parquet, one row an edge; other columns are ignored.
    nodes : Table
        Read with `own.table` from a file with one row a node, its ``key`` dropped.
    key : str
        The column of that file which names a node as the edges do.
    ends : two column names of ``path``
    separator : of ``path``.

    Returns
    -------
    LabelledGraph, ``edge_index`` in both directions and once each, no loops; ``train`` holds all labelled nodes,
    ``valid`` and ``test`` none.

    Raises
    ------
    FileNotFoundError, ValueError : a node that stands there twice, an edge to a node that is not
        in the table (row and name), no edge at all.

    Examples
    --------
    >>> import tempfile; from helpers.data.own import table; home = Path(tempfile.mkdtemp())
    >>> _ = (home / "nodes.csv").write_text("name,mass,kind\\na,1,x\\nb,2,y\\nc,4,x\\n")
    >>> _ = (home / "edges.csv").write_text("source,target\\na,b\\nb,c\\n")
    >>> nodes = table(home / "nodes.csv", "kind", drop="name")
    >>> edge_list(home / "edges.csv", nodes, "name").edge_index.tolist()
    [[0, 1, 1, 2], [1, 0, 2, 1]]
    """
    if nodes.path is None:
        raise ValueError(
            "edge_list: nodes must be a table that own.table read, found one without a file"
        )
    if len(ends) != 2 or isinstance(ends, str):
        raise ValueError(f"edge_list: ends must be two names of columns, found {ends!r}")
    names = _names(nodes, key)
    place = {name: k for k, name in enumerate(names)}
    frame = read_cells("edge_list", path, separator)
    one, other = torch.tensor(
        [_places(path, column("edge_list", path, frame, end), place) for end in ends]
    )
    both = torch.cat([torch.stack([one, other]), torch.stack([other, one])], 1)
    edges = both[:, both[0] != both[1]].unique(dim=1)
    if not edges.shape[1]:
        raise ValueError(f"edge_list: {path} has no edge between two different nodes")
    loops = int((one == other).sum())
    again = len(one) - loops - edges.shape[1] // 2
    notes = [count_of(len(place), "node"), count_of(edges.shape[1] // 2, "edge")]
    notes += [f"{count_of(loops, 'loop')} left out"] * (loops > 0)
    notes += [f"{count_of(again, 'row')} naming an edge again"] * (again > 0)
    train, none = torch.arange(len(names)), torch.arange(0)
    if nodes.y is not None:
        train = (nodes.y >= 0 if nodes.classes else ~nodes.y.isnan()).nonzero()[:, 0]
    return LabelledGraph(
        nodes.x, edges, nodes.y, nodes.classes, train, none, none,
        groups=nodes.groups, time=nodes.time, rows=names, path=str(path),
        report=Report(Path(path).name, nodes.report.head, nodes.report.lines, notes),
        decisions=nodes.decisions,
    )  # fmt: skip


def _names(nodes, key):
    """The names of the nodes, in the order of the table."""
    frame = read_cells("edge_list", nodes.path, nodes.decisions["separator"])
    names = column("edge_list", nodes.path, frame, key)[nodes.rows]
    if names.duplicated().any():
        row = names.duplicated().idxmax()
        raise ValueError(
            f"edge_list: {nodes.path}, row {row}, column {key!r}: the node {shown(names[row])} stands there twice"
        )
    return names.tolist()


def _places(path, cells, place):
    """The numbers of the nodes that a column names."""
    unknown = cells[~cells.isin(place.keys())]
    if len(unknown):
        raise ValueError(
            f"edge_list: {path}, row {unknown.index[0]}, column {cells.name!r}: expected a node of the "
            f"table, found {shown(unknown.iloc[0])}"
        )
    return [place[name] for name in cells]
