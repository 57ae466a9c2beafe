"""What happened during training, one row an epoch (survey 9; chapter 4-models/supervised-learning)."""

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
        The model with averaged weights, with ``average=``.
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
        """All values of a column, one an epoch."""
        if not self.rows or column not in self.rows[-1]:
            known = ", ".join(self.rows[-1]) if self.rows else "no rows at all"
            raise ValueError(f"History has no column {column!r}; found {known}")
        return [row[column] for row in self.rows]

    def frame(self):
        """The rows as a pandas DataFrame indexed by epoch."""
        import pandas

        return pandas.DataFrame(self.rows).set_index("epoch")

    def plot(self, ax=None):
        """Draw the learning curves; returns the matplotlib axes."""
        from helpers.plots.curves import learning_curves

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

    Parameters
    ----------
    epoch : int, from 1
    losses : list of (examples, loss, dict of logged entries or None), one a batch
    together : `helpers.train.processes.Alone` or `Together`

    Raises
    ------
    ValueError : for logged entries that are no numbers, differ from batch to batch, or have the
        name of a column that the engine writes.
    """
    sizes = torch.tensor([size for size, _, _ in losses], dtype=torch.float64)
    columns = {"loss": [loss for _, loss, _ in losses]}
    for name in losses[0][2] or ():
        if name in WRITTEN:
            raise ValueError(f"the step logs {name!r}: expected another name, {WRITTEN} are taken")
        if not all(logged and name in logged for _, _, logged in losses):
            raise ValueError(
                f"the step logs {name!r} for some batches: expected it for all or none"
            )
        columns[name] = [logged[name] for _, _, logged in losses]
    row = {"epoch": epoch}
    for name, values in columns.items():
        try:
            total = float((numbers(values) * sizes).sum())
        except (TypeError, ValueError, RuntimeError) as error:
            found = getattr(values[0], "shape", type(values[0]).__name__)
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
