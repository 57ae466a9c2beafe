"""Networks on graphs that predict one property of each graph (survey 4.4; chapter 4-models/graph-molecules).

A batch is flat: ``x`` (N, F) all nodes, ``edge_index`` (2, E) from and to, ``edge_attr`` (E, K),
``batch`` (N,) the graph of each node, ``num_graphs`` G. See `helpers.data.graphs.GraphBatches`.
"""

import torch
from torch import nn


def add_up(items, place, places):
    """Sum the rows of `items` (M, D) that share a `place` (M,): the result is (places, D).

    Parameters
    ----------
    items : tensor (M, D)
    place : int64 tensor (M,), each 0 to places - 1
    places : int

    Examples
    --------
    >>> add_up(torch.tensor([[1.0], [2.0], [4.0]]), torch.tensor([0, 1, 0]), 3).tolist()
    [[5.0], [2.0], [0.0]]
    """
    total = items.new_zeros(places, items.shape[1])
    return total.index_add_(0, place, items)


class EdgeNetworkMessage(nn.Module):
    r"""Messages whose matrix depends on the bond (Gilmer et al. 2017, section 5, "edge network").

    .. math:: m_v = \sum_{w \in N(v)} A(e_{wv})\, h_w

    Parameters
    ----------
    width : int
        D, the length of a node's state.
    edge_features : int
        K.
    hidden : int
        Hidden units of the network A that turns K edge features into a D x D matrix.
    """

    def __init__(self, width, edge_features, hidden=16):
        super().__init__()
        self.width = width
        self.matrix = nn.Sequential(
            nn.Linear(edge_features, hidden), nn.ReLU(), nn.Linear(hidden, width * width)
        )

    def matrices(self, edge_attr):
        """A of each distinct kind of edge, (kinds, D, D), and the kind of each edge, (E,)."""
        which = kinds_of(edge_attr)
        kinds = edge_attr.new_zeros(int(which.max()) + 1 if len(which) else 0, edge_attr.shape[1])
        kinds[which] = edge_attr
        return self.matrix(kinds).view(-1, self.width, self.width), which

    def forward(self, h, edge_index, matrices):
        """h (N, D) -> the sum of what arrives at each node, (N, D)."""
        A, which = matrices
        sender, receiver = edge_index
        sent = h @ A.transpose(0, 1).reshape(self.width, -1)  # every kind of edge: (N, kinds * D)
        messages = sent.view(-1, self.width)[sender * len(A) + which]  # (E, D)
        return add_up(messages, receiver, len(h))


def kinds_of(features):
    """Number the distinct rows of `features` (E, K): the number of each row, (E,) int64.

    A row is told by its sum weighted with the powers of pi: two different rows of fractions never
    share it, because pi is transcendental. Ten times as fast as ``unique(dim=0)``; meant for up to
    about twenty small numbers, so that double precision can tell the sums apart.

    Examples
    --------
    >>> kinds_of(torch.tensor([[1.0, 0.0], [0.0, 1.0], [1.0, 0.0]])).tolist()
    [0, 1, 0]
    """
    wide = features.cpu() if features.is_mps else features  # MPS knows no float64
    powers = torch.pi ** torch.arange(wide.shape[1], device=wide.device).double()
    return (wide.double() @ powers).unique(return_inverse=True)[1].to(features.device)


class Readout(nn.Module):
    r"""From the states of the nodes to one vector for each graph.

    .. math:: y_g = f\Big(\sum_{v \in g} r(h_v)\Big) \quad\text{or}\quad
              f\Big(\frac{1}{|g|} \sum_{v \in g} r(h_v)\Big)

    Parameters
    ----------
    width : int
        D.
    outputs : int
    how : "sum" or "mean"
        A sum grows with the graph, a mean does not. With "sum" f is linear without bias, so the
        prediction is a sum of contributions of the nodes: extensive.
    hidden : int
        Units of a hidden layer between sum and prediction, 0 for none. With one, f is a small
        network: the parts of a molecule may influence each other's worth.
    """

    def __init__(self, width, outputs=1, how="mean", hidden=0):
        super().__init__()
        if how not in ("sum", "mean"):
            raise ValueError(f"Readout(how={how!r}): expected 'sum' or 'mean'")
        self.how = how
        self.node = nn.Sequential(nn.Linear(width, width), nn.ReLU())
        if hidden:
            self.graph = two_layers(width, hidden, outputs)
        else:
            self.graph = nn.Linear(width, outputs, bias=how == "mean")

    def forward(self, h, batch, num_graphs):
        """h (N, D), batch (N,) -> (G, outputs)."""
        total = add_up(self.node(h), batch, num_graphs)
        if self.how == "mean":
            total = total / batch.bincount(minlength=num_graphs).clamp(min=1)[:, None]
        return self.graph(total)


def two_layers(inputs, hidden, outputs):
    """A small network: two linear layers with a ReLU between them.

    Parameters
    ----------
    inputs, hidden, outputs : int, how wide each layer is
    """
    return nn.Sequential(nn.Linear(inputs, hidden), nn.ReLU(), nn.Linear(hidden, outputs))


