"""n-gram language models by interpolated counting, the baseline of every other (survey 4.5.1; chapters 4-models/transformers and 4-models/language-modelling)."""

from collections import Counter, defaultdict
from math import log2


class NGram:
    r"""Witten-Bell interpolation (Witten and Bell 1991; Chen and Goodman 1999, section 2.4).

    .. math:: p_k(x \mid c) = \frac{n(c, x) + u(c)\, p_{k-1}(x \mid c')}{n(c) + u(c)}

    with :math:`n` the count in training, :math:`u` the number of distinct followers of the
    context :math:`c`, and :math:`c'` the context without its oldest symbol; below the shortest
    context stands the uniform distribution.

    Parameters
    ----------
    order : int >= 1
        Length of context plus one.
    vocabulary : int
        Number of symbols.

    Raises
    ------
    ValueError : for an order below one.

    Examples
    --------
    >>> model = NGram(2, vocabulary=2).fit([0, 1, 0, 1, 0])
    >>> round(model.probability((0,), 1), 2)
    0.81
    """

    def __init__(self, order, vocabulary):
        if order < 1:
            raise ValueError(f"NGram: order must be at least 1, found {order}")
        self.order, self.vocabulary = order, vocabulary
        self.counts = [defaultdict(Counter) for _ in range(order)]

    def fit(self, symbols):
        """Count all contexts in a list of symbols; returns the model."""
        for length, counts in enumerate(self.counts):
            for end in range(length, len(symbols)):
                counts[tuple(symbols[end - length : end])][symbols[end]] += 1
        return self

    def probability(self, context, symbol):
        """Probability of `symbol` after `context`.

        Parameters
        ----------
        context : tuple of symbols
            The last order - 1 are used.
        symbol : hashable, one of `vocabulary`
        """
        p = 1 / self.vocabulary
        for length, counts in enumerate(self.counts):
            if length > len(context):
                break
            followers = counts.get(tuple(context[len(context) - length :]))
            if followers is None:
                break
            total, distinct = followers.total(), len(followers)
            p = (followers[symbol] + distinct * p) / (total + distinct)
        return p

    def bits(self, symbols):
        """Surprise, in bits, of each symbol of a list given those before it."""
        reach = self.order - 1
        return [
            -log2(self.probability(tuple(symbols[max(0, k - reach) : k]), symbols[k]))
            for k in range(len(symbols))
        ]
