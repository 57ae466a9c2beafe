"""Recurrent networks: a state is carried along the sequence (survey 4.5.4; chapter 4-models/recurrent-networks)."""

import torch
from torch import nn


def linear_step(x, state, w):
    """The recurrence without its squashing, for which the gradient has a closed form.

    Parameters
    ----------
    x : tensor (B, F)
        Input of one step.
    state : (h,), h (B, H)
    w : dict of tensors
        The matrices ``weight_ih`` (H, F) and ``weight_hh`` (H, H), vectors ``bias_ih``, ``bias_hh`` (H,).
    """
    (h,) = state
    return (x @ w["weight_ih"].T + w["bias_ih"] + h @ w["weight_hh"].T + w["bias_hh"],)


def rnn_step(x, state, w):
    """One step of the plain recurrent network (Elman 1990).

    Parameters
    ----------
    x, state, w : as for `linear_step`
    """
    return (linear_step(x, state, w)[0].tanh(),)


def lstm_step(x, state, w):
    """One step of the long short-term memory (Hochreiter and Schmidhuber 1997; Gers et al. 2000).

    Parameters
    ----------
    x : tensor (B, F)
    state : (h, c), each (B, H)
        What is shown, and the cell that carries it.
    w : dict of tensors, as for `linear_step`
        With 4 H rows: input gate, forget gate, candidate, output gate.
    """
    h, c = state
    gates = x @ w["weight_ih"].T + w["bias_ih"] + h @ w["weight_hh"].T + w["bias_hh"]
    i, f, g, o = gates.chunk(4, 1)
    c = f.sigmoid() * c + i.sigmoid() * g.tanh()
    return o.sigmoid() * c.tanh(), c


def gru_step(x, state, w):
    """One step of the gated recurrent unit (Cho et al. 2014), as torch.nn.GRU has it.

    Parameters
    ----------
    x : tensor (B, F)
    state : (h,), h (B, H)
    w : dict of tensors, as for `linear_step`
        With 3 H rows: reset gate, update gate, candidate.
    """
    (h,) = state
    r, z, n = (x @ w["weight_ih"].T + w["bias_ih"]).chunk(3, 1)
    hr, hz, hn = (h @ w["weight_hh"].T + w["bias_hh"]).chunk(3, 1)
    r, z = (r + hr).sigmoid(), (z + hz).sigmoid()
    return ((1 - z) * (n + r * hn).tanh() + z * h,)


STEPS = {"linear": linear_step, "rnn": rnn_step, "gru": gru_step, "lstm": lstm_step}
ROWS = {"linear": 1, "rnn": 1, "gru": 3, "lstm": 4}  # blocks of H rows in each matrix
LIBRARY = {"rnn": nn.RNN, "gru": nn.GRU, "lstm": nn.LSTM}


class Recurrent(nn.Module):
    """A recurrent layer by hand; its parameters carry the names of torch.nn's.

    Parameters
    ----------
    cell : {"linear", "rnn", "gru", "lstm"}
    inputs, hidden : int F and H
    bidirectional : bool
        A second set of weights reads from the end.

    Raises
    ------
    ValueError
        For an unknown cell.

    Notes
    -----
    ``forward(x (B, T, F))`` gives the states that are shown (B, T, H), or (B, T, 2 H).
    """

    def __init__(self, cell, inputs, hidden, bidirectional=False):
        super().__init__()
        if cell not in STEPS:
            raise ValueError(f"Recurrent(cell={cell!r}): expected one of {', '.join(STEPS)}")
        self.cell, self.hidden = cell, hidden
        self.ways = ("", "_reverse") if bidirectional else ("",)
        shapes = {"weight_ih": (inputs,), "weight_hh": (hidden,), "bias_ih": (), "bias_hh": ()}
        for way in self.ways:
            for name, rest in shapes.items():
                values = torch.empty(ROWS[cell] * hidden, *rest).uniform_(-1, 1) / hidden**0.5
                self.register_parameter(f"{name}_l0{way}", nn.Parameter(values))

    def forward(self, x):
        """The states that are shown, (B, T, H) or (B, T, 2 H)."""
        there = self.shown(self.states(x))
        if len(self.ways) == 1:
            return there
        back = self.shown(self.states(x.flip(1), way="_reverse")).flip(1)
        return torch.cat([there, back], 2)

    def states(self, x, way="", span=None):
        """The state after each step, a list of T tuples.

        Parameters
        ----------
        x : tensor (B, T, F)
        way : "" or "_reverse"
            Which weights.
        span : int, optional
            Cut the gradient after so many steps: truncated backpropagation through time.
        """
        names = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
        w = {name: getattr(self, f"{name}_l0{way}") for name in names}
        state = (x.new_zeros(len(x), self.hidden),) * (1 + (self.cell == "lstm"))
        seen = []
        for t, x_t in enumerate(x.unbind(1)):
            if span and t % span == 0:
                state = tuple(part.detach() for part in state)
            state = STEPS[self.cell](x_t, state, w)
            seen.append(state)
        return seen

    @staticmethod
    def shown(states):
        """The first part of each state, stacked (B, T, H)."""
        return torch.stack([state[0] for state in states], 1)


class LastState(nn.Module):
    """Read a sequence by torch.nn's layer and map the last state to an answer.

    Parameters
    ----------
    cell : {"rnn", "gru", "lstm"}
    inputs, hidden, outputs : int F, H and K
    keep : float
        Added to the bias of the LSTM's forget gate or of the GRU's update gate: above 0 the state
        is kept from the first day of training (Gers et al. 2000).
    bidirectional : bool
        Then the last state of both directions.

    Notes
    -----
    ``forward(x (B, T, F))`` gives (B, K).
    """

    def __init__(self, cell, inputs, hidden, outputs, *, keep=0.0, bidirectional=False):
        super().__init__()
        self.body = LIBRARY[cell](inputs, hidden, batch_first=True, bidirectional=bidirectional)
        self.head = nn.Linear(hidden * (1 + bidirectional), outputs)
        keep_more(self.body, keep)

    def forward(self, x):
        """Answers (B, K)."""
        last = self.body(x)[1]
        last = last[0] if isinstance(last, tuple) else last
        return self.head(last.transpose(0, 1).flatten(1))


def keep_more(layer, keep):
    """Add to the bias of the gate that keeps the state; a plain RNN has none.

    Parameters
    ----------
    layer : nn.LSTM, nn.GRU, nn.RNN or Recurrent
    keep : float
        In the gate's own unit, before the sigmoid.

    Returns
    -------
    layer
    """
    for name, bias in layer.named_parameters():
        blocks = len(bias) // getattr(layer, "hidden", getattr(layer, "hidden_size", 0))
        if name.startswith("bias_ih") and blocks > 1:
            with torch.no_grad():  # the second block: forget gate or update gate
                bias[len(bias) // blocks : 2 * len(bias) // blocks] += keep
    return layer


def keep_all(layer, kept, inward):
    """Start a plain recurrence so that it keeps its state: no bias, small weights of the input.

    With the identity and rectified units it is the start of Le, Jaitly and Hinton (2015); an
    orthogonal matrix turns the state and leaves its length.

    Parameters
    ----------
    layer : nn.RNN or Recurrent, of one direction
    kept : tensor (H, H)
        The matrix of the recurrence.
    inward : float >= 0
        Standard deviation of the weights of the input.

    Returns
    -------
    layer
    """
    with torch.no_grad():
        layer.weight_hh_l0.copy_(kept)
        layer.weight_ih_l0.normal_(0, inward)
        layer.bias_ih_l0.zero_()
        layer.bias_hh_l0.zero_()
    return layer


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
