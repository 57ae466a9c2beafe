import torch

from helpers.data.atoms import numbered
from helpers.models.published import Convolution, PublishedGCN


def test_without_bonds_it_is_the_convolution_of_pyg():
    from torch_geometric.nn import GCNConv

    torch.manual_seed(0)
    ours, theirs = Convolution(6), GCNConv(6, 6, bias=False, add_self_loops=False)
    theirs.lin.weight.data.copy_(ours.linear.weight)
    _, ends, kinds, _ = numbered(["CCO", "c1ccccc1"])
    h = torch.randn(9, 6)
    with torch.no_grad():
        ours.linear.bias.zero_()
        ours.edge_embedding1.weight.zero_()
        ours.edge_embedding2.weight.zero_()
        assert torch.allclose(ours(h, ends, kinds), theirs(h, ends), atol=1e-5)
        ours.edge_embedding1.weight[1] = 1.0  # no double bond here
        assert torch.allclose(ours(h, ends, kinds), theirs(h, ends), atol=1e-5)
        ours.edge_embedding1.weight[0] = 1.0
        assert not torch.allclose(ours(h, ends, kinds), theirs(h, ends), atol=1e-2)


def test_the_order_of_atoms_and_the_company_do_not_matter():
    torch.manual_seed(0)
    net = PublishedGCN(8, 3).eval()
    with torch.no_grad():
        one, other = net(*numbered(["CCO"])), net(*numbered(["OCC"]))
        both = net(*numbered(["OCC", "c1ccccc1N"]))
        assert torch.allclose(one, other, atol=1e-5)
        assert torch.allclose(both[:1], one, atol=1e-5)
        assert not torch.allclose(one, net(*numbered(["CCN"])), atol=1e-3)


def test_its_names_are_those_of_the_published_file():
    state = PublishedGCN().state_dict()
    assert len(state) == 2 + 5 * 4 + 5 * 5
    assert state["gnns.4.edge_embedding1.weight"].shape == (6, 300)
    assert state["x_embedding1.weight"].shape == (120, 300)
