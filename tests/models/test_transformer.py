import pytest
import torch
from torch import nn

from helpers.models.attention import causal
from helpers.models.transformer import (
    Encoder,
    EncoderDecoder,
    LanguageModel,
    Layer,
    SequenceClassifier,
    Stack,
    sinusoids,
)

SHAPE = {"dim_feedforward": 64, "dropout": 0.0, "batch_first": True, "norm_first": True}


def test_layers_equal_torch_s_with_the_same_weights():
    torch.manual_seed(0)
    x, memory = torch.randn(2, 6, 16), torch.randn(2, 9, 16)
    mine, theirs = Layer(16, 4), nn.TransformerEncoderLayer(16, 4, **SHAPE)
    theirs.load_state_dict(mine.state_dict())
    out = theirs(x, src_mask=~causal(6))
    assert torch.allclose(mine(x, allowed=causal(6)), out, atol=1e-5)
    mine, theirs = Layer(16, 4, cross=True), nn.TransformerDecoderLayer(16, 4, **SHAPE)
    theirs.load_state_dict(mine.state_dict())
    out = theirs(x, memory, tgt_mask=~causal(6))
    assert torch.allclose(mine(x, memory, causal(6)), out, atol=1e-5)
    assert not torch.allclose(mine(x, memory.flip(2), causal(6)), out, atol=1e-3)


def test_codes_equal_the_paper_s_formula():
    import math

    codes = sinusoids(50, 8)
    for t in (0, 3, 49):
        for i in range(4):
            angle = t / 10000 ** (2 * i / 8)
            assert float(codes[t, 2 * i]) == pytest.approx(math.sin(angle), abs=1e-5)
            assert float(codes[t, 2 * i + 1]) == pytest.approx(math.cos(angle), abs=1e-5)
    with pytest.raises(ValueError, match="even, found 7"):
        sinusoids(3, 7)


def test_order_matters_only_with_codes():
    torch.manual_seed(0)
    tokens, order = torch.randint(9, (2, 7)), torch.randperm(7)
    for positions in (True, False):
        net = Stack(9, 16, 4, 2, positions=positions).eval()
        same = torch.allclose(net(tokens)[:, order], net(tokens[:, order]), atol=1e-5)
        assert same is not positions


def test_a_language_model_does_not_see_the_future():
    torch.manual_seed(0)
    net, tokens = LanguageModel(9, 16, 4, 2).eval(), torch.randint(9, (1, 8))
    changed = tokens.clone()
    changed[0, 5] = (changed[0, 5] + 1) % 9
    moved = (net(tokens) - net(changed)).abs().amax((0, 2)) > 1e-5
    assert moved.tolist() == [False] * 5 + [True] * 3


def test_an_encoder_alone_equals_torch_s_and_sees_both_sides():
    torch.manual_seed(0)
    net, tokens = Encoder(9, 3, 16, 4, 2).eval(), torch.randint(9, (2, 8))
    layer = nn.TransformerEncoderLayer(16, 4, **SHAPE)
    theirs = nn.TransformerEncoder(layer, 2, nn.LayerNorm(16), enable_nested_tensor=False).eval()
    theirs.load_state_dict({k: v for k, v in net.body.state_dict().items() if "embed" not in k})
    wanted = net.head(theirs(net.body.begin(tokens)))
    assert torch.allclose(net(tokens), wanted, atol=1e-5)
    assert not torch.allclose(net(tokens.flip(1)), wanted, atol=1e-2)
    changed = tokens.clone()
    changed[:, 5] = (changed[:, 5] + 1) % 9
    assert ((net(tokens) - net(changed)).abs().amax((0, 2)) > 1e-5).all()


def test_a_classifier_of_sequences_means_over_positions():
    torch.manual_seed(0)
    net, tokens = SequenceClassifier(9, 3, 16, 4, 1).eval(), torch.randint(9, (2, 8))
    assert torch.allclose(net(tokens), net.head(net.body(tokens).mean(1)), atol=1e-6)
    assert not torch.allclose(net(tokens), net(tokens.flip(1)), atol=1e-3)
    blind = SequenceClassifier(9, 3, 16, 4, 1, positions=False).eval()
    assert torch.allclose(blind(tokens), blind(tokens.flip(1)), atol=1e-6)


def test_the_decoder_sees_the_whole_source_and_the_past_of_the_target():
    torch.manual_seed(0)
    net = EncoderDecoder(5, 6, 16, 4, 2).eval()
    source, target = torch.randint(5, (1, 7)), torch.randint(6, (1, 4))
    changed = source.clone()
    changed[0, -1] = (changed[0, -1] + 1) % 5
    assert ((net(source, target) - net(changed, target)).abs().amax((0, 2)) > 1e-5).all()
    later = target.clone()
    later[0, 2] = (later[0, 2] + 1) % 6
    moved = (net(source, target) - net(source, later)).abs().amax((0, 2)) > 1e-5
    assert moved.tolist() == [False, False, True, True]


def test_cross_maps_are_what_the_forward_pass_used():
    torch.manual_seed(0)
    net = EncoderDecoder(5, 6, 16, 4, 2).eval()
    source, target = torch.randint(5, (2, 7)), torch.randint(6, (2, 4))
    seen = []
    for layer in net.decoder.layers:
        layer.multihead_attn.register_forward_hook(
            lambda module, inputs, _: seen.append(module.weights(*inputs))
        )
    net(source, target)
    wanted = torch.stack(seen)
    seen.clear()
    assert torch.allclose(net.cross_maps(source, target), wanted, atol=1e-6)
    assert wanted.shape == (2, 2, 4, 4, 7)


def test_sizes_and_first_weights_if_nothing_is_said():
    torch.manual_seed(0)
    net = Stack(200, 32, 4, 3)
    assert float(net.embed.weight.detach().std()) == pytest.approx(0.5, rel=0.05)
    assert (len(net.layers), net.positions) == (3, True)
    layer = net.layers[0]
    assert (layer.linear1.out_features, layer.linear2.in_features) == (128, 128)
    assert Layer(8, 2, hidden=5).linear1.out_features == 5
    assert layer.multihead_attn is None
    assert layer.norm3 is None
    net, tokens = EncoderDecoder(5, 6, 8, 2, 2), torch.tensor([[1, 2]])
    assert all(one.multihead_attn is not None for one in net.decoder.layers)
    assert all(one.multihead_attn is None for one in net.encoder.layers)
    assert net.encoder.positions is net.decoder.positions is True
    blind = EncoderDecoder(5, 6, 8, 2, 2, positions=False)
    assert blind.encoder.positions is blind.decoder.positions is False
    assert torch.equal(blind.decoder.begin(tokens), blind.decoder.embed(tokens))
    assert torch.allclose(net.decoder.begin(tokens), net.decoder.embed(tokens) + sinusoids(2, 8))
    assert Encoder(9, 3, 8, 2, 1).body.positions
