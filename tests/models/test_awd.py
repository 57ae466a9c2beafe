import pytest
import torch
from torch import nn
from torch.nn import functional as F

from helpers.models.awd import (
    AWDLSTM,
    drop_locked,
    drop_weights,
    drop_words,
    fast_states,
    large_states,
    mask,
    with_penalty,
)


def test_a_mask_keeps_the_mean_and_refuses_a_share_of_one():
    torch.manual_seed(0)
    found = mask(torch.ones(1), (200, 50), 0.25)
    assert abs(found.mean() - 1) < 0.02
    assert found.unique().tolist() == pytest.approx([0, 4 / 3])
    with pytest.raises(ValueError, match=r"mask.share=1.: expected a share in \[0, 1\)"):
        mask(torch.ones(1), (2,), 1)


def test_dropouts_are_those_of_fastai():
    awd = pytest.importorskip("fastai.text.models.awdlstm")
    x, table = torch.randn(3, 7, 5), nn.Embedding(6, 4)
    torch.manual_seed(1)
    ours = drop_locked(x, 0.5)
    torch.manual_seed(1)
    assert torch.equal(ours, awd.RNNDropout(0.5)(x))
    torch.manual_seed(1)
    ours = drop_words(table.weight, 0.5)
    torch.manual_seed(1)
    assert torch.equal(ours, awd.EmbeddingDropout(table, 0.5)(torch.arange(6)))
    assert ((ours == 0).all(1) | (ours != 0).all(1)).all()


def test_locked_means_the_same_features_at_every_step():
    torch.manual_seed(0)
    ones = torch.ones(4, 9, 6)
    kept = drop_locked(ones, 0.5)
    assert (kept == kept[:, :1]).all()
    assert (kept == 0).any()
    usual = F.dropout(ones, 0.5)
    assert not (usual == usual[:, :1]).all()


def test_penalties_have_their_closed_form():
    ramp = torch.arange(5.0)[None, :, None].expand(2, 5, 3)
    assert fast_states(ramp).item() == 1
    assert fast_states(torch.ones(2, 5, 3)).item() == 0
    assert large_states(2 * torch.ones(2, 5, 3)).item() == 4


def test_each_regulariser_makes_a_difference_and_none_is_the_plain_lstm():
    x = torch.randn(3, 8, 2)
    torch.manual_seed(0)
    plain = AWDLSTM(2, 4, 1)
    for name in ("weights", "features", "large", "fast"):
        changed = AWDLSTM(2, 4, 1, **{name: 0.5})
        changed.load_state_dict(plain.state_dict())
        torch.manual_seed(1)
        differs = not torch.allclose(changed(x), plain(x), atol=1e-4)
        assert differs == (name in ("weights", "features"))
        assert bool(changed.penalty > 0) == (name in ("large", "fast"))
        assert torch.allclose(changed.eval()(x), plain(x))
    assert torch.allclose(plain(x), plain.head(plain.body(x)[0][:, -1]))
    assert plain.penalty.item() == 0


def test_dropped_weights_still_learn():
    model = AWDLSTM(2, 4, 1, weights=0.5)
    model(torch.randn(3, 8, 2)).sum().backward()
    grad = model.body.weight_hh_l0.grad
    assert (grad == 0).any()
    assert (grad != 0).any()
    assert torch.equal(drop_weights(torch.ones(3), 0.0), torch.ones(3))


def test_the_step_adds_the_penalty():
    model, batch = AWDLSTM(2, 4, 1, large=1.0), (torch.randn(3, 8, 2), torch.randn(3, 1))
    loss = with_penalty(F.mse_loss)(model, batch)
    assert torch.allclose(loss, F.mse_loss(model(batch[0]), batch[1]) + model.penalty)
    assert model.penalty > 0


@pytest.mark.parametrize("share", [-0.1, 1, 1.5])
def test_shares_lie_between_nothing_and_less_than_all(share):
    with pytest.raises(ValueError, match=rf"mask.share={share}.: expected a share in \[0, 1\)"):
        mask(torch.ones(1), (2,), share)
    assert mask(torch.ones(1), (2,), 0).tolist() == [1, 1]


def test_penalties_are_of_kept_states_and_of_changes_before_the_mask():
    x = torch.randn(3, 8, 2)
    model = AWDLSTM(2, 4, 1, features=0.5, large=2.0, fast=3.0)
    torch.manual_seed(5)
    model(x)
    states = model.body(x)[0]
    torch.manual_seed(5)
    kept = drop_locked(states, 0.5)
    expected = 2 * large_states(kept) + 3 * fast_states(states)
    assert torch.allclose(model.penalty, expected)
    assert [
        getattr(AWDLSTM(2, 4, 1), name) for name in ("weights", "features", "large", "fast")
    ] == [0.0] * 4
    model.eval()(x)
    assert torch.allclose(model.penalty, 2 * large_states(states) + 3 * fast_states(states))


def test_only_weights_of_the_state_are_dropped_and_only_in_training():
    torch.manual_seed(0)
    model = AWDLSTM(2, 4, 1, weights=0.5)
    x = torch.randn(3, 8, 2)
    one, other = model.states(x), model.states(x)
    assert not torch.allclose(one, other)
    assert torch.equal(one[:, 0], other[:, 0])  # the first step has no state to weigh
    assert torch.equal(model.eval().states(x), model.body(x)[0])
