"""How far back a gradient reaches in a recurrent layer (survey 4.5.4; chapter 4-models/recurrent-networks)."""

import torch


def reach(layer, x, span=None):
    """Size of the gradient of the last state with respect to each earlier one.

    One direction of the last state is asked for, drawn at random for each sequence. What is
    followed back is the state that carries: the cell of an LSTM, the state of the others.

    Parameters
    ----------
    layer : Recurrent
    x : tensor (B, T, F)
    span : int, optional
        Of truncated backpropagation, see `Recurrent.states`.

    Returns
    -------
    tensor (T,)
        Geometric mean over the sequences of the norm at distance 0, 1, ..., T - 1, over that at
        distance 0. Zero where the gradient is cut.
    """
    states = layer.states(x, span=span)
    carried = [state[-1] for state in states]
    shown = states[-1][0]
    direction = torch.randn_like(shown)
    answer = (shown * direction / direction.norm(dim=1, keepdim=True)).sum()
    found = torch.autograd.grad(answer, carried, allow_unused=True)
    zero = torch.zeros_like(shown)
    norms = torch.stack([(zero if g is None else g).norm(dim=1) for g in reversed(found)])
    return (norms / norms[0]).log().mean(1).exp()
