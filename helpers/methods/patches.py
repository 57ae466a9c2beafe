"""Features without a network: how much of each square looks like which patch (survey 5.1; chapter 5-methods/transfer-learning)."""

import torch
from sklearn.cluster import KMeans
from sklearn.decomposition import PCA
from torch import nn


class PatchFeatures(nn.Module):
    """Likeness to the k-means centres of an image's own small patches (Coates, Lee and Ng 2011).

    Patches are freed of their mean and spread, whitened, and grouped. A patch is told by how much
    nearer than the average centre each centre is, and these numbers are added up over the four
    quarters of the image, so that a linear model can follow.

    Parameters
    ----------
    images : (N, 1, H, W), from which the centres are learned, without labels.
    seed : int, of k-means.
    centres : int, at most half as many as there are patches.
    side : int <= H, W, of a patch in pixels.

    Raises
    ------
    ValueError : if an image is smaller than a patch.

    Notes
    -----
    Shapes: (B, 1, H, W) to (B, 4 K) for K centres.

    Examples
    --------
    >>> body = PatchFeatures(torch.rand(4, 1, 8, 8), seed=0, centres=3)
    >>> body(torch.rand(2, 1, 8, 8)).shape
    torch.Size([2, 12])
    """

    def __init__(self, images, seed, centres=64, side=5):
        super().__init__()
        if min(images.shape[2:]) < side:
            raise ValueError(
                f"PatchFeatures: expected images of {side} pixels a side or more, "
                f"found {tuple(images.shape[2:])}"
            )
        self.side = side
        patches = self.cut(images).flatten(0, 1)
        self.whiten = PCA(0.99, whiten=True).fit(patches)
        groups = KMeans(min(centres, len(patches) // 2), n_init=1, random_state=seed)
        self.groups = groups.fit(self.whiten.transform(patches))

    def cut(self, images):
        """Patches of each image, of mean 0 and spread near 1; (B, 1, H, W) to (B, P, side^2)."""
        patches = nn.functional.unfold(images, self.side, padding=1).transpose(1, 2)
        spread = patches.std(2, keepdim=True) + 0.1  # a blank patch stays nearly blank
        return (patches - patches.mean(2, keepdim=True)) / spread

    def forward(self, images):
        """Likeness to each centre, by quarters."""
        patches = self.cut(images)
        far = self.groups.transform(self.whiten.transform(patches.flatten(0, 1)))
        far = torch.from_numpy(far).view(len(images), -1, far.shape[1]).transpose(1, 2)  # (B, K, P)
        near = (far.mean(1, keepdim=True) - far).relu()
        rows = images.shape[2] - self.side + 3  # one pixel of padding on either side
        return nn.functional.adaptive_avg_pool2d(near.unflatten(2, (rows, -1)), 2).flatten(1)
