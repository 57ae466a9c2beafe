import pytest
import torch
from torch import nn
from torch_geometric.data import Batch, Data
from torch_geometric.utils import from_smiles

from helpers.data.graphs import (
    ATOM_FEATURES,
    BOND_FEATURES,
    Graph,
    GraphBatches,
    Spans,
    misplaced,
    smiles_to_graph,
)
from helpers.ground.random import generator
from helpers.models.graph import GIN
from helpers.train.loop import evaluate, fit, predict
from helpers.train.steps import supervised

SMILES = ["CCO", "c1ccccc1C(=O)O", "C", "CC#N", "CC(=O)Oc1ccccc1C(=O)O", "[Na+].[Cl-]"]


def graphs():
    return [smiles_to_graph(text) for text in SMILES]


@pytest.mark.parametrize("text", SMILES)
def test_wiring_agrees_with_pyg(text):
    mine, theirs = smiles_to_graph(text), from_smiles(text)
    edges = {tuple(edge) for edge in mine.edge_index.T.tolist()}
    assert edges == {tuple(edge) for edge in theirs.edge_index.T.tolist()}
    assert len(edges) == mine.edge_index.shape[1] == len(mine.edge_attr)
    aromatic = mine.x[:, ATOM_FEATURES.index("aromatic")]
    assert torch.equal(aromatic, theirs.x[:, 7].float())
    assert torch.equal(mine.x[:, ATOM_FEATURES.index("charge")], theirs.x[:, 3].float() - 5)


def test_features_say_what_they_are():
    acid = smiles_to_graph("CC(=O)[O-]")
    named = {name: acid.x[:, i].tolist() for i, name in enumerate(ATOM_FEATURES)}
    assert named["C"] == [1, 1, 0, 0]
    assert named["O"] == [0, 0, 1, 1]
    assert named["3 H"] == [1, 0, 0, 0]
    assert named["charge"] == [0, 0, 0, -1]
    bonds = {name: acid.edge_attr[:, i].tolist() for i, name in enumerate(BOND_FEATURES)}
    assert bonds["DOUBLE"] == [0, 0, 1, 1, 0, 0]
    assert smiles_to_graph("[Se]").x[0, ATOM_FEATURES.index("other")] == 1


def test_ring_bonds_and_chain_bonds_differ():
    ring = smiles_to_graph("C1CC1C").edge_attr[:, -1]
    assert ring.tolist().count(1) == 6
    assert ring.tolist().count(0) == 2


def test_batches_agree_with_pyg():
    rows = torch.tensor([4, 0, 5, 2])
    mine = GraphBatches(graphs(), torch.arange(6.0)).collate(rows)
    picked = [(graphs()[row], float(row)) for row in rows.tolist()]
    theirs = Batch.from_data_list(
        [
            Data(x=g.x, edge_index=g.edge_index, edge_attr=g.edge_attr, y=torch.tensor([y]))
            for g, y in picked
        ]
    )
    for name in ("x", "edge_index", "edge_attr", "batch", "y"):
        assert torch.equal(getattr(mine, name), getattr(theirs, name))
    assert mine.num_graphs == theirs.num_graphs == 4
    assert not torch.equal(GraphBatches(graphs()).collate(rows.flip(0)).x, mine.x)


def test_every_graph_comes_once_an_epoch_in_a_new_order():
    store = GraphBatches(graphs(), torch.arange(6), batch_size=4, shuffle=True)
    orders = []
    for epoch in (0, 1, 0):
        store.set_epoch(epoch)
        orders.append(torch.cat([batch.y for batch in store]).tolist())
    assert len(store) == 2
    assert orders[0] == orders[2] != orders[1]
    assert sorted(orders[0]) == sorted(orders[1]) == list(range(6))


def test_views_share_the_store():
    store = GraphBatches(graphs(), torch.arange(6))
    view = store.select(torch.tensor([1, 3])).select(torch.tensor([1]), batch_size=1)
    assert view.store is store.store
    assert [batch.y.tolist() for batch in view] == [[3]]
    assert len(store.rows) == 6


def test_moving_keeps_everything():
    store = GraphBatches(graphs(), torch.arange(6), batch_size=2)
    moved = store.to("cpu")
    for mine, theirs in zip(store, moved):
        assert torch.equal(mine.edge_index, theirs.edge_index)
        assert torch.equal(mine.y, theirs.y)
    batch = next(iter(store)).to("meta")
    assert batch.x.is_meta
    assert batch.batch.is_meta
    assert batch.num_graphs == 2


