"""What is removed, one thing at a time, and the claims that must fall (see tools/ledger.py)."""

AGENTS = "helpers.agents."

MUTANTS = [
    {
        "name": "actions are made less likely by what followed them",
        "function": AGENTS + "reinforce.policy_gradient",
        "old": "return -(weight",
        "new": "return (weight",
        "kills": [
            "relative error of REINFORCE against the exact gradient",
            "the same, with a baseline",
        ],
    },
    {
        "name": "nothing is discounted",
        "old": "world, gamma = random_mdp(seed=1), 0.9",
        "new": "world, gamma = random_mdp(seed=1), 1.0",
        "kills": ["the same, without the factor"],
    },
    {
        "name": "no baseline",
        "old": "weight = weight - baseline * weight.mean(1, keepdim=True)",
        "new": "pass",
        "kills": ["variance with a baseline over that without"],
    },
    {
        "name": "the target sees the reward only, not what comes after",
        "function": AGENTS + "dqn.DQN.__call__",
        "old": "target = q_target(judge, reward, next_state, terminated, self.gamma)",
        "new": "target = reward",
        "kills": ["largest error of DQN on a table, in their spread"],
    },
    {
        "name": "the memory gives out the rewards of other transitions",
        "function": AGENTS + "dqn.Replay.draw",
        "old": "return tuple(column[rows] for column in self.columns)",
        "new": "return tuple(c[rows.flip(0) if i == 2 else rows] for i, c in enumerate(self.columns))",
        "kills": [
            "and it knows the best action in every state",
            "gain of DQN over the median rule, lower end",
            "mean lead of the stepwise rule over DQN",
        ],
    },
    {
        "name": "PPO without its clip",
        "function": AGENTS + "ppo.clipped_loss",
        "old": "torch.minimum(ratio * gain, ratio.clamp(1 - clip, 1 + clip) * gain)",
        "new": "(ratio * gain)",
        "kills": [
            "slope for a good action beyond the clip",
            "slope for a bad action beyond the clip",
        ],
    },
    {
        "name": "PPO clips on both sides",
        "function": AGENTS + "ppo.clipped_loss",
        "old": "torch.minimum(ratio * gain, ratio.clamp(1 - clip, 1 + clip) * gain)",
        "new": "(ratio.clamp(1 - clip, 1 + clip) * gain)",
        "kills": ["slope for a good action that became unlikely"],
    },
    {
        "name": "the remembered probabilities are hardly shifted",
        "old": "normal(0, 0.3,",
        "new": "normal(0, 0.03,",
        "kills": ["share of ratios beyond the clip"],
    },
    {
        "name": "PPO's advantages belong to other steps",
        "function": AGENTS + "ppo.repeated_stretches",
        "old": "gain, target = judged(model, seen, gamma, lam)",
        "new": "gain, target = (x.flip(0) for x in judged(model, seen, gamma, lam))",
        "kills": ["mean gain of PPO over the median rule"],
    },
    {
        "name": "the integral rule forgets its sum",
        "function": AGENTS + "dosing_rules.integral_rule",
        "old": "torch.where(first, 0.0, before + error)",
        "new": "0.0 * error",
        "kills": [
            "mean lead of the integral rule over DQN",
            "trainings of five in which the integral rule is ahead of DQN",
            "lead of the integral rule over PPO, lower end",
        ],
    },
    {
        "name": "the posterior learns nothing from what is measured",
        "function": AGENTS + "dosing_rules.Posterior.__call__",
        "old": "surprise[later] ** 2 / 2",
        "new": "0.0 * surprise[later]",
        "kills": ["lead of the posterior over the integral rule, lower end"],
    },
    {
        "name": "REINFORCE weighs all actions alike",
        "function": AGENTS + "reinforce.whole_episodes",
        "old": "weight = standardised(weight)",
        "new": "weight = torch.zeros_like(weight)",
        "kills": ["mean gain of REINFORCE over one action"],
    },
    {
        "name": "the median rule does not look at the blood",
        "function": AGENTS + "dosing.average_dose",
        "old": "keeps * blood",
        "new": "0 * blood",
        "kills": [
            "mean lead of the median rule over actor-critic",
            "mean lead of the median rule over the linear rule",
        ],
    },
    {
        "name": "three median patients",
        "old": "for rate in (0.06, 0.10, 0.18)",
        "new": "for rate in (0.10, 0.10, 0.10)",
        "kills": ["error of DQN on days three and four over that of the median rule"],
    },
    {
        "name": "one seed, eight times",
        "old": "steps=6000, rate=0.01, seed=seed)",
        "new": "steps=6000, rate=0.01, seed=0)",
        "kills": [
            "best of eight seeds over the worst",
            "share of pairs of single runs that differ by a fifth or more",
        ],
    },
    {
        "name": "the agent that games the reward learns nothing",
        "old": 'rate=settings["PPO"], seed=1)',
        "new": "rate=1e-12, seed=1)",
        "kills": ["gain of the agent over the median rule, by its own reward"],
    },
    {
        "name": "the agent is trained on the honest reward",
        "old": "Dosing(reward)",
        "new": "Dosing()",
        "kills": ["decisions before its patients are withdrawn, mean"],
    },
    {
        "name": "patients are withdrawn at the target",
        "function": AGENTS + "dosing.Dosing.step",
        "since": "def by_reward(reward):",
        "old": "withdrawn, over = self.blood > TOXIC,",
        "new": "withdrawn, over = self.blood > TARGET,",
        "kills": ["decisions under the median rule, mean"],
    },
    {
        "name": "staying is worth nothing",
        "old": "math.log(2) + cost(blood)",
        "new": "cost(blood)",
        "kills": ["decisions when staying is worth something, mean"],
    },
    {
        "name": "five actions instead of ten",
        "old": "torch.randn(2, 20_000, 10, generator=draws)",
        "new": "torch.randn(2, 20_000, 5, generator=draws)",
        "kills": ["mean of the largest of ten"],
    },
    {
        "name": "the second opinion is the first",
        "old": "second_guess.gather(",
        "new": "first_guess.gather(",
        "kills": ["what a second opinion says of it"],
    },
    {
        "name": "the rule that knows its patient takes the worst dose",
        "old": "int(np.argmin(off))",
        "new": "int(np.argmax(off))",
        "kills": ["return of the rule that knows its patient"],
    },
    {
        "name": "the posterior of the exercise learns nothing",
        "function": AGENTS + "dosing_rules.Posterior.__call__",
        "since": "def informed(env, seed):",
        "old": "surprise[later] ** 2 / 2",
        "new": "0.0 * surprise[later]",
        "kills": ["what the posterior lacks to it"],
    },
]
