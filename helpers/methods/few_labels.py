"""Ways to learn from few labels and a pool without, under one budget (survey 6.2.2; chapter 6-less-data/self-training).

Every way gets the same labelled rows, the same pool, the same perturbation and three settings to
choose from. The networks share one architecture and one number of steps a training. A way is
called as ``way(deal, setting)`` and gives scores of the test rows.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import torch
from torch.nn import functional as F

from helpers.methods.label_graph import spectral, spread
from helpers.methods.mean_teacher import MeanTeacher
from helpers.methods.mixmatch import MixMatch
from helpers.methods.pseudo_label import PseudoLabel, noisy_student, self_train
from helpers.methods.temporal_ensembling import Ensemble, TemporalEnsembling
from helpers.methods.two_streams import TwoStreams, hide_labels
from helpers.models.mlp import MLP
from helpers.train.loop import fit, predict
from helpers.train.schedule import one_cycle


@dataclass(frozen=True)
class Deal:
    """One dealing of rows and labels.

    Attributes: ``x`` (N, F) float32, all rows to learn from; ``labels`` (N,) int64, -1 where
    nobody has looked; ``test`` (T, F) and ``truth`` (T,), new rows; ``classes`` K; ``perturb``,
    callable (B, F) -> (B, F), a change that keeps the label; ``seed``; ``steps`` of a training;
    ``hidden`` (N,), labels of all rows as far as they are known, for questions about the pool and
    never for training.
    """

    x: torch.Tensor
    labels: torch.Tensor
    test: torch.Tensor
    truth: torch.Tensor
    classes: int
    perturb: Callable
    seed: int = 0
    steps: int = 300
    hidden: torch.Tensor | None = None

    @property
    def few(self):
        """The labelled rows and their labels."""
        known = self.labels >= 0
        return self.x[known], self.labels[known]


def moved(rows, size=8):
    """Square images after a small random affine map and some noise.

    Parameters
    ----------
    rows : Tensor (B, size * size), values in 0..1
    size : int, pixels a side
    """
    images = rows.reshape(-1, 1, size, size)
    maps = torch.eye(2, 3) + 0.1 * torch.randn(len(images), 2, 3)
    grid = F.affine_grid(maps, images.shape, align_corners=False)
    images = F.grid_sample(images, grid, align_corners=False)
    return (images + 0.05 * torch.randn_like(images)).flatten(1)


def noisy(rows):
    """Columns of spread one with a little noise.

    Parameters
    ----------
    rows : Tensor (B, F)
    """
    return rows + 0.2 * torch.randn_like(rows)


def deal(x, y, groups, seed, *, split, per_class=3, perturb=noisy, steps=300):
    """Deal groups to pool and test anew, and labels within the pool.

    Parameters
    ----------
    x : Tensor (N, F)
    y : Tensor (N,) of int64; rows with -1 join the pool and are never scored.
    groups : Tensor (N,), rows that belong together; three tenths of the groups are the test.
    seed : int
    split : callable, (groups, test=share, seed=seed) -> rows of pool and test
    per_class : int, labels of each class that are kept.
    perturb, steps : see `Deal`

    Raises
    ------
    ValueError : if no dealing of a hundred leaves so many labelled rows of each class in the pool.
    """
    wanted = range(int(y.max()) + 1)
    for turn in range(100):
        pool, test = split(groups, test=0.3, seed=seed + 1000 * turn)
        counts = y[pool][y[pool] >= 0].bincount(minlength=len(wanted))
        if counts.min() >= per_class and (y[test] >= 0).any():
            break
    else:
        raise ValueError(
            f"deal: expected {per_class} labelled rows of each class in seven tenths of the groups, "
            f"found {int(counts.min())} of class {int(counts.argmin())}"
        )
    test = test[y[test] >= 0]
    hidden, labels = y[pool], torch.full((len(pool),), -1)
    labels[hidden >= 0] = hide_labels(hidden[hidden >= 0], per_class, seed=seed)
    return Deal(x[pool], labels, x[test], y[test], len(wanted), perturb, seed, steps, hidden)


def typical_rows(x, n, seed=0):
    """The rows nearest to the centres of n clusters: candidates for a label.

    Parameters
    ----------
    x : Tensor (N, F)
    n : int, clusters of k-means; fewer rows come back where two centres share one.
    seed : int

    Examples
    --------
    >>> x = torch.tensor([[0.0], [1.0], [2.0], [10.0], [11.0], [12.0]])
    >>> typical_rows(x, 2).tolist()
    [1, 4]
    """
    from sklearn.cluster import KMeans

    centres = KMeans(n, n_init=3, random_state=seed).fit(x.numpy()).cluster_centers_
    return torch.cdist(torch.as_tensor(centres, dtype=x.dtype), x).argmin(1).unique()


@dataclass(frozen=True)
class Way:
    """``scores``, callable (deal, setting) -> (T, K); ``name`` and ``settings`` of what is tried."""

    scores: Callable
    name: str
    settings: tuple
    chosen: object

    @property
    def budget(self):
        """The settings as text, for a table."""
        return f"{self.name} {', '.join(map(str, self.settings))}"

    def accuracy(self, deal, setting=None):
        """Share of the test rows that are named right.

        Parameters
        ----------
        deal : Deal
        setting : one of `settings`, or None for `chosen`
        """
        setting = self.chosen if setting is None else setting
        return float((self.scores(deal, setting).argmax(1) == deal.truth).float().mean())


def probabilities(model, rows, classes):
    """A scikit-learn model's probabilities in the columns of all classes, (N, K).

    Parameters
    ----------
    model : estimator with ``classes_`` and ``predict_proba``
    rows : Tensor (N, F)
    classes : int, K
    """
    found = torch.zeros(len(rows), classes)
    found[:, torch.as_tensor(model.classes_)] = torch.as_tensor(
        model.predict_proba(rows.numpy()), dtype=torch.float32
    )
    return found


def logistic(classes, C, **options):
    """``train`` of `self_train`: scikit-learn's logistic regression with the inverse penalty C.

    Parameters
    ----------
    classes : int, K
    C : float
    options : further ones of scikit-learn's estimator
    """
    from sklearn.linear_model import LogisticRegression

    def train(x, y):
        model = LogisticRegression(C=C, max_iter=3000, **options).fit(x.numpy(), y.numpy())
        return lambda rows: probabilities(model, rows, classes)

    return train


def _logistic(deal, setting):
    return logistic(deal.classes, setting)(*deal.few)(deal.test)


def _hot(names, deal):
    """One vote for the class that is predicted, (T, K)."""
    return F.one_hot(torch.as_tensor(names), deal.classes)


def _copies(deal, setting):
    """Support vectors on the few labelled rows and a hundred perturbed copies of each."""
    from sklearn.svm import SVC

    x, y = deal.few
    torch.manual_seed(deal.seed)
    copies = torch.cat([x, *(deal.perturb(x) for _ in range(100))])
    model = SVC(C=setting).fit(copies.numpy(), y.repeat(101).numpy())
    return _hot(model.predict(deal.test.numpy()), deal)


def _copies_named(deal, setting):
    """The same support vectors name the pool twice, and learn from the names each time."""
    from sklearn.svm import SVC

    x, y = deal.few
    torch.manual_seed(deal.seed)
    copies, names = torch.cat([x, *(deal.perturb(x) for _ in range(100))]), y.repeat(101)
    known = deal.labels >= 0
    model = SVC(C=setting).fit(copies.numpy(), names.numpy())
    for _ in range(2):
        guess = torch.as_tensor(model.predict(deal.x.numpy()))
        guess = torch.where(known, deal.labels, guess)
        both = torch.cat([copies, deal.x]), torch.cat([names, guess])
        model = SVC(C=setting).fit(*(part.numpy() for part in both))
    return _hot(model.predict(deal.test.numpy()), deal)


def _spreading(deal, setting):
    return _hot(spread(deal.x, deal.labels, deal.test, setting), deal)


def _spectral(deal, setting):
    return _hot(spectral(deal.x, deal.labels, deal.test, setting, seed=deal.seed), deal)


def _repeated(deal, setting):
    """Self-training of logistic regression: the surest ten of each class a round."""
    train = logistic(deal.classes, setting)
    result = self_train(train, deal.x, deal.labels, threshold=0.0, per_class=10, rounds=15)
    return result.predict(deal.test)


def net_of(deal):
    """The network that all ways share, with its starting weights."""
    torch.manual_seed(deal.seed)
    return MLP([deal.x.shape[1], 128, 64, deal.classes], dropout=0.2)


def labelled_only(model, batch):
    """The supervised loss; the unlabelled part of a batch is not looked at.

    Parameters
    ----------
    model : nn.Module
    batch : tuple (inputs, labels, ...)
    """
    return F.cross_entropy(model(batch[0]), batch[1])


def _perturbed(deal):
    """A transform for `fit`: perturb the inputs of a batch, leave labels and rows."""

    def transform(batch, draws):
        few, labels, *many = batch
        return deal.perturb(few), labels, *([deal.perturb(many[0]), many[1]] if many else [])

    return transform


def by_step(make_step, deal, setting, *, lr=0.01, transform=None):
    """Train the network with a step over batches of both streams; give its scores.

    Parameters
    ----------
    make_step : callable, (network, deal, setting) -> step
    deal : Deal
    setting : number, given to make_step
    lr : float, highest learning rate
    transform : callable or None, see `helpers.train.loop.fit`
    """
    net = net_of(deal)
    step = make_step(net, deal, setting)
    streams = TwoStreams(deal.x, deal.labels, seed=deal.seed)
    fit(
        net, streams, step=step, epochs=max(1, round(deal.steps / len(streams))), lr=lr,
        schedule=one_cycle(), transform=transform, progress=False,
    )  # fmt: skip
    return predict(getattr(step, "teacher", net), deal.test)


def _supervised(deal, setting):
    return by_step(lambda *_: labelled_only, deal, None, lr=setting, transform=_perturbed(deal))


def _pseudo_label(net, deal, setting):
    return PseudoLabel(deal.steps // 5, 3 * deal.steps // 5, setting)


def _pseudo(deal, setting):
    return by_step(_pseudo_label, deal, setting, transform=_perturbed(deal))


def _ensembling(net, deal, setting):
    ensemble = Ensemble(len(deal.x), deal.classes)
    return TemporalEnsembling(ensemble, deal.perturb, weight=setting, ramp=deal.steps // 2)


def _mean_teacher(net, deal, setting):
    return MeanTeacher(net, deal.perturb, weight=setting, ramp=deal.steps // 2, decay=0.95)


def _mixmatch(net, deal, setting):
    return MixMatch(deal.perturb, weight=setting, ramp=deal.steps // 2)


def taught(deal, x, targets):
    """The shared network, trained on perturbed rows x (N, F) and classes (N,) or shares (N, K).

    Parameters
    ----------
    deal : Deal
    x : Tensor (N, F)
    targets : Tensor (N,) or (N, K)
    """
    net = net_of(deal)
    epochs = max(1, round(deal.steps / -(-len(x) // 64)))
    fit(
        net, (x, targets), step=labelled_only, epochs=epochs, lr=0.01, schedule=one_cycle(),
        transform=_perturbed(deal), seed=deal.seed, progress=False,
    )  # fmt: skip
    return net


def training(deal):
    """``train`` of `self_train` and `noisy_student`, with the network that all ways share."""

    def train(x, targets):
        net = taught(deal, x, targets)
        return lambda rows: predict(net, rows).softmax(1)

    return train


def _successive(deal, setting):
    """A first network labels the surest of each class for a second."""
    result = self_train(
        training(deal), deal.x, deal.labels, threshold=0.0, per_class=setting, rounds=1
    )
    return result.predict(deal.test)


def _student(deal, setting):
    return noisy_student(
        training(deal), deal.x, deal.labels, generations=setting, classes=deal.classes
    )[-1](deal.test)


WAYS = {
    "logistic regression": Way(_logistic, "C", (0.1, 1, 10), 1),
    "support vectors, copies": Way(_copies, "C", (0.3, 1, 3), 1),
    "support vectors, copies, self-trained": Way(_copies_named, "C", (0.3, 1, 3), 1),
    "spectral, support vectors": Way(_spectral, "neighbours", (3, 5, 10), 5),
    "label spreading": Way(_spreading, "neighbours", (10, 20, 40), 40),
    "self-training, logistic": Way(_repeated, "C", (1, 10, 100), 10),
    "network, labels only": Way(_supervised, "rate", (0.003, 0.01, 0.03), 0.01),
    "pseudo-label": Way(_pseudo, "weight", (1, 3, 10), 3),
    "temporal ensembling": Way(partial(by_step, _ensembling), "weight", (3, 10, 30), 10),
    "mean teacher": Way(partial(by_step, _mean_teacher), "weight", (3, 10, 30), 10),
    "MixMatch": Way(partial(by_step, _mixmatch), "weight", (10, 20, 40), 20),
    "self-training": Way(_successive, "rows a class", (60, 90, 120), 120),
    "noisy student": Way(_student, "generations", (1, 2, 3), 1),
}
