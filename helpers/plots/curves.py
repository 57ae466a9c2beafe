"""Curves: learning curves, and means with bands (chapter 4-models/supervised-learning)."""

from helpers.plots.style import BLUE, INK, ORANGE


def learning_curves(rows, ax=None):
    """Training and validation loss by epoch, labelled at their ends.

    Parameters
    ----------
    rows : list of dict
        ``History.rows``: each with "epoch", "loss" and perhaps "valid_loss".
    ax : matplotlib axes, optional

    Returns
    -------
    matplotlib axes
    """
    import matplotlib.pyplot as plt

    ax = ax or plt.subplots()[1]
    epochs = [row["epoch"] for row in rows]
    for name, label, colour in (("loss", "training", BLUE), ("valid_loss", "validation", ORANGE)):
        if name in rows[-1]:
            values = [row[name] for row in rows]
            ax.plot(epochs, values, color=colour)
            ax.annotate(
                label, (epochs[-1], values[-1]), xytext=(6, 0), textcoords="offset points",
                color=colour, va="center",
            )  # fmt: skip
    ax.set(xlabel="epoch", ylabel="loss")
    ax.margins(x=0.15)
    return ax


def band(ax, x, runs, label, colour):
    """Mean of several runs as a line and their range as a band.

    Parameters
    ----------
    ax : matplotlib axes
    x : sequence of N numbers
    runs : sequence of R sequences of N numbers
    label, colour : str

    Returns
    -------
    matplotlib axes
    """
    columns = list(zip(*runs))
    middle = [sum(column) / len(column) for column in columns]
    ax.fill_between(
        x, [min(c) for c in columns], [max(c) for c in columns], color=colour, alpha=0.2, lw=0
    )
    ax.plot(x, middle, color=colour, label=label, marker="o", markersize=4)
    return ax


def matrix(ax, counts, names):
    """A confusion matrix as shades with the counts written in.

    Parameters
    ----------
    ax : matplotlib axes
    counts : array (K, K)
        Row the true class, column the predicted one.
    names : sequence of K str

    Returns
    -------
    matplotlib axes
    """
    peak = counts.max()
    ax.imshow(counts, cmap="Blues", vmin=0, vmax=peak)
    for i, row in enumerate(counts):
        for j, count in enumerate(row):
            if count:
                colour = "white" if count > peak / 2 else INK
                ax.text(j, i, int(count), ha="center", va="center", color=colour, fontsize=8)
    ax.set_xticks(range(len(names)), names)
    ax.set_yticks(range(len(names)), names)
    ax.set(xlabel="predicted class", ylabel="true class")
    ax.spines[:].set_visible(False)
    return ax
