"""Rules that dose without a network: proportional-integral, and a posterior over patients (survey 8.2.1; chapter 8-advanced/rl-with-a-simulator).

Each reads the five numbers of `helpers.agents.dosing.Dosing` and nothing else. `integral_rule` and
`Posterior` remember what they have read; they begin anew where the fifth number, the share of
the four days that is over, is zero.
"""

import math

import torch

from helpers.agents import dosing

GAINS = torch.tensor([5.0, 3.0, 3.0, 2.0]), torch.tensor([1.5, 1.5, 2.0, 1.5])  # mean, deviation
CHANGES = torch.tensor([5.0, 3.0, 3.0]), torch.tensor([1.5, 2.0, 2.0])


def integral_rule(theta):
    r"""Tablets from the error now and the sum of all errors: a proportional-integral rule.

    .. math:: u_0 = \theta_0, \qquad u_t = \theta_1 + \theta_2 e_t + \theta_3 \sum_{k=1}^{t} e_k,
              \qquad e = \log(\text{target} / \text{measured})

    Parameters
    ----------
    theta : tensor (N, 4)
        First dose, usual dose, and two gains, in tablets; a row each patient, or one for all.

    Returns
    -------
    act, with a memory: the running sum.
    """
    summed = [torch.zeros(1)]

    def act(state, draws):
        error, first = -state[:, 0], state[:, 4] == 0
        before = summed[0] if len(summed[0]) == len(error) else torch.zeros_like(error)
        summed[0] = torch.where(first, 0.0, before + error)
        later = theta[:, 1] + theta[:, 2] * error + theta[:, 3] * summed[0]
        return whole(torch.where(first, theta[:, 0], later))

    return act


def stepwise_rule(theta):
    r"""The same idea without a memory: change the last dose by the error and its last change.

    .. math:: u_t = u_{t-1} + \theta_1 e_t + \theta_2 (e_t - e_{t-1})

    Parameters
    ----------
    theta : tensor (N, 3)
        First dose and two gains, in tablets.
    """

    def act(state, draws):
        error, before = -state[:, 0], -state[:, 1]
        share = state[:, 4]
        before = torch.where(share < 1.5 / dosing.DECISIONS, error, before)  # nothing before it
        change = theta[:, 1] * error + theta[:, 2] * (error - before)
        return whole(torch.where(share == 0, theta[:, 0], dosing.MOST * state[:, 2] + change))

    return act


def ordered_rule(theta):
    r"""A linear rule that knows that doses are ordered: :math:`u = 4 + 4\,(w \cdot s + b)`.

    Parameters
    ----------
    theta : tensor (N, D + 1)
        Weights of the D numbers seen, and a constant; a row each patient, or one for all.
    """
    half = dosing.MOST / 2
    return lambda state, draws: whole(half + half * ((theta[:, :-1] * state).sum(1) + theta[:, -1]))


def as_ordered(gains):
    r"""The stepwise rule as six numbers of an ordered rule; only its first two doses are others.

    .. math:: 8 s_3 - \theta_1 s_1 - \theta_2 (s_1 - s_2) = 4 + 4\,(w \cdot s + b)

    Parameters
    ----------
    gains : tensor (N, 3)
        As for `stepwise_rule`; the first dose, which no weight of these can say, is left out.

    Returns
    -------
    tensor (N, 6), as for `ordered_rule`
    """
    half, nothing = dosing.MOST / 2, torch.zeros(len(gains))
    error, change = gains[:, 1], gains[:, 2]
    weights = (-(error + change) / half, change / half, nothing + 2, nothing, nothing, nothing - 1)
    return torch.stack(weights, 1)


def without_sum(theta):
    """The integral rule with no gain on its sum: a proportional rule.

    Parameters
    ----------
    theta : tensor (N, 3)
        First dose, usual dose, and the gain on the error.
    """
    return integral_rule(torch.cat([theta, torch.zeros(len(theta), 1)], 1))


def whole(tablets):
    """The nearest number of tablets that may be given."""
    return tablets.round().clamp(0, dosing.MOST).long()


class Posterior:
    r"""Learn the patient by Bayes' rule, and give the dose that promises most for the next interval.

    The patient's constants :math:`\phi = (k, V)` lie on a grid, whose prior is the spread of the
    simulated patients. Each measured :math:`m_t` weighs the grid anew,

    .. math:: p(\phi \mid m_{1:t}) \propto p(\phi) \prod_{i=1}^{t}
              \exp\Big(-\frac{(m_i - \log c_\phi(t_i)/c^*)^2}{2 \sigma^2}\Big),

    and the dose maximises the expected reward six hours later, less a price for a toxic level.
    It knows the simulator's equations, which the networks have to find out.

    Parameters
    ----------
    points : (int, int)
        Of the grid, for elimination and volume, from 2.5 deviations below to 2.5 above.
    price : float >= 0
        Of a patient who would be withdrawn, in rewards.

    Notes
    -----
    Called as ``act(state (N, 5), draws) -> tablets (N,)``. Axis G is the grid.
    """

    def __init__(self, points=(21, 11), price=5.0):
        rate, size = (torch.linspace(-2.5, 2.5, count) for count in points)
        rate, size = (x.flatten() for x in torch.meshgrid(rate, size, indexing="ij"))
        limit = 0.9 * dosing.ABSORPTION
        self.rate = (dosing.ELIMINATION * (dosing.SPREAD_ELIMINATION * rate).exp()).clamp(max=limit)
        self.volume = dosing.VOLUME * (dosing.SPREAD_VOLUME * size).exp()
        self.prior, self.price = -(rate**2 + size**2) / 2, price
        self.weight = self.gut = self.blood = torch.zeros(0, len(rate))

    def __call__(self, state, draws=None):
        """Weigh the grid by the last measurement, then choose."""
        self.begin(state[:, 4] == 0)
        later = state[:, 4] > 0
        given = dosing.TABLET * dosing.MOST * state[:, 2:3]
        gut, blood = self.after(self.gut + given)
        surprise = (state[:, :1] - measured(blood)) / dosing.NOISE
        self.weight[later] -= surprise[later] ** 2 / 2
        self.gut[later], self.blood[later] = gut[later], blood[later]
        return self.promise().argmax(1)

    def begin(self, first):
        """Forget the patients of those rows that are new."""
        if len(self.weight) != len(first):
            self.weight, self.gut, self.blood = torch.zeros(3, len(first), len(self.rate)).unbind()
        self.weight[first], self.gut[first], self.blood[first] = self.prior, 0.0, 0.0

    def after(self, gut):
        """Gut and blood (N, G) an interval later, in every patient of the grid."""
        fast, slow = math.exp(-dosing.ABSORPTION * dosing.HOURS), (-self.rate * dosing.HOURS).exp()
        inflow = dosing.ABSORPTION * gut / self.volume * (slow - fast)
        return gut * fast, self.blood * slow + inflow / (dosing.ABSORPTION - self.rate)

    def promise(self):
        """Expected reward (N, 9) of the next interval for each number of tablets."""
        share, found = self.weight.softmax(1), []
        for tablets in range(dosing.MOST + 1):
            _, blood = self.after(self.gut + dosing.TABLET * tablets)
            near = (-((measured(blood) / math.log(1.25)) ** 2)).exp()
            found.append((share * (near - self.price * (blood > dosing.TOXIC))).sum(1))
        return torch.stack(found, 1)


def measured(blood):
    """What `Dosing` would show of a concentration (mg/L), were there no noise."""
    return (blood.clamp(min=1e-6) / dosing.TARGET).log().clamp(-3, 5)
