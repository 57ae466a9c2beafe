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
