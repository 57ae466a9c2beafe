"""Convolutions along a sequence: the rival without a state (survey 4.5.4; chapter 4-models/recurrent-networks)."""

from torch import nn
from torch.nn import functional as F


class CausalConvolutions(nn.Module):
    """Layers of convolution over the past, each reaching twice as far back as the one before.

    After Bai, Kolter and Koltun (2018), without their dropout and weight norm.

    Parameters
    ----------
    inputs, hidden, outputs : int F, H and K
    layers : int >= 1
        With kernels of three the last step sees ``2 ** (layers + 1) - 1`` steps.
    pool : bool
        Answer from the mean over all steps, not from the last one.

    Notes
    -----
    ``forward(x (B, T, F))`` gives (B, K).
    """

    def __init__(self, inputs, hidden, outputs, layers, pool=False):
        super().__init__()
        widths = [inputs, *[hidden] * layers]
        self.layers = nn.ModuleList(
            nn.Conv1d(a, b, 3, dilation=2**k)
            for k, (a, b) in enumerate(zip(widths, widths[1:], strict=False))
        )
        self.head, self.pool = nn.Linear(hidden, outputs), pool

    def forward(self, x):
        """Answers (B, K)."""
        x = x.mT  # (B, F, T)
        for layer in self.layers:
            past = F.pad(x, (2 * layer.dilation[0], 0))
            step = layer(past).relu()
            x = x + step if x.shape == step.shape else step
        return self.head(x.mean(2) if self.pool else x[:, :, -1])
