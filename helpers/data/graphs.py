"""Molecules as graphs, and batches of graphs without padding (survey 4.4; chapter 4-models/graph-molecules).

Graphs of different size lie behind one another in four tensors, the *flat store*. A batch is a
gather of some of them: still four tensors, with a number that says whose node it is.
"""

from dataclasses import dataclass, fields, replace

import torch

from helpers.data.arguments import whole_of
from helpers.ground.random import generator

ELEMENTS = ("C", "N", "O", "F", "P", "S", "Cl", "Br", "I", "other")
DEGREES = HYDROGENS = (0, 1, 2, 3, 4)
HYBRIDS = ("SP", "SP2", "SP3")
BONDS = ("SINGLE", "DOUBLE", "TRIPLE", "AROMATIC")
ATOM_FEATURES = (
    *ELEMENTS,
    *(f"degree {d}" for d in DEGREES),
    *(f"{h} H" for h in HYDROGENS),
    *HYBRIDS,
    "charge",
    "aromatic",
    "in a ring",
)
BOND_FEATURES = (*BONDS, "conjugated", "in a ring")


@dataclass(frozen=True)
class Graph:
    """One graph, or several as one.

    Attributes: ``x`` (N, F) float32, a row a node; ``edge_index`` (2, E) int64, from and to,
    every bond in both directions; ``edge_attr`` (E, K) float32, a row an edge.
    """

    x: torch.Tensor
    edge_index: torch.Tensor
    edge_attr: torch.Tensor


@dataclass(frozen=True)
class GraphBatch(Graph):
    """Several graphs side by side, without an edge between them.

    Attributes: those of `Graph`; ``batch`` (N,) int64, which graph a node belongs to;
    ``num_graphs`` G; ``y`` (G, ...) the targets, or None.
    """

    batch: torch.Tensor = None
    num_graphs: int = 0
    y: torch.Tensor = None

    def to(self, device, non_blocking=False):
        """The same batch on another device.

        Parameters
        ----------
        device : str or torch.device
        non_blocking : bool
            True: do not wait for a copy from pinned memory to a GPU.
        """
        return on_device(self, device, non_blocking)


def on_device(graph, device, non_blocking=False):
    """A copy with every tensor on `device`.

    Parameters
    ----------
    graph : Graph or GraphBatch
    device : str or torch.device
    non_blocking : bool
        True: do not wait for a copy from pinned memory to a GPU.
    """
    parts = {f.name: getattr(graph, f.name) for f in fields(graph)}
    tensors = {name: part for name, part in parts.items() if isinstance(part, torch.Tensor)}
    moved = {name: part.to(device, non_blocking=non_blocking) for name, part in tensors.items()}
    return replace(graph, **moved)


def smiles_to_graph(smiles):
    """The molecular graph of a SMILES string: heavy atoms are nodes, bonds are edges.

    Parameters
    ----------
    smiles : str

    Returns
    -------
    Graph
        Node features in the order of ``ATOM_FEATURES``, edge features of ``BOND_FEATURES``; all
        0 or 1 but the charge. Hydrogens are counted, they are not nodes.

    Raises
    ------
    ValueError
        If RDKit cannot read the string, or reads no atom.

    Examples
    --------
    Ethanol, three heavy atoms and two bonds:

    >>> graph = smiles_to_graph("CCO")
    >>> graph.x.shape, graph.edge_index.tolist()
    (torch.Size([3, 26]), [[0, 1, 1, 2], [1, 0, 2, 1]])
    """
    from rdkit import Chem, rdBase

    with rdBase.BlockLogs():
        molecule = Chem.MolFromSmiles(smiles)
    if molecule is None or molecule.GetNumAtoms() == 0:
        raise ValueError(
            f"smiles_to_graph: expected a SMILES string that RDKit can read, found {smiles!r}"
        )
    return molecule_to_graph(molecule)


def molecule_to_graph(molecule):
    """The graph of an RDKit molecule; see `smiles_to_graph`."""
    atoms = [atom_features(atom) for atom in molecule.GetAtoms()]
    ends, bonds = [], []
    for bond in molecule.GetBonds():
        a, b = bond.GetBeginAtomIdx(), bond.GetEndAtomIdx()
        ends += [(a, b), (b, a)]
        bonds += [bond_features(bond)] * 2
    return Graph(
        x=torch.tensor(atoms, dtype=torch.float32),
        edge_index=torch.tensor(ends, dtype=torch.int64).reshape(-1, 2).T.contiguous(),
        edge_attr=torch.tensor(bonds, dtype=torch.float32).reshape(-1, len(BOND_FEATURES)),
    )


