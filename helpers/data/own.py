"""Your own tables, images, molecules and sequences (survey 2.2; every "Your own data").

Each function returns what the chapter's first cell returns, after checks. Errors name the file,
the row and column as a spreadsheet counts them, what was expected and what was found.
"""

from dataclasses import dataclass
from pathlib import Path

import torch

from .embedded import Table, Tiles
from .molecules import Molecules
from .sheet import column, is_missing, is_number, numbers, read_csv, read_text

IMAGES = (".png", ".jpg", ".jpeg", ".tif", ".tiff", ".bmp")
LARGEST_IMAGE = 100_000_000  # pixels
MOST_VALUES = 500_000_000  # numbers in one tensor, 2 GB
MOST_CATEGORIES = 50


@dataclass(frozen=True)
class Sequences:
    """Named sequences: ``names`` and ``sequences``, two lists of N strings (upper case)."""

    names: list[str]
    sequences: list[str]


def table(path, target, *, drop=(), categorical=(), classes=None, impute=None, separator=","):
    """Read a CSV file with a header into a Table.

    Parameters
    ----------
    path : CSV file, UTF-8. target : name of the column to predict.
    drop : columns to leave out (identifiers, notes). categorical : columns of numbers that are
        names (a ward, a batch); columns of text are categorical anyway and become one 0/1
        column for each value.
    classes : the labels of the target in order. None: a text target is classified with its
        values in alphabetical order, a target of numbers is regressed.
    impute : None complains about missing values; "median" puts a column's median, and
        "missing" for a category. It uses all rows, test rows too: a slight leak.

    Returns
    -------
    Table, x (N, F) float32, y int64 or float32.

    Raises
    ------
    FileNotFoundError, ValueError : file, row, column, expected and found.

    Examples
    --------
    >>> import tempfile; file = Path(tempfile.mkdtemp()) / "mice.csv"
    >>> _ = file.write_text("mass,strain,ill\\n21,a,no\\n25,b,yes\\n23,a,no\\n")
    >>> data = table(file, "ill")
    >>> data.features, data.y.tolist()
    (['mass', 'strain=a', 'strain=b'], [0, 1, 0])
    """
    if impute not in (None, "median"):
        raise ValueError(f"table: impute must be None or 'median', found {impute!r}")
    columns = read_csv("table", path, separator)
    for name in (target, *drop, *categorical):
        column("table", path, columns, name)
    y, classes = _target(path, target, columns.pop(target), classes)
    features, values = [], []
    for name, cells in columns.items():
        if name in drop:
            continue
        new = _feature(path, name, cells, name in categorical, impute)
        features += list(new)
        values += list(new.values())
    if not features:
        raise ValueError(f"table: {path} has no column besides the target and the dropped ones")
    return Table(torch.stack(values, 1), y, features, classes)


def _target(path, name, cells, classes):
    """Read the target: int64 class numbers, or float32."""
    for row, cell in enumerate(cells, 2):
        if is_missing(cell) and cell not in (classes or ()):
            raise ValueError(
                f"table: {path}, row {row}, column {name!r} (the target): expected a value, "
                f"found a missing one ({cell!r})"
            )
    if classes is None and any(map(is_number, cells)):
        return numbers("table", path, name, cells), []
    classes = sorted(set(cells)) if classes is None else [str(label) for label in classes]
    for row, cell in enumerate(cells, 2):
        if cell not in classes:
            raise ValueError(
                f"table: {path}, row {row}, column {name!r} (the target): expected one of "
                f"{', '.join(classes)}, found {cell!r}"
            )
    if len(set(cells)) < 2:
        raise ValueError(f"table: {path}, column {name!r} (the target) holds only {cells[0]!r}")
    return torch.tensor([classes.index(cell) for cell in cells]), classes


