"""Batches of labelled and unlabelled examples together (survey 6.2; chapter 6-less-data/self-training)."""

import torch

from helpers.ground.random import generator


class TwoStreams:
    """An epoch over everything, each batch beside one of the few labelled examples.

    Parameters
    ----------
    x : Tensor (N, ...)
    y : Tensor (N,) of int64 labels; -1 where the label is not known, as in scikit-learn.
    batch_size : int
        Examples of the second stream in a batch.
    labelled : int, optional
        Examples of the first stream in a batch; all of them if there are fewer.
    seed : int

    Yields
    ------
    (x_few, y_few, x_all, rows)
        The first stream goes round the labelled examples, in a new order each time; the second
        passes over all N rows once an epoch, the labelled ones too; `rows` (B,) tells which.

    Raises
    ------
    ValueError : without a single label, or for a batch of nothing.

    Examples
    --------
    >>> x, y = torch.arange(10.0)[:, None], torch.tensor([0, 1] + [-1] * 8)
    >>> batches = TwoStreams(x, y, batch_size=5)
    >>> [(len(few), len(rest)) for few, _, rest, _ in batches]
    [(2, 5), (2, 5)]
    """

    def __init__(self, x, y, *, batch_size=64, labelled=64, seed=0):
        if batch_size < 1 or labelled < 1:
            raise ValueError(
                f"TwoStreams: expected batch_size and labelled of 1 or more, found {batch_size} and {labelled}"
            )
        self.x, self.y, self.batch_size, self.seed, self.turn = x, y, batch_size, seed, 0
        self.few = (y >= 0).nonzero()[:, 0]
        if len(self.few) == 0:
            raise ValueError("TwoStreams: expected labels >= 0 in y beside the -1, found none")
        self.labelled = min(labelled, len(self.few))

    def __len__(self):
        return -(-len(self.x) // self.batch_size)

    def set_epoch(self, epoch):
        """Fix the order of the next pass."""
        self.turn = epoch

    def __iter__(self):
        draws = generator(self.seed, self.turn)
        chunks = torch.randperm(len(self.x), generator=draws).split(self.batch_size)
        rounds = -(-len(chunks) * self.labelled // len(self.few))
        turns = [torch.randperm(len(self.few), generator=draws) for _ in range(rounds)]
        few = self.few[torch.cat(turns)].split(self.labelled)
        for rows, some in zip(chunks, few):
            yield self.x[some], self.y[some], self.x[rows], rows


def hide_labels(y, per_class, *, seed=0):
    """Keep `per_class` random labels of each class and write -1 for all others.

    Parameters
    ----------
    y : Tensor (N,) of int64 labels; a -1 stays and is no class.
    per_class : int >= 0
    seed : int, draws which labels stay.

    Returns
    -------
    Tensor (N,), like `y`

    Raises
    ------
    ValueError : if a class has fewer examples than that, or for a negative number.

    Examples
    --------
    >>> hidden = hide_labels(torch.tensor([0, 1, 0, 1, 0]), 1)
    >>> sorted(hidden.tolist())
    [-1, -1, -1, 0, 1]
    """
    if per_class < 0:
        raise ValueError(f"hide_labels: expected per_class of 0 or more, found {per_class}")
    order = torch.randperm(len(y), generator=generator(seed))
    hidden = torch.full_like(y, -1)
    for label in y[y >= 0].unique():
        rows = order[y[order] == label]
        if len(rows) < per_class:
            raise ValueError(
                f"hide_labels: expected {per_class} examples of class {int(label)}, "
                f"found {len(rows)}"
            )
        hidden[rows[:per_class]] = label
    return hidden