def test_the_engine_takes_the_store():
    y = torch.tensor([len(g.x) / 10 for g in graphs()])
    store = GraphBatches(graphs(), y, batch_size=3, shuffle=True)
    torch.manual_seed(0)
    model, step = GIN(26, width=16, readout="sum"), supervised(nn.functional.mse_loss)
    before = evaluate(model, store, step=step)["valid_loss"]
    history = fit(model, store, store, step=step, epochs=60, lr=3e-3)
    assert history.rows[-1]["valid_loss"] < before / 20
    ordered = store.select(torch.arange(6))
    assert torch.allclose(predict(model, ordered), y, atol=0.3)


def test_spans_of_nothing():
    place, owner = Spans([0, 2, 0]).gather(torch.tensor([0, 2, 1]))
    assert place.tolist() == [0, 1]
    assert owner.tolist() == [2, 2]


def wide():
    graph = smiles_to_graph("C")
    return Graph(torch.zeros(1, 3), graph.edge_index, graph.edge_attr)


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: smiles_to_graph("c1ccccc"), "that RDKit can read, found 'c1ccccc'"),
        (lambda: smiles_to_graph(""), "found ''"),
        (lambda: GraphBatches([]), "at least one graph, found none"),
        (lambda: GraphBatches(graphs(), torch.zeros(5)), "found 5 targets for 6 graphs"),
        (lambda: GraphBatches([*graphs(), wide()]), "graph 6 has 3 node and 6 edge features"),
        (
            lambda: GraphBatches(
                [Graph(torch.zeros(0, 26), torch.zeros(2, 0).long(), torch.zeros(0, 6))]
            ),
            "graph 0 has no node",
        ),
    ],
)
def test_bad_input_is_one_sentence(call, sentence):
    with pytest.raises(ValueError, match=sentence):
        call()


def test_misplaced_atoms_keep_everything_but_their_places():
    graph = smiles_to_graph("CC(=O)Oc1ccccc1C(=O)O")
    control = misplaced(graph, seed=3)
    assert torch.equal(control.x, graph.x)
    assert torch.equal(control.edge_attr, graph.edge_attr)
    degrees = [g.edge_index[0].bincount().sort().values.tolist() for g in (graph, control)]
    assert degrees[0] == degrees[1]
    assert not torch.equal(control.edge_index, graph.edge_index)


def test_places_of_items_stay_on_their_device():
    spans = Spans(torch.tensor([2, 1, 3])).to("meta")
    item, owner = spans.sizes, spans.starts
    assert item.device.type == owner.device.type == "meta"
    with torch.device("meta"):
        made = torch.arange(3)
    assert made.device.type == "meta"
    for rows, places, owners in (
        ([2, 0], [3, 4, 5, 0, 1], [0, 0, 0, 1, 1]), ([1], [2], [0]), ([1, 1], [2, 2], [0, 1]),
    ):  # fmt: skip
        found = Spans([2, 1, 3]).gather(torch.tensor(rows))
        assert [part.tolist() for part in found] == [places, owners]


def test_an_epoch_s_order_is_that_of_its_seed_and_number():
    graphs = [smiles_to_graph("C" * n) for n in range(1, 8)]
    store = GraphBatches(graphs, torch.arange(7.0), batch_size=3, shuffle=True, seed=5)
    store.set_epoch(2)
    order = torch.randperm(7, generator=generator(5, 2))
    assert torch.cat([batch.y for batch in store]).tolist() == order.tolist()
    assert [batch.num_graphs for batch in store] == [3, 3, 1]
    assert len(store) == 3


def test_every_feature_of_an_atom_and_a_bond():
    def on(text, atom=0):
        row = smiles_to_graph(text).x[atom]
        return [
            f"{name}" if v == 1 else f"{name} {v:g}"
            for name, v in zip(ATOM_FEATURES, row.tolist())
            if v
        ]

    assert on("C") == ["C", "degree 0", "4 H", "SP3"]
    assert on("[NH4+]") == ["N", "degree 0", "4 H", "SP3", "charge"]
    assert on("C(F)(P)(S)Cl") == ["C", "degree 4", "0 H", "SP3"]
    assert on("FS(F)(F)(F)(F)F", 1) == ["S", "degree 4", "0 H"]
    assert on("c1ccccc1") == ["C", "degree 2", "1 H", "SP2", "aromatic", "in a ring"]
    assert [on(text)[0] for text in ("F", "P", "S", "Cl", "Br", "I", "[Na+]", "[O-2]")] == [
        "F", "P", "S", "Cl", "Br", "I", "other", "O",
    ]  # fmt: skip
    assert on("[O-2]")[-1] == "charge -2"
    assert len(ATOM_FEATURES) == 26
    bonds = {
        text: smiles_to_graph(text).edge_attr[0].tolist()
        for text in ("CC", "C=C", "C#C", "c1ccccc1", "C1CC1")
    }
    assert bonds == {
        "CC": [1, 0, 0, 0, 0, 0], "C=C": [0, 1, 0, 0, 0, 0], "C#C": [0, 0, 1, 0, 0, 0],
        "c1ccccc1": [0, 0, 0, 1, 1, 1], "C1CC1": [1, 0, 0, 0, 0, 1],
    }  # fmt: skip
    lone = smiles_to_graph("C")
    assert (lone.edge_index.shape, lone.edge_attr.shape) == ((2, 0), (0, 6))
    assert (lone.edge_index.dtype, lone.x.dtype) == (torch.int64, torch.float32)
    assert smiles_to_graph("CCO").edge_index.is_contiguous()


