import numpy as np
import pytest
import torch

from helpers.data.expression import h5ad

COUNTS = np.array([[1, 0, 3], [0, 2, 2], [4, 0, 4], [1, 1, 0]], dtype=np.float32)


@pytest.fixture
def cells(tmp_path):
    import anndata
    import pandas

    def put(values=COUNTS, **obs):
        names = [f"cell{k}" for k in range(len(values))]
        obs = pandas.DataFrame({"kind": ["T", "B", "T", "B"], **obs}, index=names)
        data = anndata.AnnData(values, obs, pandas.DataFrame(index=["g1", "g2", "g3"]))
        data.write_h5ad(tmp_path / "a.h5ad")
        return tmp_path / "a.h5ad"

    return put


def test_counts_are_brought_to_one_total(cells):
    data = h5ad(cells(), "kind")
    assert torch.equal(data.counts, torch.from_numpy(COUNTS))
    wanted = np.log1p(COUNTS * 4 / COUNTS.sum(1, keepdims=True))  # totals 4, 4, 8, 2: median 4
    assert np.allclose(data.log.numpy(), wanted, atol=1e-6)
    assert data.x.mean(0).abs().max() < 1e-6
    assert (data.y.tolist(), data.classes, data.genes) == (
        [1, 0, 1, 0],
        ["B", "T"],
        ["g1", "g2", "g3"],
    )
    assert (data.phase, data.rows[0]) == (None, "cell0")


def test_the_unit_is_known_said_or_refused(cells):
    assert h5ad(cells(COUNTS - 1), "kind").counts is None
    with pytest.raises(ValueError, match="with fractions in X; pass unit='log'"):
        h5ad(cells(COUNTS / 3), "kind")
    data = h5ad(cells(COUNTS / 3), "kind", unit="log")
    assert torch.equal(data.log, torch.from_numpy(COUNTS / 3))
    with pytest.raises(ValueError, match="expected log in X, found counts"):
        h5ad(cells(), "kind", unit="log")
    with pytest.raises(ValueError, match="not finite"):
        h5ad(cells(np.full((4, 3), np.nan, dtype=np.float32)), "kind")


def test_groups_labels_and_damaged_files(cells, tmp_path):
    path = cells(donor=["d2", "d1", "d2", "d1"])
    with pytest.raises(ValueError, match="pass groups='donor'"):
        h5ad(path, "kind")
    assert h5ad(path, "kind", groups="donor").groups.tolist() == [1, 0, 1, 0]
    with pytest.raises(ValueError, match="no column 'type' in obs, it has kind, donor"):
        h5ad(path, "type")
    with pytest.raises(ValueError, match="cell cell1, column 'gap': expected a value, found none"):
        h5ad(cells(gap=["a", None, "a", "b"]), "gap")
    (tmp_path / "b.h5ad").write_bytes(b"no file of this kind")
    with pytest.raises(ValueError, match="b.h5ad cannot be read as h5ad"):
        h5ad(tmp_path / "b.h5ad")
    with pytest.raises(FileNotFoundError, match="there is no file"):
        h5ad(tmp_path / "c.h5ad")


def test_what_was_read_is_said(cells):
    text = str(h5ad(cells(), "kind").report)
    assert "4 cells, 3 genes, X holds counts" in text.replace("\n", ", ").replace("; ", ", ")
    assert "0 to 4" in text
    assert "groups: none named" in text
    grouped = h5ad(cells(donor=["a", "a", "b", "b"]), "kind", groups="donor")
    assert "groups: donor" in str(grouped.report)
    assert grouped.groups.tolist() == [0, 0, 1, 1]
    assert (grouped.rows, grouped.genes) == (
        ["cell0", "cell1", "cell2", "cell3"],
        ["g1", "g2", "g3"],
    )
    assert grouped.decisions["genes"] == ["g1", "g2", "g3"]


def test_each_unit_gives_the_scales_it_can(cells):
    log = np.log1p(COUNTS / 3)
    data = h5ad(cells(log), "kind", unit="log")
    assert np.allclose(data.log, log, atol=1e-6)
    assert data.counts is None
    spread = log.std(0, ddof=1)
    assert np.allclose(data.x, (log - log.mean(0)) / spread, atol=1e-5)
    below = COUNTS - 1.5
    data = h5ad(cells(below), "kind")
    assert (data.log, data.counts) == (None, None)
    assert np.allclose(data.x, below)
    assert h5ad(cells(np.abs(below)), "kind", unit="scaled").log is None
    tall = np.zeros((200, 3), dtype=np.float32)
    tall[0] = 50
    tall[:, 1] = 1
    import anndata
    import pandas

    names = [f"c{k}" for k in range(200)]
    frame = anndata.AnnData(
        tall,
        pandas.DataFrame({"kind": ["T", "B"] * 100}, index=names),
        pandas.DataFrame(index=["g1", "g2", "g3"]),
    )
    path = cells().parent / "tall.h5ad"
    frame.write_h5ad(path)
    assert h5ad(path, "kind").x.max() == 10  # scanpy's limit


