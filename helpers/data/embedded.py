"""Real data that installed libraries ship (survey 2.3 and 4; read by most chapters).

Nothing here touches the network. Molecules are in ``helpers.data.molecules``, the average
brain in ``helpers.data.brain``. Every loader returns torch tensors in the units of the source;
no loader standardises anything, because a mean over all rows leaks the test rows.
"""

from dataclasses import dataclass, field

import torch

from .origin import Origin

TEXTURES = ("brick", "grass", "gravel", "immunohistochemistry", "retina")
SIDE = 512  # every source image is read as a 512 x 512 square
BLOCKS = 4  # cut into 4 x 4 blocks of 128 x 128 pixels


@dataclass(frozen=True)
class Table(Origin):
    """Rows of numbers and one target.

    Attributes: ``x`` (N, F) float32 in raw units; ``y`` (N,) int64 class numbers, or float32
    for a regression target, None without a target; ``features`` F column names; ``classes`` the
    class names, empty for regression.
    """

    x: torch.Tensor
    y: torch.Tensor | None
    features: list[str]
    classes: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Cells(Origin):
    """Gene expression of single cells.

    Attributes: ``x`` (N, G) float32, scaled per gene (mean near 0, negative values; of neither unit
    spread nor bounded in the set that the book ships); ``y`` (N,) int64 cell type; ``classes`` and ``genes`` names; ``phase`` (N,) int64
    index into ``phases``; ``log`` (N, G) float32, log(1 + count * size factor), never negative;
    ``counts`` (N, G) float32 whole molecules; ``scores`` (N, 2) float32 S and G2M scores. What
    your own file does not hold is None, or an empty list.
    """

    x: torch.Tensor
    y: torch.Tensor | None
    classes: list[str]
    genes: list[str]
    phase: torch.Tensor | None = None
    phases: list[str] = field(default_factory=list)
    log: torch.Tensor | None = None
    counts: torch.Tensor | None = None
    scores: torch.Tensor | None = None


@dataclass(frozen=True)
class Tiles(Origin):
    """Small images with a class each.

    Attributes: ``x`` (N, C, H, W) float32 in 0..1; ``y`` (N,) int64, or None; ``classes`` names;
    ``block`` (N,) int64, the region or file a tile was cut from: split by it, not by tile.
    """

    x: torch.Tensor
    y: torch.Tensor | None
    classes: list[str]
    block: torch.Tensor


def digits():
    """1797 handwritten digits of 8 x 8 pixels.

    Returns
    -------
    x : Tensor (1797, 1, 8, 8), float32, 0..1 (the source counts 0..16 dark pixels of a 4 x 4
        field; divided by 16)
    y : Tensor (1797,), int64, 0..9, near balanced (174 to 183 each)

    Notes
    -----
    Source: scikit-learn ``load_digits``, the test half of the UCI optical digits (Alpaydin and
    Kaynak 1998), CC BY 4.0. Trap: thirteen writers contributed, who wrote what is not stored,
    so no split by writer is possible and every test accuracy is optimistic for a new writer.

    Examples
    --------
    >>> x, y = digits()
    >>> x.shape, int(y.max())
    (torch.Size([1797, 1, 8, 8]), 9)
    """
    from sklearn.datasets import load_digits

    bunch = load_digits()
    x = torch.from_numpy(bunch.images).float().div(16).unsqueeze(1)
    return x, torch.from_numpy(bunch.target).long()


def breast_cancer():
    """Fine-needle aspirates: 569 tumours, 30 measurements of cell nuclei.

    Returns
    -------
    Table, x (569, 30) float32: mean, standard error and worst (mean of the three largest) of
    ten nucleus properties, lengths in pixels; y int64, **0 malignant (212), 1 benign (357)**.

    Notes
    -----
    Source: scikit-learn ``load_breast_cancer``, UCI Wisconsin diagnostic (Street, Wolberg and
    Mangasarian 1993), CC BY 4.0. Traps: class 1 is the *benign* one; radius, perimeter and area
    are nearly the same number; columns differ by five orders of magnitude.

    Examples
    --------
    >>> data = breast_cancer()
    >>> data.x.shape, data.classes
    (torch.Size([569, 30]), ['malignant', 'benign'])
    """
    from sklearn.datasets import load_breast_cancer

    return _table(load_breast_cancer())


def wine():
    """178 wines from three cultivars, 13 chemical measurements.

    Returns
    -------
    Table, x (178, 13) float32 (alcohol in percent by volume, magnesium in mg/L, colour
    intensity in arbitrary units, ...); y int64, three cultivars of 59, 71 and 48 bottles.

    Notes
    -----
    Source: scikit-learn ``load_wine``, UCI wine (Aeberhard and Forina 1991), CC BY 4.0. Trap:
    proline is in the hundreds and drowns every other column unless you standardise.

    Examples
    --------
    >>> wine().x.shape
    torch.Size([178, 13])
    """
    from sklearn.datasets import load_wine

    return _table(load_wine())


def diabetes():
    """442 patients, ten baseline measurements, disease progression one year later.

    Returns
    -------
    Table, x (442, 10) float32 in raw units (age in years, bmi in kg/m^2, bp in mmHg, sex coded
    1 or 2, six blood serum measurements); y float32, a progression score from 25 to 346.

    Notes
    -----
    Source: scikit-learn ``load_diabetes(scaled=False)`` (Efron, Hastie, Johnstone and
    Tibshirani 2004). Trap: the default of scikit-learn returns columns already centred and
    scaled over all 442 rows; these are the raw values.

    Examples
    --------
    >>> data = diabetes()
    >>> data.x.shape, data.classes
    (torch.Size([442, 10]), [])
    """
    from sklearn.datasets import load_diabetes

    bunch = load_diabetes(scaled=False)
    x = torch.from_numpy(bunch.data).float()
    return Table(x, torch.from_numpy(bunch.target).float(), list(bunch.feature_names))


