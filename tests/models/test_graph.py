import copy

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn
from torch_geometric.nn import GINConv, NNConv, global_add_pool, global_mean_pool

from helpers.data.graphs import Graph, GraphBatches, smiles_to_graph
from helpers.models.graph import (
    GIN,
    MPNN,
    DeepSet,
    EdgeNetworkMessage,
    GINLayer,
    Readout,
    add_up,
    kinds_of,
    two_layers,
)

SMILES = ["CCO", "c1ccccc1C(=O)O", "C", "CC#N", "CC(=O)Oc1ccccc1C(=O)O", "[Na+].[Cl-]"]
MODELS = [
    lambda readout: MPNN(26, 6, width=8, readout=readout),
    lambda readout: GIN(26, width=8, readout=readout),
]


def batch_of(smiles=SMILES):
    return GraphBatches([smiles_to_graph(text) for text in smiles]).collate(
        torch.arange(len(smiles))
    )


def shuffled(graph, seed):
    """The same graph with its nodes, and its edges, in another order."""
    draws = torch.Generator().manual_seed(seed)
    order = torch.randperm(len(graph.x), generator=draws)
    edges = torch.randperm(len(graph.edge_attr), generator=draws)
    place = order.argsort()
    return Graph(graph.x[order], place[graph.edge_index[:, edges]], graph.edge_attr[edges])


def test_edge_network_agrees_with_pyg():
    torch.manual_seed(0)
    graph, mine = batch_of(), EdgeNetworkMessage(8, 6)
    h = torch.randn(len(graph.x), 8)
    theirs = NNConv(8, 8, copy.deepcopy(mine.matrix), aggr="add", root_weight=False, bias=False)
    theirs.nn.load_state_dict(mine.matrix.state_dict())  # NNConv draws new weights when built
    m = mine(h, graph.edge_index, mine.matrices(graph.edge_attr))
    assert torch.allclose(m, theirs(h, graph.edge_index, graph.edge_attr), atol=1e-6)
    wrong = theirs(h, graph.edge_index, graph.edge_attr.flip(1))
    assert not torch.allclose(m, wrong, atol=1e-2)


def test_messages_go_with_the_arrow():
    one_way = torch.tensor([[0], [1]])
    layer = EdgeNetworkMessage(2, 1)
    m = layer(torch.ones(2, 2), one_way, layer.matrices(torch.ones(1, 1)))
    assert (m[0] == 0).all()
    assert (m[1] != 0).all()


def test_gin_agrees_with_pyg():
    torch.manual_seed(0)
    graph, mine = batch_of(), GINLayer(26, 8)
    nn.init.constant_(mine.epsilon, 0.3)
    theirs = GINConv(mine.mlp, eps=0.3, train_eps=True)
    out = mine(graph.x, graph.edge_index)
    assert torch.allclose(out, theirs(graph.x, graph.edge_index), atol=1e-6)
    nn.init.zeros_(mine.epsilon)
    assert not torch.allclose(mine(graph.x, graph.edge_index), out, atol=1e-3)


@pytest.mark.parametrize(("how", "pool"), [("sum", global_add_pool), ("mean", global_mean_pool)])
def test_readouts_agree_with_pyg(how, pool):
    graph, readout = batch_of(), Readout(26, 3, how)
    theirs = readout.graph(pool(readout.node(graph.x), graph.batch))
    assert torch.allclose(readout(graph.x, graph.batch, graph.num_graphs), theirs, atol=1e-5)


@pytest.mark.parametrize("make", MODELS)
@given(seed=st.integers(0, 1000), number=st.integers(0, len(SMILES) - 1))
@settings(max_examples=15, deadline=None)
def test_the_order_of_atoms_does_not_matter(make, seed, number):
    torch.manual_seed(seed)
    model, graph = make("sum").double(), smiles_to_graph(SMILES[number])
    graph = Graph(graph.x.double(), graph.edge_index, graph.edge_attr.double())
    batch = GraphBatches([graph, shuffled(graph, seed)]).collate(torch.arange(2))
    first, second = model(batch)
    assert torch.allclose(first, second)


@pytest.mark.parametrize("make", MODELS)
def test_other_wiring_gives_another_answer(make):
    torch.manual_seed(0)
    graph = smiles_to_graph("CC(=O)Oc1ccccc1C(=O)O")
    cut = Graph(graph.x, graph.edge_index[:, 2:], graph.edge_attr[2:])
    first, second = make("mean")(GraphBatches([graph, cut]).collate(torch.arange(2)))
    assert abs(first - second) > 1e-4


@pytest.mark.parametrize("make", MODELS)
@pytest.mark.parametrize("readout", ["sum", "mean"])
def test_graphs_of_a_batch_do_not_see_each_other(make, readout):
    torch.manual_seed(0)
    model = make(readout)
    alone = torch.cat([model(batch_of([text])) for text in SMILES])
    assert torch.allclose(model(batch_of()), alone, atol=1e-5)


def test_sum_is_extensive_and_mean_is_not():
    torch.manual_seed(0)
    for readout, factor in [("sum", 2), ("mean", 1)]:
        model = MPNN(26, 6, width=8, readout=readout)
        one, two = model(batch_of(["CCO"])), model(batch_of(["CCO.CCO"]))
        assert torch.allclose(two, factor * one, atol=1e-5)


def test_bonds_matter_to_mpnn_only():
    torch.manual_seed(0)
    graph = smiles_to_graph("CCO")
    other = Graph(graph.x, graph.edge_index, graph.edge_attr.flip(1))
    both = GraphBatches([graph, other]).collate(torch.arange(2))
    mpnn, gin = MODELS[0]("mean")(both), MODELS[1]("mean")(both)
    assert abs(mpnn[0] - mpnn[1]) > 1e-4
    assert gin[0] == gin[1]


