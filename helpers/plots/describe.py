"""What a figure says, as text: titles, labels and how much is drawn, without measured digits."""

import re
from itertools import groupby

DRAWN = {"lines": "lines", "points": "collections", "bars": "patches", "images": "images"}


def describe(figure):
    """One line a panel, or for neighbours that say the same: title, axis labels, legend, number of artists of each kind.

    Stored as the text form of a figure, so that running a chapter again compares what its
    figures say and how much they draw. Decimals are replaced by `#`: they differ between
    processors.

    Parameters
    ----------
    figure : matplotlib Figure

    Returns
    -------
    str

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> figure, ax = plt.subplots()
    >>> _ = ax.plot([0, 1], [0, 1], label="accuracy 0.93")
    >>> _ = ax.set(title="Learning", xlabel="epoch"), ax.legend()
    >>> describe(figure)
    'Figure: Learning | x: epoch | legend: accuracy # | 1 lines'
    >>> plt.close(figure)
    """
    panels = [of_panel(axes) for axes in figure.axes]
    panels = [alike(said, len(list(same))) for said, same in groupby(panels)]
    if figure.get_suptitle():
        panels.insert(0, figure.get_suptitle())
    return "Figure: " + "\n".join(re.sub(r"-?\d+\.\d+", "#", panel) for panel in panels)


def alike(said, count):
    """What neighbouring panels say that say the same.

    Parameters
    ----------
    said : str
        What one panel says.
    count : int >= 1
        How many neighbours say so.
    """
    return said if count == 1 else f"{count} panels: {said}"


def of_panel(axes):
    """Title, labels, legend and counts of one panel, those that are there."""
    title = axes.get_title() or axes.get_title("left") or axes.get_title("right")
    said = [title, labelled("x", axes.get_xlabel()), labelled("y", axes.get_ylabel())]
    if axes.get_legend():
        names = [text.get_text() for text in axes.get_legend().get_texts()]
        said.append("legend: " + ", ".join(names))
    counts = {name: len(getattr(axes, kind)) for name, kind in DRAWN.items()}
    said.append(", ".join(f"{count} {name}" for name, count in counts.items() if count))
    return " | ".join(filter(None, said))


def labelled(name, text):
    """`x: label`, or nothing.

    Parameters
    ----------
    name, text : str
    """
    return f"{name}: {text}" if text else ""


def describe_in_notebooks():
    """Store with each figure of a notebook what it shows, as its text form.

    A method of the class, because the notebook's backend drops formatters when it starts.
    """
    from matplotlib.figure import Figure

    Figure._repr_pretty_ = lambda figure, printer, cycle: printer.text(describe(figure))
