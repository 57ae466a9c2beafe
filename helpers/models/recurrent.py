"""Recurrent networks: a state is carried along the sequence (survey 4.5.4; chapter 4-models/transformers)."""

from torch import nn


class GRUTagger(nn.Module):
    """A gated recurrent unit that reads in both directions, with scores at each position.

    The rival of an encoder: same input, same output (Cho et al. 2014; Schuster and Paliwal 1997).

    Parameters
    ----------
    vocabulary, classes, width : int K is `classes`

    Notes
    -----
    ``forward(tokens (B, T))`` gives scores (B, T, K).
    """

    def __init__(self, vocabulary, classes, width):
        super().__init__()
        self.embed = nn.Embedding(vocabulary, width)
        self.body = nn.GRU(width, width, batch_first=True, bidirectional=True)
        self.head = nn.Linear(2 * width, classes)

    def forward(self, tokens):
        """Scores of the classes at each position (B, T, K)."""
        return self.head(self.body(self.embed(tokens))[0])
