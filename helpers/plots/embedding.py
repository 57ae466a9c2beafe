"""Two-dimensional embeddings (chapter 2-considerations/dimensionality-reduction)."""

from helpers.plots.style import INK, PALETTE

MORE = ["#7A5195", "#8C564B", "#9AA0A6", "#7FBF3F"]  # purple, brown, grey, light green


def distinct(count):
    """As many colours, no two alike: the book's palette, four more, then a colour map.

    Parameters
    ----------
    count : int >= 0

    Returns
    -------
    list of colours

    Examples
    --------
    >>> len(distinct(3)), distinct(1)
    (3, ['#0072B2'])
    """
    import matplotlib as mpl

    if count <= len(PALETTE + MORE):
        return (PALETTE + MORE)[:count]
    return [mpl.colors.to_hex(mpl.colormaps["turbo"](k / (count - 1))) for k in range(count)]


def embedding(ax, points, labels, names, *, write=True):
    """Dots in the plane, a colour for each class, each class named at its median point.

    Parameters
    ----------
    ax : matplotlib axes
    points : array (N, 2)
        Axes without units: only neighbourhoods mean something.
    labels : array (N,) of class numbers
    names : sequence of K str
    write : bool
        Write the names into the picture; otherwise into a legend.

    Returns
    -------
    matplotlib axes
    """
    import matplotlib.patheffects as effects
    import numpy as np

    points, labels = np.asarray(points), np.asarray(labels)
    for number, (name, colour) in enumerate(zip(names, distinct(len(names)), strict=True)):
        mine, marker = points[labels == number], "os^D"[number % 4]
        ax.scatter(*mine.T, s=8, color=colour, marker=marker, alpha=0.7, lw=0, label=name)
        if write and len(mine):
            text = ax.annotate(
                name, np.median(mine, 0), ha="center", va="center", fontsize=8, color=INK
            )
            text.set_path_effects([effects.withStroke(linewidth=2.5, foreground="white")])
    if not write:
        ax.legend(loc="center left", bbox_to_anchor=(1, 0.5), markerscale=2)
    ax.set(xticks=[], yticks=[])
    return ax
