import pytest
import torch
from torch import nn

from helpers.models.language_model import (
    DROPS,
    LanguageModel,
    TextClassifier,
    concat_pool,
    recurrent,
)

TOKENS = torch.randint(1, 30, (3, 7), generator=torch.Generator().manual_seed(0))


def model(**settings):
    torch.manual_seed(0)
    return LanguageModel(30, 8, 12, **settings)


def test_states_are_those_of_fastai_with_the_same_weights():
    awd = pytest.importorskip("fastai.text.models.awdlstm")
    ours, theirs = model().eval(), awd.AWD_LSTM(30, 8, 12, 2, pad_token=0).eval()
    before = theirs(TOKENS)
    theirs.encoder.load_state_dict(ours.table.state_dict())
    for a, b in zip(theirs.rnns, ours.layers):
        a.module.load_state_dict(b.state_dict(), strict=False)
        a.weight_hh_l0_raw.data = b.weight_hh_l0.data
    theirs.reset()
    assert torch.allclose(ours.states(TOKENS), theirs(TOKENS), atol=1e-6)
    assert not torch.allclose(ours.states(TOKENS), before, atol=1e-3)


def test_the_shares_are_those_of_fastai_s_language_model():
    awd = pytest.importorskip("fastai.text.models.awdlstm")
    theirs = {name[:-2]: share for name, share in awd.awd_lstm_lm_config.items() if "_p" in name}
    assert {**DROPS, "embed": DROPS["word"]}.items() >= theirs.items()


def test_one_table_serves_both_ends():
    net = model().eval()
    assert torch.allclose(net(TOKENS), net.states(TOKENS) @ net.table.weight.T + net.bias)
    assert sum(p.numel() == 30 * 8 for p in net.parameters()) == 1


def test_a_word_changes_what_comes_after_it_and_nothing_before():
    net, other = model().eval(), TOKENS.clone()
    other[:, 4] = (other[:, 4] % 29) + 1
    a, b = net.states(TOKENS), net.states(other)
    assert torch.equal(a[:, :4], b[:, :4])
    assert not torch.allclose(a[:, 4:], b[:, 4:], atol=1e-4)


def test_nothing_is_left_out_outside_training_or_without_shares():
    net = model().eval()
    assert torch.equal(net(TOKENS), net(TOKENS))
    assert torch.equal(model(drop=0.0).states(TOKENS), net.states(TOKENS))
    net.train()
    assert not torch.allclose(net.states(TOKENS), net.states(TOKENS))
    assert net.share("input") == 0.25
    assert model(drop=9.0).share("input") == 0.9


def test_weights_are_dropped_between_states_only():
    layer, x = nn.LSTM(4, 5, batch_first=True), torch.randn(2, 6, 4)
    torch.manual_seed(1)
    dropped = recurrent(layer, x, 0.5)
    assert torch.allclose(dropped[:, 0], layer(x)[0][:, 0])
    assert not torch.allclose(dropped, layer(x)[0])
    assert torch.equal(recurrent(layer, x, 0), layer(x)[0])


def test_the_penalty_counts_states_and_their_changes():
    net = model(drop=0.0)
    net(TOKENS)
    states = net.states(TOKENS)
    changes = states.diff(dim=1).square().mean()
    assert torch.allclose(net.penalty, 2 * states.square().mean() + changes)


def test_pooling_is_that_of_fastai_where_texts_are_filled_up_at_their_end():
    core = pytest.importorskip("fastai.text.models.core")
    states, kept = torch.randn(3, 6, 4), torch.arange(6) < torch.tensor([[6], [1], [4]])
    theirs = core.masked_concat_pool(states.clone(), ~kept, 6)
    assert torch.allclose(concat_pool(states, kept), theirs, atol=1e-6)
    assert not torch.allclose(concat_pool(states, kept), concat_pool(states, kept | True))


def test_what_fills_up_a_text_says_nothing_about_its_class():
    torch.manual_seed(0)
    net = TextClassifier(model(), 3).eval()
    longer = torch.cat([TOKENS, torch.zeros(3, 5, dtype=torch.long)], 1)
    assert torch.allclose(net(longer), net(TOKENS), atol=1e-6)
    assert net(TOKENS).shape == (3, 3)
    assert [type(group).__name__ for group in net.groups] == ["Embedding", "LSTM", "LSTM", "Sequential"]  # fmt: skip
    assert not net.body.bias.requires_grad
