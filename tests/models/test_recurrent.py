import torch
from torch import nn

from helpers.models.recurrent import GRUTagger


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
