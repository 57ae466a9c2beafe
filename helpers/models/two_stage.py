"""Faster R-CNN of torchvision on a small backbone (survey 4.3.2; chapter 4-models/object-detection)."""

from collections import OrderedDict

import torch
from torch import nn
from torchvision.models.detection import FasterRCNN
from torchvision.models.detection.anchor_utils import AnchorGenerator
from torchvision.models.detection.faster_rcnn import FastRCNNPredictor, TwoMLPHead
from torchvision.ops import FeaturePyramidNetwork, MultiScaleRoIAlign

from helpers.models.detector import Backbone


class Body(nn.Module):
    """The backbone of `helpers.models.detector` with torchvision's feature pyramid.

    Parameters
    ----------
    width : int
        Channels of the pyramid.
    """

    def __init__(self, width=32):
        super().__init__()
        self.backbone = Backbone()
        self.pyramid = FeaturePyramidNetwork([32, 48, 64], width)
        self.out_channels = width

    def forward(self, x):
        """Maps by name, finest first, as torchvision wants them."""
        return self.pyramid(OrderedDict((str(k), one) for k, one in enumerate(self.backbone(x))))


class TwoStage(nn.Module):
    """A region proposal network, and a classifier that looks at each proposed region again.

    Parameters
    ----------
    classes : int
    sizes : three floats
        Sides of the anchors.
    shape : (H, W)
        Of the images, which are not resized.

    Attributes
    ----------
    net : torchvision's FasterRCNN (Ren et al. 2015); far fewer proposals than usual
    """

    def __init__(self, classes, sizes, shape):
        super().__init__()
        head = TwoMLPHead(32 * 25, 64)
        few = {"rpn_pre_nms_top_n_train": 200, "rpn_post_nms_top_n_train": 100,
               "rpn_pre_nms_top_n_test": 200, "rpn_post_nms_top_n_test": 100,
               "rpn_batch_size_per_image": 64, "box_batch_size_per_image": 64}  # fmt: skip
        self.net = FasterRCNN(
            Body(), min_size=min(shape), max_size=max(shape), image_mean=[0] * 3,
            image_std=[1] * 3, box_head=head, box_predictor=FastRCNNPredictor(64, classes + 1),
            rpn_anchor_generator=AnchorGenerator(tuple((s,) for s in sizes), ((1.0,),) * 3),
            box_roi_pool=MultiScaleRoIAlign(["0", "1", "2"], 5, 2), **few,
        )  # fmt: skip

    def forward(self, x, boxes=None, labels=None):
        """In training the sum of torchvision's four losses; in use its list of dicts.

        Parameters
        ----------
        x : tensor (B, 3, H, W)
        boxes, labels : tensors (B, M, 4), (B, M), -1 where there is no box
        """
        if not self.training:
            return self.net(list(x))
        drawn = [
            {"boxes": b[y >= 0], "labels": y[y >= 0] + 1} for b, y in zip(boxes, labels)
        ]  # 0 is the background
        return sum(self.net(list(x), drawn).values())

    @torch.no_grad()
    def answers(self, x):
        """(boxes, labels, scores) of each image."""
        told = self.eval()(x)
        return [(one["boxes"], one["labels"] - 1, one["scores"]) for one in told]