class MPNN(nn.Module):
    r"""Message-passing network with edge network and gated update (Gilmer et al. 2017).

    .. math:: m_v^{t+1} = \sum_{w \in N(v)} A(e_{wv})\, h_w^t, \qquad
              h_v^{t+1} = \mathrm{GRU}(h_v^t, m_v^{t+1}), \qquad
              \hat y = R(\{h_v^T\})

    Parameters
    ----------
    node_features, edge_features : int
        F and K.
    width : int
        D, the length of a node's state.
    steps : int >= 0
        T: how many bonds far a node can see. The weights are shared by all steps.
    readout : "mean" or "sum"
        See `Readout`. Gilmer et al. use a set-to-set readout instead.
    outputs : int
    hidden : int
        Units of a hidden layer after the readout's sum or mean; 0 for none.

    Notes
    -----
    Input: a flat batch. Output (G,), or (G, outputs) for several.

    Examples
    --------
    >>> from helpers.data.graphs import GraphBatches, smiles_to_graph
    >>> batch = next(iter(GraphBatches([smiles_to_graph(s) for s in ("CCO", "c1ccccc1")])))
    >>> MPNN(26, 6)(batch).shape
    torch.Size([2])
    """

    def __init__(
        self, node_features, edge_features, width=32, steps=3, readout="mean", outputs=1, hidden=0
    ):  # fmt: skip
        super().__init__()
        self.steps = steps
        self.embed = nn.Linear(node_features, width)
        self.message = EdgeNetworkMessage(width, edge_features)
        self.update = nn.GRUCell(width, width)
        self.readout = Readout(width, outputs, readout, hidden)

    def states(self, graph):
        """The node states after the last step, (N, D)."""
        h = torch.relu(self.embed(graph.x))
        matrices = self.message.matrices(graph.edge_attr)
        for _ in range(self.steps):
            m = self.message(h, graph.edge_index, matrices)
            h = self.update(m, h)
        return h

    def forward(self, graph):
        """One prediction for each graph of the batch."""
        out = self.readout(self.states(graph), graph.batch, graph.num_graphs)
        return out[:, 0] if out.shape[1] == 1 else out


class GINLayer(nn.Module):
    r"""One step of a graph isomorphism network (Xu et al. 2019, equation 4.1).

    .. math:: h_v^{t+1} = \mathrm{MLP}\Big((1 + \epsilon)\, h_v^t + \sum_{w \in N(v)} h_w^t\Big)

    Parameters
    ----------
    inputs, width : int
        Length of a node's state before and after.
    """

    def __init__(self, inputs, width):
        super().__init__()
        self.epsilon = nn.Parameter(torch.zeros(()))
        self.mlp = nn.Sequential(nn.Linear(inputs, width), nn.ReLU(), nn.Linear(width, width))

    def forward(self, h, edge_index):
        """h (N, inputs) -> (N, width)."""
        sender, receiver = edge_index
        return self.mlp((1 + self.epsilon) * h + add_up(h[sender], receiver, len(h)))


class GIN(nn.Module):
    """Graph isomorphism network: sums of neighbours, bonds all alike (Xu et al. 2019).

    Parameters
    ----------
    node_features, width, steps, readout, outputs
        As for `MPNN`. Each step has weights of its own. Edge features are not used. The paper
        adds batch norm and reads out after every step; this one reads the last.

    Examples
    --------
    >>> from helpers.data.graphs import GraphBatches, smiles_to_graph
    >>> batch = next(iter(GraphBatches([smiles_to_graph(s) for s in ("CCO", "c1ccccc1")])))
    >>> GIN(26)(batch).shape
    torch.Size([2])
    """

    def __init__(self, node_features, width=64, steps=3, readout="mean", outputs=1):
        super().__init__()
        widths = [node_features] + [width] * steps
        self.layers = nn.ModuleList(GINLayer(a, b) for a, b in zip(widths[:-1], widths[1:]))
        self.readout = Readout(widths[-1], outputs, readout)

    def states(self, graph):
        """The node states after the last step, (N, D)."""
        h = graph.x
        for layer in self.layers:
            h = torch.relu(layer(h, graph.edge_index))
        return h

    def forward(self, graph):
        """One prediction for each graph of the batch."""
        out = self.readout(self.states(graph), graph.batch, graph.num_graphs)
        return out[:, 0] if out.shape[1] == 1 else out


class DeepSet(nn.Module):
    r"""A bag of nodes and edges: no message, a network after the sum (Zaheer et al. 2017, theorem 2).

    .. math:: \hat y_g = f\Big(\sum_{v \in g} r(x_v) + \sum_{e \in g} s(x_e)\Big)

    Parameters
    ----------
    node_features, edge_features, width, outputs : as for `MPNN`
        Which edge joins which nodes is not used; each edge counts in both directions.

    Examples
    --------
    >>> from helpers.data.graphs import GraphBatches, smiles_to_graph
    >>> batch = next(iter(GraphBatches([smiles_to_graph(s) for s in ("CCO", "c1ccccc1")])))
    >>> DeepSet(26, 6)(batch).shape
    torch.Size([2])
    """

    def __init__(self, node_features, edge_features, width=32, outputs=1):
        super().__init__()
        self.node = nn.Sequential(two_layers(node_features, width, width), nn.ReLU())
        self.edge = nn.Sequential(two_layers(edge_features, width, width), nn.ReLU())
        self.graph = two_layers(width, width, outputs)

    def forward(self, graph):
        """One prediction for each graph of the batch."""
        total = add_up(self.node(graph.x), graph.batch, graph.num_graphs)
        owner = graph.batch[graph.edge_index[0]]
        out = self.graph(total + add_up(self.edge(graph.edge_attr), owner, graph.num_graphs))
        return out[:, 0] if out.shape[1] == 1 else out
