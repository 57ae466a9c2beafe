"""A measured fitness landscape of a protein (survey 2.3; chapter 2-considerations/simple-models)."""

import torch

from .cited import fetch_file

ACIDS = "ACDEFGHIKLMNPQRSTVWY"
WILD = "VDGV"


def gb1():
    """Fitness of 149,361 variants of protein G domain B1, mutated at four sites (Wu et al. 2016).

    Returns
    -------
    variants : list of 149,361 strings of four amino acids, at sites 39, 40, 41 and 54; the first
        is the wild type, "VDGV"
    y : Tensor (149361,), float32, 0 to 8.76: how much a variant was enriched by selection for
        stability and binding to IgG-Fc, over how much the wild type was (whose fitness is 1)

    Notes
    -----
    AFL-3.0 (repository of FLIP, Dallago et al. 2021). Of the 160,000 possible variants, 10,639 were
    not measured and are absent here. Traps: most variants do not bind (median 0.003), and a fitness
    rests on as few as ten reads, so that it is noisy where the reads are few.

    Raises
    ------
    DataUnavailable : if the file is neither cached nor can be fetched.
    """
    import pandas

    path = fetch_file("gb1/four_mutations_full_data.csv.zip")
    frame = pandas.read_csv(path, usecols=["Variants", "Fitness"])
    return frame["Variants"].tolist(), torch.tensor(frame["Fitness"].to_numpy()).float()


def one_hot(variants):
    """One column for each amino acid at each site.

    Parameters
    ----------
    variants : list of N strings of L letters

    Returns
    -------
    Tensor (N, 20 L), float32, 0 or 1; each row sums to L

    Raises
    ------
    ValueError : for lengths that differ, or a letter that is no amino acid.

    Examples
    --------
    >>> one_hot(["AC"]).nonzero()[:, 1].tolist()
    [0, 21]
    """
    length = len(variants[0])
    if any(len(variant) != length for variant in variants):
        raise ValueError(f"one_hot: expected strings of {length} letters, found other lengths")
    letters = torch.tensor(list("".join(variants).encode()), dtype=torch.uint8)
    known = torch.tensor(list(ACIDS.encode()), dtype=torch.uint8)
    columns = (letters[:, None] == known).float()
    if bool((columns.sum(1) == 0).any()):
        wrong = chr(letters[columns.sum(1) == 0][0])
        raise ValueError(f"one_hot: expected letters of {ACIDS}, found {wrong!r}")
    return columns.reshape(len(variants), -1)
