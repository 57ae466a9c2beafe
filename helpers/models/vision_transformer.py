"""Vision transformer: an image as a sequence of patches (after the survey, 4.3.1; chapter 4-models/image-classification)."""

import torch
from torch import nn


class Attention(nn.Module):
    r"""Every patch looks at every patch, in several heads.

    .. math:: \mathrm{softmax}\big(Q K^\top / \sqrt{D / \text{heads}}\big)\, V

    Parameters
    ----------
    width : int
        D, numbers that describe a patch; a multiple of `heads`.
    heads : int

    Notes
    -----
    ``forward(x (B, T, D))`` keeps the shape.
    """

    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(width, 3 * width)
        self.proj = nn.Linear(width, width)

    def forward(self, x):
        shape = (*x.shape[:2], 3, self.heads, -1)
        query, key, value = self.qkv(x).reshape(shape).permute(2, 0, 3, 1, 4)  # (B, heads, T, d)
        weight = query @ key.transpose(2, 3) / query.shape[-1] ** 0.5
        seen = weight.softmax(3) @ value
        return self.proj(seen.transpose(1, 2).flatten(2))  # (B, T, D)


class Block(nn.Module):
    """Look around, then think: attention and a perceptron, each added to what comes in.

    Dosovitskiy et al. 2021, equations 2 and 3.

    Parameters
    ----------
    width, heads : int

    Notes
    -----
    ``forward(x (B, T, D))`` keeps the shape.
    """

    def __init__(self, width, heads):
        super().__init__()
        self.norm1 = nn.LayerNorm(width, eps=1e-6)
        self.attn = Attention(width, heads)
        self.norm2 = nn.LayerNorm(width, eps=1e-6)
        self.mlp = nn.Sequential()
        self.mlp.fc1, self.mlp.act = nn.Linear(width, 4 * width), nn.GELU()
        self.mlp.fc2 = nn.Linear(4 * width, width)

    def forward(self, x):
        x = x + self.attn(self.norm1(x))
        return x + self.mlp(self.norm2(x))


class VisionTransformer(nn.Module):
    """Cut an image into patches, add where each lies, and let a transformer encoder read them.

    Dosovitskiy et al. 2021, section 3.1. Its weights load into timm's ``VisionTransformer`` of the
    same sizes, and back.

    Parameters
    ----------
    size, patch : int
        Sides of image and patch in pixels; `size` is a multiple of `patch`.
    classes, width, depth, heads : int

    Raises
    ------
    ValueError
        If patches do not fill the image, or heads do not divide the width.

    Notes
    -----
    Input (B, 3, size, size), output (B, classes), scores, read off one extra token.

    Examples
    --------
    >>> VisionTransformer(8, 2, classes=10, width=16, depth=1, heads=2)(torch.zeros(1, 3, 8, 8)).shape
    torch.Size([1, 10])
    """

    def __init__(self, size, patch, *, classes, width, depth, heads):
        super().__init__()
        if size % patch or width % heads:
            raise ValueError(
                "VisionTransformer: expected a size that the patch divides and a width that the "
                f"heads divide, found {size} by {patch} and {width} by {heads}"
            )
        self.patch_embed = nn.Sequential()
        self.patch_embed.proj = nn.Conv2d(3, width, patch, stride=patch)
        self.cls_token = nn.Parameter(torch.randn(1, 1, width) * 0.02)
        self.pos_embed = nn.Parameter(torch.randn(1, (size // patch) ** 2 + 1, width) * 0.02)
        self.blocks = nn.Sequential(*[Block(width, heads) for _ in range(depth)])
        self.norm = nn.LayerNorm(width, eps=1e-6)
        self.head = nn.Linear(width, classes)

    def forward(self, x):
        x = self.patch_embed(x).flatten(2).transpose(1, 2)  # (B, T, D), a row for each patch
        x = torch.cat([self.cls_token.expand(len(x), -1, -1), x], 1) + self.pos_embed
        x = self.norm(self.blocks(x))
        return self.head(x[:, 0])
