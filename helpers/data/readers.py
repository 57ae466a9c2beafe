"""Readers of the cited data sets (survey 4.4 and 4.5; chapters on graphs, molecules and text).

Each reader fetches (or finds) the verified files and returns tensors, lists and strings.
"""

import csv
import gzip
import json
import pickle
from dataclasses import dataclass

import numpy as np
import torch

from .blood import blood_cells
from .cited import fetch, fetch_file
from .nuclei import real_nuclei as nuclei
from .origin import Origin

__all__ = [
    "LabelledGraph",
    "Texts",
    "blood_cells",
    "chemprot",
    "cora",
    "esol",
    "nuclei",
    "scicite",
    "tinyshakespeare",
]
CORA = (
    "theory",
    "reinforcement learning",
    "genetic algorithms",
    "neural networks",
    "probabilistic methods",
    "case based",
    "rule learning",
)


@dataclass(frozen=True)
class LabelledGraph(Origin):
    """One graph with labelled nodes.

    Attributes: ``x`` (N, F) float32; ``edge_index`` (2, E) int64, every edge in both directions, no
    loops; ``y`` (N,) int64; ``classes``; ``train``, ``valid``, ``test`` int64 node indices.
    """

    x: torch.Tensor
    edge_index: torch.Tensor
    y: torch.Tensor | None
    classes: list[str]
    train: torch.Tensor
    valid: torch.Tensor
    test: torch.Tensor


@dataclass(frozen=True)
class Texts(Origin):
    """Labelled texts with the split of their source.

    Attributes: ``text`` N strings; ``y`` (N,) int64; ``classes`` in alphabetical order;
    ``train``, ``valid``, ``test`` int64 row indices.
    """

    text: list[str]
    y: torch.Tensor | None
    classes: list[str]
    train: torch.Tensor
    valid: torch.Tensor
    test: torch.Tensor


