"""Settings, seeds and budgets that a minute cannot carry: dosing, and CartPole to 475.

Stage "tuning" is how the settings were chosen: five for each rival, on seeds that nothing else
uses. Stage "runs" trains each rival at its best setting, on fresh seeds; every run is judged on
new starts of its own, the same for all rivals of a seed.
"""

import gymnasium
import torch

from helpers.agents.cross_entropy import cross_entropy
from helpers.agents.dosing import Dosing, average_dose
from helpers.agents.dosing_rules import CHANGES, GAINS, Posterior, integral_rule, stepwise_rule
from helpers.agents.learners import AGENTS, RATES, SPREADS, learn, search_linear
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
BUDGETS = [("dosing", 9600, 20), ("CartPole", 100_000, 10), ("dosing", 38_400, 10)]
TUNING = {"dosing": (9600, 5), "CartPole": (25_000, 2)}  # steps, seeds


def cart():
    """The cart and its pole."""
    return gymnasium.make("CartPole-v1")


MAKE = {"dosing": Dosing, "CartPole": cart}


def cases():
    """The runs, all rivals of a seed before the next seed; then the record of the tuning."""
    found = []
    for task, steps, seeds in BUDGETS:
        fixed = ["median rule", "posterior"] if task == "dosing" else ["rule by hand"]
        for seed in range(10, 10 + seeds):
            for rival in [*fixed, *CHOSEN[task]]:
                found.append(case(task, "runs", rival, steps, seed))
    for task, (steps, seeds) in TUNING.items():
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
    if rival in RULES:
        rule, start = RULES[rival]
        theta, _ = cross_entropy(make, rule, start, steps=steps, seed=seed, spread=setting)
        return rule(theta[None])
    if rival in AGENTS:
        return greedy(learn(make, AGENTS[rival], steps=steps, rate=setting, seed=seed)[0])
    return greedy(search_linear(make, steps=steps, spread=setting, seed=seed)[0])


def run(task, stage, rival, steps, seed, setting=None):
    """Mean return on a hundred new starts."""
    make, setting = MAKE[task], setting or CHOSEN[task].get(rival)
    act = trained(make, rival, steps, seed, setting)
    found = episode_returns(side_by_side(make, 100), act, seed=1_000_000 + 1000 * seed)
    return {"return": float(found.mean())}
