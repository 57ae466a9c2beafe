import numpy as np
import pytest
import torch
from scipy.signal import correlate

from helpers.models.motifs import MotifScanner


def test_each_filter_keeps_the_best_of_scipys_correlations():
    torch.manual_seed(0)
    net, tokens = MotifScanner(4, 3, filters=5, letters=6), torch.randint(4, (2, 20))
    onehot = np.eye(4)[tokens.numpy()]  # (B, T, V)
    filters, shift = net.scan.weight.detach().numpy(), net.scan.bias.detach().numpy()
    best = [
        [max(0, correlate(one, f.T, mode="valid").max() + b) for f, b in zip(filters, shift)]
        for one in onehot
    ]
    wanted = net.head(torch.tensor(best, dtype=torch.float32))
    assert torch.allclose(net(tokens), wanted, atol=1e-5)
    worst = [[max(0, correlate(one, f.T, mode="valid").min()) for f in filters] for one in onehot]
    assert not torch.allclose(net(tokens), net.head(torch.tensor(worst).float()), atol=1e-3)


def test_where_a_motif_stands_does_not_matter_but_its_letters_do():
    torch.manual_seed(0)
    net, motif = MotifScanner(4, 2, letters=4), torch.tensor([1, 2, 3, 1])
    tokens = torch.zeros(3, 16, dtype=torch.int64)
    tokens[0, 4:8], tokens[1, 7:11], tokens[2, 4:8] = motif, motif, motif.flip(0)
    scores = net(tokens)
    assert torch.allclose(scores[0], scores[1], atol=1e-6)
    assert not torch.allclose(scores[0], scores[2], atol=1e-3)


def test_a_sequence_shorter_than_a_filter_is_refused():
    with pytest.raises(ValueError, match="expected sequences of 21 letters or more, found 9"):
        MotifScanner(5, 3)(torch.zeros(1, 9, dtype=torch.int64))