def esol():
    """Aqueous solubility of 1128 molecules (Delaney 2004; survey reference 249).

    Returns
    -------
    smiles : list of 1128 strings
    y : Tensor (1128,), float32, log10 of the measured solubility in mol/L, -11.6 to 1.58

    Notes
    -----
    MIT (repository). Trap: a few molecules stand there twice; the file also holds
    Delaney's own prediction, which must not be used as an input.

    Raises
    ------
    DataUnavailable : if the file is neither cached nor can be fetched.
    """
    with open(fetch_file("esol/delaney-processed.csv"), encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    y = [float(row["measured log solubility in mols per litre"]) for row in rows]
    return [row["smiles"].strip() for row in rows], torch.tensor(y)


def cora():
    """Citations between 2708 machine-learning papers (Sen et al. 2008; Yang et al. 2016 split).

    Returns
    -------
    LabelledGraph, x (2708, 1433) float32 0 or 1 (a word occurs), 5278 citations, 7 topics; 140 train
    (20 a class), 500 valid, 1000 test nodes.

    Notes
    -----
    MIT (repository). The files are pickles of 2016, read by an unpickler that knows six names
    and refuses every other. Trap: 140 labels are few, so results differ by split: use several.

    Raises
    ------
    DataUnavailable : if the files are neither cached nor can be fetched.
    """
    folder = fetch("cora")
    parts = {n: _unpickle(folder / f"ind.cora.{n}") for n in ("allx", "tx", "ally", "ty", "graph")}
    order = np.loadtxt(folder / "ind.cora.test.index", dtype=np.int64)
    x = np.concatenate([parts["allx"].dense(), parts["tx"].dense()])
    y = np.concatenate([parts["ally"], parts["ty"]])
    x[order], y[order] = x[-len(order) :].copy(), y[-len(order) :].copy()
    pairs = {(a, b) for a, near in parts["graph"].items() for b in near if a != b}
    both = sorted(pairs | {(b, a) for a, b in pairs})
    return LabelledGraph(
        x=torch.from_numpy(x).float(),
        edge_index=torch.tensor(both).T.contiguous(),
        y=torch.from_numpy(y).argmax(1),
        classes=list(CORA),
        train=torch.arange(140),
        valid=torch.arange(140, 640),
        test=torch.from_numpy(np.sort(order)),
    )


def scicite():
    """Why a paper is cited: 10,097 sentences, three intents (survey reference 18; SciCite).

    Returns
    -------
    Texts, classes background, method, result; 7320 train, 916 valid, 1861 test sentences.

    Notes
    -----
    Apache-2.0 (repository of SciBERT). Trap: more than half of the sentences are background,
    so quote macro F1, not accuracy alone.

    Raises
    ------
    DataUnavailable : if the files are neither cached nor can be fetched.
    """
    return _texts("scicite")


def chemprot():
    """How a chemical acts on a protein: marked sentences, 13 relations (survey reference 18).

    Returns
    -------
    Texts, the pair in question marked by ``<< >>`` and ``[[ ]]``; the split of SciBERT.

    Notes
    -----
    Apache-2.0 (repository of SciBERT). Traps: one sentence stands once for every pair in it,
    so a new split should keep a sentence together; the rarest relation has 16 rows.

    Raises
    ------
    DataUnavailable : if the files are neither cached nor can be fetched.
    """
    return _texts("chemprot")


def tinyshakespeare():
    """Plays of Shakespeare as one string of 1,115,394 characters (public domain text).

    Returns
    -------
    str. Trap: neighbouring passages share speakers and words, so cut train and test by
    position (the last tenth tests), not at random.

    Raises
    ------
    DataUnavailable : if the file is neither cached nor can be fetched.
    """
    return fetch_file("tinyshakespeare/input.txt").read_text(encoding="utf-8")


def mnist_10k():
    """10,000 handwritten digits of two populations of writers (LeCun et al. 1998; survey 5.2).

    Returns
    -------
    x : Tensor (10000, 1, 28, 28), float32, 0..1
    y : Tensor (10000,), int64, 0..9
    population : Tensor (10000,), int64: 0 census employees (rows 0 to 4999), 1 students

    Notes
    -----
    CC BY-SA 3.0, the test part of MNIST. Its makers say that the first half is cleaner and easier
    than the second. Trap: who wrote which digit is not stored, so that a split within one
    population lets a writer stand on both sides.

    Raises
    ------
    DataUnavailable : if the files are neither cached nor can be fetched.
    """
    folder = fetch("mnist-10k")
    pixels = gzip.decompress((folder / "t10k-images-idx3-ubyte.gz").read_bytes())[16:]
    labels = gzip.decompress((folder / "t10k-labels-idx1-ubyte.gz").read_bytes())[8:]
    x = torch.frombuffer(bytearray(pixels), dtype=torch.uint8).reshape(10000, 1, 28, 28)
    y = torch.frombuffer(bytearray(labels), dtype=torch.uint8)
    return x.float() / 255, y.long(), torch.arange(10000) // 5000


def splice():
    """Windows of DNA around a border of exon and intron, or around none (Towell et al. 1991).

    Returns
    -------
    Texts, 60 letters each; classes EI (an exon ends, a donor site), IE (an exon begins, an
    acceptor site) and N (neither); the border lies between letters 30 and 31. ``groups`` holds
    a number for each entry of GenBank, ``rows`` the names in the file.

    Notes
    -----
    CC BY 4.0 (UCI). 3190 rows; later copies of an equal window are left out here. Traps: windows
    of one entry resemble each other and may overlap, so split by group; letters D, N, S and R
    stand for a base that is not known.

    Raises
    ------
    DataUnavailable : if the file is neither cached nor can be fetched.
    """
    lines = fetch_file("splice/splice.data").read_text(encoding="utf-8").split("\n")
    rows = [[cell.strip() for cell in line.split(",")] for line in lines if line.strip()]
    first = {}
    for label, name, letters in rows:
        first.setdefault(letters, (label, name))
    labels, names = zip(*first.values())
    classes, entries = sorted(set(labels)), [name.split("-")[0] for name in names]
    numbers = {entry: number for number, entry in enumerate(sorted(set(entries)))}
    return Texts(
        list(first),
        torch.tensor([classes.index(label) for label in labels]),
        classes,
        torch.arange(len(first)), torch.arange(0), torch.arange(0),
        groups=torch.tensor([numbers[entry] for entry in entries]),
        rows=list(names),
    )  # fmt: skip


def _texts(dataset):
    """Read train.txt, dev.txt and test.txt of JSON lines."""
    folder = fetch(dataset)
    text, labels, sizes = [], [], []
    for part in ("train", "dev", "test"):
        lines = (folder / f"{part}.txt").read_text(encoding="utf-8").split("\n")
        rows = [json.loads(line) for line in lines if line.strip()]
        text += [row["text"] for row in rows]
        labels += [row["label"] for row in rows]
        sizes.append(len(rows))
    classes = sorted(set(labels))
    y = torch.tensor([classes.index(label) for label in labels])
    return Texts(text, y, classes, *torch.arange(len(text)).split(sizes))


class _Sparse:
    """Stand-in for scipy's csr_matrix: takes its stored arrays, runs none of its code."""

    def dense(self):
        """Return the (rows, columns) float32 array."""
        rows, columns = self._shape
        full = np.zeros((rows, columns), dtype=np.float32)
        full[np.repeat(np.arange(rows), np.diff(self.indptr)), self.indices] = self.data
        return full


class _Restricted(pickle.Unpickler):
    """An unpickler that can build arrays, lists and dictionaries, and nothing else."""

    ALLOWED = {
        ("numpy", "ndarray"): np.ndarray,
        ("numpy", "dtype"): np.dtype,
        ("numpy.core.multiarray", "_reconstruct"): np.zeros(0).__reduce__()[0],
        ("scipy.sparse.csr", "csr_matrix"): _Sparse,
        ("collections", "defaultdict"): lambda *_: {},
        ("__builtin__", "list"): list,
        ("builtins", "list"): list,
    }

    def find_class(self, module, name):
        """Return an allowed class, refuse any other."""
        if (module, name) not in self.ALLOWED:
            raise ValueError(
                f"a pickled file asks for {module}.{name}, expected only arrays, lists "
                "and dictionaries; it was not read"
            )
        return self.ALLOWED[module, name]


def _unpickle(path):
    """Read one pickled file with the restricted unpickler."""
    with open(path, "rb") as file:
        return _Restricted(file, fix_imports=False, encoding="latin1").load()
