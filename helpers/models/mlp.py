"""The multilayer perceptron (survey 4.2; chapters 4-models/supervised-learning and 7-interpretability/shapley-values)."""

from torch import nn


class MLP(nn.Sequential):
    r"""Layers of weighted sums with a ReLU between them.

    .. math:: h_{l+1} = \max(0,\; W_l h_l + b_l), \qquad \text{scores} = W_L h_L + b_L

    Parameters
    ----------
    sizes : sequence of at least two ints
        Width of the input, of each hidden layer, and of the output.
    dropout : float in [0, 1)
        Share of hidden units silenced during training, after each ReLU.

    Notes
    -----
    Input (N, ...) is flattened to (N, sizes[0]); output (N, sizes[-1]), scores, not
    probabilities.

    Examples
    --------
    >>> MLP([30, 64, 2])
    MLP(
      (0): Flatten(start_dim=1, end_dim=-1)
      (1): Linear(in_features=30, out_features=64, bias=True)
      (2): ReLU()
      (3): Linear(in_features=64, out_features=2, bias=True)
    )
    """

    def __init__(self, sizes, dropout=0.0):
        if len(sizes) < 2:
            raise ValueError(f"MLP(sizes={list(sizes)}): expected at least input and output width")
        layers = [nn.Flatten()]
        for inside, outside in zip(sizes[:-2], sizes[1:-1]):
            layers += [nn.Linear(inside, outside), nn.ReLU()]
            if dropout:
                layers.append(nn.Dropout(dropout))
        super().__init__(*layers, nn.Linear(sizes[-2], sizes[-1]))
