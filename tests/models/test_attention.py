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


@pytest.mark.parametrize("cross", [False, True])
def test_a_mask_a_sequence_is_not_a_mask_a_head(cross):
    """With as many sequences as heads, (B, T, S) had been read as (H, T, S) without a word."""
    torch.manual_seed(0)
    mine, theirs = MultiHeadAttention(12, 3), nn.MultiheadAttention(12, 3, batch_first=True)
    theirs.load_state_dict(mine.state_dict())
    x, memory = torch.randn(3, 5, 12), torch.randn(3, 7, 12) if cross else None
    looked = x if memory is None else memory
    allowed = torch.rand(3, 5, looked.shape[1], generator=torch.Generator().manual_seed(1)) < 0.5
    allowed[..., 0] = True
    hidden = ~allowed.repeat_interleave(3, 0)  # torch's order: heads within sequences
    out, weights = theirs(x, looked, looked, attn_mask=hidden, average_attn_weights=False)
    assert torch.allclose(mine(x, memory, allowed), out, atol=1e-6)
    assert torch.allclose(mine.weights(x, memory, allowed), weights, atol=1e-6)
    for_each = allowed[:, None].expand(-1, 3, -1, -1)
    assert torch.equal(mine(x, memory, for_each), mine(x, memory, allowed))
    a_head = allowed[None]
    assert not torch.allclose(mine(x, memory, a_head), out, atol=1e-3)
    padding = allowed[:, :1]  # (B, 1, S): positions that no one may see
    assert torch.equal(mine(x, memory, padding), mine(x, memory, padding.expand_as(allowed)))


@pytest.mark.parametrize(
    "mask",
    [torch.ones(2, 5, 5).bool(), torch.ones(4, 4).bool(), torch.ones(5, 5), torch.ones(5, 5).int()],
)
def test_masks_of_another_shape_or_type_are_refused(mask):
    layer, x = MultiHeadAttention(12, 3), torch.randn(3, 5, 12)
    for call in (layer, layer.weights):
        with pytest.raises(ValueError, match=r"bool mask .* for \(3, 3, 5, 5\), found torch"):
            call(x, allowed=mask)


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


def test_weights_begin_by_glorot_and_biases_at_nothing():
    torch.manual_seed(0)
    layer = MultiHeadAttention(64, 4)
    limit = (6 / (64 + 3 * 64)) ** 0.5
    assert 0.98 * limit < float(layer.in_proj_weight.detach().abs().max()) <= limit
    assert not layer.in_proj_bias.any()
    assert not layer.out_proj.bias.any()
    assert layer.in_proj_weight.shape == (192, 64)


def test_biases_of_query_key_and_value_stand_in_that_order():
    torch.manual_seed(0)
    layer, theirs = MultiHeadAttention(12, 3), nn.MultiheadAttention(12, 3, batch_first=True)
    layer.in_proj_bias.data.normal_()
    theirs.load_state_dict(layer.state_dict())
    x, memory = torch.randn(2, 5, 12), torch.randn(2, 7, 12)
    for more in (None, memory):
        looked = x if more is None else more
        query, key, value = layer.project(x, more)
        ask, look, say = layer.in_proj_weight.chunk(3)
        parts = zip((x, looked, looked), (ask, look, say), layer.in_proj_bias.chunk(3))
        for found, (rows, weight, bias) in zip((query, key, value), parts):
            wanted = (rows @ weight.T + bias).view(2, -1, 3, 4).transpose(1, 2)
            assert torch.allclose(found, wanted, atol=1e-6)
        assert torch.allclose(layer(x, more), theirs(x, looked, looked)[0], atol=1e-6)


def test_the_causal_mask_stays_on_its_device():
    assert causal(3, "meta").device.type == "meta"
    assert causal(3).dtype == torch.bool
