"""The score that a map explains (survey 7.1.1; chapter 7-interpretability/saliency-maps)."""

from torch import nn


class Lead(nn.Module):
    """By how much the class that was said leads the mean of the others.

    Parameters
    ----------
    net : nn.Module
        (B, ...) -> (B, K) scores.
    said : int64 tensor (B,)
        A class for each example, as a rule what the network said.

    Notes
    -----
    ``forward(x)`` gives (B,). Several copies of the batch, one after the other, are taken as such.
    """

    def __init__(self, net, said):
        super().__init__()
        self.net, self.said = net, said

    def forward(self, x):
        """One number an example."""
        scores = self.net(x)
        said = self.said.repeat(len(x) // len(self.said))[:, None]
        own = scores.gather(1, said)[:, 0]
        return own - (scores.sum(1) - own) / (scores.shape[1] - 1)
