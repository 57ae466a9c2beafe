"""Two-dimensional embeddings (chapter 2-considerations/dimensionality-reduction)."""

from helpers.plots.style import INK, PALETTE


def embedding(ax, points, labels, names, *, write=True):
    """Dots in the plane, coloured by class, each class named at its median point.

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
    for number, name in enumerate(names):
        mine = points[labels == number]
        colour, marker = PALETTE[number % len(PALETTE)], "os^D"[number // len(PALETTE)]
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
