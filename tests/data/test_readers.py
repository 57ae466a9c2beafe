import gzip
import io
import os
import pickle

import numpy as np
import pytest
import torch

from helpers.data import readers


def test_cora_equals_the_reader_of_torch_geometric(cited_data):
    from torch_geometric.io import read_planetoid_data

    ours, theirs = readers.cora(), read_planetoid_data(str(cited_data / "cora"), "cora")
    assert torch.equal(ours.x, theirs.x)
    assert torch.equal(ours.y, theirs.y)
    assert set(map(tuple, ours.edge_index.T.tolist())) == set(
        map(tuple, theirs.edge_index.T.tolist())
    )
    for name, mask in (("train", "train_mask"), ("valid", "val_mask"), ("test", "test_mask")):
        assert torch.equal(getattr(ours, name), theirs[mask].nonzero()[:, 0])


def test_cora_edges_go_both_ways_and_topics_cluster(cited_data):
    graph = readers.cora()
    pairs = set(map(tuple, graph.edge_index.T.tolist()))
    assert all((b, a) in pairs and a != b for a, b in pairs)
    same = (graph.y[graph.edge_index[0]] == graph.y[graph.edge_index[1]]).float().mean()
    order = torch.randperm(len(pairs), generator=torch.Generator().manual_seed(0))
    shuffled = (graph.y[graph.edge_index[0]] == graph.y[graph.edge_index[1, order]]).float().mean()
    assert same > 0.75 > 0.3 > shuffled


def test_the_unpickler_refuses_a_hostile_file(tmp_path):
    class Hostile:
        def __reduce__(self):
            return os.mkdir, (str(tmp_path / "made by a pickle"),)

    (tmp_path / "bad").write_bytes(pickle.dumps(Hostile(), protocol=2))
    with pytest.raises(ValueError, match="asks for (posix|nt).mkdir, expected only arrays"):
        readers._unpickle(tmp_path / "bad")
    assert not (tmp_path / "made by a pickle").exists()


def test_the_stand_in_for_sparse_matrices_equals_scipy():
    from scipy.sparse import random

    matrix = random(6, 5, density=0.4, format="csr", random_state=0)
    stand_in = readers._Sparse()
    stand_in.__dict__.update(
        _shape=(6, 5), indptr=matrix.indptr, indices=matrix.indices, data=matrix.data
    )
    assert np.allclose(stand_in.dense(), matrix.toarray())


def test_esol_equals_pandas(cited_data):
    import pandas

    smiles, y = readers.esol()
    frame = pandas.read_csv(io.BytesIO((cited_data / "esol/delaney-processed.csv").read_bytes()))
    wanted = torch.tensor(frame["measured log solubility in mols per litre"].to_numpy()).float()
    assert torch.equal(y, wanted)
    assert smiles == frame["smiles"].str.strip().tolist()


@pytest.mark.parametrize(("name", "classes"), [("scicite", 3), ("chemprot", 13)])
def test_texts(cited_data, name, classes):
    data = getattr(readers, name)()
    parts = torch.cat([data.train, data.valid, data.test])
    assert torch.equal(parts, torch.arange(len(data.text)))
    assert len(data.classes) == classes == int(data.y.max()) + 1
    lines = (cited_data / name / "test.txt").read_text().strip().split("\n")
    assert len(data.test) == len(lines)
    assert data.classes[data.y[-1]] in lines[-1]


def test_tinyshakespeare(cited_data):
    text = readers.tinyshakespeare()
    assert len(text) == 1_115_394
    assert text.startswith("First Citizen:")


def test_mnist_equals_torchvision_s_reader(cited_data, tmp_path):
    from torchvision.datasets.mnist import read_image_file, read_label_file

    x, y, population = readers.mnist_10k()
    for name in ("images-idx3", "labels-idx1"):
        packed = cited_data / "mnist-10k" / f"t10k-{name}-ubyte.gz"
        (tmp_path / name).write_bytes(gzip.decompress(packed.read_bytes()))
    theirs = read_image_file(str(tmp_path / "images-idx3"))
    assert torch.equal((x[:, 0] * 255).round().byte(), theirs)
    assert torch.equal(y, read_label_file(str(tmp_path / "labels-idx1")))
    assert population.bincount().tolist() == [5000, 5000]
    assert not torch.equal(y, y.flip(0))