def test_steps_are_how_far_a_node_sees():
    torch.manual_seed(0)
    near = smiles_to_graph("CCCCCCCCO")
    far = Graph(near.x.clone(), near.edge_index, near.edge_attr)
    far.x[-1] = smiles_to_graph("N").x[0]
    both = GraphBatches([near, far]).collate(torch.arange(2))
    for make in (MPNN(26, 6, width=8, steps=3), GIN(26, width=8, steps=3)):
        first, second = make.states(both).split(9)
        assert torch.allclose(first[:5], second[:5], atol=1e-6)
        assert (first[5] - second[5]).abs().max() > 1e-4


def test_several_outputs_and_zero_steps():
    assert MPNN(26, 6, outputs=3)(batch_of()).shape == (6, 3)
    assert MPNN(26, 6, steps=0)(batch_of()).shape == (6,)
    assert add_up(torch.ones(0, 2), torch.zeros(0, dtype=torch.int64), 2).tolist() == [[0, 0]] * 2


def test_an_unknown_readout_is_refused():
    with pytest.raises(ValueError, match="how='max'.*expected 'sum' or 'mean'"):
        Readout(8, 1, "max")


def test_kinds_agree_with_torchs_unique_rows():
    rows = torch.randint(0, 3, (200, 6), generator=torch.Generator().manual_seed(0)).float() / 4
    mine, theirs = kinds_of(rows), rows.unique(dim=0, return_inverse=True)[1]
    pairs = set(zip(mine.tolist(), theirs.tolist()))
    assert len(pairs) == len(mine.unique()) == len(theirs.unique())


def test_a_hidden_layer_stands_between_pool_and_prediction():
    torch.manual_seed(0)
    graph, readout = batch_of(), Readout(26, 3, "sum", hidden=5)
    pooled = global_add_pool(readout.node(graph.x), graph.batch)
    first, _, second = readout.graph
    theirs = second(torch.relu(first(pooled)))
    assert torch.allclose(readout(graph.x, graph.batch, graph.num_graphs), theirs, atol=1e-5)
    model = MPNN(26, 6, width=8, readout="sum", hidden=8)
    one, two = model(batch_of(["CCO"])), model(batch_of(["CCO.CCO"]))
    assert not torch.allclose(two, 2 * one, atol=1e-3)
    assert [layer.out_features for layer in two_layers(4, 8, 2)[::2]] == [8, 2]


def test_a_deep_set_is_pygs_sums_and_sees_no_wiring():
    torch.manual_seed(0)
    graph, model = batch_of(), DeepSet(26, 6, width=8)
    ends = graph.batch[graph.edge_index[1]]
    atoms = global_add_pool(model.node(graph.x), graph.batch, graph.num_graphs)
    bonds = global_add_pool(model.edge(graph.edge_attr), ends, graph.num_graphs)
    assert torch.allclose(model(graph), model.graph(atoms + bonds)[:, 0], atol=1e-5)
    aspirin = smiles_to_graph("CC(=O)Oc1ccccc1C(=O)O")
    order = torch.randperm(13, generator=torch.Generator().manual_seed(1))
    rewired = Graph(aspirin.x, order[aspirin.edge_index], aspirin.edge_attr)
    both = GraphBatches([aspirin, rewired]).collate(torch.arange(2))
    assert model(both).diff().abs() < 1e-5
    assert MPNN(26, 6, width=8)(both).diff().abs() > 1e-4
    assert DeepSet(26, 6, outputs=3)(graph).shape == (6, 3)


def test_sizes_if_nothing_is_said():
    shapes = lambda net: [tuple(p.shape) for p in net.parameters() if p.ndim == 2]  # noqa: E731
    net = MPNN(26, 6)
    assert (net.steps, net.readout.how) == (3, "mean")
    assert shapes(net.embed) + shapes(net.message) == [(32, 26), (16, 6), (1024, 16)]
    assert shapes(net.readout) == [(32, 32), (1, 32)]
    gin = GIN(26)
    assert [shapes(layer) for layer in gin.layers] == [[(64, 26), (64, 64)]] + [[(64, 64)] * 2] * 2
    assert gin.readout.how == "mean"
    assert shapes(DeepSet(26, 6)) == [(32, 26), (32, 32), (32, 6), (32, 32), (32, 32), (1, 32)]
    assert (Readout(8).how, Readout(8).graph.out_features) == ("mean", 1)
    assert Readout(8).graph.bias is not None
    assert Readout(8, how="sum").graph.bias is None  # so that nothing is nothing
    assert isinstance(Readout(8, hidden=0).graph, nn.Linear)
    assert all(layer.epsilon == 0 for layer in gin.layers)


def test_a_graph_without_atoms_or_bonds_is_finite():
    layer = EdgeNetworkMessage(2, 3)
    nothing = layer(torch.ones(2, 2), torch.zeros(2, 0).long(), layer.matrices(torch.zeros(0, 3)))
    assert nothing.eq(0).all()
    empty = Readout(4, 2)(torch.ones(3, 4), torch.tensor([0, 0, 2]), 3)
    assert empty.isfinite().all()


def test_many_steps_update_one_state_with_a_gru():
    torch.manual_seed(0)
    graph, net = batch_of(), MPNN(26, 6, width=8, steps=2)
    h = torch.relu(net.embed(graph.x))
    matrices = net.message.matrices(graph.edge_attr)
    for _ in range(2):
        h = net.update(net.message(h, graph.edge_index, matrices), h)
    assert torch.allclose(net.states(graph), h)
    gin = GIN(26, width=8, steps=2)
    h = graph.x
    for layer in gin.layers:
        h = layer(h, graph.edge_index).relu()
    assert torch.allclose(gin.states(graph), h)
