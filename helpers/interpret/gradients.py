"""Maps from the gradient of a score with respect to its input (survey 7.1.1; chapter 7-interpretability/saliency-maps).

Every function takes a score ``f``, (B, ...) -> (B,): one number for each example, in which the
examples do not interact (a model with batch norm in ``eval()``), and ``x``, (B, ...).
"""

import torch

from helpers.ground.random import generator


def gradient(f, x):
    """How much the score would change with each number of the input (Simonyan et al. 2013).

    Parameters
    ----------
    f : callable, (B, ...) -> (B,)
    x : tensor (B, ...)

    Returns
    -------
    tensor (B, ...), units of the score for one unit of the input

    Examples
    --------
    >>> gradient(lambda x: x @ torch.tensor([1.0, -2.0]), torch.tensor([[3.0, 1.0]])).tolist()
    [[1.0, -2.0]]
    """
    x = x.detach().clone().requires_grad_()
    return torch.autograd.grad(f(x).sum(), x)[0]


def smooth_grad(f, x, spread=0.03, draws=25, seed=0):
    """The mean gradient over noisy copies of the input (Smilkov et al. 2017).

    Parameters
    ----------
    f, x : as for `gradient`
    spread : float >= 0
        Standard deviation of the noise, in the units of `x`.
    draws : int >= 1
    seed : int

    Returns
    -------
    tensor (B, ...), signed
    """
    noise = generator(seed)
    copies = (x + spread * torch.randn(x.shape, generator=noise) for _ in range(draws))
    return sum(gradient(f, copy) for copy in copies) / draws


def integrated_gradients(f, x, baseline, steps=16):
    r"""Share the score's way from a baseline to the input among the numbers of the input.

    Averages the gradient along the straight path from `baseline` x' to `x` by the midpoint rule
    (Sundararajan et al. 2017, equation 1):

    .. math:: a_i = (x_i - x'_i)\,\int_0^1 \partial_i f(x' + \alpha (x - x'))\,d\alpha

    Parameters
    ----------
    f, x : as for `gradient`
    baseline : tensor, broadcasts to `x`
        An input in which nothing is shown. The answer depends on it: say which one you took.
    steps : int >= 1
        Points on the path; raise it until the sum below is met well enough.

    Returns
    -------
    tensor (B, ...)
        In units of the score; the sum over an example is nearly ``f(x) - f(baseline)``.

    Examples
    --------
    >>> integrated_gradients(lambda x: (x**2).sum(1), torch.tensor([[3.0, 1.0]]), torch.zeros(1))
    tensor([[9., 1.]])
    """
    way = x - baseline
    points = ((k + 0.5) / steps for k in range(steps))
    return way * sum(gradient(f, baseline + point * way) for point in points) / steps