def test_a_store_without_a_word_and_its_views():
    store = GraphBatches([smiles_to_graph("C")] * 65)
    assert [batch.num_graphs for batch in store] == [64, 1]
    assert (store.shuffle, store.seed, store.epoch, store.y) == (False, 0, 0, None)
    assert next(iter(store)).y is None
    named = GraphBatches(graphs(), torch.arange(6), batch_size=2, shuffle=True, seed=4)
    named.set_epoch(3)
    view = named.select([1, 2, 4])
    assert (view.batch_size, view.shuffle, view.seed, view.epoch) == (2, False, 0, 0)
    assert [batch.y.tolist() for batch in view] == [[1, 2], [4]]
    turned = named.select([1, 2, 4], batch_size=3, shuffle=True, seed=7)
    assert (turned.batch_size, turned.shuffle, turned.seed) == (3, True, 7)
    order = torch.randperm(3, generator=generator(7, 0)).tolist()
    assert [batch.y.tolist() for batch in turned] == [[[1, 2, 4][k] for k in order]]
    moved = named.to("cpu")
    assert (moved.batch_size, moved.shuffle, moved.seed, moved.epoch) == (2, True, 4, 0)
    far = named.to("meta")
    parts = (far.store.x, far.nodes.sizes, far.edges.starts, far.y, far.rows)
    assert all(part.is_meta for part in parts)
    assert store.to("cpu").y is None
    for size in (0, 1.5, True):
        with pytest.raises(
            ValueError,
            match=f"^GraphBatches: batch_size must be a whole number from 1, found batch_size={size}",
        ):
            GraphBatches(graphs(), batch_size=size)
        with pytest.raises(ValueError, match="^GraphBatches: batch_size must be"):
            store.select([0], batch_size=size)


def graph(nodes, ends, width=2, edge_width=1):
    ends = torch.tensor(ends, dtype=torch.int64).reshape(-1, 2).T
    return Graph(torch.zeros(nodes, width), ends, torch.zeros(ends.shape[1], edge_width))


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        (graph(0, []), "graph 1 has no node, expected at least one"),
        (graph(2, [], width=3), "graph 1 has 3 node and 1 edge features, expected 2 and 1"),
        (graph(2, [], edge_width=4), "graph 1 has 2 node and 4 edge features, expected 2 and 1"),
        (graph(2, [(0, 2)]), "graph 1: expected edges (2, 1) among 2 nodes, found (2, 1), or others"),
        (graph(2, [(-1, 0)]), "graph 1: expected edges (2, 1) among 2 nodes, found (2, 1), or others"),
        (
            Graph(torch.zeros(2, 2), torch.zeros(2, 3).long(), torch.zeros(2, 1)),
            "graph 1: expected edges (2, 2) among 2 nodes, found (2, 3)",
        ),
        (
            Graph(torch.zeros(2, 2), torch.zeros(3, 2).long(), torch.zeros(2, 1)),
            "graph 1: expected edges (2, 2) among 2 nodes, found (3, 2)",
        ),
    ],
)  # fmt: skip
def test_a_graph_that_does_not_fit_is_named(bad, said):
    fine = graph(3, [(0, 2), (2, 0)])
    with pytest.raises(ValueError) as caught:
        GraphBatches([fine, bad])
    assert str(caught.value) == f"GraphBatches: {said}"
    assert len(GraphBatches([fine, graph(1, [(0, 0)]), graph(1, [])]).rows) == 3


def test_places_and_letters_of_a_drawing():
    from helpers.data.graphs import drawing

    places, letters = drawing("CC(N)=O")
    assert letters == ["", "", "N", "O"]
    lengths = (places[[0, 1, 1]] - places[[1, 2, 3]]).norm(dim=1)
    assert torch.allclose(lengths, torch.full((3,), 1.5).double(), atol=0.1)


def test_misplacing_deals_places_by_a_seed():
    graph = smiles_to_graph("CCO")
    places = torch.randperm(3, generator=generator(0))
    assert torch.equal(misplaced(graph).edge_index, places[graph.edge_index])
