"""Ways to make new rows of a table without a network (survey 8.1.1; chapter 8-advanced/gans).

Each learns from training rows with one setting, and what it returns has ``draw(count, seed)``.
A network would need `updates`; these take the argument, so that all ways are called alike.
"""

from dataclasses import dataclass

import torch

FEWEST = 24  # rows to learn from; below, validation rows have no fifth neighbour left
FLOOR = 1e-4  # of a Gaussian's noise variance: columns of classes sum to a constant


@dataclass
class Noisy:
    """Rows drawn from `rows` with normal noise of standard deviation `noise` added."""

    rows: torch.Tensor
    noise: float

    def draw(self, count, seed):
        """New rows (count, D).

        Parameters
        ----------
        count, seed : int
        """
        g = torch.Generator().manual_seed(seed)
        chosen = self.rows[torch.randint(len(self.rows), (count,), generator=g)]
        return chosen + self.noise * torch.randn(chosen.shape, generator=g)


def copies(rows, noise, updates, seed):
    """The cheat: training rows again, with a little noise.

    Parameters
    ----------
    rows : tensor (N, D), of spread about one
    noise : float, its standard deviation
    updates, seed : int, ignored
    """
    return Noisy(rows, noise)


class KernelDensity(Noisy):
    """Noisy rows as a density: a normal kernel of width `noise` around each row."""

    def score(self, rows):
        """Mean log-likelihood of rows, up to a constant (Parzen 1962)."""
        apart = torch.cdist(rows, self.rows).square() / (-2 * self.noise**2)
        constant = rows.shape[1] * torch.tensor(self.noise).log()
        return float(apart.logsumexp(1).mean() - constant)


def kernel_density(rows, width, updates, seed):
    """A normal kernel around each training row (Parzen 1962).

    Parameters
    ----------
    rows : tensor (N, D), of spread about one
    width : float > 0, of the kernel
    updates, seed : int, ignored
    """
    return KernelDensity(rows, width)


@dataclass
class Fitted:
    """An estimator of scikit-learn with the random state that `draw` sets."""

    estimator: object

    def draw(self, count, seed):
        """New rows (count, D), in random order.

        Parameters
        ----------
        count, seed : int
        """
        found = torch.from_numpy(
            self.estimator.set_params(random_state=seed).sample(count)[0]
        ).float()
        return found[torch.randperm(count, generator=torch.Generator().manual_seed(seed))]

    def score(self, rows):
        """Mean log-likelihood of rows."""
        return float(self.estimator.score(rows.double().numpy()))


def mixture(rows, components, updates, seed):
    """A mixture of Gaussians with full covariances, by scikit-learn.

    Parameters
    ----------
    rows : tensor (N, D), of spread about one
    components : int, at most N / 2 are taken
    updates : int, ignored
    seed : int, of the start

    Raises
    ------
    ValueError : for fewer than 24 rows.
    """
    from sklearn.mixture import GaussianMixture

    if len(rows) < FEWEST:
        raise ValueError(
            f"mixture: expected at least {FEWEST} rows to learn from, found {len(rows)}; pass a "
            "table of 60 rows or more"
        )
    components = min(components, len(rows) // 2)
    found = GaussianMixture(components, reg_covar=0.02, random_state=seed)
    return Fitted(found.fit(rows.double().numpy()))


@dataclass
class Principal:
    """Probabilistic principal components: a Gaussian in few directions, even noise in the rest."""

    estimator: object

    def draw(self, count, seed):
        """New rows (count, D).

        Parameters
        ----------
        count, seed : int
        """
        g = torch.Generator().manual_seed(seed)
        normal = self.normal()
        noise = torch.randn(count, len(normal.loc), generator=g, dtype=torch.float64)
        return (noise @ normal.scale_tril.T + normal.loc).float()

    def normal(self):
        """The Gaussian; its noise variance is at least FLOOR, so that it can be drawn from."""
        found = self.estimator
        found.noise_variance_ = max(found.noise_variance_, FLOOR)
        mean, covariance = map(torch.from_numpy, (found.mean_, found.get_covariance()))
        return torch.distributions.MultivariateNormal(mean, covariance)

    def score(self, rows):
        """Mean log-likelihood of rows."""
        return float(self.normal().log_prob(rows.double()).mean())


def gaussian(rows, directions, updates, seed):
    """One Gaussian on principal components, by scikit-learn (Tipping and Bishop 1999).

    Parameters
    ----------
    rows : tensor (N, D), of spread about one
    directions : int, principal axes that are kept; the rest has one even spread
    updates, seed : int, ignored
    """
    from sklearn.decomposition import PCA

    directions = min(directions, min(rows.shape) - 1)
    return Principal(PCA(directions, svd_solver="full").fit(rows.double().numpy()))


@dataclass
class Neighbours:
    """Rows near training rows: ``near`` (N, K) holds the numbers of each row's neighbours."""

    rows: torch.Tensor
    near: torch.Tensor

    def start(self, count, seed):
        """Drawn rows' neighbours (count, K, D) and the generator of further draws.

        Parameters
        ----------
        count, seed : int
        """
        g = torch.Generator().manual_seed(seed)
        drawn = torch.randint(len(self.rows), (count,), generator=g)
        return self.rows[drawn], self.rows[self.near[drawn]], g


class LocalGaussians(Neighbours):
    """A Gaussian with the mean and the covariance of a drawn row's neighbours."""

    def draw(self, count, seed):
        """New rows (count, D).

        Parameters
        ----------
        count, seed : int
        """
        _, near, g = self.start(count, seed)
        mean = near.mean(1, keepdim=True)
        weight = torch.randn(count, 1, near.shape[1], generator=g) / near.shape[1] ** 0.5
        return (mean + weight @ (near - mean))[:, 0]


class Between(Neighbours):
    """A point on the line from a drawn row to one of its neighbours."""

    def draw(self, count, seed):
        """New rows (count, D).

        Parameters
        ----------
        count, seed : int
        """
        here, near, g = self.start(count, seed)
        there = near[torch.arange(count), torch.randint(near.shape[1], (count,), generator=g)]
        return here + torch.rand(count, 1, generator=g) * (there - here)


def neighbours(rows, k):
    """Numbers (N, k) of each row's nearest rows, itself left out, by scikit-learn.

    Parameters
    ----------
    rows : tensor (N, D)
    k : int, at most N - 1 are taken
    """
    from sklearn.neighbors import NearestNeighbors

    found = NearestNeighbors(n_neighbors=min(k, len(rows) - 1)).fit(rows.numpy())
    return torch.from_numpy(found.kneighbors(return_distance=False))


def local_gaussians(rows, k, updates, seed):
    """A Gaussian around each training row, of the shape that its neighbours have.

    Parameters
    ----------
    rows : tensor (N, D), of spread about one
    k : int, neighbours that give mean and covariance
    updates, seed : int, ignored
    """
    return LocalGaussians(rows, neighbours(rows, k))


def smote(rows, k, updates, seed):
    """Points between neighbours (Chawla et al. 2002), for all rows and not for a rare class only.

    Parameters
    ----------
    rows : tensor (N, D), of spread about one
    k : int, neighbours to which a line may lead
    updates, seed : int, ignored
    """
    return Between(rows, neighbours(rows, k))
