"""Scientific prose that installed libraries ship, as characters (survey 4.5; chapter 4-models/transformers)."""

import importlib
import inspect
from collections import Counter
from dataclasses import dataclass

import torch

from .arguments import whole_of

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

    @classmethod
    def of(cls, text, least=20):
        """The characters that stand in a text often enough.

        Parameters
        ----------
        text : str
        least : int, how often a character must occur
        """
        return cls("".join(sorted(c for c, n in Counter(text).items() if n >= least)))

    def encode(self, text):
        """int64 tensor (T,)."""
        place = {letter: k + 1 for k, letter in enumerate(self.alphabet)}
        return torch.tensor([place.get(letter, 0) for letter in text])

    def decode(self, numbers):
        """The text of a tensor (T,) of indices."""
        letters = "?" + self.alphabet
        return "".join(letters[k] for k in numbers.tolist())


def windows(numbers, length=64):
    """Cut a text into windows, each with what follows its characters.

    Parameters
    ----------
    numbers : int64 tensor (T,), T > length
    length : int L

    Returns
    -------
    tokens, following : int64 tensors ((T - 1) // L, L); ``following`` is one character later.

    Raises
    ------
    ValueError : for a text that does not fill one window.

    Examples
    --------
    >>> [part.tolist() for part in windows(torch.arange(6), 2)]
    [[[0, 1], [2, 3]], [[1, 2], [3, 4]]]
    """
    count = (len(numbers) - 1) // length
    if count < 1:
        raise ValueError(
            f"windows(length={length}): expected more than {length} characters, found {len(numbers)}"
        )
    tokens, following = numbers[: count * length], numbers[1 : count * length + 1]
    return tokens.view(count, length), following.view(count, length)


def stretches(numbers, length=64):
    """Overlapping stretches of two windows each, from which `cut_anywhere` cuts one.

    Parameters
    ----------
    numbers : int64 tensor (T,), T >= 2 L
    length : int L, of a window

    Returns
    -------
    int64 tensor (T // L - 1, 2 L); each begins one window later than the one before.

    Raises
    ------
    ValueError : for a text that does not fill two windows.

    Examples
    --------
    >>> stretches(torch.arange(6), 2).tolist()
    [[0, 1, 2, 3], [2, 3, 4, 5]]
    """
    if len(numbers) < 2 * length:
        raise ValueError(
            f"stretches(length={length}): expected at least {2 * length} characters, "
            f"found {len(numbers)}"
        )
    return numbers.unfold(0, 2 * length, length)


def cut_anywhere(batch, draws):
    """A window from each stretch, begun at a place drawn anew, with what follows its characters.

    To be given to `helpers.train.loop.fit` as its transform: then no pass over a text cuts it
    at the places where another pass did.

    Parameters
    ----------
    batch : (stretches,), int64 tensor (B, 2 L)
    draws : torch.Generator

    Returns
    -------
    tokens, following : int64 tensors (B, L)

    Examples
    --------
    >>> tokens, following = cut_anywhere((stretches(torch.arange(8), 4),), torch.Generator())
    >>> tokens.shape, bool((following == tokens + 1).all())
    (torch.Size([1, 4]), True)
    """
    (wide,) = batch
    length = wide.shape[1] // 2
    begin = torch.randint(length, (len(wide), 1), generator=draws, device=wide.device)
    cut = wide.gather(1, begin + torch.arange(length + 1, device=wide.device))
    return cut[:, :-1], cut[:, 1:]


def split_by_group(pieces, groups=None, *, blocks=8, held=5):
    """Texts to learn from, texts to choose settings by, and several to be tested on, by group.

    Parameters
    ----------
    pieces : list of N str
    groups : int64 tensor (N,), optional
        What belongs together (an author, a protein family). Without it the list is cut into
        blocks of consecutive pieces.
    blocks, held : int
        How many blocks; how many groups are tested, at most half of them.

    Returns
    -------
    learn, valid : str
        Pieces joined by line ends; `valid` is one group.
    tested : dict, name of the group -> str

    Raises
    ------
    ValueError : for fewer than four groups.

    Examples
    --------
    >>> learn, valid, tested = split_by_group(list("abcdefgh"), blocks=4)
    >>> len(learn), len(valid), sorted(map(len, tested.values()))
    (3, 3, [3, 3])
    """
    held, blocks = (
        whole_of("split_by_group", name, value, 1)
        for name, value in (("held", held), ("blocks", blocks))
    )
    if groups is not None and len(groups) != len(pieces):
        raise ValueError(
            f"split_by_group: expected a group a text, found {len(groups)} for {len(pieces)} texts"
        )
    if groups is None:
        groups = torch.arange(len(pieces)) * blocks // max(len(pieces), 1)
    names = groups.unique().tolist()
    if len(names) < 4:
        raise ValueError(f"split_by_group: expected at least 4 groups of texts, found {len(names)}")
    joined = {
        name: "\n".join(piece for piece, group in zip(pieces, groups.tolist()) if group == name)
        for name in names
    }
    order = torch.randperm(len(names), generator=torch.Generator().manual_seed(0)).tolist()
    chosen = [names[k] for k in order]
    count = min(held, len(names) // 2)
    tested = {f"group {name}": joined[name] for name in chosen[:count]}
    learn = "\n".join(joined[name] for name in chosen[count + 1 :])
    return learn, joined[chosen[count]], tested


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


TESTED = ("cluster.hierarchy", "integrate", "interpolate", "linalg", "sparse.linalg")


def prose_by_module(tested=TESTED, valid="ndimage"):
    """SciPy's prose, split by module: what to learn from, to choose by, and to be tested on.

    Parameters
    ----------
    tested : sequence of str
        Modules that are only tested on.
    valid : str
        The module to choose settings by.

    Returns
    -------
    learn, valid : str
        Paragraphs joined by line ends; `learn` is all other modules, in random order, so that any
        first part of it is a sample of the whole.
    tested : dict, module name -> str
    """
    found = scipy_prose()
    rest = [p for name, texts in found.items() if name not in (*tested, valid) for p in texts]
    order = torch.randperm(len(rest), generator=torch.Generator().manual_seed(0)).tolist()
    joined = {name: "\n".join(found[name]) for name in (*tested, valid)}
    return "\n".join(rest[k] for k in order), joined.pop(valid), joined


def prose(document):
    """Paragraphs of running text in a docstring."""
    body = document.split("\nExamples\n")[0].split("\nReferences\n")[0]
    for block in body.split("\n\n"):
        lines = [line.strip() for line in block.split("\n")]
        marked = any(line.startswith((">>>", "..", ":")) or not line.strip("-=") for line in lines)
        text = " ".join(lines)
        if not marked and len(text) > 80 and text[0].isupper():
            yield text
