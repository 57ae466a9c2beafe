import matplotlib.pyplot as plt
import numpy as np

from helpers.plots.attributions import swarm, waterfall


def test_the_waterfall_ends_at_the_score():
    ax = waterfall(
        plt.subplots()[1], [1.0, -3.0, 0.5], ["a", "b", "c"], start=2.0, labels=[7, 8, 9]
    )
    bars = [(bar.get_x(), bar.get_width()) for bar in ax.patches]
    assert bars == [(2.0, -3.0), (-1.0, 1.0), (0.0, 0.5)]
    assert [label.get_text() for label in ax.get_yticklabels()] == ["b = 8", "a = 7", "c = 9"]


def test_the_swarm_sorts_rows_by_mean_absolute_contribution():
    phi = np.array([[0.1, -2.0], [0.3, 2.0]])
    ax = plt.subplots()[1]
    swarm(ax, phi, phi, ["small", "large"])
    assert [label.get_text() for label in ax.get_yticklabels()] == ["large", "small"]
    assert ax.collections[0].get_offsets()[:, 0].tolist() == [-2.0, 2.0]


def test_the_waterfall_looks_as_it_did(looks):
    ax = waterfall(plt.subplots(figsize=(4, 3))[1], [1.0, -3.0, 0.5], ["a", "b", "c"], start=2.0)
    assert looks(ax.figure, "waterfall")


def test_the_swarm_looks_as_it_did(looks):
    phi = np.random.default_rng(0).normal(size=(40, 3)) * [1, 3, 0.3]
    figure, ax = plt.subplots(figsize=(4, 3))
    figure.colorbar(swarm(ax, phi, phi + 1, ["a", "b", "c"]))
    assert looks(figure, "swarm")
