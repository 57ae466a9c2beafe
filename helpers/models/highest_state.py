"""A recurrent network that answers from the highest value each state reaches (survey 4.5.4; chapter 4-models/recurrent-networks)."""

from torch import nn


class HighestState(nn.Module):
    """Read a sequence with a GRU from both ends; whatever was seen at any step counts.

    Parameters
    ----------
    inputs, hidden, outputs : int F, H and K

    Notes
    -----
    ``forward(x (B, T, F))`` gives (B, K).
    """

    def __init__(self, inputs, hidden, outputs):
        super().__init__()
        self.body = nn.GRU(inputs, hidden, batch_first=True, bidirectional=True)
        self.head = nn.Linear(2 * hidden, outputs)

    def forward(self, x):
        """Answers (B, K)."""
        return self.head(self.body(x)[0].amax(1))
