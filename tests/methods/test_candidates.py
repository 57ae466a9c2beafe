from random import Random

import torch
from rdkit import Chem

from helpers.data.graphs import smiles_to_graph
from helpers.methods import candidates
from helpers.methods.candidates import (
    add,
    best,
    both_ways,
    close,
    edited,
    evolve,
    exchange,
    made_up,
    nearest_in_size,
    remove,
    sums,
)

ASPIRIN = "CC(=O)Oc1ccccc1C(=O)O"


def test_edits_give_whole_molecules_that_rdkit_writes_the_same_way():
    found = {edited(ASPIRIN, Random(seed)) for seed in range(200)} - {None}
    assert len(found) > 30
    for text in found:
        molecule = Chem.MolFromSmiles(text)
        assert Chem.MolToSmiles(molecule) == text
        assert "." not in text
        assert not any(atom.GetNumRadicalElectrons() for atom in molecule.GetAtoms())
        assert abs(molecule.GetNumAtoms() - 13) <= 1


def sizes(edit, seed):
    """Atoms and bonds of butane after one edit of its first atom."""
    molecule = Chem.RWMol(Chem.MolFromSmiles("CCCC"))
    edit(molecule, 0, Random(seed))
    return molecule.GetNumAtoms(), molecule.GetNumBonds()


def test_each_edit_does_what_its_name_says():
    for edit, wanted in ((exchange, (4, 3)), (add, (5, 4)), (remove, (3, 2))):
        assert sizes(edit, 0) == wanted
    assert {sizes(close, seed) for seed in range(20)} == {(4, 3), (4, 4)}


def test_the_search_climbs_and_scores_nothing_twice():
    asked = []

    def length(smiles):
        asked.extend(smiles)
        return [float(len(text)) for text in smiles]

    known = evolve(length, ["CCO", "CCN"], rounds=5, keep=2, children=10, seed=1)
    assert len(asked) == len(set(asked)) == len(known) <= 52
    assert max(known.values()) > 6
    assert known == evolve(length, ["CCO", "CCN"], rounds=5, keep=2, children=10, seed=1)
    low = evolve(lambda s: [-len(t) for t in s], ["CCO"], rounds=5, keep=2, children=10, seed=1)
    assert max(low.values()) >= -3


def test_both_ways_hand_in_the_best_of_what_each_may_see():
    def length(smiles):
        return [float(len(text)) for text in smiles]

    library = ["C" * n for n in range(1, 31)]
    found = both_ways(length, ["CCO", "CCN"], library, rounds=3, seed=1, count=5)
    assert list(found["library, screened"]) == ["C" * n for n in range(30, 25, -1)]
    made = found["made up, searched"]
    assert len(made) == 5
    known = evolve(length, ["CCO", "CCN"], rounds=3, keep=5, children=30, seed=1)
    assert made == best(
        {text: said for text, said in known.items() if text not in ("CCO", "CCN")}, 5
    )
    assert set(made.values()) != set(best(known, 50).values())


def test_what_the_search_began_with_is_not_handed_in():
    first = both_ways(lambda s: [-float(len(t)) for t in s], ["C", "CCO"], ["CC"], rounds=1, seed=1)
    made = first["made up, searched"]
    assert len(made) > 3
    assert not {"C", "CCO"} & set(made)


def test_what_was_measured_is_not_handed_in_wherever_the_search_began():
    def short(smiles):
        return [-float(len(text)) for text in smiles]

    free = made_up(short, ["CCO"], rounds=1, seed=1)
    met = next(text for text in free if text != "CCO")
    bound = made_up(short, ["CCO"], measured=[met], rounds=1, seed=1)
    assert met not in bound
    assert "CCO" not in bound
    assert {text: said for text, said in free.items() if text != met}.items() <= bound.items()
    whole = both_ways(short, ["CCO"], ["C"], rounds=1, seed=1)
    assert whole["made up, searched"] == free


