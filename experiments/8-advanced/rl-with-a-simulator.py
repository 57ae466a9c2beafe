"""Settings, seeds and budgets that a minute cannot carry: dosing, and CartPole to 475.

Stage "tuning" is how the settings were chosen: five for each rival, on seeds that nothing else
uses. Stage "runs" trains each rival at its best setting, on fresh seeds; every run is judged on
new starts of its own, the same for all rivals of a seed. Stage "apart" takes the integral rule
and the agents apart, on the same seeds and starts. Stage "charged" trains and judges by the cost
that an agent games, stage "alike" where all patients are the median one. Stage "fresh" repeats
what a reader had seen on the seeds of "runs", on others.
"""

import math
from functools import cache, partial

import gymnasium
import numpy as np
import torch

from helpers.agents.cross_entropy import cross_entropy
from helpers.agents.dosing import ELIMINATION, VOLUME, Dosing, Summed, average_dose, course
from helpers.agents.dosing_rules import (
    CHANGES,
    GAINS,
    Posterior,
    as_ordered,
    integral_rule,
    ordered_rule,
    stepwise_rule,
    without_sum,
)
from helpers.agents.learners import (
    AGENTS,
    RATES,
    SPREADS,
    learn,
    search_linear,
    with_actor_critic,
    with_dqn,
    with_ppo,
    with_reinforce,
)
from helpers.agents.rollout import episode_returns, greedy, side_by_side

RULES = {"integral rule": (integral_rule, GAINS), "stepwise rule": (stepwise_rule, CHANGES)}
CHOSEN = {
    "dosing": {
        "integral rule": 1.0, "stepwise rule": 1.0, "linear rule": 1.0,
        "REINFORCE": 1e-2, "actor-critic": 1e-3, "DQN": 3e-3, "PPO": 1e-2,
    },
    "CartPole": {
        "linear rule": 1.0,
        "REINFORCE": 1e-2, "actor-critic": 3e-3, "DQN": 3e-4, "PPO": 3e-3,
    },
}  # fmt: skip
WIDE = torch.tensor([4.0, 4.0, 0.0, 0.0]), torch.full((4,), 3.0)
BY_HAND = torch.tensor([5.5, 3.0, 2.0, 2.5])  # a reader's, after tries on seeds 1 to 5
GUESSES = {
    "integral rule, first guess": lambda: integral_rule(GAINS[0][None]),
    "integral rule, second guess": lambda: integral_rule(BY_HAND[None]),
    "ordered rule, stepwise first guess": lambda: ordered_rule(as_ordered(CHANGES[0][None])),
}
SEARCHES = {  # simulator, rule, first distribution
    "integral rule without its sum": (Dosing, without_sum, tuple(one[:3] for one in GAINS)),
    "integral rule, wide start": (Dosing, integral_rule, WIDE),
    "ordered rule": (Dosing, ordered_rule, (torch.zeros(6), torch.ones(6))),
    "ordered rule with the sum": (Summed, ordered_rule, (torch.zeros(7), torch.ones(7))),
}


class LastOnly(gymnasium.ObservationWrapper):
    """`Dosing` that shows the last measurement and the clock, and noughts for the rest."""

    def __init__(self):
        super().__init__(Dosing())

    def observation(self, seen):
        """The five numbers, of which only the first and the last say something."""
        return (seen * np.array([1, 0, 0, 0, 1])).astype(np.float32)


class Alike(Dosing):
    """`Dosing` in which everybody is the median patient; measurements keep their errors."""

    def reset(self, **options):
        """A patient like the one before."""
        found = super().reset(**options)
        self.elimination, self.volume = ELIMINATION, VOLUME
        return found


HALF = {"gamma": 0.5}
SECOND = HALF | {"updates": 4}  # with a rate of 1e-3: a reader's, who tried six on seed 101
LEARNERS = {  # simulator, setup, its options, rate
    "DQN, discount 0.5": (Dosing, with_dqn, HALF, 3e-3),
    "DQN, four batches a step": (Dosing, with_dqn, {"updates": 4}, 3e-3),
    "DQN, rate 0.001": (Dosing, with_dqn, {}, 1e-3),
    "DQN, discount 0.5, four batches": (Dosing, with_dqn, SECOND, 3e-3),
    "DQN, second settings": (Dosing, with_dqn, SECOND, 1e-3),
    "DQN with the sum": (Summed, with_dqn, {}, 3e-3),
    "DQN with the sum, second settings": (Summed, with_dqn, SECOND, 1e-3),
    "PPO, discount 0.5": (Dosing, with_ppo, HALF, 1e-2),
    "PPO with the sum, discount 0.5": (Summed, with_ppo, HALF, 1e-2),
    "REINFORCE, discount 0.5": (Dosing, with_reinforce, HALF, 1e-2),
    "actor-critic, discount 0.5": (Dosing, with_actor_critic, HALF, 1e-3),
    "DQN, last measurement only": (LastOnly, with_dqn, {}, 3e-3),
}
CHARGED = [  # ten trainings each
    "median rule", "eight tablets", "integral rule, first guess", "posterior", "DQN", "PPO",
]  # fmt: skip
ALIKE = ["integral rule", "integral rule without its sum"]
FRESH = [
    "posterior", "integral rule", "integral rule, second guess", "PPO with the sum, discount 0.5",
]  # fmt: skip
BUDGETS = [("dosing", 9600, 20), ("CartPole", 100_000, 10), ("dosing", 38_400, 10)]
TUNING = {"dosing": (9600, 5), "CartPole": (25_000, 2)}  # steps, seeds


