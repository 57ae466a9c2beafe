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
            "its cosine with the exact gradient",
        ],
    },
    {
        "name": "nothing is discounted",
        "old": "world, gamma = random_mdp(seed=1), 0.9",
        "new": "world, gamma = random_mdp(seed=1), 1.0",
        "kills": ["length without the factor, in exact ones"],
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
        "name": "squared loss in place of Huber's",
        "function": AGENTS + "dqn.DQN.__call__",
        "old": "nn.functional.smooth_l1_loss(value, target)",
        "new": "nn.functional.mse_loss(value, target)",
        "kills": ["the same with rewards a thousand times as large, over that"],
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
            "mean lead of the integral rule over the one without its sum",
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
        "name": "the sum that is shown stays at nothing",
        "function": AGENTS + "dosing.Summed.observation",
        "old": "self.sum -= float(seen[0])",
        "new": "pass",
        "kills": [
            "mean gain of the ordered rule from the sum",
        ],
    },
    {
        "name": "the first guess gives nothing",
        "old": "integral_rule(GAINS[0][None])",
        "new": "integral_rule(0 * GAINS[0][None])",
        "kills": ["what the search adds to the first guess"],
    },
    {
        "name": "the stepwise first guess does not look at the blood",
        "function": AGENTS + "dosing_rules.as_ordered",
        "old": "error, change = gains[:, 1], gains[:, 2]",
        "new": "error, change = 0 * gains[:, 1], 0 * gains[:, 2]",
        "kills": ["mean lead of the stepwise first guess over the ordered rule"],
    },
    {
        "name": "long run: the search finds the rule without its sum",
        "old": "taken = far | taken",
        "new": 'taken = far | taken | {"integral rule": taken["integral rule without its sum"]}',
        "kills": [
            "long run: mean lead of the rule over DQN with these",
            "long run: trainings of twenty in which it adds something",
            "long run: what the sum adds, patients who differ, lower end",
            "long run: lead of the rule over PPO with this, lower end",
        ],
    },
    {
        "name": "long run: the first guess has no sum",
        "old": "taken = far | taken",
        "new": 'taken = far | taken | {"integral rule, first guess": taken["integral rule without its sum"]}',
        "kills": [
            "long run: what the search adds to the first guess, upper end",
        ],
    },
    {
        "name": "long run: the second guess is the first",
        "old": "taken = far | taken",
        "new": 'taken = far | taken | {"integral rule, second guess": taken["integral rule, first guess"]}',
        "kills": [
            "long run: lead of the second guess over the searched rule, lower end",
        ],
    },
    {
        "name": "long run: DQN's first settings in the place of the second",
        "old": "taken = far | taken",
        "new": 'taken = far | taken | {"DQN, second settings": far["DQN"]}',
        "kills": [
            "long run: gain of DQN from the second settings, lower end",
        ],
    },
    {
        "name": "long run: the sum is not shown to DQN",
        "old": "taken = far | taken",
        "new": 'taken = far | taken | {"DQN with the sum, second settings": taken["DQN, second settings"]}',
        "kills": [
            "long run: mean gain from the sum at the second settings",
        ],
    },
    {
        "name": "long run: the sum is shown to DQN, the settings are the first",
        "old": "taken = far | taken",
        "new": 'taken = far | taken | {"DQN with the sum, second settings": taken["DQN with the sum"]}',
        "kills": [
            "long run: the rule against DQN with both, farther end",
        ],
    },
    {
        "name": "long run: four batches without the discount",
        "old": "taken = far | taken",
        "new": 'taken = far | taken | {"DQN, discount 0.5, four batches": taken["DQN, four batches a step"]}',
        "kills": [
            "long run: two of the settings against all three, lower end",
        ],
    },
    {
        "name": "long run: the discount alone is all three settings",
        "old": "taken = far | taken",
        "new": 'taken = far | taken | {"DQN, discount 0.5": taken["DQN, second settings"]}',
        "kills": [
            "long run: mean gain of DQN from the discount alone",
        ],
    },
    {
        "name": "long run: four batches come with the discount",
        "old": "taken = far | taken",
        "new": 'taken = far | taken | {"DQN, four batches a step": taken["DQN, discount 0.5, four batches"]}',
        "kills": [
            "long run: the better of the other two alone",
        ],
    },
    {
        "name": "long run: PPO keeps its first discount",
        "old": "taken = far | taken",
        "new": 'taken = far | taken | {"PPO, discount 0.5": far["PPO"]}',
        "kills": [
            "long run: gain of PPO from a discount of a half, lower end",
            "long run: its lead over DQN's first settings, lower end",
            "long run: the same against DQN's second settings, farther end",
        ],
    },
    {
        "name": "long run: the sum is not shown to PPO",
        "old": "taken = far | taken",
        "new": 'taken = far | taken | {"PPO with the sum, discount 0.5": taken["PPO, discount 0.5"]}',
        "kills": [
            "long run: lead of PPO with the sum over the searched rule, lower end",
            "long run: trainings of twenty in which it leads",
            "long run: the same against the second guess, farther end",
        ],
    },
    {
        "name": "long run: the posterior is the integral rule",
        "old": "taken = far | taken",
        "new": 'taken = far | taken | {"posterior": far["integral rule"]}',
        "kills": [
            "long run: lead of the posterior over PPO with the sum, lower end",
        ],
    },
    {
        "name": "long run: REINFORCE keeps its first discount",
        "old": "taken = far | taken",
        "new": 'taken = far | taken | {"REINFORCE, discount 0.5": far["REINFORCE"]}',
        "kills": [
            "long run: gain of REINFORCE from a discount of a half, lower end",
            "long run: its mean lead over the median rule",
        ],
    },
    {
        "name": "long run: DQN sees the rest as well",
        "old": "taken = far | taken",
        "new": 'taken = far | taken | {"DQN, last measurement only": far["DQN"]}',
        "kills": [
            "long run: what DQN loses with the last measurement only, lower end",
            "long run: the same against the median rule, farther end",
        ],
    },
    {
        "name": "long run: everybody's action looks at the blood",
        "old": "taken = far | taken",
        "new": 'taken = far | taken | {"one action": far["median rule"]}',
        "kills": [
            "long run: actor-critic at first against one action, farther end",
        ],
    },
    {
        "name": "long run: actor-critic keeps its first discount",
        "old": "taken = far | taken",
        "new": 'taken = far | taken | {"actor-critic, discount 0.5": far["actor-critic"]}',
        "kills": [
            "long run: gain of actor-critic from a discount of a half, lower end",
        ],
    },
    {
        "name": "long run: actor-critic is PPO",
        "old": "taken = far | taken",
        "new": 'taken = far | taken | {"actor-critic, discount 0.5": taken["PPO, discount 0.5"]}',
        "kills": [
            "long run: what it lacks to the median rule, lower end",
        ],
    },
    {
        "name": "long run: the linear rule is actor-critic",
        "old": "taken = far | taken",
        "new": 'taken = far | taken | {"linear rule": far["actor-critic"]}',
        "kills": [
            "long run: lead of the linear rule over it, lower end",
        ],
    },
    {
        "name": "fresh seeds: the sum and the discount are taken from PPO",
        "old": "taken = far | taken",
        "new": 'taken = far | taken; fresh |= {"PPO with the sum, discount 0.5": far["PPO"]}',
        "kills": [
            "fresh seeds: PPO with the sum against the searched rule, farther end",
        ],
    },
    {
        "name": "fresh seeds: the second guess is the searched rule",
        "old": "taken = far | taken",
        "new": 'taken = far | taken; fresh |= {"integral rule, second guess": fresh["integral rule"]}',
        "kills": [
            "fresh seeds: lead of the second guess over the searched rule, lower end",
        ],
    },
    {
        "name": "fresh seeds: PPO is the posterior",
        "old": "taken = far | taken",
        "new": 'taken = far | taken; fresh |= {"PPO with the sum, discount 0.5": fresh["posterior"]}',
        "kills": [
            "fresh seeds: lead of the second guess over PPO with the sum, lower end",
            "fresh seeds: lead of the posterior over PPO with the sum, lower end",
        ],
    },
    {
        "name": "long run: the patients who are alike differ",
        "old": "taken = far | taken",
        "new": "taken = far | taken; alike = taken",
        "kills": [
            "long run: what the sum adds, patients alike, farther end",
        ],
    },
    {
        "name": "the search keeps the worst",
        "function": AGENTS + "cross_entropy.cross_entropy",
        "since": "def unknown(count)",
        "old": "score.topk(population // 4)",
        "new": "(-score).topk(population // 4)",
        "kills": ["what a search without a guess lacks to the first guess"],
    },
    {
        "name": "the network sees no patient when it doses",
        "function": AGENTS + "rollout.scores",
        "since": "def like(rate):",
        "old": "return model(state.to(place)).cpu()",
        "new": "return model(0 * state.to(place)).cpu()",
        "kills": ["error of DQN on days three and four over that of the median rule"],
    },
    {
        "name": "one seed, eight times",
        "old": "steps=4500, rate=0.01, seed=seed)",
        "new": "steps=4500, rate=0.01, seed=0)",
        "kills": [
            "best of five seeds over the worst",
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
        "kills": [
            "decisions under the median rule, mean",
            "decisions under the integral rule, fewest",
        ],
    },
    {
        "name": "the charged integral rule forgets its sum",
        "function": AGENTS + "dosing_rules.integral_rule",
        "since": "def by_reward(reward):",
        "old": "torch.where(first, 0.0, before + error)",
        "new": "0.0 * error",
        "kills": ["what the integral rule saves over the agent, by that reward"],
    },
    {
        "name": "long run: the charged PPO is the median rule",
        "old": 'lengths = kept.scores("decisions", by="rival", stage="charged")',
        "new": 'lengths = kept.scores("decisions", by="rival", stage="charged"); charge["PPO"], lengths["PPO"] = charge["median rule"], lengths["median rule"]',
        "kills": [
            "long run: gain of the charged PPO over the median rule, lower end",
            "long run: mean decisions under the charged PPO, most of ten",
            "long run: the charged PPO against eight tablets, farther end",
        ],
    },
    {
        "name": "long run: the charged DQN is PPO",
        "old": 'charge = kept.scores("charge", by="rival", stage="charged")',
        "new": 'charge = kept.scores("charge", by="rival", stage="charged"); charge["DQN"] = charge["PPO"]',
        "kills": [
            "long run: what the charged DQN saves over PPO, lower end",
        ],
    },
    {
        "name": "long run: the charged DQN ends early as PPO does",
        "old": 'lengths = kept.scores("decisions", by="rival", stage="charged")',
        "new": 'lengths = kept.scores("decisions", by="rival", stage="charged"); '
        'lengths["DQN"] = lengths["PPO"]',
        "kills": ["long run: mean decisions under the charged DQN, least of ten"],
    },
    {
        "name": "long run: the charged rule loses patients as PPO does",
        "old": 'fewest = kept.scores("fewest", by="rival", stage="charged")',
        "new": 'fewest = kept.scores("fewest", by="rival", stage="charged"); fewest["integral rule, first guess"] = fewest["PPO"]',
        "kills": [
            "long run: decisions under the charged integral rule, fewest",
        ],
    },
    {
        "name": "long run: the charged rule is DQN",
        "old": 'charge = kept.scores("charge", by="rival", stage="charged")',
        "new": 'charge = kept.scores("charge", by="rival", stage="charged"); '
        'charge["integral rule, first guess"] = charge["DQN"]',
        "kills": ["long run: what the charged integral rule saves over DQN, lower end"],
    },
    {
        "name": "long run: the charged posterior is the rule",
        "old": 'charge = kept.scores("charge", by="rival", stage="charged")',
        "new": 'charge = kept.scores("charge", by="rival", stage="charged"); '
        'charge["posterior"] = charge["integral rule, first guess"]',
        "kills": ["long run: what the posterior saves over that rule, lower end"],
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