def test_nearest_in_size_agrees_with_scikit_learn_where_no_two_are_equally_near():
    from sklearn.neighbors import KNeighborsRegressor

    draw = torch.Generator().manual_seed(3)
    sizes, new = torch.rand(60, generator=draw), torch.rand(20, generator=draw)
    values = torch.rand(60, generator=draw)
    theirs = KNeighborsRegressor(7).fit(sizes[:, None], values).predict(new[:, None])
    found = nearest_in_size(sizes, values, new, near=7)
    assert torch.allclose(found, torch.as_tensor(theirs, dtype=torch.float32), atol=1e-6)
    assert not torch.allclose(nearest_in_size(sizes, values, new, near=8), found, atol=1e-3)


def test_of_those_equally_near_in_size_the_first_ones_count():
    sizes, values = torch.tensor([4, 4, 4, 9]), torch.tensor([1.0, 2.0, 6.0, 50.0])
    assert nearest_in_size(sizes, values, torch.tensor([4]), near=2).tolist() == [1.5]
    assert nearest_in_size(sizes, values.flip(0), torch.tensor([4]), near=2).tolist() == [28.0]
    many = torch.arange(40)
    assert nearest_in_size(many, many.float(), torch.tensor([0])).tolist() == [12.0]


def test_sums_agree_with_counting_by_hand_and_do_not_see_the_wiring():
    graphs = [smiles_to_graph(text) for text in ("CCO", "OCC", "COC", "CCOC")]
    found = sums(graphs)
    assert found.shape == (4, 32)
    assert found[0, :3].tolist() == [2, 0, 1]
    assert found[:, 26:30].sum(1).tolist() == [2, 2, 2, 3]
    assert torch.equal(found[0], found[1])
    assert not torch.equal(found[0], found[2])


def test_parents_are_the_best_and_children_as_many_as_asked(monkeypatch):
    """Edits add a letter, the score is the length: only the longest may have children."""
    tried = []

    def edited(smiles, random):
        tried.append(smiles)
        return smiles + random.choice("NOF")

    monkeypatch.setattr(candidates, "edited", edited)
    rounds = []

    def score(smiles):
        rounds.append(list(smiles))
        return [-float(text.count("C")) + len(text) for text in smiles]

    known = evolve(score, ["CCC", "CN", "N"], rounds=2, keep=2, children=3, seed=4)
    assert rounds[0] == ["CCC", "CN", "N"]
    assert [len(found) for found in rounds[1:]] == [3, 3]
    assert set(tried[: len(tried) // 2]) <= {"CN", "N", *known}
    assert "CCC" not in tried
    assert rounds[1] == sorted(rounds[1])
    again = evolve(score, ["CCC", "CN", "N"], rounds=2, keep=2, children=3)
    assert evolve(score, ["CCC", "CN", "N"], rounds=2, keep=2, children=3, seed=0) == again != known


def test_a_search_that_makes_nothing_new_gives_up_after_fifty_tries_a_child(monkeypatch):
    calls = []
    monkeypatch.setattr(candidates, "edited", lambda smiles, random: calls.append(smiles))
    assert evolve(lambda s: [1.0] * len(s), ["C"], rounds=2, keep=1, children=3) == {"C": 1.0}
    assert len(calls) == 2 * 150


def test_twenty_of_ten_rounds_of_thirty_if_nothing_is_said(monkeypatch):
    seen = {}

    def evolve(ask, start, **given):
        seen.update(given)
        return dict(zip(start, ask(start)))

    monkeypatch.setattr(candidates, "evolve", evolve)
    both_ways(lambda s: [1.0] * len(s), ["C"], ["N"] * 3)
    assert seen == {"rounds": 10, "keep": 20, "children": 30, "seed": 0}
    assert len(best({str(k): k for k in range(30)})) == 20
    assert next(iter(best({"a": 1.0, "b": 3.0, "c": 2.0}, 1))) == "b"
