"""What happened during training, one row an epoch (survey 9; chapter 4-models/supervised-learning)."""

import math

import torch

WRITTEN = {"epoch", "loss", "valid_loss", "lr", "seconds"}  # columns of the engine itself


class History:
    """Rows of numbers that print as a table, plot themselves and become a DataFrame.

    Attributes
    ----------
    rows : list of dict
        One an epoch: "epoch" (from 1), "loss", whatever the step logged, "valid_loss" and the
        metrics where there is validation data, "lr", "seconds".
    best_epoch : int or None
        The epoch whose weights were kept, with early stopping.
    averaged : nn.Module or None
        The model with averaged weights, with ``average=``; None if "swa" never began.
    interrupted : bool
        True after Ctrl-C.
    """

    def __init__(self, rows=()):
        self.rows = [dict(row) for row in rows]
        self.best_epoch, self.averaged, self.interrupted = None, None, False

    def last(self, column):
        """The newest value of a column."""
        return self.column(column)[-1]

    def column(self, column):
        """All values of a column, one an epoch; NaN where an epoch has none."""
        names = dict.fromkeys(name for row in self.rows for name in row)
        if column not in names:
            known = ", ".join(names) or "no rows at all"
            raise ValueError(f"History has no column {column!r}; found {known}")
        return [row.get(column, math.nan) for row in self.rows]

    def frame(self):
        """The rows as a pandas DataFrame indexed by epoch."""
        import pandas

        return pandas.DataFrame(self.rows or {"epoch": []}).set_index("epoch")

    def plot(self, ax=None):
        """Draw the learning curves; returns the matplotlib axes."""
        from helpers.plots.curves import learning_curves

        if not self.rows:
            raise ValueError("History.plot: expected at least one epoch, found none trained")
        return learning_curves(self.rows, ax=ax)

    def tensorboard(self, folder):
        """Write every column as TensorBoard scalars under `folder`."""
        from torch.utils.tensorboard import SummaryWriter

        with SummaryWriter(str(folder)) as writer:
            for row in self.rows:
                for name in set(row) - {"epoch"}:
                    writer.add_scalar(name, row[name], row["epoch"])

    def __str__(self):
        if not self.rows:
            return "no epoch was trained"
        names = [name for name in self.rows[-1] if name != "seconds"]
        shown = self.rows if len(self.rows) <= 12 else self.rows[:5] + [None] + self.rows[-5:]
        lines = [" ".join(f"{name:>10}" for name in names)]
        lines += [" ".join(f"{cell(row, name):>10}" for name in names) for row in shown]
        return "\n".join(lines)


def cell(row, name):
    """One table cell: two significant digits, since the third differs between processors.

    Parameters
    ----------
    row : dict of column -> value, or None for rows that are left out
    name : str
        The column; a row without it gives an empty cell.
    """
    if row is None:
        return "..."
    value = row.get(name, "")
    return f"{value:.2g}" if isinstance(value, float) else str(value)


def epoch_row(epoch, losses, together):
    """Means over one epoch, weighted by batch size, over all processes.

    An entry that a step logs now and then (a generator's loss at every fifth batch) is the mean
    over the batches that logged it.

    Parameters
    ----------
    epoch : int, from 1
    losses : list of (examples, loss, dict of logged entries or None), one a batch
    together : `helpers.train.processes.Alone` or `Together`

    Raises
    ------
    ValueError : for logged entries that are no numbers or have the name of a column that the
        engine writes.
    """
    columns = {"loss": [(size, loss) for size, loss, _ in losses]}
    logged = [(size, name, entry) for size, _, log in losses for name, entry in (log or {}).items()]
    mine = dict.fromkeys(name for _, name, _ in logged)
    for name in dict.fromkeys(name for names in together.gather(list(mine)) for name in names):
        if name in WRITTEN:
            raise ValueError(f"the step logs {name!r}: expected another name, {WRITTEN} are taken")
        columns[name] = [(size, entry) for size, other, entry in logged if other == name]
    row = {"epoch": epoch}
    for name, pairs in columns.items():
        sizes = torch.tensor([size for size, _ in pairs], dtype=torch.float64)
        try:
            total = float((numbers([value for _, value in pairs]) * sizes).sum())
        except (TypeError, ValueError, RuntimeError) as error:
            found = getattr(pairs[0][1], "shape", type(pairs[0][1]).__name__)
            raise ValueError(f"the step logs {name!r}: expected a number, found {found}") from error
        row[name] = together.mean(total, float(sizes.sum()))
    return row


def numbers(values):
    """Floats and 0-d tensors as one tensor (N,) in double precision, with a single wait.

    Examples
    --------
    >>> numbers([1.0, torch.tensor(2.0), 3])
    tensor([1., 2., 3.], dtype=torch.float64)
    """
    found = torch.empty(len(values), dtype=torch.float64)
    places = [i for i, value in enumerate(values) if isinstance(value, torch.Tensor)]
    if places:
        stacked = torch.stack([values[i].detach().reshape(()).float() for i in places])
        found[places] = stacked.cpu().double()
    for i, value in enumerate(values):
        if not isinstance(value, torch.Tensor):
            found[i] = float(value)
    return found