def _feature(path, name, cells, categorical, impute):
    """Read one column as numbers, or as one 0/1 column a category."""
    present = [cell for cell in cells if not is_missing(cell)]
    if len(set(cells)) < 2 or not present:
        raise ValueError(
            f"table: {path}, column {name!r} holds {cells[0]!r} in every row and tells nothing, "
            f"pass drop=({name!r},)"
        )
    if not categorical and any(map(is_number, present)):
        return {name: numbers("table", path, name, cells, impute)}
    if impute is None and len(present) < len(cells):
        row = next(i for i, cell in enumerate(cells, 2) if is_missing(cell))
        raise ValueError(
            f"table: {path}, row {row}, column {name!r}: expected a category, found a missing value"
        )
    cells = ["missing" if is_missing(cell) else cell for cell in cells]
    kinds = sorted(set(cells))
    if len(kinds) > MOST_CATEGORIES:
        raise ValueError(
            f"table: {path}, column {name!r} has {len(kinds)} different texts, expected at most "
            f"{MOST_CATEGORIES}; if it identifies rows, pass drop=({name!r},)"
        )
    return {f"{name}={k}": torch.tensor([float(cell == k) for cell in cells]) for k in kinds}


def image_folder(path, size=32, *, grey=False):
    """Read a folder with one subfolder of images a class.

    Parameters
    ----------
    path : folder; its subfolders are the classes, in alphabetical order.
    size : side in pixels, 8 to 512: each image is cut to its central square, then resized.
    grey : one channel instead of three. Grey and colour images may be mixed.

    Returns
    -------
    Tiles, x (N, 3 or 1, size, size) float32 0..1 (16-bit images divided by 65535); ``block``
    numbers the files. If several files show one patient or slide, group them yourself.

    Raises
    ------
    FileNotFoundError, ValueError : a folder without classes, a class without images, an image
        that cannot be read (named), or more than fits in 2 GB.

    Examples
    --------
    >>> import tempfile; from PIL import Image; pets = Path(tempfile.mkdtemp())
    >>> for name in ("cat", "dog"):
    ...     (pets / name).mkdir()
    ...     Image.new("L", (20, 30)).save(pets / name / "1.png")
    >>> image_folder(pets, 16).x.shape
    torch.Size([2, 3, 16, 16])
    """
    if not 8 <= size <= 512:
        raise ValueError(f"image_folder: size must be between 8 and 512 pixels, found {size}")
    if not Path(path).is_dir():
        raise FileNotFoundError(f"image_folder: there is no folder {path}")
    folders = sorted(f for f in Path(path).iterdir() if f.is_dir() and f.name[0] not in "._")
    if len(folders) < 2:
        raise ValueError(
            f"image_folder: expected a subfolder for each class in {path}, found {len(folders)}"
        )
    files = [_images(folder) for folder in folders]
    count = sum(map(len, files))
    if count * size * size * (1 if grey else 3) > MOST_VALUES:
        raise ValueError(f"image_folder: {count} images at size {size} exceed 2 GB, lower size")
    x = torch.stack(
        [square_image("image_folder", file, size, grey) for group in files for file in group]
    )
    y = torch.tensor([k for k, group in enumerate(files) for _ in group])
    return Tiles(x, y, [folder.name for folder in folders], torch.arange(count))


def _images(folder):
    """List the image files of one class."""
    files = sorted(f for f in folder.iterdir() if f.suffix.lower() in IMAGES and f.name[0] != ".")
    if not files:
        raise ValueError(
            f"image_folder: expected images ({', '.join(IMAGES)}) in {folder}, found none"
        )
    return files


def square_image(where, file, size, grey):
    """Read one image as (C, size, size) float32 in 0..1."""
    import numpy as np
    from PIL import Image, ImageOps

    try:
        with Image.open(file) as image:
            if image.width * image.height > LARGEST_IMAGE:
                raise ValueError(f"{image.width} x {image.height} pixels are too many")
            deep = image.mode.startswith(("I", "F"))
            if deep:  # 16 bits a pixel; PIL would clip them at 255
                pixels = np.asarray(image, dtype=np.float32) / (
                    65535 if image.mode[0] == "I" else 1
                )
                image = Image.fromarray(pixels)
            else:
                image = ImageOps.exif_transpose(image).convert("L" if grey else "RGB")
            image = ImageOps.fit(image, (size, size), Image.Resampling.BOX)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise ValueError(f"{where}: {file} cannot be read as an image ({error})") from None
    x = torch.from_numpy(np.array(image, dtype=np.float32)).div(1 if deep else 255)
    if not bool(((x >= 0) & (x <= 1)).all()):
        raise ValueError(f"{where}: {file}: expected pixel values in range, found others")
    x = x.unsqueeze(0) if x.ndim == 2 else x.permute(2, 0, 1)
    return x.expand(1 if grey else 3, -1, -1).contiguous()


