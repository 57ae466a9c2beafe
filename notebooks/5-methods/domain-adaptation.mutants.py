"""What is removed, one thing at a time, and the claims that must fall (see tools/ledger.py)."""

from ledger import exchanged

WAYS = "helpers.methods.adaptation."
SITES = "helpers.methods.sites."
DISTANCES = "helpers.methods.discrepancy."

MUTANTS = [
    {
        "name": "the gradient is not reversed",
        "function": "helpers.methods.gradient_reversal.Reversal.backward",
        "old": "-context.strength * gradient",
        "new": "context.strength * gradient",
        "kills": [
            "the reversed gradient is minus strength times the finite difference",
        ],
    },
    {
        "name": "kernels of the layers are added, not multiplied",
        "function": DISTANCES + "joint_mmd",
        "old": "kernel = kernel * torch.exp(",
        "new": "kernel = kernel + torch.exp(",
        "kills": ["the joint distance where they are crossed"],
    },
    {
        "name": "similarity between the sites counts once",
        "function": DISTANCES + "contrast",
        "old": "- 2 * kernel",
        "new": "- 1 * kernel",
        "kills": [
            "MMD equals sums of scikit-learn's kernel",
            "MMD equals skada's with the same kernel",
            "each layer alone is distributed alike",
            "the joint distance where layers go together",
        ],
    },
    {
        "name": "similarity between the shapes counts once",
        "function": DISTANCES + "contrast",
        "old": "- 2 * kernel",
        "new": "- 1 * kernel",
        "since": "normal, other = torch.randn",
        "kills": ["MMD between the shapes over MMD between equals"],
    },
    {
        "name": "covariances are of cubes",
        "function": DISTANCES + "covariance",
        "old": "centred = x - x.mean(0)",
        "new": "centred = (x - x.mean(0)) ** 3",
        "since": "normal, other = torch.randn",
        "kills": ["CORAL between the two shapes"],
    },
    {
        "name": "the target encoder does not move",
        "function": "helpers.methods.adversarial_adaptation.Adda.__call__",
        "old": 'yield "target", domain_loss(critic(encoder(target)), 0)',
        "new": 'yield "target", 0 * domain_loss(critic(encoder(target)), 0)',
        "kills": ["two players on one measurement: accuracy after"],
    },
    {
        "name": "the target's one measurement does not move",
        "old": "near, far = read[0], read[1] + 3",
        "new": "near, far = read[0], read[1] + 0",
        "kills": ["two players on one measurement: accuracy before"],
    },
    {
        "name": "the shared task does not see the target",
        "function": WAYS + "turning",
        "old": "told = sum(domain_loss(model.critic(part), side) for part in features)",
        "new": "told = domain_loss(model.critic(features[0]), side)",
        "kills": [
            "shared task: turned images of the target that are told, share",
            "self-supervision over own statistics on framed MNIST, mean",
        ],
    },
    {
        "name": "the shared task has no weight",
        "function": WAYS + "turning",
        "old": "loss = loss + 0.25 * weight * told",
        "new": "loss = loss + 0 * weight * told",
        "kills": ["shared task: turned images of the target that are told, share"],
    },
    {
        "name": "the target is measured like the source",
        "function": SITES + "styled",
        "old": "(0.6 * down + 0.5 * patches[chosen]).flatten(1)",
        "new": "rows",
        "kills": [
            "lead of the cheap repairs over source only, lower end",
            "lead of target labels over the cheap repairs, lower end",
        ],
    },
    {
        "name": "the cheap repairs without distortion",
        "function": WAYS + "_augmented_own",
        "old": "_distorting(sites, setting)",
        "new": "None",
        "kills": [
            "lead of the cheap repairs over own statistics, lower end",
            "largest mean lead of an aligned way over the cheap repairs",
            "what the cheap repairs gain on framed digits, lower end",
        ],
    },
    {
        "name": "no distortion blurs or shifts",
        "function": SITES + "distort_images",
        "old": "fade_images(images.roll(by, (2, 3)).flatten(1), strength, draws)",
        "new": "fade_images(rows, strength, draws)",
        "kills": ["what the cheap repairs lose without blur and shift, mean"],
    },
    {
        "name": "without blur and shift nothing is distorted",
        "function": WAYS + "_faded_own",
        "old": "distort=fade_images",
        "new": "distort=lambda rows, *_: rows",
        "kills": ["repairs without blur and shift over the mean of the aligned ways"],
    },
    {
        "name": "the cheap repairs do not take the statistics of the target",
        "function": WAYS + "_augmented_own",
        "old": "renormalise(net, sites.pool)",
        "new": "net",
        "kills": [
            "lead of the cheap repairs over own statistics, lower end",
            "what the cheap repairs gain on framed digits, lower end",
        ],
    },
    {
        "name": "the CORAL loss has no weight",
        "function": WAYS + "_coral_loss",
        "old": "_by_step(partial(discrepancy, coral), sites, setting, seed)",
        "new": "_by_step(partial(discrepancy, coral), sites, 0, seed)",
        "kills": ["smaller mean gain of CORAL and MMD over own statistics"],
    },
    {
        "name": "the ceiling learns from reversed labels",
        "function": WAYS + "_target_labels",
        "old": "sites.hidden)",
        "new": "sites.hidden.flip(0))",
        "kills": ["lead of target labels over the cheap repairs, lower end"],
    },
    {
        "name": "the labels of the exercise are reversed",
        "function": WAYS + "_target_labels",
        "old": "sites.hidden)",
        "new": "sites.hidden.flip(0))",
        "since": "def with_labels(",
        "kills": ["four hundred labels over the cheap repairs"],
    },
    {
        "name": "framing does not cut the digit out",
        "function": SITES + "framed",
        "old": "black[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1].float()",
        "new": "black.float()",
        "kills": ["what framing alone gains, lower end"],
    },
    {
        "name": "recolouring leaves the mean where it was",
        "function": DISTANCES + "recolour",
        "old": "+ y.mean(0)",
        "new": "+ x.mean(0)",
        "since": "(left, moved_left)",
        "kills": [
            "other proportions: accuracy after alignment",
            "other measurements: accuracy after alignment",
        ],
    },
    {
        "name": "the toy's target classes lie closer",
        "old": "z = 4.0 * u[:, None] - 2",
        "new": "z = 1.0 * u[:, None] - 2",
        "kills": ["other proportions: accuracy if nothing is done"],
    },
    {
        "name": "the toy's measurements do not move",
        "old": "generator=draws) + shift",
        "new": "generator=draws) + 0 * shift",
        "kills": ["other measurements: accuracy if nothing is done"],
    },
    {
        "name": "nobody is told the shares",
        "old": "x=site.x[rows], y=site.y[rows]",
        "new": "x=site.x, y=site.y",
        "kills": [
            "gain if the true shares are told, lower end",
            "what CORAL gains by being told, over what the cheap repairs gain",
        ],
    },
    {
        "name": "the proportions stay as they were",
        "old": "(labels >= half) | (torch.arange(len(labels)) % 8 == 0)",
        "new": "labels >= 0",
        "kills": [
            "gain if the true shares are told, lower end",
            "true share of the rare half of the classes",
        ],
    },
    {
        "name": "the aligned network was told the shares before it says them",
        "old": '"CORAL loss": said("CORAL loss, other proportions")',
        "new": '"CORAL loss": said("CORAL loss, true shares told")',
        "kills": ["their share as the aligned network says it"],
    },
    {
        "name": "a strong critic drowns the labels",
        "function": "helpers.methods.gradient_reversal.Dann.__call__",
        "old": '"loss": classify + critic',
        "new": '"loss": (self.strength < 5) * classify + critic',
        "since": "strengths = (",
        "kills": ["what the visible score loses from its best strength to its worst"],
    },
    {
        "name": "the critic says nothing to the features",
        "function": "helpers.methods.gradient_reversal.Reversal.backward",
        "old": "-context.strength * gradient",
        "new": "0 * gradient",
        "since": "strengths = (",
        "kills": [
            "what the hidden score loses from its best strength to its worst",
            "hidden score at the strength that the visible score picks, over the largest",
        ],
    },
    {
        "name": "twenty labels are all of them",
        "old": "site.pool[:count], hidden=site.hidden[:count]",
        "new": "site.pool, hidden=site.hidden",
        "kills": ["twenty labels over the cheap repairs"],
    },
    exchanged(
        "5-methods/domain-adaptation-selfsupervision",
        "turned source only",
        "self-supervision",
        "long run, gravel: the task on the source alone over own statistics, upper end",
        "long run, MNIST: what the target adds to the shared task, lower end",
    ),
    exchanged(
        "5-methods/domain-adaptation-selfsupervision",
        "turned target only",
        "self-supervision",
        "long run, MNIST: what the source adds to the shared task, lower end",
    ),
]
