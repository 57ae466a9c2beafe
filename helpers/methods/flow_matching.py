"""Flow matching: noise carried to data along learned velocities (after the survey; chapter 8-advanced/gans)."""

import torch


def flow_matching(model, batch):
    r"""The step for `helpers.train.loop.fit`: regress the velocity of a straight path.

    .. math:: \operatorname{mean} \big\| v_\theta(x_t, t) - (x_1 - x_0) \big\|^2, \qquad
              x_t = (1 - t)\,x_0 + t\,x_1, \quad x_0 \sim N(0, I), \quad t \sim U(0, 1)

    Lipman et al. 2023, eq. 23 with the smallest spread at zero; Liu et al. 2023, eq. 1.

    Parameters
    ----------
    model : module, (B, D + 1) -> (B, D)
        Velocity at a point and a time; the time is the last column.
    batch : tuple whose first entry are real rows x1 (B, D), of spread about one.

    Returns
    -------
    0-d tensor
    """
    x1 = batch[0]
    x0, t = torch.randn_like(x1), torch.rand(len(x1), 1, device=x1.device)
    xt = (1 - t) * x0 + t * x1
    return (model(torch.cat([xt, t], 1)) - (x1 - x0)).square().mean()


@torch.no_grad()
def carry(velocity, x0, steps=16):
    r"""Follow dx/dt = v(x, t) from t = 0 to 1 by the midpoint rule.

    Parameters
    ----------
    velocity : callable, (B, D + 1) -> (B, D)
    x0 : tensor (B, D), noise
    steps : int >= 1

    Returns
    -------
    tensor (B, D), samples

    Raises
    ------
    ValueError : for fewer than one step.

    Examples
    --------
    A velocity of one everywhere moves by one:

    >>> carry(lambda xt: torch.ones(len(xt), 2), torch.zeros(1, 2), steps=4)
    tensor([[1., 1.]])
    """
    if steps < 1:
        raise ValueError(f"carry: steps must be at least 1, found {steps}")

    def at(x, t):
        return velocity(torch.cat([x, x.new_full((len(x), 1), t)], 1))

    x = x0
    for k in range(steps):
        middle = x + at(x, k / steps) / (2 * steps)
        x = x + at(middle, (k + 0.5) / steps) / steps
    return x
