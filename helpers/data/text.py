"""Scientific prose that installed libraries ship, as characters (survey 4.5; chapter 4-models/transformers)."""

import importlib
import inspect
from dataclasses import dataclass

import torch

MODULES = (
    "cluster.hierarchy",
    "integrate",
    "interpolate",
    "linalg",
    "ndimage",
    "optimize",
    "signal",
    "sparse.linalg",
    "special",
    "stats",
)


@dataclass(frozen=True)
class Characters:
    """A fixed alphabet. Index 0 stands for every other character.

    Examples
    --------
    >>> letters = Characters("abc")
    >>> letters.encode("cab!").tolist(), letters.decode(letters.encode("cab!"))
    ([3, 1, 2, 0], 'cab?')
    """

    alphabet: str

    def __len__(self):
        return len(self.alphabet) + 1

    def encode(self, text):
        """int64 tensor (T,)."""
        place = {letter: k + 1 for k, letter in enumerate(self.alphabet)}
        return torch.tensor([place.get(letter, 0) for letter in text])

    def decode(self, numbers):
        """The text of a tensor (T,) of indices."""
        letters = "?" + self.alphabet
        return "".join(letters[k] for k in numbers.tolist())


def scipy_prose(modules=MODULES):
    """Paragraphs of mathematical English from SciPy's documentation.

    Parameters
    ----------
    modules : sequence of str
        Names below ``scipy``.

    Returns
    -------
    dict, module name -> list of paragraphs (str), sorted; each paragraph stands in one place only

    Notes
    -----
    Read from the installed library's docstrings, BSD licence. Formulas, tables, examples and
    references are left out, and paragraphs under 80 characters. Trap: functions of one module
    share whole sentences with small changes, so split by module, not by paragraph. The text
    changes with SciPy's version, which the book pins.

    Raises
    ------
    ValueError : for a module that SciPy does not have.
    """
    found, seen = {}, set()
    for name in modules:
        try:
            module = importlib.import_module(f"scipy.{name}")
        except ImportError:
            raise ValueError(
                f"scipy_prose: expected modules of SciPy, such as 'signal', found {name!r}"
            ) from None
        documents = [inspect.getdoc(getattr(module, part, None)) for part in module.__all__]
        paragraphs = {p for d in documents if d for p in prose(d)} - seen
        found[name], seen = sorted(paragraphs), seen | paragraphs
    return found


def prose(document):
    """Paragraphs of running text in a docstring."""
    body = document.split("\nExamples\n")[0].split("\nReferences\n")[0]
    for block in body.split("\n\n"):
        lines = [line.strip() for line in block.split("\n")]
        marked = any(line.startswith((">>>", "..", ":")) or not line.strip("-=") for line in lines)
        text = " ".join(lines)
        if not marked and len(text) > 80 and text[0].isupper():
            yield text
