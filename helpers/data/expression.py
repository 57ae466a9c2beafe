"""Your own single cells in an h5ad file (survey 2.3; chapter 2-considerations/dimensionality-reduction)."""

import torch

from .arguments import path_of, shown
from .cells import ASKED
from .embedded import Cells
from .keys import ask_groups, named_codes
from .origin import Report, count_of, shorten

MOST_VALUES = 100_000_000  # cells times genes
UNITS = ("counts", "log", "scaled")


def h5ad(path, label=None, *, unit=None, groups=...):
    """Read gene expression of single cells from an AnnData file.

    Parameters
    ----------
    path : h5ad file.
    label : str or None
        The column of ``obs`` that names the type of each cell.
    unit : None, "counts", "log" or "scaled"
        What ``X`` holds. None: whole numbers that are never negative are counts; negative ones
        are scaled; other positive numbers may be logarithms or not, and must be said.
    groups : str or None
        The column of ``obs`` whose cells belong together (a donor), None if cells are independent.

    Returns
    -------
    Cells. From counts: ``log`` = log(1 + count * size factor) with every cell brought to the
    median of totals, and ``x`` = ``log`` scaled per gene and cut at 10, as scanpy does. ``phase``
    and ``scores`` are None.

    Raises
    ------
    FileNotFoundError, ValueError : no h5ad file, too large, no such column, a cell without a type,
        numbers that are not finite, or whose unit is not known.
    """
    where, path = "h5ad", path_of("h5ad", path)
    if not path.is_file():
        raise FileNotFoundError(f"{where}: there is no file {shown(path)}")
    data = _open(where, path)
    obs = data.obs.astype(str).where(data.obs.notna(), "")
    for name in (label, groups):
        if isinstance(name, str) and name not in obs:
            raise ValueError(
                f"{where}: {path} has no column {name!r} in obs, it has {', '.join(obs)}"
            )
    groups = ask_groups(where, path, obs, label, groups)
    for name in (label, groups):
        if name is not None and (obs[name] == "").any():
            cell = (obs[name] == "").idxmax()
            raise ValueError(
                f"{where}: {path}, cell {cell}, column {name!r}: expected a value, found none"
            )
        asked = obs[name].isin(ASKED) if name is not None else None
        if asked is not None and asked.any():
            raise ValueError(
                f"{where}: {path}, cell {asked.idxmax()}, column {name!r}: expected a value, found {obs[name][asked].iloc[0]!r}, which "
                "may mean that there is none; leave such cells out of the file, or rename it"
            )
    raw = data.X.toarray() if hasattr(data.X, "toarray") else data.X
    values = torch.tensor(raw, dtype=torch.float64)
    unit = _unit(where, path, values, unit)
    place = f"{where}: {path}, column"
    y, classes = named_codes(f"{place} {label!r}", obs[label].tolist()) if label else (None, [])
    if label and len(classes) < 2:
        raise ValueError(f"{where}: {path}, column {label!r} holds only {classes[0]!r}")
    x, log, counts = _scales(data, values, unit)
    lines = [
        (
            n,
            {label: "label", groups: "groups"}.get(n, "ignored"),
            shorten(c.iloc[0]),
            f"{c.nunique()} values",
        )
        for n, c in obs.items()
    ]
    notes = [count_of(len(x), "cell"), count_of(x.shape[1], "gene"), f"X holds {unit}"]
    notes += [f"{values.min():g} to {values.max():g}", f"groups: {groups or 'none named'}"]
    return Cells(
        x, y, classes, list(data.var_names), log=log, counts=counts,
        groups=named_codes(f"{place} {groups!r}", obs[groups].tolist())[0] if groups else None,
        rows=list(data.obs_names), path=str(path),
        report=Report(path.name, ("column", "read as", "sample", "values"), lines, notes),
        decisions={"reader": "h5ad", "label": label, "unit": unit, "genes": list(data.var_names)},
    )  # fmt: skip


def _open(where, path):
    """Open a file of bounded size, without running anything that it holds."""
    import anndata

    try:
        data = anndata.read_h5ad(path, backed="r")
        if data.n_obs * data.n_vars > MOST_VALUES:
            raise ValueError(f"{data.n_obs} cells and {data.n_vars} genes are too many")
        if data.X is None:
            raise ValueError("it holds no X")
        return data.to_memory()
    except Exception as error:  # damaged files raise whatever h5py and anndata like
        reason = str(error).split("\n")[0]
        raise ValueError(f"{where}: {path} cannot be read as h5ad ({reason})") from None


def _unit(where, path, values, unit):
    """Say what the numbers are, or refuse."""
    if unit not in (None, *UNITS):
        raise ValueError(f"{where}: unit must be one of {UNITS}, found {unit!r}")
    if not bool(values.isfinite().all()):
        raise ValueError(f"{where}: {path} holds numbers in X that are not finite")
    whole, low = bool((values % 1 == 0).all()), float(values.min())
    found = "counts" if whole and low >= 0 else "scaled" if low < 0 else unit
    if found is None:
        raise ValueError(
            f"{where}: {path} holds numbers from {low:g} to {float(values.max()):g} with fractions in X; pass "
            "unit='log' if they are log(1 + normalised counts), unit='scaled' for anything else"
        )
    if unit not in (None, found):
        raise ValueError(
            f"{where}: {path}: expected {unit} in X, found {found} ({low:g} to {float(values.max()):g})"
        )
    return found


def _scales(data, values, unit):
    """Scaled values, logarithms and counts, as far as the file goes."""
    import scanpy

    if unit == "scaled":
        return values.float(), None, None
    data = data.copy()
    data.X = values.numpy().copy()  # scanpy works in place
    if unit == "counts":
        scanpy.pp.normalize_total(data)
        scanpy.pp.log1p(data)
    log = torch.tensor(data.X, dtype=torch.float32)
    scanpy.pp.scale(data, max_value=10)
    return (
        torch.tensor(data.X, dtype=torch.float32),
        log,
        values.float() if unit == "counts" else None,
    )
