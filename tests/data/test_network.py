import pytest

from helpers.data.network import edge_list
from helpers.data.own import table

NODES = "name,mass,kind\nann,1.5,x\nbob,2.5,y\ncid,4.5,x\ndee,8.5,\n"


@pytest.fixture
def nodes(write):
    return table(write(NODES, "nodes.csv"), "kind", drop="name", unlabelled="keep")


def test_edges_agree_with_networkx(write, nodes):
    import networkx

    text = "source,target,since\nann,bob,1\nbob,ann,2\ncid,cid,3\ndee,bob,4\n"
    graph = edge_list(write(text), nodes, "name")
    wanted = networkx.Graph([("ann", "bob"), ("dee", "bob")])
    found = {frozenset((graph.rows[a], graph.rows[b])) for a, b in graph.edge_index.T.tolist()}
    assert found == {frozenset(pair) for pair in wanted.edges}
    assert graph.edge_index.shape == (2, 4)
    assert (graph.y.tolist(), graph.train.tolist()) == ([0, 1, 0, -1], [0, 1, 2])
    assert "1 loop left out; 1 row naming an edge again" in str(graph.report)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("source,target\nann,eve\n", "row 2, column 'target': expected a node .* found 'eve'"),
        ("source,target\nann,ann\n", "no edge between two different nodes"),
        ("from,to\nann,bob\n", "no column 'source', its columns are from, to"),
    ],
)
def test_edges_that_do_not_fit(write, nodes, text, sentence):
    with pytest.raises(ValueError, match=sentence):
        edge_list(write(text), nodes, "name")


def test_nodes_that_stand_there_twice(write):
    nodes = table(write(NODES.replace("bob", "ann"), "nodes.csv"), drop=("name", "kind"))
    with pytest.raises(ValueError, match="row 3, column 'name': the node 'ann' stands there twice"):
        edge_list(write("source,target\nann,cid\n"), nodes, "name")
    with pytest.raises(ValueError, match="ends must be two names"):
        edge_list(write("source,target\nann,cid\n"), nodes, "name", ends="ab")


def test_nodes_come_from_a_file_and_ends_are_two(write, nodes):
    edges = write("source,target\nann,bob\n")
    from dataclasses import replace

    with pytest.raises(
        ValueError, match="nodes must be a table that own.table read, found one without"
    ):
        edge_list(edges, replace(nodes, path=None), "name")
    for ends in (("source",), ("a", "b", "c"), "ab"):
        with pytest.raises(ValueError, match="ends must be two names of columns, found"):
            edge_list(edges, nodes, "name", ends=ends)


def test_all_nodes_with_a_label_are_learnt_from_until_they_are_split(write, nodes):
    graph = edge_list(write("source,target\nann,bob\nann,cid\n"), nodes, "name")
    assert graph.train.tolist() == [0, 1, 2]
    assert [len(part) for part in (graph.valid, graph.test)] == [0, 0]
    assert graph.edge_index.tolist() == [[0, 0, 1, 2], [1, 2, 0, 0]]
    assert graph.rows == ["ann", "bob", "cid", "dee"]


def test_what_was_left_out_is_noted_and_nothing_else(write, nodes):
    plain = edge_list(write("source,target\nann,bob\nann,cid\n"), nodes, "name")
    assert plain.report.notes == ["4 nodes", "2 edges"]
    more = "source,target\nann,bob\nbob,ann\nann,bob\ncid,cid\ndee,dee\n"
    assert edge_list(write(more), nodes, "name").report.notes == [
        "4 nodes", "1 edge", "2 loops left out", "2 rows naming an edge again",
    ]  # fmt: skip
    assert plain.path.endswith("mice.csv")
    assert plain.decisions == nodes.decisions


def test_ends_and_separator_are_those_that_are_said(write, nodes):
    text = "a;b;c\nann;bob;cid\nbob;cid;dee\n"
    graph = edge_list(write(text), nodes, "name", ends=("a", "c"), separator=";")
    assert graph.edge_index.tolist() == [[0, 1, 2, 3], [2, 3, 0, 1]]


def test_nodes_without_a_target_are_all_learnt_from(write):
    bare = table(write(NODES, "nodes.csv"), drop=("name", "kind"))
    graph = edge_list(write("source,target\nann,bob\n"), bare, "name")
    assert graph.train.tolist() == [0, 1, 2, 3]
    assert graph.y is None
    text = NODES.replace(",x", ",1.5").replace(",y", ",2.5")
    numbers = table(write(text, "nodes.csv"), "kind", drop="name", unlabelled="keep")
    graph = edge_list(write("source,target\nann,bob\n"), numbers, "name")
    assert graph.train.tolist() == [0, 1, 2]


def test_the_row_of_a_stranger_is_named(write, nodes):
    with pytest.raises(ValueError) as caught:
        edge_list(write("source,target\nann,bob\neve,bob\n"), nodes, "name")
    assert str(caught.value).endswith(
        "mice.csv, row 3, column 'source': expected a node of the table, found 'eve'"
    )
    assert str(caught.value).startswith("edge_list: ")
