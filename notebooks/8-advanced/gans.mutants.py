"""What is removed, one thing at a time, and the claims that must fall (see tools/ledger.py)."""

GAN = "helpers.methods.gan."
WAYS = "helpers.methods.generators."
MEASURES = "helpers.metrics.generation."

MUTANTS = [
    {
        "name": "the judge is half as sure as the best one",
        "old": "best = (p / q).log()",
        "new": "best = 0.5 * (p / q).log()",
        "kills": ["the best discriminator's loss gives the Jensen-Shannon divergence"],
    },
    {
        "name": "the two losses of the generator are exchanged",
        "old": '("as in the game", minimax_loss), ("non-saturating", non_saturating_loss)',
        "new": '("non-saturating", minimax_loss), ("as in the game", non_saturating_loss)',
        "kills": [
            "a recognised fake: gradient of the original game",
            "a recognised fake: gradient of the non-saturating loss",
        ],
    },
    {
        "name": "made-up rows are not detached in the discriminator's turn",
        "old": "torch.cat([x[rows], fake.detach()])",
        "new": "torch.cat([x[rows], make(torch.randn(len(rows), 4)).detach()])",
        "kills": ["the hand-written game and the engine's end with the same weights"],
    },
    {
        "name": "the slope is fined for differing from zero",
        "function": GAN + "gradient_penalty",
        "old": "- 1).square()",
        "new": "- 0).square()",
        "kills": [
            "the fine of a linear critic is its closed form",
            "a trained critic's rise over the closed form",
        ],
    },
    {
        "name": "a single step of power iteration, from random vectors",
        "function": "helpers.models.gan.SpectralNorm.iterate",
        "old": "self.u = F.normalize(matrix @ self.v, dim=0)",
        "new": "self.u = F.normalize(matrix @ self.v, dim=0).flip(0)",
        "kills": [
            "spectral normalisation agrees with PyTorch's",
            "the largest singular value is one",
        ],
    },
    {
        "name": "the generator is moved the wrong way",
        "function": GAN + "two_players",
        "old": 'yield "generator", generator_loss(judge(fake))',
        "new": 'yield "generator", -generator_loss(judge(fake))',
        "since": "def play(judge, rates, seed):",
        "kills": ["plain, slow generator: fewest clouds found in a run"],
    },
    {
        "name": "the fast generator is no faster than the slow one",
        "old": "plain, fast, slow = nn.Identity(), (2e-3, 2e-4), (1e-3, 4e-3)",
        "new": "plain, fast, slow = nn.Identity(), (1e-3, 4e-3), (1e-3, 4e-3)",
        "kills": [
            "plain, fast generator: most clouds found in a run",
            "spectral norm, fast generator: most clouds found in a run",
        ],
    },
    {
        "name": "the lone cloud lies beside the ring",
        "old": "ring = ring + 0.15 * torch.randn(ring.shape, generator=draws)",
        "new": "ring = ring + 0.15 * torch.randn(ring.shape, generator=draws)\nring[2000:4000] *= 0.85",
        "kills": ["samples of one cloud: precision", "new real points: coverage"],
    },
    {
        "name": "the lone cloud is half of the ring",
        "old": "lone = held[(held - centres[0]).norm(dim=1) < 0.45]",
        "new": "lone = held[(held - centres[0]).norm(dim=1) < 2.9]",
        "kills": ["samples of one cloud: coverage"],
    },
    {
        "name": "density counts balls without dividing by the neighbours",
        "function": MEASURES + "density",
        "system": "density of Naeem et al.",
        "old": ".float().mean() / k",
        "new": ".float().mean()",
        "kills": ["new real points: density", "the four measures agree with scikit-learn"],
    },
    {
        "name": "groups are dealt row by row",
        "old": "*others, away = group_folds(groups.unique(return_inverse=True)[1])[0]",
        "new": "*others, away = group_folds(torch.arange(len(groups)))[0]",
        "kills": ["groups that stand both away and in the rest"],
    },
    {
        "name": "new rows are training rows as well",
        "old": "train, valid, new = rest.tensor_split([3 * len(rest) // 5, 4 * len(rest) // 5])",
        "new": "train, valid, _ = rest.tensor_split([3 * len(rest) // 5, 4 * len(rest) // 5])\nnew = train[:281]",
        "kills": ["every row stands in exactly one part"],
    },
    {
        "name": "the way back forgets where the classes were centred",
        "function": "helpers.models.rows.RowCodec.forward",
        "old": "y = z[:, self.width :] * self.weight + self.middle",
        "new": "y = -z[:, self.width :] * self.weight + self.middle",
        "kills": ["rows survive the way there and back"],
    },
    {
        "name": "the mixture has a single component",
        "function": WAYS + "mixture",
        "old": "components = min(components, len(rows) // 2)",
        "new": "components = 1",
        "kills": [
            "coverage: lead of the mixture over WGAN-GP, lower end",
            "coverage: lead of the mixture over one Gaussian, lower end",
            "recall: lead of the mixture over WGAN-GP",
        ],
    },
    {
        "name": "the critic is not fined",
        "function": GAN + "wasserstein_gp",
        "old": "gap + weight * gradient_penalty(critic, real, fake)",
        "new": "gap + 0 * gradient_penalty(critic, real, fake)",
        "kills": [
            "coverage: mean lead of WGAN-GP over the plain game",
            "use: mean lead of WGAN-GP over the plain game",
        ],
    },
    {
        "name": "the noise on training rows is as large as the rows",
        "function": WAYS + "copies",
        "old": "return Noisy(rows, noise)",
        "new": "return Noisy(rows, 100 * noise)",
        "kills": ["training rows with noise: share of copies"],
    },
    {
        "name": "the kernels are three times as wide",
        "function": WAYS + "kernel_density",
        "old": "return KernelDensity(rows, width)",
        "new": "return KernelDensity(rows, 3 * width)",
        "kills": [
            "kernel density: share of copies",
            "use: lead of the kernel density over WGAN-GP, lower end",
        ],
    },
    {
        "name": "the mixture is replaced by training rows",
        "function": WAYS + "mixture",
        "old": "return Fitted(found.fit(rows.double().numpy()))",
        "new": "return KernelDensity(rows, 0.02)",
        "kills": [
            "mixture of Gaussians: share of copies",
            "two-sample test: lowest accuracy among those that learned",
        ],
    },
    {
        "name": "the networks are not trained",
        "function": WAYS + "epochs_of",
        "old": "return -(-updates // -(-len(rows) // BATCH))",
        "new": "return 0",
        "kills": [
            "WGAN-GP: precision",
            "coverage: mean lead of WGAN-GP over flow matching",
            "use: mean lead of WGAN-GP over the plain game",
        ],
    },
    {
        "name": "the game is replaced by a density",
        "function": WAYS + "game",
        "old": "torch.manual_seed(seed)",
        "new": "return gaussian(rows, 60, 0, seed)",
        "kills": ["WGAN-GP: recall", "use: mean lead of one Gaussian over WGAN-GP"],
    },
    {
        "name": "the ways learn from the rows that were set away",
        "old": 'WAYS[name].learn(points["train"], setting, updates, seed)',
        "new": "WAYS[name].learn(codec.encode(x[away], y[away]), setting, updates, seed)",
        "kills": ["use: the best way less the real rows"],
    },
    {
        "name": "the velocity is followed with the time of the last step",
        "function": "helpers.methods.flow_matching.carry",
        "old": "x = x + at(middle, (k + 0.5) / steps) / steps",
        "new": "x = x + at(x, 0.5) / steps",
        "kills": ["the exact velocity carries noise onto the Gaussian"],
    },
    {
        "name": "noise is not carried to the end",
        "function": "helpers.methods.generators.Carried.draw",
        "old": "return carry(self.generator.eval(), noise)",
        "new": "return 0.3 * carry(self.generator.eval(), noise)",
        "kills": ["recall: mean of flow matching"],
    },
    {
        "name": "channels keep the size that the style gave them",
        "function": "helpers.models.style.modulated_convolution",
        "old": "out = out * (power + 1e-8).rsqrt()[:, :, None, None]",
        "new": "out = out * 1",
        "kills": ["one shared convolution equals a kernel for each image"],
    },
    {
        "name": "the coarse layer has no style",
        "function": "helpers.models.style.StyleGenerator.synthesise",
        "old": "x = self.layers[0](x, styles[0])",
        "new": "x = self.layers[0](x, 0 * styles[0])",
        "kills": ["style mixing: change by the coarse style over change by both"],
    },
    {
        "name": "the fine layers have no style",
        "function": "helpers.models.style.StyleGenerator.synthesise",
        "old": "x = layer(x, w)",
        "new": "x = layer(x, 0 * w)",
        "kills": ["style mixing: change by the fine styles over change by both"],
    },
    {
        "name": "the players of the images do not move",
        "old": "optimizer={name: adam(0.003) for name in model}",
        "new": "optimizer={name: adam(1e-9) for name in model}",
        "kills": [
            "convolutional generator: precision",
            "style generator: precision",
            "convolutional generator: coverage",
            "style generator: coverage",
        ],
    },
    {
        "name": "the saved weights are not read",
        "function": "helpers.data.recipe.load_model",
        "old": "model.load_state_dict(",
        "new": "dict(",
        "kills": ["the saved generator makes the rows that the trained one made"],
    },
    {
        "name": "the crowd is as wide as the real points",
        "old": "narrow = 0.1 * torch.randn(200, 2, generator=draws)",
        "new": "narrow = 10 * torch.randn(200, 2, generator=draws)",
        "kills": ["six stray samples: recall before", "six stray samples: coverage after"],
    },
    {
        "name": "the stray points stay in the crowd",
        "old": "far = 1000 * F.normalize(",
        "new": "far = 0.01 * F.normalize(",
        "kills": ["six stray samples: recall after"],
    },
    {
        "name": "both critics go without a fine",
        "old": "(bound, with_fine), (free, without) = play_critic(1.0), play_critic(0.0)",
        "new": "(bound, with_fine), (free, without) = play_critic(0.0), play_critic(0.0)",
        "kills": ["the critic's slope with the fine", "clouds found with the fine"],
    },
    {
        "name": "both critics are fined",
        "old": "(bound, with_fine), (free, without) = play_critic(1.0), play_critic(0.0)",
        "new": "(bound, with_fine), (free, without) = play_critic(1.0), play_critic(1.0)",
        "kills": ["the critic's slope without it", "clouds found without it"],
    },
]
