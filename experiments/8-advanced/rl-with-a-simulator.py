"""Settings, seeds and budgets that a minute cannot carry: dosing, and CartPole to 475.

Stage "tuning" is how the settings were chosen: five for each rival, on seeds that nothing else
uses. Stage "runs" trains each rival at its best setting, on fresh seeds; every run is judged on
new starts of its own, the same for all rivals of a seed. Stage "apart" takes the integral rule
and DQN apart, on the same seeds and starts.
"""

from functools import partial

import gymnasium
import torch

from helpers.agents.cross_entropy import cross_entropy
from helpers.agents.dosing import Dosing, Summed, average_dose
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
from helpers.agents.learners import AGENTS, RATES, SPREADS, learn, search_linear, with_dqn
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
GUESSES = {
    "integral rule, first guess": lambda: integral_rule(GAINS[0][None]),
    "ordered rule, stepwise first guess": lambda: ordered_rule(as_ordered(CHANGES[0][None])),
}
SEARCHES = {  # simulator, rule, first distribution
    "integral rule without its sum": (Dosing, without_sum, tuple(one[:3] for one in GAINS)),
    "integral rule, wide start": (Dosing, integral_rule, WIDE),
    "ordered rule": (Dosing, ordered_rule, (torch.zeros(6), torch.ones(6))),
    "ordered rule with the sum": (Summed, ordered_rule, (torch.zeros(7), torch.ones(7))),
}
SECOND = {"gamma": 0.5, "updates": 4}  # with a rate of 1e-3: a reader's, who tried six on seed 101
LEARNERS = {  # simulator, options of DQN, rate
    "DQN, discount 0.5": (Dosing, {"gamma": 0.5}, 3e-3),
    "DQN, four batches a step": (Dosing, {"updates": 4}, 3e-3),
    "DQN, rate 0.001": (Dosing, {}, 1e-3),
    "DQN, second settings": (Dosing, SECOND, 1e-3),
    "DQN with the sum": (Summed, {}, 3e-3),
    "DQN with the sum, second settings": (Summed, SECOND, 1e-3),
}
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
    found += tried("dosing")
    for task, steps, seeds in others:
        for seed in range(10, 10 + seeds):
            found += judged(task, steps, seed)
    return found + tried("CartPole")


def judged(task, steps, seed):
    """Every rival of the first table."""
    fixed = ["median rule", "posterior"] if task == "dosing" else ["rule by hand"]
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


def trained(make, rival, steps, seed, setting):
    """The policy of a rival."""
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
        _, options, rate = LEARNERS[rival]
        setup = partial(with_dqn, **options)
        return greedy(learn(make, setup, steps=steps, rate=rate, seed=seed)[0])
    if rival in RULES:
        rule, start = RULES[rival]
        theta, _ = cross_entropy(make, rule, start, steps=steps, seed=seed, spread=setting)
        return rule(theta[None])
    if rival in AGENTS:
        return greedy(learn(make, AGENTS[rival], steps=steps, rate=setting, seed=seed)[0])
    return greedy(search_linear(make, steps=steps, spread=setting, seed=seed)[0])


def run(task, stage, rival, steps, seed, setting=None):
    """Mean return on a hundred new starts."""
    make = (SEARCHES | LEARNERS).get(rival, (MAKE[task],))[0]
    setting = setting or CHOSEN[task].get(rival)
    act = trained(make, rival, steps, seed, setting)
    found = episode_returns(side_by_side(make, 100), act, seed=1_000_000 + 1000 * seed)
    return {"return": float(found.mean())}
