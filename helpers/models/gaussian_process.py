"""A Gaussian process: a prediction that knows its doubt (survey 2.3; chapter 2-considerations/simple-models)."""

import math
from dataclasses import dataclass

import torch


def gaussian_kernel(a, b, scale):
    r"""How alike rows are, :math:`\exp(-\lVert a_i - b_j \rVert^2 / 2 \ell^2)`, from 0 to 1.

    Parameters
    ----------
    a : tensor (N, F)
    b : tensor (M, F)
    scale : float > 0
        The distance l over which the function changes.

    Examples
    --------
    >>> gaussian_kernel(torch.zeros(1, 1), torch.tensor([[0.0], [2.0]]), 2.0).tolist()
    [[1.0, 0.6065306663513184]]
    """
    distance = torch.cdist(a, b, compute_mode="donot_use_mm_for_euclid_dist")
    return torch.exp(-(distance**2) / (2 * scale**2))


@dataclass(frozen=True)
class GaussianProcess:
    r"""The posterior of a random function, given noisy values of it (Rasmussen & Williams 2006, ch. 2).

    .. math:: \mu(x) = k(x)^\top (K + \sigma^2 I)^{-1} y, \qquad
              s^2(x) = k(x, x) - k(x)^\top (K + \sigma^2 I)^{-1} k(x)

    Attributes: ``kernel`` callable (a, b) -> (N, M), 1 for equal rows; ``x`` (N, F); ``amplitude``
    the prior variance; ``factor`` (N, N) the Cholesky factor L of :math:`K + \sigma^2 I`; ``alpha``
    (N,), that matrix's inverse times the centred targets; ``level`` their mean.
    """

    kernel: object
    x: torch.Tensor
    amplitude: float
    factor: torch.Tensor
    alpha: torch.Tensor
    level: torch.Tensor

    def mean(self, new):
        """The posterior mean (M,) of rows (M, F)."""
        return self.level + self.amplitude * self.kernel(new, self.x) @ self.alpha

    def __call__(self, new):
        """Mean (M,) and standard deviation (M,) of the function, without the noise."""
        shared = self.amplitude * self.kernel(new, self.x)  # (M, N)
        solved = torch.linalg.solve_triangular(self.factor, shared.T, upper=False)
        variance = self.amplitude - (solved**2).sum(0)
        return self.level + shared @ self.alpha, variance.clamp(min=0).sqrt()

    def draw(self, new, count, generator):
        """Functions drawn from the posterior, (count, M), at rows (M, F).

        Parameters
        ----------
        new : tensor (M, F)
        count : int
        generator : torch.Generator
        """
        shared = self.amplitude * self.kernel(new, self.x)
        solved = torch.linalg.solve_triangular(self.factor, shared.T, upper=False)
        cover = self.amplitude * self.kernel(new, new) - solved.T @ solved
        cover = cover + 1e-5 * self.amplitude * torch.eye(len(new), dtype=new.dtype)
        white = torch.randn(count, len(new), generator=generator, dtype=new.dtype)
        return self.level + shared @ self.alpha + white @ torch.linalg.cholesky(cover).T

    def leave_one_out(self):
        r"""Mean and standard deviation (N,) of each target by all others (ibid., eq. 5.12).

        With :math:`A = (K + \sigma^2 I)^{-1}`: :math:`y_i - \mu_{-i} = \alpha_i / A_{ii}` and
        :math:`s_{-i}^2 = 1 / A_{ii}`, noise included; the mean level is held.
        """
        own = torch.cholesky_inverse(self.factor).diagonal()
        y = self.level + self.factor @ (self.factor.T @ self.alpha)
        return y - self.alpha / own, own.rsqrt()

    def evidence(self):
        r"""The log marginal likelihood :math:`\log p(y)` of the targets, a 0-d tensor."""
        white = self.factor.T @ self.alpha
        half = self.factor.diagonal().log().sum() + 0.5 * white @ white
        return -half - 0.5 * len(white) * math.log(2 * math.pi)


def condition(kernel, x, y, noise, amplitude=None, level=None):
    """The Gaussian process that has seen rows and their noisy values.

    Parameters
    ----------
    kernel : callable (a, b) -> (N, M)
        How alike rows are, 1 for equal ones, for instance `gaussian_kernel` with its scale.
    x : tensor (N, F)
    y : tensor (N,)
    noise : float > 0
        Variance of the noise as a share of the function's.
    amplitude : float > 0, optional
        Variance of the function; by default the one that makes the targets most likely.
    level : float, optional
        What the function returns to far from all rows; by default the mean target.

    Returns
    -------
    GaussianProcess

    Raises
    ------
    ValueError
        If the noise is not positive.
    """
    if not noise > 0:
        raise ValueError(f"condition(noise={noise}): expected a positive share")
    level = y.mean() if level is None else torch.as_tensor(level, dtype=y.dtype)
    factor = torch.linalg.cholesky(kernel(x, x) + noise * torch.eye(len(x), dtype=x.dtype))
    alpha = torch.cholesky_solve((y - level)[:, None], factor)[:, 0]
    if amplitude is None:
        amplitude = max(float((y - level) @ alpha) / len(y), 1e-12)
    return GaussianProcess(kernel, x, amplitude, factor * amplitude**0.5, alpha / amplitude, level)


def most_likely(kernels, x, y, noises):
    """Of several kernels and noises, the process under which the targets are most likely.

    Parameters
    ----------
    kernels : sequence of callables
    x : tensor (N, F)
    y : tensor (N,)
    noises : sequence of floats > 0

    Returns
    -------
    GaussianProcess
    """
    tried = [condition(kernel, x, y, noise) for kernel in kernels for noise in noises]
    return max(tried, key=lambda process: float(process.evidence()))