def test_splice_windows_hold_their_consensus_and_stand_there_once(cited_data):
    data = readers.splice()
    assert len(data.text) == len(set(data.text)) == len(data.y) == len(data.groups) < 3190
    assert {len(text) for text in data.text} == {60}
    windows = {label: [t for t, y in zip(data.text, data.y) if data.classes[y] == label]
               for label in data.classes}  # fmt: skip

    def share(label, word, at):
        return sum(t[at : at + 2] == word for t in windows[label]) / len(windows[label])

    assert share("EI", "GT", 30) > 0.98  # an intron begins with GT and ends with AG
    assert share("IE", "AG", 28) > 0.98
    assert share("N", "GT", 30) < 0.2
    assert data.rows[0].split("-")[0] == data.rows[1].split("-")[0]
    assert data.groups[0] == data.groups[1]


def test_splice_is_read_row_by_row(cited_data):
    data = readers.splice()
    lines = (cited_data / "splice" / "splice.data").read_text().split("\n")
    rows = [[cell.strip() for cell in line.split(",")] for line in lines if line.strip()]
    first = {}
    for label, name, letters in rows:
        first.setdefault(letters, (label, name))
    assert data.text == list(first)
    assert data.classes == ["EI", "IE", "N"]
    assert [(data.classes[k], name) for k, name in zip(data.y.tolist(), data.rows)] == list(
        first.values()
    )
    assert (data.train.tolist(), len(data.valid), len(data.test)) == (list(range(len(first))), 0, 0)
    entries = [name.split("-")[0] for name in data.rows]
    order = sorted(set(entries))
    assert data.groups.tolist() == [order.index(entry) for entry in entries]


def test_cora_s_parts_and_topics(cited_data):
    graph = readers.cora()
    assert (len(graph.train), len(graph.valid), len(graph.test)) == (140, 500, 1000)
    assert (graph.train[0], graph.train[-1], graph.valid[0], graph.valid[-1]) == (0, 139, 140, 639)
    assert graph.classes[0] == "theory"
    assert len(graph.classes) == 7
    assert (graph.x.dtype, graph.y.dtype, graph.edge_index.dtype) == (
        torch.float32,
        torch.int64,
        torch.int64,
    )
    assert graph.edge_index.is_contiguous()
    edges = graph.edge_index.T.tolist()
    assert edges == sorted(edges)


def test_texts_keep_their_parts_in_order(cited_data):
    import json

    data = readers.scicite()
    rows = [
        [json.loads(line) for line in (cited_data / "scicite" / f"{part}.txt").read_text(encoding="utf-8").split("\n") if line.strip()]
        for part in ("train", "dev", "test")
    ]  # fmt: skip
    assert [len(part) for part in (data.train, data.valid, data.test)] == [
        len(part) for part in rows
    ]
    assert data.text == [row["text"] for part in rows for row in part]
    assert [data.classes[k] for k in data.y.tolist()] == [
        row["label"] for part in rows for row in part
    ]
    assert data.classes == sorted(data.classes)


def test_digits_of_two_populations(cited_data):
    x, y, population = readers.mnist_10k()
    assert (x.shape, x.dtype, y.dtype) == ((10_000, 1, 28, 28), torch.float32, torch.int64)
    assert (x.min(), x.max()) == (0, 1)
    assert (population[4999], population[5000]) == (0, 1)


def test_what_a_pickle_may_ask_for(tmp_path):
    for kept in ([1, 2], {"a": [1]}, np.arange(3)):
        (tmp_path / "a").write_bytes(pickle.dumps(kept, protocol=2))
        if not isinstance(kept, np.ndarray) or np.__version__ < "2":
            found = readers._unpickle(tmp_path / "a")
            assert np.array_equal(found, kept) if isinstance(kept, np.ndarray) else found == kept
    (tmp_path / "a").write_bytes(pickle.dumps(os.mkdir, protocol=2))
    with pytest.raises(
        ValueError, match="expected only arrays, lists and dictionaries; it was not read$"
    ):
        readers._unpickle(tmp_path / "a")