def atom_features(atom):
    """Numbers that describe one RDKit atom, in the order of ``ATOM_FEATURES``."""
    symbol = atom.GetSymbol() if atom.GetSymbol() in ELEMENTS else "other"
    return (
        one_hot(symbol, ELEMENTS)
        + one_hot(min(atom.GetDegree(), 4), DEGREES)
        + one_hot(min(atom.GetTotalNumHs(), 4), HYDROGENS)
        + one_hot(str(atom.GetHybridization()), HYBRIDS)
        + [atom.GetFormalCharge(), int(atom.GetIsAromatic()), int(atom.IsInRing())]
    )


def bond_features(bond):
    """Numbers that describe one RDKit bond, in the order of ``BOND_FEATURES``."""
    kind = one_hot(str(bond.GetBondType()), BONDS)
    return [*kind, int(bond.GetIsConjugated()), int(bond.IsInRing())]


def misplaced(graph, seed=0):
    """The same atoms and the same wiring, but each atom sits at another place of it: a control.

    Parameters
    ----------
    graph : Graph
    seed : int

    Returns
    -------
    Graph; x and edge_attr as before, the atoms' numbers in ``edge_index`` dealt anew.

    Examples
    --------
    >>> graph = smiles_to_graph("CCO")
    >>> misplaced(graph, seed=1).edge_index.sort().values.tolist() != graph.edge_index.tolist()
    True
    """
    places = torch.randperm(len(graph.x), generator=generator(seed))
    return replace(graph, edge_index=places[graph.edge_index])


def drawing(smiles):
    """Places and letters of a molecule's atoms for `helpers.plots.molecules.molecule`.

    Returns
    -------
    places : tensor (N, 2), in the order of `smiles_to_graph`'s nodes
    letters : list of N strings, empty for carbon

    Examples
    --------
    >>> places, letters = drawing("CCO")
    >>> places.shape, letters
    (torch.Size([3, 2]), ['', '', 'O'])
    """
    from rdkit import Chem
    from rdkit.Chem.AllChem import Compute2DCoords

    molecule = Chem.MolFromSmiles(smiles)
    Compute2DCoords(molecule)
    places = torch.tensor(molecule.GetConformer().GetPositions()[:, :2])
    symbols = [atom.GetSymbol() for atom in molecule.GetAtoms()]
    return places, ["" if symbol == "C" else symbol for symbol in symbols]


def one_hot(value, choices):
    """1 at the place of `value`, else 0; all 0 for a value that is not listed.

    Parameters
    ----------
    value : str or int
    choices : sequence of str or int
    """
    return [int(value == choice) for choice in choices]