def smiles_table(path, smiles, target, *, unit="", separator=","):
    """Read a CSV file of molecules and one measured number each.

    Parameters
    ----------
    path : CSV file, UTF-8. smiles, target : names of the two columns. unit : of the target.

    Returns
    -------
    Molecules, canonical SMILES written by RDKit; ``test`` all False.

    Raises
    ------
    FileNotFoundError, ValueError : a SMILES that RDKit cannot read or a target that is no number,
        with row, column and value.

    Examples
    --------
    >>> import tempfile; file = Path(tempfile.mkdtemp()) / "molecules.csv"
    >>> _ = file.write_text("molecule,logS\\nOCC,0.9\\nc1ccccc1,-1.6\\n")
    >>> smiles_table(file, "molecule", "logS").smiles
    ['CCO', 'c1ccccc1']
    """
    columns = read_csv("smiles_table", path, separator)
    y = numbers("smiles_table", path, target, column("smiles_table", path, columns, target))
    cells = column("smiles_table", path, columns, smiles)
    texts = [_canonical(path, smiles, row, cell) for row, cell in enumerate(cells, 2)]
    return Molecules(texts, y, unit, torch.zeros(len(texts), dtype=torch.bool))


def _canonical(path, name, row, cell):
    """Rewrite one SMILES in canonical form."""
    from rdkit import Chem, rdBase

    with rdBase.BlockLogs():
        mol = Chem.MolFromSmiles(cell)
    if mol is None or mol.GetNumAtoms() == 0:
        raise ValueError(
            f"smiles_table: {path}, row {row}, column {name!r}: expected a SMILES that RDKit can "
            f"read, found {cell!r}"
        )
    return Chem.MolToSmiles(mol)


def fasta(path, *, alphabet=None):
    """Read a FASTA file.

    Parameters
    ----------
    path : text file. alphabet : allowed letters, for example "ACGTN"; None allows every letter,
        "*" and "-".

    Returns
    -------
    Sequences, in the order of the file, upper case; names without ">".

    Raises
    ------
    FileNotFoundError, ValueError : text before the first ">", a record without a name or a
        sequence, or a letter outside the alphabet, with line number.

    Examples
    --------
    >>> import tempfile; file = Path(tempfile.mkdtemp()) / "a.fasta"
    >>> _ = file.write_text(">first\\nacg\\nT\\n>second\\nGG\\n")
    >>> fasta(file).sequences
    ['ACGT', 'GG']
    """
    names, parts, starts = [], [], []
    for number, line in enumerate(read_text("fasta", path).splitlines(), 1):
        line = line.strip()
        if line.startswith(">"):
            names.append(_name(path, number, line[1:].strip()))
            parts.append([])
            starts.append(number)
        elif line:
            if not parts:
                raise ValueError(
                    f"fasta: {path}, line {number}: expected a line that starts with '>', found {line[:20]!r}"
                )
            parts[-1].append(_letters(path, number, line.upper(), alphabet))
    if not names:
        raise ValueError(f"fasta: {path} holds no sequence, expected lines that start with '>'")
    for name, part, number in zip(names, parts, starts):
        if not part:
            raise ValueError(f"fasta: {path}, line {number}: record {name!r} has no sequence")
    return Sequences(names, ["".join(part) for part in parts])


def _name(path, number, name):
    """Check that a record has a name."""
    if not name:
        raise ValueError(f"fasta: {path}, line {number}: expected a name after '>', found none")
    return name


def _letters(path, number, line, alphabet):
    """Check the letters of one line."""
    for place, letter in enumerate(line, 1):
        fine = (
            letter in alphabet
            if alphabet
            else letter.isascii() and (letter.isalpha() or letter in "*-")
        )
        if not fine:
            raise ValueError(
                f"fasta: {path}, line {number}, position {place}: expected a letter of "
                f"{alphabet or 'A to Z'}, found {letter!r}"
            )
    return line