def test_cells_that_cannot_be_read_are_one_sentence(cells, monkeypatch):
    from helpers.data import expression

    def refused(path, *given, **said):
        with pytest.raises(ValueError) as caught:
            h5ad(path, *given, **said)
        return str(caught.value).replace(str(path), "FILE")

    assert refused(cells(donor=["a", "", "b", "b"]), "kind", groups="donor") == (
        "h5ad: FILE, cell cell1, column 'donor': expected a value, found none"
    )
    assert refused(cells(donor=["a", "b", "NA", "b"]), "kind", groups="donor").startswith(
        "h5ad: FILE, cell cell2, column 'donor': expected a value, found 'NA', which may mean"
    )
    assert refused(cells(kind=["T"] * 4), "kind") == "h5ad: FILE, column 'kind' holds only 'T'"
    assert refused(cells(), "kind", unit="tpm").startswith("h5ad: unit must be one of (")
    assert (
        refused(cells(), "kind", unit="scaled")
        == "h5ad: FILE: expected scaled in X, found counts (0 to 4)"
    )
    bad = COUNTS.copy()
    bad[0, 0] = np.inf
    assert refused(cells(bad), "kind") == "h5ad: FILE holds numbers in X that are not finite"
    assert refused(cells(COUNTS / 4), "kind").startswith(
        "h5ad: FILE holds numbers from 0 to 1 with fractions in X"
    )
    monkeypatch.setattr(expression, "MOST_VALUES", 12)
    assert h5ad(cells(), "kind").x.shape == (4, 3)
    monkeypatch.setattr(expression, "MOST_VALUES", 11)
    assert (
        refused(cells(), "kind")
        == "h5ad: FILE cannot be read as h5ad (4 cells and 3 genes are too many)"
    )


def test_the_report_of_cells_line_by_line(cells):
    data = h5ad(cells(donor=["a", "a", "b", "b"], day=["1", "2", "3", "4"]), "kind", groups="donor")
    assert data.report.head == ("column", "read as", "sample", "values")
    assert data.report.lines == [
        ("kind", "label", "T", "2 values"), ("donor", "groups", "a", "2 values"), ("day", "ignored", "1", "4 values"),
    ]  # fmt: skip
    assert data.report.notes == ["4 cells", "3 genes", "X holds counts", "0 to 4", "groups: donor"]
    assert data.decisions == {
        "reader": "h5ad",
        "label": "kind",
        "unit": "counts",
        "genes": ["g1", "g2", "g3"],
    }
    assert data.path.endswith("a.h5ad")
    plain = h5ad(cells())
    assert (plain.y, plain.classes, plain.groups, plain.scores, plain.phases) == (
        None,
        [],
        None,
        None,
        [],
    )
    assert plain.decisions["label"] is None


def test_sentences_about_cells_word_by_word(cells, tmp_path):
    path = cells(donor=["a", "A", "b", "b"])
    with pytest.raises(
        ValueError, match="^h5ad: .*a.h5ad, column 'donor' holds 'A' and 'a', expected one"
    ):
        h5ad(path, "kind", groups="donor")
    with pytest.raises(
        ValueError, match="^h5ad: .*a.h5ad, column 'kind' holds 't' and 'T'|'T' and 't'"
    ):
        h5ad(cells(kind=["T", "t", "B", "B"]), "kind")
    with pytest.raises(ValueError) as caught:
        h5ad(cells(donor=["a", "b", "NA", "b"]), "kind", groups="donor")
    assert str(caught.value).endswith(
        "cell cell2, column 'donor': expected a value, found 'NA', which may mean that there is none; leave "
        "such cells out of the file, or rename it"
    )
    with pytest.raises(ValueError) as caught:
        h5ad(cells(COUNTS / 4), "kind")
    assert str(caught.value).endswith(
        "holds numbers from 0 to 1 with fractions in X; pass unit='log' if they are log(1 + normalised "
        "counts), unit='scaled' for anything else"
    )
    with pytest.raises(
        ValueError, match="^h5ad: .*a.h5ad: expected counts in X, found scaled .-1 to 3.$"
    ):
        h5ad(cells(COUNTS - 1), "kind", unit="counts")
    with pytest.raises(FileNotFoundError, match="^h5ad: there is no file .*none.h5ad$"):
        h5ad(tmp_path / "none.h5ad")
    with pytest.raises(ValueError, match="^h5ad: .* has no column 'donor' in obs, it has kind$"):
        h5ad(cells(), "kind", groups="donor")