def _table(bunch):
    """Turn a scikit-learn classification bunch into a Table."""
    return Table(
        x=torch.from_numpy(bunch.data).float(),
        y=torch.from_numpy(bunch.target).long(),
        features=[str(name) for name in bunch.feature_names],
        classes=[str(name) for name in bunch.target_names],
    )


def pbmc():
    """700 blood cells (PBMC), 765 variable genes, ten cell types.

    Returns
    -------
    Cells, see its attributes. Classes from 8 to 240 cells, in alphabetical order; phases G1, G2M, S.

    Notes
    -----
    Source: scanpy ``pbmc68k_reduced``, a subsample of 10x Genomics' 68k PBMC (Zheng et al. 2017).
    Traps: ``x`` is scaled and has negative values, models of counts want ``counts`` and models
    of positive values want ``log``; the choice of genes and the scaling of ``x`` saw all cells (a slight
    leak into any test set); labels are correlations with sorted bulk cells, not ground truth.

    Examples
    --------
    >>> cells = pbmc()
    >>> cells.x.shape, len(cells.classes)
    (torch.Size([700, 765]), 10)
    """
    from scanpy.datasets import pbmc68k_reduced

    data = pbmc68k_reduced()
    kind, phase = data.obs["bulk_labels"].cat, data.obs["phase"].cat
    log = torch.from_numpy(data.raw.X.toarray())
    return Cells(
        x=torch.from_numpy(data.X).float(),
        y=torch.tensor(kind.codes.to_numpy(), dtype=torch.int64),
        classes=list(kind.categories),
        genes=list(data.var_names),
        phase=torch.tensor(phase.codes.to_numpy(), dtype=torch.int64),
        phases=list(phase.categories),
        log=log,
        counts=_counts(log),
        scores=torch.tensor(data.obs[["S_score", "G2M_score"]].to_numpy(), dtype=torch.float32),
    )


def _counts(log):
    """Undo log(1 + count * size factor): a cell's smallest positive value is one molecule."""
    scaled = log.double().expm1()
    unit = scaled.masked_fill(scaled <= 0, float("inf")).amin(1, keepdim=True)
    return (scaled / unit).round().float()


def tiles(size=32, *, classes=TEXTURES):
    """Cut photographs and micrographs into square tiles that know where they came from.

    Parameters
    ----------
    size : tile side in pixels, 8 to 128. Each image gives 16 blocks of (128 // size)^2 tiles.
    classes : names among brick, grass, gravel (grey), immunohistochemistry, retina (colour).

    Returns
    -------
    Tiles, x (N, 3, size, size); N = 256 an image at size 32; grey images have three equal
    channels. ``block`` numbers the 16 blocks of every image through; no tile crosses a block.

    Notes
    -----
    Source: scikit-image ``data``: brick, grass, gravel are CC0 textures; immunohistochemistry
    is colon tissue stained for FHL2 (no known copyright restrictions), retina a CC0 fundus
    photograph (its central 512 x 512 pixels, which avoids the black rim). Traps: one image per class, so
    a random split of tiles measures memory of one photograph: split by ``block``; colour alone
    tells the last two classes from the first three.

    Raises
    ------
    ValueError : for a size outside 8..128, or a class that is not among the five.

    Examples
    --------
    >>> data = tiles(64, classes=("brick", "grass"))
    >>> data.x.shape, int(data.block.max())
    (torch.Size([128, 3, 64, 64]), 31)
    """
    edge = SIDE // BLOCKS
    if not 8 <= size <= edge:
        raise ValueError(f"tiles: size must be between 8 and {edge} pixels, found {size}")
    unknown = [name for name in classes if name not in TEXTURES]
    if unknown or not classes:
        raise ValueError(f"tiles: classes must be among {list(TEXTURES)}, found {list(classes)}")
    cut = [_cut(_square(name), size) for name in classes]
    count = cut[0].shape[1]
    y = torch.arange(len(cut)).repeat_interleave(BLOCKS**2 * count)
    block = torch.arange(len(cut) * BLOCKS**2).repeat_interleave(count)
    return Tiles(torch.cat([c.flatten(0, 1) for c in cut]), y, list(classes), block)


def _square(name):
    """Read one image of scikit-image as (3, 512, 512) float32 in 0..1."""
    from skimage import data

    image = torch.from_numpy(getattr(data, name)())
    image = image.unsqueeze(2).expand(-1, -1, 3) if image.ndim == 2 else image
    top, left = (image.shape[0] - SIDE) // 2, (image.shape[1] - SIDE) // 2
    return image[top : top + SIDE, left : left + SIDE].permute(2, 0, 1).float().div(255)


def _cut(image, size):
    """Cut (3, 512, 512) into (16 blocks, tiles a block, 3, size, size)."""
    edge, many = SIDE // BLOCKS, SIDE // BLOCKS // size
    blocks = image.unfold(1, edge, edge).unfold(2, edge, edge)  # (3, 4, 4, 128, 128)
    blocks = blocks.permute(1, 2, 0, 3, 4).flatten(0, 1)[..., : many * size, : many * size]
    pieces = blocks.unfold(2, size, size).unfold(3, size, size)  # (16, 3, m, m, s, s)
    return pieces.permute(0, 2, 3, 1, 4, 5).flatten(1, 2)
