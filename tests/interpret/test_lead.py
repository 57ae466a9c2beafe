import torch
from torch import nn

from helpers.interpret.lead import Lead


def test_the_lead_over_the_mean_of_the_others():
    scores = torch.tensor([[1.0, 4.0, 2.0], [0.0, 0.0, 6.0]])
    assert Lead(nn.Identity(), torch.tensor([1, 0]))(scores).tolist() == [2.5, -3.0]


def test_copies_of_the_batch_are_taken_as_such():
    scores, said = torch.rand(3, 4), torch.tensor([3, 0, 1])
    once = Lead(nn.Identity(), said)
    assert torch.equal(once(scores.repeat(2, 1)), once(scores).repeat(2))
    assert not torch.equal(once(scores), Lead(nn.Identity(), said.flip(0))(scores))
