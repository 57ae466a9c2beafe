"""What happened during training, one row an epoch (survey 9; chapter 4-models/supervised-learning)."""


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
    """One table cell: two significant digits, since the third differs between processors."""
    if row is None:
        return "..."
    value = row.get(name, "")
    return f"{value:.2g}" if isinstance(value, float) else str(value)
