import matplotlib.pyplot as plt
import numpy as np
import torch
from matplotlib.colors import to_hex

from helpers.plots.molecules import molecule
from helpers.plots.style import INK

PLACES = torch.tensor([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0]])
BONDS = torch.tensor([[0, 1, 1, 2], [1, 0, 2, 1]])


def drawn(**how):
    ax = plt.subplots()[1]
    return ax, molecule(ax, PLACES, BONDS, ["", "N", "O"], **how)


def test_every_bond_is_drawn_once_and_every_atom_at_its_place():
    ax, discs = drawn()
    lines = [list(zip(*line.get_data())) for line in ax.lines]
    assert sorted(sorted(line) for line in lines) == [[(0, 0), (1, 0)], [(1, 0), (1, 1)]]
    assert np.array_equal(discs.get_offsets(), PLACES)
    assert [(text.get_text(), text.xy) for text in ax.texts] == [
        ("", (0.0, 0.0)), ("N", (1.0, 0.0)), ("O", (1.0, 1.0)),
    ]  # fmt: skip
    assert ax.get_aspect() == 1


def test_values_are_colours_between_the_limits_and_letters_stay_legible():
    ax, discs = drawn(values=torch.tensor([-2.0, 1.0, 2.0]), limits=(-2, 2))
    assert discs.get_array().tolist() == [-2.0, 1.0, 2.0]
    assert discs.get_clim() == (-2, 2)
    assert [to_hex(text.get_color()) for text in ax.texts] == ["#ffffff", INK.lower(), INK.lower()]
    _, plain = drawn()
    assert plain.get_array().tolist() == [0.0] * 3


def test_the_molecule_looks_as_it_did(looks):
    ax, discs = drawn(values=torch.tensor([-2.0, 1.0, 2.0]), limits=(-2, 2))
    ax.figure.colorbar(discs)
    assert looks(ax.figure, "molecule")
