"""Linear components: PCA and non-negative factors (survey 2.3; chapter 2-considerations/dimensionality-reduction)."""

from dataclasses import dataclass

import torch


@dataclass(frozen=True)
class Components:
    """What `pca` found.

    Attributes: ``scores`` (N, K), the coordinates of the examples; ``directions`` (K, D), of
    unit length and mutually orthogonal; ``mean`` (D,); ``share`` (K,), each component's share
    of the total variance.
    """

    scores: torch.Tensor
    directions: torch.Tensor
    mean: torch.Tensor
    share: torch.Tensor


def pca(x, components):
    r"""Principal components by the singular value decomposition (Pearson 1901).

    .. math:: X - \bar x = U S V^\top, \qquad \text{scores} = U_K S_K

    Parameters
    ----------
    x : tensor (N, D)
        Columns of different units should be standardised first.
    components : int, 1 to min(N, D)

    Returns
    -------
    Components
        The sign of each component is arbitrary.

    Examples
    --------
    Points on a line need one component:

    >>> line = torch.outer(torch.arange(5.0), torch.tensor([3.0, 4.0]))
    >>> [round(share, 3) for share in pca(line, 2).share.tolist()]
    [1.0, 0.0]
    """
    n, features = x.shape
    if not 1 <= components <= min(n, features):
        raise ValueError(
            f"pca(components={components}): expected 1 to {min(n, features)} for data of shape "
            f"{tuple(x.shape)}"
        )
    mean = x.mean(0)
    u, s, v = torch.linalg.svd(x - mean, full_matrices=False)
    variance = s**2
    return Components(
        scores=u[:, :components] * s[:components],
        directions=v[:components],
        mean=mean,
        share=variance[:components] / variance.sum(),
    )


def nmf(x, w, h, steps=200):
    r"""Non-negative factors by multiplicative updates (Lee & Seung 2001, theorem 1).

    .. math:: H \leftarrow H \odot \frac{W^\top X}{W^\top W H}, \qquad
              W \leftarrow W \odot \frac{X H^\top}{W H H^\top}

    Parameters
    ----------
    x : tensor (N, D), no entry negative
    w, h : tensors (N, K) and (K, D)
        Where to start, positive entries.
    steps : int >= 0

    Returns
    -------
    w, h : tensors
        ``w @ h`` approximates `x`; the squared error never grows.

    Examples
    --------
    >>> x = torch.tensor([[1.0, 2.0], [2.0, 4.0]])
    >>> w, h = nmf(x, torch.ones(2, 1), torch.ones(1, 2))
    >>> bool(torch.allclose(w @ h, x))
    True
    """
    if (x < 0).any():
        row, column = (x < 0).nonzero()[0].tolist()
        raise ValueError(
            f"nmf: expected no negative entry, found {x[row, column]:.3g} in row {row}, "
            f"column {column}"
        )
    tiny = torch.finfo(x.dtype).eps
    for _ in range(steps):
        w = w * (x @ h.T) / (w @ (h @ h.T)).clamp(min=tiny)
        h = h * (w.T @ x) / (w.T @ w @ h).clamp(min=tiny)
    return w, h
