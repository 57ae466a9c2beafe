"""The extractor on a knowledge base's labels: marks, the surest mention, and what rounds change."""

import pytest
import torch
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from helpers.data.relations import between, pair_of
from helpers.methods.distant_extractor import extractor, marked, surest


def test_marks_are_read_back():
    for pair, text in [
        (("aspirin", "cox-2"), "in mice cox-2 is blocked by aspirin"),
        (("a", "cox"), "cyclase a, and cox; not coxsackie a"),
    ]:
        found = marked(pair, text)
        assert pair_of(found) == tuple(sorted(pair))
        assert (
            found.replace("<< ", "").replace(" >>", "").replace("[[ ", "").replace(" ]]", "")
            == text
        )
    assert between(marked(("a", "b"), "now a blocks b here"), 4) == "now   blocks   her"


def test_a_name_inside_a_word_is_not_marked():
    assert marked(("cox", "a"), "coxsackie a cox") == "coxsackie << a >> [[ cox ]]"
    with pytest.raises(ValueError, match="'cox' does not stand in 'coxsackie a' as a word"):
        marked(("cox", "a"), "coxsackie a")


def test_overlapping_names_have_no_marks():
    assert marked(("a b", "b c"), "a b c") is None


def test_the_surest_of_each_pair_agrees_with_a_loop():
    draws = torch.Generator().manual_seed(0)
    p = torch.rand(40, generator=draws, dtype=torch.float64)
    of_pair = torch.randint(0, 9, (40,), generator=draws).unique(return_inverse=True)[1]
    kept = surest(p, of_pair)
    for pair in of_pair.unique():
        assert p[kept & (of_pair == pair)].tolist() == [p[of_pair == pair].max()]


def test_believing_every_mention_is_scikit_learn_s_fit():
    draws = torch.Generator().manual_seed(1)
    x, y = torch.randn(60, 4, generator=draws).double(), torch.arange(60) % 3
    theirs = LogisticRegression(class_weight="balanced", max_iter=200).fit(x.numpy(), y.numpy())
    ours = extractor(csr_matrix(x.numpy()), torch.arange(60), y, torch.arange(60), 3)
    gap = ours(torch.arange(60)) - torch.from_numpy(theirs.predict_proba(x.numpy()))
    assert gap.abs().max() < 1e-3


def test_rounds_leave_out_mentions_that_do_not_say_it():
    """Planted: of each pair one mention speaks of the relation, one is noise of the other class."""
    draws = torch.Generator().manual_seed(2)
    y = (torch.arange(80) % 2).repeat_interleave(2)
    says = torch.arange(160) % 2 == 0
    centre = torch.where(says, 2.0 * y - 1, 0.4 - 0.8 * y)
    x = centre[:, None] + 0.3 * torch.randn(160, 1, generator=draws)
    of_pair = torch.arange(80).repeat_interleave(2)
    rows = torch.arange(160)

    def steepness(rounds):
        p = extractor(csr_matrix(x.double().numpy()), rows, y, of_pair, 2, rounds)(rows)
        return p[says & (y == 1), 1].mean()

    assert steepness(3) > steepness(0) + 0.05