class GraphBatches:
    """Graphs in a flat store, handed out in batches; `fit` and `predict` take it as data.

    Parameters
    ----------
    graphs : sequence of Graph, at least one
        All with as many node features and edge features as the first.
    y : tensor (G, ...), optional
        One target a graph.
    batch_size : int >= 1
    shuffle : bool
        A new order each epoch, drawn from ``generator(seed, epoch)``. For training.
    seed : int

    Examples
    --------
    >>> store = GraphBatches([smiles_to_graph(s) for s in ("C", "CCO", "CC")], batch_size=2)
    >>> [batch.batch.tolist() for batch in store]
    [[0, 1, 1, 1], [0, 0]]
    """

    def __init__(self, graphs, y=None, *, batch_size=64, shuffle=False, seed=0):
        check_graphs(graphs, y)
        batch_size = whole_of("GraphBatches", "batch_size", batch_size, 1)
        self.store = Graph(
            torch.cat([graph.x for graph in graphs]),
            torch.cat([graph.edge_index for graph in graphs], 1),  # numbered within each graph
            torch.cat([graph.edge_attr for graph in graphs]),
        )
        self.nodes = Spans([len(graph.x) for graph in graphs])
        self.edges = Spans([len(graph.edge_attr) for graph in graphs])
        self.y, self.rows = y, torch.arange(len(graphs))
        self.batch_size, self.shuffle, self.seed, self.epoch = batch_size, shuffle, seed, 0

    def select(self, rows, *, batch_size=None, shuffle=False, seed=0):
        """Another view of the same store: some of its graphs, for a split.

        Parameters
        ----------
        rows : index tensor or list of int
            Places among the graphs of this view.
        batch_size : int >= 1 or None
            None: that of this view.
        shuffle, seed : as for the class; not taken over from this view
        """
        view = object.__new__(GraphBatches)
        view.__dict__.update(self.__dict__)
        view.rows = self.rows[torch.as_tensor(rows)]
        own = self.batch_size if batch_size is None else batch_size
        view.batch_size = whole_of("GraphBatches", "batch_size", own, 1)
        view.shuffle, view.seed, view.epoch = shuffle, seed, 0
        return view

    def to(self, device):
        """A view of a copy of the store on `device`: batches are then gathered there."""
        view = self.select(torch.arange(len(self.rows)), shuffle=self.shuffle, seed=self.seed)
        view.store = on_device(self.store, device)
        view.nodes, view.edges = self.nodes.to(device), self.edges.to(device)
        view.y = None if self.y is None else self.y.to(device)
        view.rows = view.rows.to(device)
        return view

    def set_epoch(self, epoch):
        """Tell which epoch begins: it names the order of a shuffled store."""
        self.epoch = epoch

    def __len__(self):
        return -(-len(self.rows) // self.batch_size)

    def __iter__(self):
        rows = self.rows
        if self.shuffle:
            order = torch.randperm(len(rows), generator=generator(self.seed, self.epoch))
            rows = rows[order.to(rows.device)]
        for chunk in rows.split(self.batch_size):
            yield self.collate(chunk)

    def collate(self, rows):
        """The graphs `rows` as one GraphBatch: two gathers, and edges renumbered."""
        node, owner = self.nodes.gather(rows)
        edge, edge_owner = self.edges.gather(rows)
        sizes = self.nodes.sizes[rows]
        first = sizes.cumsum(0) - sizes  # where each graph's nodes begin in the batch
        return GraphBatch(
            x=self.store.x[node],
            edge_index=self.store.edge_index[:, edge] + first[edge_owner],
            edge_attr=self.store.edge_attr[edge],
            batch=owner,
            num_graphs=len(rows),
            y=None if self.y is None else self.y[rows],
        )


class Spans:
    """Consecutive stretches of a long tensor, one a graph: where each begins and its length."""

    def __init__(self, sizes):
        self.sizes = torch.as_tensor(sizes)
        self.starts = self.sizes.cumsum(0) - self.sizes

    def to(self, device):
        """The same spans on another device."""
        return Spans(self.sizes.to(device))

    def gather(self, rows):
        """Positions of all items of the spans `rows`, and for each item the place of its span.

        Examples
        --------
        >>> Spans([2, 1, 3]).gather(torch.tensor([2, 0]))
        (tensor([3, 4, 5, 0, 1]), tensor([0, 0, 0, 1, 1]))
        """
        sizes = self.sizes[rows]
        owner = torch.arange(len(rows), device=rows.device).repeat_interleave(sizes)
        within = torch.arange(len(owner), device=rows.device) - (sizes.cumsum(0) - sizes)[owner]
        return self.starts[rows][owner] + within, owner


def check_graphs(graphs, y):
    """Complain about an empty set, an empty graph, differing features or a missing target.

    Parameters
    ----------
    graphs : sequence of Graph
    y : tensor (G, ...) or None
        One target a graph.
    """
    if not graphs:
        raise ValueError("GraphBatches: expected at least one graph, found none")
    width = graphs[0].x.shape[1], graphs[0].edge_attr.shape[1]
    for number, graph in enumerate(graphs):
        if not len(graph.x):
            raise ValueError(f"GraphBatches: graph {number} has no node, expected at least one")
        if (graph.x.shape[1], graph.edge_attr.shape[1]) != width:
            raise ValueError(
                f"GraphBatches: graph {number} has {graph.x.shape[1]} node and "
                f"{graph.edge_attr.shape[1]} edge features, expected {width[0]} and {width[1]}"
            )
        edges, many = graph.edge_index, len(graph.x)
        inside = not edges.numel() or 0 <= int(edges.min()) <= int(edges.max()) < many
        if tuple(edges.shape) != (2, len(graph.edge_attr)) or not inside:
            raise ValueError(f"GraphBatches: graph {number}: expected edges (2, {len(graph.edge_attr)}) "
                             f"among {many} nodes, found {tuple(edges.shape)}{', or others' * (not inside)}")  # fmt: skip
    if y is not None and len(y) != len(graphs):
        raise ValueError(f"GraphBatches: found {len(y)} targets for {len(graphs)} graphs")
