"""What a figure says, as text: titles, labels and how much is drawn, without measured digits."""

import re

DRAWN = {"lines": "lines", "points": "collections", "bars": "patches", "images": "images"}


def describe(figure):
    """One line a panel: title, axis labels, legend, number of artists of each kind.

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
    if figure.get_suptitle():
        panels.insert(0, figure.get_suptitle())
    return "Figure: " + "\n".join(re.sub(r"-?\d+\.\d+", "#", panel) for panel in panels)


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
    """`x: label`, or nothing."""
    return f"{name}: {text}" if text else ""


def describe_in_notebooks():
    """Store with each figure of a notebook what it shows, as its text form.

    A method of the class, because the notebook's backend drops formatters when it starts.
    """
    from matplotlib.figure import Figure

    Figure._repr_pretty_ = lambda figure, printer, cycle: printer.text(describe(figure))
