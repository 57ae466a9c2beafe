"""Dosing a drug in simulated patients who differ (survey 8.2.1; chapters 8-advanced/rl-with-a-simulator and 8-advanced/rl-without-a-simulator).

One compartment with first-order absorption and elimination, the simplest model of a tablet:

    dA/dt = -ka A,    dC/dt = ka A / V - k C

A drug in the gut (mg), C concentration in the blood (mg/L). Nobody was treated: the numbers are
of an ordinary size for a tablet, and belong to no drug.
"""

import math

import gymnasium
import numpy as np

HOURS, DECISIONS = 6.0, 16  # between doses; doses in an episode (four days)
TARGET, TOXIC = 10.0, 20.0  # mg/L
TABLET, MOST = 100.0, 8  # mg in a tablet; most tablets at a time
ABSORPTION = 0.7  # per hour
ELIMINATION, VOLUME = 0.1, 40.0  # per hour and L, of the median patient
SPREAD_ELIMINATION, SPREAD_VOLUME, NOISE = 0.4, 0.2, 0.1  # standard deviations of logarithms


def after(gut, blood, hours, *, elimination=ELIMINATION, volume=VOLUME):
    """Drug in the gut (mg) and in the blood (mg/L) some hours later: the exact solution.

    Parameters
    ----------
    gut : float >= 0, in mg
    blood : float >= 0, in mg/L
    hours : float >= 0
    elimination : float, per hour
        Not 0.7, the rate of absorption. Default: the median patient's.
    volume : float > 0, in L
        That the drug spreads over. Default: the median patient's.

    Examples
    --------
    >>> gut, blood = after(400.0, 0.0, 6.0)
    >>> round(gut, 1), round(blood, 1)
    (6.0, 6.2)
    """
    if abs(ABSORPTION - elimination) < 1e-6:
        raise ValueError(
            f"after(elimination={elimination}): expected a rate unlike absorption, {ABSORPTION}"
        )
    fast, slow = math.exp(-ABSORPTION * hours), math.exp(-elimination * hours)
    inflow = ABSORPTION * gut / volume * (slow - fast) / (ABSORPTION - elimination)
    return gut * fast, blood * slow + inflow


def closeness(blood):
    """Reward of an interval: 1 at the target, falling to 0.37 at a quarter above or a fifth below.

    Examples
    --------
    >>> closeness(10.0), round(closeness(12.5), 2), round(closeness(20.0), 2)
    (1.0, 0.37, 0.0)
    """
    return math.exp(-((math.log(max(blood, 1e-6) / TARGET) / math.log(1.25)) ** 2))


class Dosing(gymnasium.Env):
    """Every six hours, choose how many tablets to give; the target is 10 mg/L of blood.

    Each episode is a new patient, whose elimination rate and volume are drawn and not shown.
    Above 20 mg/L the patient is withdrawn, and the episode ends.

    Parameters
    ----------
    reward : callable, concentration (mg/L) -> float
        Of the concentration at the end of each interval.

    Notes
    -----
    Observation, 5 numbers: log of the measured concentration over the target, now and one dose
    before (at least -3; the measurement has a tenth of noise), tablets given last and last but
    one, as shares of the most, and the share of the four days that is over. Action: 0 to 8
    tablets of 100 mg. ``info["concentration"]`` is the true one, in mg/L.
    """

    metadata = {"render_modes": []}

    def __init__(self, reward=closeness):
        self.reward = reward
        self.observation_space = gymnasium.spaces.Box(-3, 5, (5,), np.float32)
        self.action_space = gymnasium.spaces.Discrete(MOST + 1)

    def reset(self, *, seed=None, options=None):
        """A new patient, without drug.

        Parameters
        ----------
        seed : int or None
            Draws patient and noise; None goes on with the draws of the episode before.
        options : None
            Part of gymnasium's signature, not used.
        """
        super().reset(seed=seed)
        self.elimination = ELIMINATION * math.exp(SPREAD_ELIMINATION * self.np_random.normal())
        self.elimination = min(self.elimination, 0.9 * ABSORPTION)
        self.volume = VOLUME * math.exp(SPREAD_VOLUME * self.np_random.normal())
        self.gut, self.blood, self.decisions = 0.0, 0.0, 0
        self.seen = [-3.0, -3.0, 0.0, 0.0]
        return self.observe(), {"concentration": self.blood}

    def step(self, action):
        """Give `action` tablets and wait six hours."""
        body = {"elimination": self.elimination, "volume": self.volume}
        self.gut, self.blood = after(self.gut + TABLET * int(action), self.blood, HOURS, **body)
        self.decisions += 1
        measured = self.blood * math.exp(NOISE * self.np_random.normal()) / TARGET
        measured = min(max(math.log(max(measured, 1e-6)), -3.0), 5.0)
        self.seen = [measured, self.seen[0], int(action) / MOST, self.seen[2]]
        withdrawn, over = self.blood > TOXIC, self.decisions == DECISIONS
        info = {"concentration": self.blood}
        return self.observe(), self.reward(self.blood), withdrawn, over and not withdrawn, info

    def observe(self):
        """The five numbers."""
        return np.array([*self.seen, self.decisions / DECISIONS], np.float32)


class Summed(gymnasium.ObservationWrapper):
    """`Dosing` that also shows the running sum of the errors, a third of it, as a sixth number.

    The error is log(target / measured) after each dose, as in the integral rule.
    """

    def __init__(self, env=None):
        super().__init__(env or Dosing())
        self.observation_space = gymnasium.spaces.Box(-27, 16, (6,), np.float32)

    def reset(self, **options):
        """A new patient, and nothing summed."""
        self.sum = 0.0
        return super().reset(**options)

    def observation(self, seen):
        """The five numbers and a third of the sum, (6,)."""
        if seen[4] > 0:
            self.sum -= float(seen[0])
        return np.append(seen, self.sum / 3).astype(np.float32)


def average_dose(measured):
    """A hand-written rule: the tablets that would bring the *median* patient to the target.

    Parameters
    ----------
    measured : tensor (N, 5)
        Observations of `Dosing`.

    Returns
    -------
    long tensor (N,)
        What is still in the gut is left out of account.
    """
    _, keeps = after(0.0, 1.0, HOURS)  # of each mg/L
    _, gives = after(TABLET, 0.0, HOURS)  # mg/L from each tablet
    blood = TARGET * measured[:, 0].exp()
    return ((TARGET - keeps * blood) / gives).round().clamp(0, MOST).long()


def course(env, act, *, seed):
    """Follow one patient.

    Parameters
    ----------
    env : Dosing
    act : callable, (observation (1, 5), draws) -> action (1,)
    seed : int
        The same seed is the same patient, whatever the policy.

    Returns
    -------
    list of (concentration in mg/L, tablets), one a decision
    """
    import torch

    draws = torch.Generator().manual_seed(seed)
    (seen, _), over, found = env.reset(seed=seed), False, []
    while not over:
        tablets = int(act(torch.from_numpy(seen)[None], draws))
        seen, _, withdrawn, out_of_time, info = env.step(tablets)
        over = withdrawn or out_of_time
        found.append((info["concentration"], tablets))
    return found
