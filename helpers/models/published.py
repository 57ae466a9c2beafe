"""A graph network whose published weights can be loaded (survey 5.1; chapter 5-methods/transfer-learning)."""

import torch
from torch import nn


class Convolution(nn.Module):
    r"""One graph convolution with edges, as Hu et al. 2020 trained it.

    .. math:: h_i' = \sum_j \frac{W h_j + b + e_{ij}}{\sqrt{d_i d_j}}

    The sum runs over neighbours and the atom itself, d counts both, and e depends on the bond.

    Parameters
    ----------
    width : int

    Notes
    -----
    Shapes: h (N, width), ends (2, E) from and to, kinds (E, 2) to (N, width).
    """

    def __init__(self, width):
        super().__init__()
        self.linear = nn.Linear(width, width)
        self.edge_embedding1 = nn.Embedding(6, width)
        self.edge_embedding2 = nn.Embedding(3, width)

    def forward(self, h, ends, kinds):
        """Collect from neighbours."""
        source, to = ends
        degree = torch.zeros(len(h)).index_add(0, to, torch.ones(len(to)))
        share = (degree[source] * degree[to]) ** -0.5
        bond = self.edge_embedding1(kinds[:, 0]) + self.edge_embedding2(kinds[:, 1])
        message = share[:, None] * (self.linear(h)[source] + bond)
        return torch.zeros_like(h).index_add(0, to, message)


class PublishedGCN(nn.Module):
    """Five graph convolutions of width 300; one vector a molecule (Hu et al. 2020).

    Its modules have the names under which the weights were published, so that
    ``load_state_dict(torch.load(file, weights_only=True))`` fits.

    Parameters
    ----------
    width, layers : int, as published 300 and 5.

    Notes
    -----
    Shapes: atoms (N, 2), ends (2, E), kinds (E, 2), batch (N,) of `helpers.data.atoms.numbered`
    to (molecules, 300), the mean over a molecule's atoms.
    """

    def __init__(self, width=300, layers=5):
        super().__init__()
        self.x_embedding1 = nn.Embedding(120, width)
        self.x_embedding2 = nn.Embedding(3, width)
        self.gnns = nn.ModuleList(Convolution(width) for _ in range(layers))
        self.batch_norms = nn.ModuleList(nn.BatchNorm1d(width) for _ in range(layers))

    def forward(self, atoms, ends, kinds, batch):
        """One vector a molecule."""
        h = self.x_embedding1(atoms[:, 0]) + self.x_embedding2(atoms[:, 1])
        for number, (layer, norm) in enumerate(zip(self.gnns, self.batch_norms)):
            h = norm(layer(h, ends, kinds))
            h = h.relu() if number < len(self.gnns) - 1 else h
        sizes = batch.bincount()
        return h.new_zeros(len(sizes), h.shape[1]).index_add(0, batch, h) / sizes[:, None]
