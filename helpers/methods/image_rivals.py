"""Rivals of a convolutional network on small images (survey 4.3.1 and 9; chapter 4-models/image-classification).

Images travel as rows of pixels, so that the rivals of `helpers.methods.rivals`, which know tables
only, see exactly what the network sees.
"""

import torch
from torch import nn

from helpers.methods.rivals import Rival, by_library
from helpers.models.densenet import DenseNet
from helpers.models.efficientnet import EfficientNet
from helpers.models.resnet import BasicBlock, Bottleneck, ResNet
from helpers.models.vgg import VGG
from helpers.train.loop import fit
from helpers.train.schedule import one_cycle
from helpers.train.steps import supervised

STEPS = 130  # at least about so many, also where images are few
STAGES = ((1, 3, 1, 16, 1), (4, 3, 2, 24, 2), (4, 5, 2, 40, 1))
SMALL = {  # small versions of the five networks: number of classes -> network
    "VGG": lambda k: VGG((16, "pool", 32, "pool", 32), k, norm=True, small=True),
    "ResNet": lambda k: ResNet(BasicBlock, (1, 1), k, width=16, small=True),
    "ResNeXt": lambda k: ResNet(Bottleneck, (1, 1), k, 8, groups=4, group_width=16, small=True),
    "DenseNet": lambda k: DenseNet(8, (3, 3), 16, k, small=True),
    "EfficientNet": lambda k: EfficientNet(classes=k, stages=STAGES, small=True),
}


def handful(rows, shape):
    """Eleven numbers of an image that need no learning.

    Parameters
    ----------
    rows : array or tensor (N, C * H * W)
    shape : (C, H, W), where C is 3

    Returns
    -------
    array (N, 11), float32: mean and spread of each channel; of the grey image the mean step down
    and to the right, the mean bend, its skewness, and how much brighter the middle is than all.
    """
    x = torch.as_tensor(rows).float().reshape(-1, *shape)
    grey = x.mean(1)
    down, right = grey.diff(dim=1).abs().mean((1, 2)), grey.diff(dim=2).abs().mean((1, 2))
    bend = grey.diff(n=2, dim=2).abs().mean((1, 2))
    off = grey - grey.mean((1, 2), keepdim=True)
    skew = off.pow(3).mean((1, 2)) / off.square().mean((1, 2)).clamp(min=1e-8).pow(1.5)
    h, w = shape[1] // 4, shape[2] // 4
    middle = grey[:, h:-h, w:-w].mean((1, 2)) - grey.mean((1, 2))
    shapes = torch.stack([down, right, bend, skew, middle], 1)
    return torch.cat([x.mean((2, 3)), x.std((2, 3)), shapes], 1).numpy()


def forest_on_a_handful(shape, trees=50):
    """A forest on the eleven numbers of `handful`, a Rival with three sizes of leaf.

    Parameters
    ----------
    shape : (3, H, W) of the images behind the rows
    trees : int
    """
    from sklearn.ensemble import RandomForestClassifier
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import FunctionTransformer

    def make(leaf, seed):
        forest = RandomForestClassifier(trees, min_samples_leaf=leaf, random_state=seed)
        return make_pipeline(FunctionTransformer(handful, kw_args={"shape": shape}), forest)

    return Rival(by_library(make), "leaf", (1, 2, 4))


def with_copies(rival, copies):
    """The same rival, which learns from several copies of each image.

    Parameters
    ----------
    rival : helpers.methods.rivals.Rival
    copies : callable, rows (N, F) -> list of such rows, one entry a copy

    Returns
    -------
    Rival, of the same settings; only the training rows are copied.
    """

    def learn(train, valid, classes, setting, seed):
        x, y = train
        found = copies(x)
        more = torch.cat(found), y.repeat(len(found))
        return rival.learn(more, valid, classes, setting, seed)

    return Rival(learn, rival.name, rival.settings)


def with_shifts(rival, shape, pixels=1):
    """The same rival, which also learns from four copies of each image, each shifted a little.

    Parameters
    ----------
    rival : helpers.methods.rivals.Rival
    shape : (C, H, W) of the images behind the rows
        What a copy uncovers at the border is 0.
    pixels : int >= 0
        How far up, down, left and right. With 0 all five copies are alike: the control, in which
        only the weight of each image grows.

    Returns
    -------
    Rival, of the same settings; only the training rows are copied.
    """
    height, width = shape[1:]
    moves = [(1, 1), (0, 1), (2, 1), (1, 0), (1, 2)]

    def copies(x):
        wide = nn.functional.pad(x.reshape(-1, *shape), [pixels] * 4)
        corners = [(pixels * v, pixels * u) for v, u in moves]
        return [wide[:, :, v : v + height, u : u + width].flatten(1) for v, u in corners]

    return with_copies(rival, copies)


def with_turns(rival, shape):
    """The same rival, which also learns from each image turned by quarters and mirrored.

    Parameters
    ----------
    rival : helpers.methods.rivals.Rival
    shape : (C, H, W) of the images behind the rows, with H = W

    Returns
    -------
    Rival, of the same settings; eight copies of each training row, itself among them.

    Raises
    ------
    ValueError
        If the images are not square.
    """
    if shape[1] != shape[2]:
        raise ValueError(f"with_turns(shape=): expected square images, found {tuple(shape)}")

    def copies(x):
        images = x.reshape(-1, *shape)
        both = (images, images.flip(3))
        return [side.rot90(k, (2, 3)).flatten(1) for side in both for k in range(4)]

    return with_copies(rival, copies)


def convolutional(make, shape, *, epochs=8, rates=(0.003, 0.01, 0.03)):
    """A network on images as a Rival on rows of pixels.

    Parameters
    ----------
    make : callable, number of classes -> nn.Module from images of `shape` to (B, classes)
    shape : (3, H, W)
    epochs : int
        Passes over the training rows; more where they are few, so that there are about 130 steps.
    rates : learning rates to try

    Returns
    -------
    Rival
    """

    def learn(train, valid, classes, lr, seed):
        torch.manual_seed(seed)
        net = nn.Sequential(nn.Unflatten(1, shape), make(classes))
        passes = max(epochs, 64 * STEPS // max(len(train[0]), 64))  # 64 rows a step, or all
        fit(
            net, train, step=supervised(nn.functional.cross_entropy), epochs=passes, lr=lr,
            schedule=one_cycle(), seed=seed, progress=False,
        )  # fmt: skip
        return net

    return Rival(learn, "rate", tuple(rates))
