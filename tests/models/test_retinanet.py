"""Torchvision's RetinaNet on a small backbone."""

import pytest
import torch
from torch import nn

from helpers.models.retinanet import OneStage


def test_it_gives_a_loss_in_training_and_boxes_in_use():
    torch.manual_seed(0)
    net, x = OneStage(2, (8, 16, 32), (64, 64)), torch.rand(2, 3, 64, 64)
    boxes = torch.tensor([[[8.0, 8, 24, 24]], [[0.0, 0, 0, 0]]])
    loss = net(x, boxes, torch.tensor([[1], [-1]]))
    loss.backward()
    assert loss > 0
    assert all(p.grad is not None for p in net.net.backbone.backbone.parameters())
    net.net.score_thresh = 0.0
    for found, labels, scores in net.answers(x):
        assert found.shape == (len(labels), 4) == (len(scores), 4)
        assert set(labels.tolist()) == {0, 1}  # no class is the background


def test_torchvision_is_asked_for_a_small_one():
    net = OneStage(4, (8, 16, 32), (48, 64)).net
    transform, heads = net.transform, (net.head.classification_head, net.head.regression_head)
    assert (transform.min_size, transform.max_size) == ((48,), 64)
    assert (transform.image_mean, transform.image_std) == ([0] * 3, [1] * 3)
    assert net.anchor_generator.sizes == ((8,), (16,), (32,))
    assert net.anchor_generator.aspect_ratios == ((1.0,),) * 3
    assert (net.detections_per_img, net.topk_candidates) == (100, 400)
    assert heads[0].cls_logits.out_channels == heads[1].bbox_reg.out_channels == 4
    for head in heads:
        norms = [m for m in head.modules() if isinstance(m, nn.GroupNorm)]
        assert [(norm.num_groups, norm.num_channels) for norm in norms] == [(4, 32)] * 4


@pytest.mark.parametrize("hidden", [1, 4])
def test_each_head_has_as_many_hidden_layers_as_asked(hidden):
    torch.manual_seed(0)
    net = OneStage(2, (8, 16, 32), (64, 64), hidden).net
    torch.manual_seed(0)
    usual = OneStage(2, (8, 16, 32), (64, 64)).net
    for head, full in zip(net.head.children(), usual.head.children()):
        assert len(head.conv) == hidden
        assert len(full.conv) == 4
        assert torch.equal(head.conv[0][0].weight, full.conv[0][0].weight)
        assert 0.005 < head.conv[0][0].weight.std() < 0.015  # torchvision's small start


def test_the_loss_is_torchvision_s_of_boxes_that_are_there():
    torch.manual_seed(0)
    net, x = OneStage(2, (8, 16, 32), (64, 64)), torch.rand(1, 3, 64, 64)
    boxes = torch.tensor([[[8.0, 8, 24, 24], [0, 0, 0, 0]]])
    found = net(x, boxes, torch.tensor([[1, -1]]))
    theirs = net.net(list(x), [{"boxes": boxes[0, :1], "labels": torch.tensor([1])}])
    assert torch.allclose(found, sum(theirs.values()))
    other = net.net(list(x), [{"boxes": boxes[0, :1], "labels": torch.tensor([0])}])
    assert not torch.allclose(found, sum(other.values()))
