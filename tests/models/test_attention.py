import pytest
import torch
from torch import nn
from torch.nn import functional as F

from helpers.models.attention import MultiHeadAttention, attention, causal


def test_the_formula_equals_torch_s_kernel():
    q, k, v = torch.randn(2, 3, 5, 8), torch.randn(2, 3, 7, 8), torch.randn(2, 3, 7, 8)
    allowed = torch.rand(5, 7) < 0.6
    allowed[:, 0] = True
    for mask in (None, allowed):
        mixed, weights = attention(q, k, v, mask)
        theirs = F.scaled_dot_product_attention(q, k, v, attn_mask=mask)
        assert torch.allclose(mixed, theirs, atol=1e-6)
        assert torch.allclose(weights.sum(-1), torch.ones(2, 3, 5))
    assert (weights[..., ~allowed] == 0).all()


@pytest.mark.parametrize("cross", [False, True])
def test_heads_equal_torch_s_module_with_the_same_weights(cross):
    torch.manual_seed(0)
    mine, theirs = MultiHeadAttention(12, 3), nn.MultiheadAttention(12, 3, batch_first=True)
    mine.in_proj_bias.data.normal_()
    theirs.load_state_dict(mine.state_dict())
    x, memory = torch.randn(2, 5, 12), torch.randn(2, 7, 12) if cross else None
    looked = x if memory is None else memory
    out, weights = theirs(x, looked, looked, average_attn_weights=False)
    assert torch.allclose(mine(x, memory), out, atol=1e-6)
    assert torch.allclose(mine.weights(x, memory), weights, atol=1e-6)
    assert not torch.allclose(mine(x, memory), theirs(x.flip(1), looked, looked)[0], atol=1e-3)


def test_the_causal_mask_equals_torch_s():
    theirs = nn.Transformer.generate_square_subsequent_mask(6)
    assert torch.equal(causal(6), theirs == 0)


def test_attention_moves_with_a_shuffle():
    torch.manual_seed(0)
    layer, x, order = MultiHeadAttention(8, 2), torch.randn(1, 6, 8), torch.randperm(6)
    assert torch.allclose(layer(x)[:, order], layer(x[:, order]), atol=1e-6)


def test_what_does_not_fit_is_named():
    with pytest.raises(ValueError, match="found 3 and 8"):
        MultiHeadAttention(8, 3)
    with pytest.raises(ValueError, match="found 4 and 5"):
        attention(torch.ones(1, 2, 4), torch.ones(1, 2, 5), torch.ones(1, 2, 5))
