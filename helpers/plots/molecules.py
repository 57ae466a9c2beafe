"""Structural formulae coloured by a number (chapter 4-models/graph-molecules)."""

from helpers.plots.style import INK, SEQUENTIAL


def molecule(ax, places, bonds, letters, values=None, limits=(0, 1)):
    """Draw atoms as discs and bonds as lines.

    Parameters
    ----------
    ax : matplotlib Axes
    places : tensor (N, 2)
        Where the atoms are drawn.
    bonds : tensor (2, E) of int
        Pairs of atoms; a pair that occurs in both directions is drawn once.
    letters : sequence of N strings
        Written on the atoms; an empty string for carbon is customary.
    values : tensor (N,), optional
        A number for each atom, shown as colour.
    limits : (low, high)
        Values of the first and the last colour.

    Returns
    -------
    the PathCollection of the discs, for a colour bar
    """
    places = [(float(x), float(y)) for x, y in places]
    for a, b in {tuple(sorted(pair)) for pair in bonds.T.tolist()}:
        ax.plot(*zip(places[a], places[b]), color=INK, lw=1.5, zorder=1)
    values = [0.0] * len(places) if values is None else [float(value) for value in values]
    discs = ax.scatter(
        *zip(*places), c=values, s=190, cmap=SEQUENTIAL, vmin=limits[0], vmax=limits[1],
        edgecolors=INK, zorder=2,
    )  # fmt: skip
    for place, letter, value in zip(places, letters, values):
        bright = (value - limits[0]) / (limits[1] - limits[0]) > 0.5
        ax.annotate(
            letter, place, ha="center", va="center", fontsize=8, color=INK if bright else "white"
        )
    ax.set_aspect("equal")
    ax.margins(0.12)
    ax.axis("off")
    return discs
