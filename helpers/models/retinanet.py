"""RetinaNet of torchvision on a small backbone (survey 4.3.2; chapter 4-models/object-detection)."""

from functools import partial

import torch
from torch import nn
from torchvision.models.detection import RetinaNet
from torchvision.models.detection.anchor_utils import AnchorGenerator
from torchvision.models.detection.retinanet import RetinaNetHead

from helpers.models.two_stage import Body


class OneStage(nn.Module):
    """Two heads, one for the class and one for the box of every anchor, of five convolutions each.

    Parameters
    ----------
    classes : int
    sizes : three floats
        Sides of the anchors.
    shape : (H, W)
        Of the images, which are not resized.
    hidden : int in 1..4
        Hidden layers of each head; torchvision's have four.

    Attributes
    ----------
    net : torchvision's RetinaNet (Lin et al. 2017), with group norm in its heads, as in
        torchvision's second version of it (`retinanet_resnet50_fpn_v2`).
    """

    def __init__(self, classes, sizes, shape, hidden=4):
        super().__init__()
        body, norm = Body(), partial(nn.GroupNorm, 4)
        self.net = RetinaNet(
            body, classes, min_size=min(shape), max_size=max(shape), image_mean=[0] * 3,
            image_std=[1] * 3, head=RetinaNetHead(body.out_channels, 1, classes, norm),
            anchor_generator=AnchorGenerator(tuple((s,) for s in sizes), ((1.0,),) * 3),
            detections_per_img=100, topk_candidates=400,
        )  # fmt: skip
        for head in (self.net.head.classification_head, self.net.head.regression_head):
            head.conv = head.conv[:hidden]

    def forward(self, x, boxes=None, labels=None):
        """In training the sum of torchvision's two losses; in use its list of dicts.

        Parameters
        ----------
        x : tensor (B, 3, H, W)
        boxes, labels : tensors (B, M, 4), (B, M), -1 where there is no box
        """
        if not self.training:
            return self.net(list(x))
        drawn = [{"boxes": b[y >= 0], "labels": y[y >= 0]} for b, y in zip(boxes, labels)]
        return sum(self.net(list(x), drawn).values())

    @torch.no_grad()
    def answers(self, x):
        """(boxes, labels, scores) of each image."""
        told = self.eval()(x)
        return [(one["boxes"], one["labels"], one["scores"]) for one in told]
