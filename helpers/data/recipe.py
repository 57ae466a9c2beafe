"""Keep a trained model with everything that new examples need (survey 9; every "Your own data")."""

import json
from dataclasses import dataclass, replace
from pathlib import Path

import torch

from .expression import h5ad
from .images import image_folder
from .own import table_again
from .predictions import new_file
from .sequences import fasta, smiles_table, texts
from .series import series_again
from .volumes import volumes

FORMAT = "executable survey, model 1"


@dataclass(frozen=True)
class Recipe:
    """How new examples are read and scaled for a trained model.

    Attributes: ``decisions`` what the reader of the training file decided (columns, categories,
    classes, sizes); ``centre`` and ``spread`` what is taken from ``x`` and what it is divided by, or
    None; ``path`` where the model was kept.
    """

    decisions: dict
    centre: torch.Tensor | None = None
    spread: torch.Tensor | None = None
    path: str = ""

    def apply(self, path):
        """Read new examples with the decisions of the training file.

        Parameters
        ----------
        path : str or Path
            A file, or a folder of images or volumes, of the same kind. It needs no target.

        Returns
        -------
        The same kind of set, ``x`` scaled; ``y`` None if the file has no target.

        Raises
        ------
        FileNotFoundError, ValueError : if the file differs: a column is missing or new, a category
            was never seen, an alphabet or a grid is another.
        """
        data = self._read(path)
        if self.centre is None:
            return data
        x = data.x.to(self.centre.dtype)
        if not _fits(x, self.centre) or not _fits(x, self.spread):
            raise ValueError(
                f"apply: {path} gives examples of shape {tuple(x.shape[1:])}, {self.path} was "
                f"trained on {tuple(self.centre.shape)}"
            )
        return replace(data, x=(x - self.centre) / self.spread)

    def _read(self, path):
        """Call the reader of the training file."""
        said = self.decisions
        reader, classes = said.get("reader"), {"classes": said.get("classes") or []}
        if reader == "table":
            return table_again(path, said)
        if reader == "series":
            return series_again(path, said)
        if reader == "smiles_table":
            data = smiles_table(
                path, said["smiles"], groups=None, unit=said["unit"], separator=said["separator"],
                unreadable=said.get("unreadable"),
            )  # fmt: skip
        elif reader == "texts":
            data = texts(path, said["text"], groups=None, separator=said["separator"])
        elif reader == "fasta":
            data = fasta(path, alphabet=said["alphabet"])
        elif reader in ("image_folder", "image_masks"):
            data = image_folder(path, said["size"], grey=said["grey"], labelled=False)
        elif reader == "volumes":
            data = volumes(path, spacing=said["spacing"])
            grid = said.get("grid", data.spacing)
            if any(abs(a - b) > 0.01 * a for a, b in zip(grid, data.spacing)):
                raise ValueError(
                    f"apply: {path} has voxels of {data.spacing} mm, {self.path} was trained on {tuple(grid)}"
                )
        elif reader == "h5ad":
            return replace(self._cells(path), **classes)
        else:
            raise ValueError(
                f"apply: {self.path} was trained on a set that the book ships, expected one that was read from a file"
            )
        return replace(data, **classes)

    def _cells(self, path):
        """Read cells with the genes of the training file."""
        data = h5ad(path, unit=self.decisions["unit"], groups=None)
        if data.genes != self.decisions["genes"]:
            raise ValueError(
                f"apply: {path} has other genes, or in another order, than the {len(self.decisions['genes'])} of "
                f"{self.path}"
            )
        return data


def _fits(x, scale):
    """Tell whether a centre or spread can be applied to every example."""
    try:
        return torch.broadcast_shapes(x.shape[1:], scale.shape) == x.shape[1:]
    except RuntimeError:
        return False


def save_model(path, model, data, *, centre=None, spread=None, overwrite=False, beside=False):
    """Keep a trained model and how its data were read, in one file.

    Parameters
    ----------
    path : str or Path
        The file to write; it appears at once and complete.
    model : torch.nn.Module
        Its weights are kept, not its code.
    data : Table, Tiles, Molecules ...
        The set that it was trained on, as its reader returned it.
    centre, spread : Tensors or None
        What ``data.x`` was shifted and divided by, from the training rows.
    overwrite, beside : as in `predictions.save_predictions`.

    Returns
    -------
    Path

    Raises
    ------
    ValueError : if the file exists or would lie beside the data; if one of centre and spread is missing.

    Examples
    --------
    >>> import tempfile; from helpers.data.own import table; home = Path(tempfile.mkdtemp())
    >>> _ = (home / "mice.csv").write_text("mass,ill\\n21,no\\n25,yes\\n23,no\\n")
    >>> data, model = table(home / "mice.csv", "ill"), torch.nn.Linear(1, 2)
    >>> file = save_model(home / "out" / "mice.pt", model, data)
    >>> _ = (home / "new.csv").write_text("mass\\n22\\n")
    >>> load_model(file, torch.nn.Linear(1, 2)).apply(home / "new.csv").x
    tensor([[22.]])
    """
    if (centre is None) != (spread is None):
        raise ValueError("save_model: expected both centre and spread, or neither")
    if spread is not None and not bool((torch.as_tensor(spread) > 0).all()):
        raise ValueError("save_model: spread must be positive everywhere")
    state = {
        "format": FORMAT,
        "decisions": json.dumps(data.decisions, default=lambda value: value.tolist()),  # NumPy's
        "centre": None if centre is None else torch.as_tensor(centre).cpu(),
        "spread": None if spread is None else torch.as_tensor(spread).cpu(),
        "weights": {name: value.cpu() for name, value in model.state_dict().items()},
    }
    with new_file("save_model", path, data.path, overwrite, beside) as scratch:
        torch.save(state, scratch)
    return Path(path)


def load_model(path, model):
    """Load the weights of a kept model, and say how its data are read.

    Parameters
    ----------
    path : a file that `save_model` wrote; nothing in it is executed.
    model : torch.nn.Module
        The same architecture; its weights are replaced, and it is set to `eval`.

    Returns
    -------
    Recipe

    Raises
    ------
    FileNotFoundError, ValueError : no such file, damaged, of another kind, or another architecture.
    """
    if not Path(path).is_file():
        raise FileNotFoundError(f"load_model: there is no file {path}")
    try:
        state = torch.load(path, map_location="cpu", weights_only=True)
        if state.get("format") != FORMAT:
            raise KeyError("format")
        decisions = json.loads(state["decisions"])
        recipe = Recipe(decisions, state["centre"], state["spread"], str(path))
        weights = state["weights"]
    except Exception as error:  # a damaged file raises whatever it likes
        raise ValueError(
            f"load_model: {path}: expected a file written by save_model, found one that cannot be read "
            f"({type(error).__name__})"
        ) from None
    try:
        model.load_state_dict(weights)
    except RuntimeError as error:
        reason = str(error).split("\n")[1].strip()
        raise ValueError(f"load_model: {path} belongs to another model: {reason}") from None
    model.eval()
    return recipe
