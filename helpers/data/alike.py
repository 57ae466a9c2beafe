"""Which names look alike, so that one thing would be taken for two (every "Your own data")."""

import re
import unicodedata


def looks(name, capitals=True):
    """What is left of a name for a reader who takes no notice of how it was typed.

    Parameters
    ----------
    name : str
    capitals : bool
        True: capitals and small letters are one.

    Examples
    --------
    >>> looks("Wild\\u00a0 type\\u200b"), looks("01"), looks("1.0"), looks("Stra\u00dfe")
    ('wild type', '1', '1', 'strasse')
    """
    text = unicodedata.normalize("NFKC", name)
    if capitals:
        text = unicodedata.normalize("NFKC", text.casefold())
    text = "".join(letter for letter in text if unicodedata.category(letter) != "Cf")
    text = " ".join(text.split())
    return re.sub(r"([-+]?)0*([0-9]+)([.]0*)?", r"\1\2", text) if WHOLE.fullmatch(text) else text


WHOLE = re.compile("[-+]?[0-9]+([.]0*)?")


def twins(names, capitals=True):
    """The first two different names that look alike, or None.

    Parameters
    ----------
    names : iterable of str
    capitals : as in `looks`

    Examples
    --------
    >>> twins(["P1", "P2", "p1"]), twins(["P1", "P2", "p1"], capitals=False)
    (('P1', 'p1'), None)
    """
    seen = {}
    for name in names:
        first = seen.setdefault(looks(name, capitals), name)
        if first != name:
            return first, name
    return None
