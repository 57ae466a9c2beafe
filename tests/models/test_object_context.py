import torch
from torch import nn
from torch.nn.functional import scaled_dot_product_attention

from helpers.models.object_context import ObjectContext, attend, region_features, transform


def tensors(*shape, seed=0):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def identity_attention(width):
    layer = nn.MultiheadAttention(width, 1, bias=False, batch_first=True)
    layer.in_proj_weight.data = torch.eye(width).repeat(3, 1)
    layer.out_proj.weight.data = torch.eye(width)
    return layer


def test_attention_to_regions_equals_pytorchs_attention():
    query, key, value = (
        tensors(2, 8, 5, 6),
        tensors(2, 8, 3, 1, seed=1),
        tensors(2, 8, 3, 1, seed=2),
    )
    flat = [x.flatten(2).transpose(1, 2) for x in (query, key, value)]
    mine = attend(query, key, value).flatten(2).transpose(1, 2)
    assert torch.allclose(mine, scaled_dot_product_attention(*flat), atol=1e-6)
    assert torch.allclose(mine, identity_attention(8)(*flat)[0], atol=1e-6)
    assert not torch.allclose(mine, scaled_dot_product_attention(*flat, scale=1.0), atol=1e-3)


def test_a_sure_guess_gives_class_means():
    x, label = (
        tensors(1, 4, 6, 6),
        torch.randint(3, (1, 6, 6), generator=torch.Generator().manual_seed(3)),
    )
    scores = 60 * nn.functional.one_hot(label, 3).movedim(-1, 1).float()
    found = region_features(x, scores)[0, :, :, 0]
    expected = torch.stack([x[0][:, label[0] == k].mean(1) for k in range(3)], 1)
    assert torch.allclose(found, expected, atol=1e-5)


def test_pixels_far_apart_reach_each_other_through_their_class():
    torch.manual_seed(0)
    model = ObjectContext(8, 2, 8).eval()
    x = tensors(1, 8, 8, 8).requires_grad_()
    scores, guess = model(x)
    scores[0, :, 0].abs().sum().backward(retain_graph=True)
    assert x.grad[0, :, 7, 7].abs().sum() > 0
    x.grad = None
    guess[0, :, 0].sum().backward()
    assert x.grad[0, :, 7, 7].abs().sum() == 0


def test_scores_and_guess_have_one_map_a_class():
    scores, guess = ObjectContext(6, 3)(tensors(2, 6, 4, 5))
    assert scores.shape == guess.shape == (2, 3, 4, 5)
    assert transform(6, 2)(tensors(2, 6, 4, 5)).min() >= 0


def test_it_is_these_layers():
    net = ObjectContext(6, 4)
    assert [str(layer) for layer in net.query] == [
        str(nn.Conv2d(6, 16, 1)), str(nn.BatchNorm2d(16)), "ReLU()",
    ]  # fmt: skip
    assert isinstance(net.key[1], nn.Identity)
    assert isinstance(net.value[1], nn.Identity)
    assert (net.join[0].in_channels, net.join[0].out_channels) == (12, 6)
    assert (net.out[0].in_channels, net.out[0].out_channels) == (16, 6)
    assert str(net.guess) == str(net.score) == str(nn.Conv2d(6, 4, 1))
    assert ObjectContext(6, 4, width=5).key[0].out_channels == 5
