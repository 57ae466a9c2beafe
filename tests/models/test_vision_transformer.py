import pytest
import torch
from timm.models.vision_transformer import VisionTransformer as Timms

from helpers.models.vision_transformer import Attention, Block, VisionTransformer

SIZES = {"width": 16, "depth": 2, "heads": 4}


def pair():
    torch.manual_seed(0)
    theirs = Timms(img_size=8, patch_size=2, num_classes=5, embed_dim=16, depth=2, num_heads=4)
    mine = VisionTransformer(8, 2, classes=5, **SIZES)
    mine.load_state_dict(theirs.state_dict())
    return mine.eval(), theirs.eval()


def images():
    return torch.randn(3, 3, 8, 8, generator=torch.Generator().manual_seed(0))


def test_timm_with_the_same_weights_gives_the_same_scores():
    mine, theirs = pair()
    with torch.no_grad():
        expected = theirs(images())
        assert expected.std() > 0.01
        assert torch.allclose(mine(images()), expected, atol=1e-5)
        mine.blocks[1].attn.proj.weight.mul_(-1)
        assert not torch.allclose(mine(images()), expected, atol=1e-3)


def test_attention_agrees_with_torch():
    mine, theirs = Attention(16, 4), torch.nn.MultiheadAttention(16, 4, batch_first=True)
    theirs.in_proj_weight.data, theirs.in_proj_bias.data = mine.qkv.weight.data, mine.qkv.bias.data
    theirs.out_proj.load_state_dict(mine.proj.state_dict())
    x = torch.randn(2, 5, 16)
    assert torch.allclose(mine(x), theirs(x, x, x)[0], atol=1e-5)


def test_without_positions_the_order_of_patches_is_lost():
    mine, _ = pair()
    x = images()
    moved = torch.cat([x[..., 4:], x[..., :4]], 3)  # the two halves of each image change places
    with torch.no_grad():
        assert not torch.allclose(mine(x), mine(moved), atol=1e-4)
        mine.pos_embed.zero_()
        assert torch.allclose(mine(x), mine(moved), atol=1e-5)


def test_a_block_that_adds_nothing_passes_its_input_on():
    block = Block(8, 2)
    for layer in (block.attn.proj, block.mlp.fc2):
        torch.nn.init.zeros_(layer.weight)
        torch.nn.init.zeros_(layer.bias)
    x = torch.rand(1, 3, 8)
    assert torch.equal(block(x), x)


def test_patches_must_fill_the_image():
    with pytest.raises(ValueError, match="found 9 by 2 and 16 by 4"):
        VisionTransformer(9, 2, classes=5, **SIZES)


def test_positions_begin_small_and_norms_add_a_millionth():
    torch.manual_seed(0)
    mine = VisionTransformer(32, 2, classes=5, width=64, depth=1, heads=4)
    for begun in (mine.pos_embed, mine.cls_token):
        assert float(begun.detach().std()) == pytest.approx(0.02, rel=0.3)
    assert mine.pos_embed.shape == (1, 257, 64)
    norms = [part for part in mine.modules() if isinstance(part, torch.nn.LayerNorm)]
    assert [norm.eps for norm in norms] == [1e-6] * 3
    with pytest.raises(ValueError, match="found 8 by 2 and 18 by 4"):
        VisionTransformer(8, 2, classes=5, width=18, depth=1, heads=4)
