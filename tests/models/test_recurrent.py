import pytest
import torch
from torch import nn

from helpers.models.recurrent import GRUTagger, LastState, Recurrent, keep_all, keep_more


def test_it_equals_two_cells_stepped_by_hand():
    torch.manual_seed(0)
    net, tokens = GRUTagger(9, 3, 8).eval(), torch.randint(9, (2, 5))
    x, halves = net.embed(tokens), []
    for suffix, order in (("", range(5)), ("_reverse", reversed(range(5)))):
        cell, state, seen = nn.GRUCell(8, 8), torch.zeros(2, 8), {}
        for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh"):
            setattr(cell, name, getattr(net.body, f"{name}_l0{suffix}"))
        for t in order:
            state = seen[t] = cell(x[:, t], state)
        halves.append(torch.stack([seen[t] for t in range(5)], 1))
    wanted = net.head(torch.cat(halves, 2))
    assert torch.allclose(net(tokens), wanted, atol=1e-6)
    assert not torch.allclose(net(tokens), net.head(torch.cat(halves[::-1], 2)), atol=1e-3)


def test_every_position_reaches_every_score():
    torch.manual_seed(0)
    net, tokens = GRUTagger(9, 3, 8).eval(), torch.randint(9, (1, 6))
    changed = tokens.clone()
    changed[0, 3] = (changed[0, 3] + 1) % 9
    assert ((net(tokens) - net(changed)).abs().amax((0, 2)) > 1e-7).all()


LIBRARY = {"rnn": nn.RNN, "gru": nn.GRU, "lstm": nn.LSTM}


@pytest.mark.parametrize("cell", LIBRARY)
@pytest.mark.parametrize("both", [False, True])
def test_each_layer_equals_the_library_and_another_cell_does_not(cell, both):
    torch.manual_seed(0)
    ours = Recurrent(cell, 3, 4, bidirectional=both)
    theirs = LIBRARY[cell](3, 4, batch_first=True, bidirectional=both)
    theirs.load_state_dict(ours.state_dict())
    x = torch.randn(2, 6, 3)
    assert torch.allclose(ours(x), theirs(x)[0], atol=1e-6)
    assert not torch.allclose(ours(x.flip(1)), theirs(x)[0], atol=1e-3)


def test_without_squashing_the_state_is_linear_in_the_input():
    layer = Recurrent("linear", 3, 4).double()
    x, y = torch.randn(2, 1, 6, 3).double()
    zero = layer(torch.zeros(1, 6, 3).double())
    assert torch.allclose(layer(x + y) - zero, layer(x) + layer(y) - 2 * zero)
    squashed = Recurrent("rnn", 3, 4).double()
    squashed.load_state_dict(layer.state_dict())
    nothing = squashed(torch.zeros(1, 6, 3).double())
    assert not torch.allclose(
        squashed(x + y) - nothing, squashed(x) + squashed(y) - 2 * nothing, atol=1e-3
    )


def test_a_span_cuts_the_gradient_and_leaves_the_state():
    layer = Recurrent("gru", 3, 4)
    x = torch.randn(2, 6, 3, requires_grad=True)
    whole, cut = layer.states(x)[-1][0], layer.states(x, span=3)[-1][0]
    assert torch.equal(whole, cut)
    reached = torch.autograd.grad(cut.sum(), x)[0].abs().amax((0, 2))
    assert (reached[:3] == 0).all()
    assert (reached[3:] > 0).all()
    assert (torch.autograd.grad(whole.sum(), x)[0].abs().amax((0, 2)) > 0).all()


def test_an_unknown_cell_is_refused():
    with pytest.raises(ValueError, match="Recurrent.cell='elman'.: expected one of linear, rnn"):
        Recurrent("elman", 3, 4)


@pytest.mark.parametrize("cell", LIBRARY)
def test_the_last_state_is_answered_from_both_ends(cell):
    torch.manual_seed(0)
    x = torch.randn(2, 6, 3)
    one, both = LastState(cell, 3, 4, 2), LastState(cell, 3, 4, 2, bidirectional=True)
    assert torch.allclose(one(x), one.head(one.body(x)[0][:, -1]), atol=1e-6)
    states = both.body(x)[0]
    ends = torch.cat([states[:, -1, :4], states[:, 0, 4:]], 1)
    assert torch.allclose(both(x), both.head(ends), atol=1e-6)


