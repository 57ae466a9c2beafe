import matplotlib.pyplot as plt
import numpy as np
from matplotlib.colors import to_rgb

from helpers.plots.embedding import distinct, embedding


def test_each_class_is_one_cloud_named_at_its_median():
    points = np.array([[0.0, 0.0], [2.0, 0.0], [1.0, 0.0], [9.0, 9.0]])
    ax = embedding(plt.subplots()[1], points, [0, 0, 0, 1], ["a", "b"])
    assert [len(cloud.get_offsets()) for cloud in ax.collections] == [3, 1]
    assert [(t.get_text(), t.xy) for t in ax.texts][0][0] == "a"
    assert tuple(ax.texts[0].xy) == (1.0, 0.0)


def test_names_can_go_into_a_legend():
    ax = embedding(plt.subplots()[1], np.zeros((2, 2)), [0, 1], ["a", "b"], write=False)
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["a", "b"]


def test_no_two_classes_share_a_colour():
    """Ten classes had eight colours: the ninth looked like the first but for its marker."""
    for count in (10, 12, 20, 40):
        colours = np.array([to_rgb(colour) for colour in distinct(count)])
        apart = np.linalg.norm(colours[:, None] - colours[None], axis=2) + np.eye(count)
        assert len(colours) == count
        assert apart.min() > (0.2 if count <= 12 else 0.01)
    ax = embedding(plt.subplots()[1], np.zeros((10, 2)), np.arange(10), [str(k) for k in range(10)])
    drawn = {tuple(cloud.get_facecolor()[0]) for cloud in ax.collections}
    assert len(drawn) == 10


def test_the_embedding_looks_as_it_did(looks):
    figure, axes = plt.subplots(1, 2, figsize=(7, 3))
    points = np.random.default_rng(0).normal(size=(60, 2)) + np.arange(60)[:, None] % 5
    for ax, write in zip(axes, (True, False)):
        embedding(ax, points, np.arange(60) % 5, list("abcde"), write=write)
    assert looks(figure, "embedding")
