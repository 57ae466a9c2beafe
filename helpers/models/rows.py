"""Rows of a table as vectors of spread about one, and back (survey 8.1.1; chapter 8-advanced/gans)."""

import torch
from torch import nn
from torch.nn import functional as F

LEVELS = 32  # a column with at most so many values takes only those


class RowCodec(nn.Module):
    """Rows with a class become points, and made-up points become rows.

    Columns are centred, divided by their spread (those that all lie in 0..1 keep their common
    unit), turned onto the leading principal axes if there are many, and followed by one column a
    class. The way back keeps every column in the range of the training rows, and on their values
    where there are at most 32.

    Parameters
    ----------
    columns, classes : int, F and K; 0 classes: rows without a class.
    width : int, W <= F, or None for F
        How many axes are kept.

    Notes
    -----
    ``encode(x (N, F), y (N,) int64)`` gives (N, W + K); ``forward(z (N, W + K))`` gives
    x (N, F) and y (N,), or None for y. The numbers are buffers, so that they are saved with a model.

    Examples
    --------
    >>> x, y = torch.tensor([[1.0, 5.0], [3.0, 5.0], [2.0, 9.0]]), torch.tensor([0, 1, 1])
    >>> codec = RowCodec.of(x, y, classes=2)
    >>> back, again = codec(codec.encode(x, y))
    >>> bool((back - x).abs().max() < 1e-5), again.tolist()
    (True, [0, 1, 1])
    """

    def __init__(self, columns, classes=0, width=None):
        super().__init__()
        self.classes, self.width = classes, width or columns
        self.register_buffer("centre", torch.zeros(columns))
        self.register_buffer("spread", torch.ones(columns))
        self.register_buffer("axes", torch.eye(self.width, columns))
        self.register_buffer("scale", torch.ones(()))
        self.register_buffer("middle", torch.zeros(classes))
        self.register_buffer("weight", torch.ones(()))
        self.register_buffer("range", torch.zeros(2, columns))
        self.register_buffer("levels", torch.full((columns, LEVELS), torch.nan))

    @classmethod
    def of(cls, x, y=None, classes=0, most=64):
        """A codec of training rows.

        Parameters
        ----------
        x, y : tensors (N, F) float32 and (N,) int64, or None for y
        classes : int
        most : int, axes that are kept if there are more columns

        Raises
        ------
        ValueError : for missing values, and for a class of which all rows are.
        """
        if not bool(x.isfinite().all()):
            raise ValueError(
                "RowCodec.of: expected a number in every column of every row, found missing values"
            )
        if classes and len(y.unique()) < 2:
            raise ValueError(
                "RowCodec.of: expected training rows of at least two classes, found one; pass the "
                "table without its class"
            )
        narrow = x.shape[1] > most
        codec = cls(x.shape[1], classes, min(most, len(x) - 1) if narrow else None)
        codec.centre.copy_(x.mean(0))
        if not bool(((x >= 0) & (x <= 1)).all()):
            spread = x.std(0)
            codec.spread.copy_(torch.where(spread > 0, spread, 1.0))
        z = (x - codec.centre) / codec.spread
        if narrow:
            codec.axes.copy_(torch.linalg.svd(z, full_matrices=False).Vh[: codec.width])
        codec.scale.copy_((z @ codec.axes.T).square().mean().sqrt())
        codec.range.copy_(torch.stack([x.amin(0), x.amax(0)]))
        for column, values in enumerate(x.T):
            values = values.unique()
            if len(values) <= LEVELS:
                codec.levels[column] = values[torch.arange(LEVELS).clamp(max=len(values) - 1)]
        if classes:
            shares = F.one_hot(y, classes).float()
            codec.middle.copy_(shares.mean(0))
            codec.weight.copy_((shares - codec.middle).square().mean().sqrt())
        return codec

    def encode(self, x, y=None):
        """Points of spread about one; without y the columns of the classes are left out.

        Parameters
        ----------
        x, y : tensors (N, F) and (N,) int64, or None for y
        """
        z = ((x - self.centre) / self.spread) @ self.axes.T / self.scale
        if y is None or not self.classes:
            return z
        shares = F.one_hot(y, self.classes).float()
        return torch.cat([z, (shares - self.middle) / self.weight], 1)

    def forward(self, z):
        """Rows, and their classes."""
        x = (z[:, : self.width] * self.scale) @ self.axes * self.spread + self.centre
        x = self.snap(x.clamp(*self.range))
        y = z[:, self.width :] * self.weight + self.middle
        return x, y.argmax(1) if self.classes else None

    def snap(self, x):
        """Columns of few values take the nearest of them."""
        few = self.levels[:, 0].isfinite()
        gaps = (x[:, few, None] - self.levels[few]).abs()  # (N, few, LEVELS)
        nearest = gaps.argmin(2).T  # (few, N)
        x = x.clone()
        x[:, few] = self.levels[few].gather(1, nearest).T
        return x