@pytest.mark.parametrize(("cell", "moved"), [("rnn", 0), ("gru", 4), ("lstm", 4)])
def test_only_the_gate_that_keeps_gets_a_bias(cell, moved):
    torch.manual_seed(0)
    layer = Recurrent(cell, 3, 4)
    before = layer.bias_ih_l0.detach().clone()
    assert keep_more(layer, 2.0) is layer
    change = layer.bias_ih_l0.detach() - before
    assert int((change - 2).abs().lt(1e-6).sum()) == moved == int((change != 0).sum())
    assert (change[4:8].sum() == change.sum()) or not moved


def test_started_from_the_identity_the_state_stays_and_as_delivered_it_does_not():
    torch.manual_seed(0)
    net = nn.RNN(3, 4, nonlinearity="relu", batch_first=True)
    x = torch.zeros(1, 30, 3)
    x[:, 0] = 1.0
    with torch.no_grad():
        net.bias_ih_l0.fill_(0.5)
        first = net(x)[0]
        kept = keep_all(net, torch.eye(4), 1.0)(x)[0]
    assert not torch.allclose(first[:, 0], first[:, -1], atol=1e-3)
    assert kept.max() > 0
    assert torch.equal(kept[:, 0], kept[:, -1])


def test_weights_begin_uniform_within_the_root_of_the_width():
    torch.manual_seed(0)
    for cell, blocks in (("linear", 1), ("rnn", 1), ("gru", 3), ("lstm", 4)):
        layer = Recurrent(cell, 5, 16)
        shapes = {name: tuple(p.shape) for name, p in layer.named_parameters()}
        assert shapes == {
            "weight_ih_l0": (16 * blocks, 5), "weight_hh_l0": (16 * blocks, 16),
            "bias_ih_l0": (16 * blocks,), "bias_hh_l0": (16 * blocks,),
        }  # fmt: skip
        every = torch.cat([p.detach().flatten() for p in layer.parameters()])
        assert 0.2 < float(every.max()) <= 0.25
        assert -0.25 <= float(every.min()) < -0.2
        assert float(every.mean()) == pytest.approx(0, abs=0.03)
    assert len(list(Recurrent("rnn", 5, 16).parameters())) == 4


def test_without_a_word_nothing_more_is_kept():
    for cell in LIBRARY:
        torch.manual_seed(0)
        plain = LastState(cell, 3, 4, 2)
        torch.manual_seed(0)
        kept = LastState(cell, 3, 4, 2, keep=2.0)
        gap = (kept.body.bias_ih_l0 - plain.body.bias_ih_l0).detach()
        assert gap.sum().item() == pytest.approx(0 if cell == "rnn" else 8, abs=1e-5)
        assert plain.head.in_features == 4
        assert LastState(cell, 3, 4, 2, bidirectional=True).head.in_features == 8


def test_kept_weights_are_copied_and_inward_ones_drawn_that_wide():
    torch.manual_seed(0)
    net = keep_all(nn.RNN(300, 20), 0.5 * torch.eye(20), 0.01)
    assert torch.equal(net.weight_hh_l0.detach(), 0.5 * torch.eye(20))
    assert float(net.weight_ih_l0.detach().std()) == pytest.approx(0.01, rel=0.05)
    assert not net.bias_ih_l0.any()
    assert not net.bias_hh_l0.any()


def test_a_span_cuts_at_each_of_its_ends():
    layer = Recurrent("lstm", 2, 3)
    x = torch.randn(1, 7, 2, requires_grad=True)
    reached = torch.autograd.grad(layer.states(x, span=2)[-1][0].sum(), x)[0].abs().amax((0, 2))
    assert (reached > 0).tolist() == [False] * 6 + [True]
    reached = torch.autograd.grad(layer.states(x, span=2)[5][0].sum(), x)[0].abs().amax((0, 2))
    assert (reached > 0).tolist() == [False] * 4 + [True] * 2 + [False]