def cart():
    """The cart and its pole."""
    return gymnasium.make("CartPole-v1")


MAKE = {"dosing": Dosing, "CartPole": cart}


def cases():
    """The page's budget, all rivals of a seed before the next; the tuning; other budgets."""
    (task, steps, seeds), *others = BUDGETS
    found = []
    for seed in range(10, 10 + seeds):
        found += judged(task, steps, seed)
        for rival in [*GUESSES, *SEARCHES, *LEARNERS]:
            found.append(case(task, "apart", rival, steps, seed))
        found += [case(task, "alike", rival, steps, seed) for rival in ALIKE]
    for seed in range(30, 50):
        found += [case(task, "fresh", rival, steps, seed) for rival in FRESH]
    for seed in range(10, 20):
        found += [case(task, "charged", rival, steps, seed) for rival in CHARGED]
    found += tried("dosing")
    for task, steps, seeds in others:
        for seed in range(10, 10 + seeds):
            found += judged(task, steps, seed)
    return found + tried("CartPole")


def judged(task, steps, seed):
    """Every rival of the first table."""
    fixed = ["one action", "median rule", "posterior"] if task == "dosing" else ["rule by hand"]
    return [case(task, "runs", rival, steps, seed) for rival in [*fixed, *CHOSEN[task]]]


def tried(task):
    """The settings of every rival, on seeds of their own."""
    (steps, seeds), found = TUNING[task], []
    for seed in range(100, 100 + seeds):
        for rival in CHOSEN[task]:
            found += [
                case(task, "tuning", rival, steps, seed) | {"setting": setting}
                for setting in (RATES if rival in AGENTS else SPREADS)
            ]
    return found


def case(task, stage, rival, steps, seed):
    """One run."""
    return {"task": task, "stage": stage, "rival": rival, "steps": steps, "seed": seed}


@cache
def best_action():
    """The best of nine for everybody, on patients that nothing else here uses."""
    world, found = side_by_side(Dosing, 100), []
    for number in range(9):
        found.append(episode_returns(world, constant(number), seed=1_000_000).mean())
    return int(torch.stack(found).argmax())


def constant(number):
    """Always the same action."""
    return lambda state, draws: torch.full((len(state),), number)


def trained(make, rival, steps, seed, setting):
    """The policy of a rival."""
    if rival == "one action":
        return constant(best_action())
    if rival == "eight tablets":
        return constant(8)
    if rival == "median rule":
        return lambda state, draws: average_dose(state)
    if rival == "posterior":
        return Posterior()
    if rival == "rule by hand":
        weights = torch.tensor([0.05, 0.1, 1.0, 0.5])
        return lambda state, draws: (state @ weights > 0).long()
    if rival in GUESSES:
        return GUESSES[rival]()
    if rival in SEARCHES:
        _, rule, start = SEARCHES[rival]
        return rule(cross_entropy(make, rule, start, steps=steps, seed=seed)[0][None])
    if rival in LEARNERS:
        _, setup, options, rate = LEARNERS[rival]
        setup = partial(setup, **options)
        return greedy(learn(make, setup, steps=steps, rate=rate, seed=seed)[0])
    if rival in RULES:
        rule, start = RULES[rival]
        theta, _ = cross_entropy(make, rule, start, steps=steps, seed=seed, spread=setting)
        return rule(theta[None])
    if rival in AGENTS:
        return greedy(learn(make, AGENTS[rival], steps=steps, rate=setting, seed=seed)[0])
    return greedy(search_linear(make, steps=steps, spread=setting, seed=seed)[0])


def cost(blood):
    """What an interval costs, as on the page."""
    return -abs(math.log(max(blood, 0.1) / 10))


def charged(act, seed):
    """Mean charge of a hundred new patients, and how many of sixteen decisions they stay for."""
    found = [course(Dosing(), act, seed=1_000_000 + 1000 * seed + k) for k in range(100)]
    stays = [len(each) for each in found]
    total = np.mean([sum(cost(blood) for blood, _ in each) for each in found])
    return {"charge": total, "decisions": np.mean(stays), "fewest": min(stays)}


def run(task, stage, rival, steps, seed, setting=None):
    """Mean return, or charge, of a hundred new starts."""
    make = (SEARCHES | LEARNERS).get(rival, (MAKE[task],))[0]
    make = {"alike": Alike, "charged": partial(Dosing, cost)}.get(stage, make)
    setting = setting or CHOSEN[task].get(rival)
    act = trained(make, rival, steps, seed, setting)
    if stage == "charged":
        return charged(act, seed)
    found = episode_returns(side_by_side(make, 100), act, seed=1_000_000 + 1000 * seed)
    return {"return": float(found.mean())}
