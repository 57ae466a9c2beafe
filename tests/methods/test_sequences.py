import math

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from helpers.methods.sequences import bits_of, fill_in, next_token, surprise, write_on
from helpers.models.ngram import NGram
from helpers.models.transformer import LanguageModel


class Table(nn.Module):
    """Log-probabilities of the next symbol from the last one: a counting model as a module."""

    def __init__(self, counts, vocabulary):
        super().__init__()
        rows = [[counts.probability((a,), b) for b in range(vocabulary)] for a in range(vocabulary)]
        self.log = nn.Parameter(torch.tensor(rows).log())

    def forward(self, tokens):
        return self.log[tokens]


def test_steps_equal_the_mean_over_positions():
    torch.manual_seed(0)
    scores, labels = torch.randn(2, 5, 7), torch.randint(7, (2, 5))
    wanted = -scores.log_softmax(-1).gather(2, labels[..., None]).mean()
    for step in (next_token, fill_in):
        assert torch.allclose(step(lambda tokens: scores, (labels, labels)), wanted)
        assert not torch.allclose(step(lambda tokens: scores.flip(2), (labels, labels)), wanted)
    hidden = labels.clone()
    hidden[:, 1:] = -100  # only the first column is asked for
    first = F.cross_entropy(scores[:, 0], labels[:, 0])
    assert torch.allclose(fill_in(lambda tokens: scores, (labels, hidden)), first)


def test_the_target_is_shown_up_to_the_last_and_asked_from_the_second():
    def model(source, target):
        assert target.tolist() == [[0, 3, 1]]
        return 50.0 * torch.eye(5)[torch.tensor([[3, 1, 2]])]

    target = torch.tensor([[0, 3, 1, 2]])
    assert write_on(model, (None, target)) < 1e-6
    assert write_on(lambda s, t: model(s, t).flip(1), (None, target)) > 10


@pytest.mark.parametrize("length", [65, 96, 97, 200])
def test_a_network_and_counts_are_scored_on_the_same_characters(length):
    text = torch.randint(4, (length,), generator=torch.Generator().manual_seed(0))
    counts = NGram(2, 4).fit(text.tolist())
    same = Table(counts, 4)
    assert bits_of(same, text) == pytest.approx(bits_of(counts, text), abs=1e-5)
    assert bits_of(same, text) != pytest.approx(bits_of(NGram(1, 4).fit(text.tolist()), text))


def test_only_characters_with_half_a_window_before_them_are_scored():
    torch.manual_seed(0)
    model, text = LanguageModel(4, 8, 2, 1).eval(), torch.randint(4, (20,))
    found = surprise(model, text, context=8)
    assert found.shape == (3, 4)
    scores = model(text[None, 4:12]).log_softmax(-1)[0, -1]  # window 4 to 11, its last character
    assert found[1, -1].item() == pytest.approx(-scores[text[12]].item() / math.log(2), abs=1e-5)
    with pytest.raises(ValueError, match="more than 64 characters, found 20"):
        surprise(model, text)


def test_sixty_four_characters_of_context_if_nothing_is_said():
    torch.manual_seed(0)
    model, text = LanguageModel(5, 8, 2, 1).eval(), torch.randint(5, (200,))
    assert torch.equal(surprise(model, text), surprise(model, text, 64))
    assert bits_of(model, text) == bits_of(model, text, 64)
    counts = NGram(2, 5).fit(text.tolist())
    assert bits_of(counts, text) == bits_of(counts, text, 64)
    assert surprise(model, text[:65]).shape == (1, 32)
    with pytest.raises(ValueError, match="expected more than 64 characters, found 64"):
        surprise(model, text[:64])
    with torch.no_grad():
        scores = model(text[None, :64])[0, 32:]
    bits = F.cross_entropy(scores, text[33:65], reduction="none") / math.log(2)
    assert torch.allclose(surprise(model, text[:65])[0], bits, atol=1e-5)
