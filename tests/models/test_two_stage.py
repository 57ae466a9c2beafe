"""Torchvision's Faster R-CNN on a small backbone."""

import torch

from helpers.models.two_stage import Body, TwoStage


def test_it_gives_a_loss_in_training_and_boxes_in_use():
    torch.manual_seed(0)
    net, x = TwoStage(2, (8, 16, 32), (64, 64)), torch.rand(2, 3, 64, 64)
    boxes = torch.tensor([[[8.0, 8, 24, 24]], [[0.0, 0, 0, 0]]])
    loss = net(x, boxes, torch.tensor([[1], [-1]]))
    loss.backward()
    assert loss > 0
    assert all(p.grad is not None for p in net.net.backbone.backbone.parameters())
    for found, labels, scores in net.answers(x):
        assert found.shape == (len(labels), 4)
        assert len(scores) == len(labels)
        assert set(labels.tolist()) <= {0, 1}


def test_the_body_names_its_maps():
    assert list(Body(16)(torch.rand(1, 3, 32, 32))) == ["0", "1", "2"]


def test_torchvision_is_asked_for_a_small_one():
    net = TwoStage(4, (8, 16, 32), (48, 64)).net
    rpn, heads, transform = net.rpn, net.roi_heads, net.transform
    assert (rpn._pre_nms_top_n, rpn._post_nms_top_n) == (
        {"training": 200, "testing": 200},
        {"training": 100, "testing": 100},
    )
    assert rpn.fg_bg_sampler.batch_size_per_image == 64
    assert heads.fg_bg_sampler.batch_size_per_image == 64
    assert (transform.min_size, transform.max_size) == ((48,), 64)
    assert (transform.image_mean, transform.image_std) == ([0] * 3, [1] * 3)
    assert rpn.anchor_generator.sizes == ((8,), (16,), (32,))
    assert rpn.anchor_generator.aspect_ratios == ((1.0,),) * 3
    pool = heads.box_roi_pool
    assert (pool.featmap_names, pool.output_size, pool.sampling_ratio) == (
        ["0", "1", "2"],
        (5, 5),
        2,
    )
    assert (heads.box_head.fc6.in_features, heads.box_head.fc7.out_features) == (800, 64)
    assert heads.box_predictor.cls_score.out_features == 5
    assert net.backbone.out_channels == Body().out_channels == 32
    assert [block[0].in_channels for block in Body(16).pyramid.inner_blocks] == [32, 48, 64]
    assert Body(16).out_channels == Body(16)(torch.rand(1, 3, 32, 32))["0"].shape[1] == 16


def test_the_loss_is_torchvision_s_of_boxes_that_are_there():
    torch.manual_seed(0)
    net, x = TwoStage(2, (8, 16, 32), (64, 64)), torch.rand(1, 3, 64, 64)
    boxes = torch.tensor([[[8.0, 8, 24, 24], [0, 0, 0, 0]]])
    torch.manual_seed(1)
    found = net(x, boxes, torch.tensor([[1, -1]]))
    torch.manual_seed(1)
    theirs = net.net(list(x), [{"boxes": boxes[0, :1], "labels": torch.tensor([2])}])
    assert torch.allclose(found, sum(theirs.values()))
    told = net.answers(x)
    assert not net.training
    theirs = net.net(list(x))
    assert torch.equal(told[0][1], theirs[0]["labels"] - 1)
    assert not told[0][0].requires_grad
