"""Motif scanner: filters slide along a sequence, and each keeps its best match (survey 4.5; chapter 4-models/transformers)."""

from torch import nn
from torch.nn import functional as F


class MotifScanner(nn.Module):
    r"""One convolution, the maximum of each filter over the places, a linear map.

    The smallest form of DeepBind (Alipanahi et al. 2015): convolve, rectify, pool, score,

    .. math:: s = W \max_t \operatorname{relu}(f(x_{t}, \dots, x_{t+L-1})) + b .

    Where a motif stands does not matter, only how well it fits somewhere.

    Parameters
    ----------
    vocabulary : int V
        Letters, as many as there are different tokens.
    classes : int K
    filters : int
    letters : int L >= 1
        Length of a filter; no sequence may be shorter.

    Notes
    -----
    ``forward(tokens (B, T) int64)`` gives scores (B, K).

    Raises
    ------
    ValueError : for a sequence that is shorter than a filter.

    Examples
    --------
    >>> import torch
    >>> MotifScanner(4, classes=3, letters=5)(torch.zeros(2, 9, dtype=torch.int64)).shape
    torch.Size([2, 3])
    """

    def __init__(self, vocabulary, classes, *, filters=64, letters=21):
        super().__init__()
        self.vocabulary, self.letters = vocabulary, letters
        self.scan = nn.Conv1d(vocabulary, filters, letters)
        self.head = nn.Linear(filters, classes)

    def forward(self, tokens):
        """Scores of the classes (B, K)."""
        if tokens.shape[1] < self.letters:
            raise ValueError(
                f"MotifScanner: expected sequences of {self.letters} letters or more, "
                f"found {tokens.shape[1]}"
            )
        onehot = F.one_hot(tokens, self.vocabulary).float().transpose(1, 2)  # (B, V, T)
        return self.head(self.scan(onehot).relu().amax(2))
