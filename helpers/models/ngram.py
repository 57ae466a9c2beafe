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


class KneserNey(NGram):
    r"""Interpolated Kneser-Ney counting (Kneser and Ney 1995; Chen and Goodman 1999, section 2.7).

    .. math:: p_k(x \mid c) = \frac{\max(n_k(c, x) - D_k,\, 0) + D_k\, u_k(c)\, p_{k-1}(x \mid c')}{n_k(c)}

    as in `NGram`, with two changes. Every count pays a discount :math:`D_k`, which goes to the
    shorter context. And only the longest context counts how often; a shorter one counts *after
    how many different symbols* it was seen, so that what follows one word only is not believed
    to follow everywhere. :math:`D_k = n_1 / (n_1 + 2 n_2)`, with :math:`n_1` and :math:`n_2` the
    numbers of entries counted once and twice (Ney, Essen and Kneser 1994); 0.5 if there are none.

    Parameters
    ----------
    order, vocabulary : see `NGram`.

    Examples
    --------
    >>> model = KneserNey(2, vocabulary=2).fit([0, 1, 0, 1, 0])
    >>> round(model.probability((0,), 1), 2)
    0.88
    """

    def fit(self, symbols):
        """Count the longest context; for shorter ones, count what precedes; returns the model."""
        longest = self.counts[-1]
        for end in range(self.order - 1, len(symbols)):
            longest[tuple(symbols[end - self.order + 1 : end])][symbols[end]] += 1
        for k in range(self.order - 1, 0, -1):
            for context, followers in self.counts[k].items():
                self.counts[k - 1][context[1:]].update(followers.keys())
        self.discounts = [discount(counts) for counts in self.counts]
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
        for length, (counts, taken) in enumerate(zip(self.counts, self.discounts)):
            followers = counts.get(tuple(context[len(context) - length :]))
            if length > len(context) or followers is None:
                break
            kept = max(followers[symbol] - taken, 0)
            p = (kept + taken * len(followers) * p) / followers.total()
        return p


def discount(counts):
    """What each count of one length of context gives away: between 0 and 1."""
    often = Counter(n for followers in counts.values() for n in followers.values() if n < 3)
    return often[1] / (often[1] + 2 * often[2]) if often[1] else 0.5
