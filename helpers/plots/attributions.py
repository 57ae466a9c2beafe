"""Attributions: what each feature contributed (chapter 7-interpretability/shapley-values)."""

from helpers.plots.style import BLUE, INK, VERMILION


def waterfall(ax, phi, names, start, labels=None):
    """One example: from the mean score to its own, one step a feature, largest first.

    Parameters
    ----------
    ax : matplotlib axes
    phi : sequence of D floats
        Contributions, in units of the score.
    names : sequence of D str
    start : float
        Score before anything is known (the mean over the background).
    labels : sequence of D str, optional
        Written behind the names, for example the feature's value.

    Returns
    -------
    matplotlib axes
    """
    order = sorted(range(len(phi)), key=lambda i: -abs(phi[i]))
    position = start
    for row, i in enumerate(order):
        ax.barh(row, phi[i], left=position, color=BLUE if phi[i] > 0 else VERMILION)
        position += phi[i]
        reach = 1.4 if row < len(order) - 1 else 0.4
        ax.plot([position, position], [row - 0.4, row + reach], color=INK, lw=0.6)
    written = [f"{names[i]}{'' if labels is None else f' = {labels[i]}'}" for i in order]
    ax.set_yticks(range(len(order)), written)
    ax.invert_yaxis()
    ax.axvline(start, color=INK, lw=0.6, ls=":")
    ax.use_sticky_edges = False
    ax.margins(x=0.06)
    ax.set(xlabel="score")
    return ax


def swarm(ax, phi, values, names):
    """Many examples: one row a feature, one dot an example, shaded by the feature's value.

    Parameters
    ----------
    ax : matplotlib axes
    phi : array (N, D)
        Contributions.
    values : array (N, D)
        Feature values; shades run over their ranks, from low (light) to high (dark).
    names : sequence of D str
        Rows are sorted by mean absolute contribution.

    Returns
    -------
    matplotlib PathCollection, for a colour bar
    """
    import numpy as np

    phi, values = np.asarray(phi), np.asarray(values)
    order = np.argsort(-np.abs(phi).mean(0))
    jitter = np.random.default_rng(0).uniform(-0.28, 0.28, len(phi))
    for row, i in enumerate(order):
        rank = values[:, i].argsort().argsort() / max(len(phi) - 1, 1)
        dots = ax.scatter(phi[:, i], row + jitter, c=rank, cmap="viridis_r", s=10, vmin=0, vmax=1)
    ax.set_yticks(range(len(order)), [names[i] for i in order])
    ax.invert_yaxis()
    ax.axvline(0, color=INK, lw=0.8)
    return dots
