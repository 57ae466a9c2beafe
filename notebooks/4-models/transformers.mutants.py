"""What is removed, one thing at a time, and the claims that must fall (see tools/ledger.py)."""

ATTENTION = "helpers.models.attention."
TRANSFORMER = "helpers.models.transformer."
NGRAM = "helpers.models.ngram."
TEXT = "helpers.data.text."

MUTANTS = [
    {
        "name": "no mask in any model",
        "function": ATTENTION + "causal",
        "old": ".tril()",
        "new": "",
        "kills": [
            "behind the mask, earlier positions do not see a change",
            "the decoder equals GPT-2 of the transformers library",
        ],
    },
    {
        "name": "no mask when it is asked for leaks",
        "function": ATTENTION + "causal",
        "old": ".tril()",
        "new": "",
        "since": "class Leaky(LanguageModel):",
        "kills": ["and those of the masked model by"],
    },
    {
        "name": "the last position is not changed",
        "old": "changed[:, -1] += 1",
        "new": "changed[:, -1] += 0",
        "kills": ["the changed position itself does"],
    },
    {
        "name": "layer norm without its division",
        "old": "gain * centred / (variance + eps).sqrt() + shift",
        "new": "gain * centred + shift",
        "kills": [
            "layer norm by hand agrees with PyTorch",
            "ten times the input, the same output",
        ],
    },
    {
        "name": "position codes are added whatever is asked",
        "function": TRANSFORMER + "Stack.begin",
        "old": "if self.positions:",
        "new": "if True:",
        "kills": ["without position codes a shuffled input gives a shuffled output"],
    },
    {
        "name": "position codes are never added",
        "function": TRANSFORMER + "Stack.begin",
        "old": "if self.positions:",
        "new": "if False:",
        "kills": [
            "with them the order matters",
        ],
    },
    {
        "name": "every second position has the code of its neighbour",
        "function": TRANSFORMER + "sinusoids",
        "old": "torch.arange(length, device=device)[:, None]",
        "new": "(torch.arange(length, device=device) // 2)[:, None]",
        "kills": ["no two of the 64 codes are alike"],
    },
    {
        "name": "attention that does not look",
        "function": ATTENTION + "MultiHeadAttention.project",
        "old": "return [part.unflatten(-1, (self.heads, -1)).transpose(1, 2) for part in parts]",
        "new": "return [(part * (k > 0)).unflatten(-1, (self.heads, -1)).transpose(1, 2) "
        "for k, part in enumerate(parts)]",
        "since": "for name, network in networks.items():",
        "kills": [
            "lead of the encoder over the recurrent network, lower end",
            "lead of the encoder over itself with equal weights, lower end",
            "share of distant gaps that the encoder fills",
            "share of the weight on entries that know the answer",
            "answers that follow a change of the twins",
        ],
    },
    {
        "name": "the recurrent network becomes an encoder",
        "old": 'networks["recurrent network"] = GRUTagger(40, 4, 48)',
        "new": 'networks["recurrent network"] = Encoder(40, 4, 32, 4, 1)',
        "kills": [
            "lead of the encoder over the recurrent network, lower end",
            "fall of the recurrent network from distance one to eight and more",
        ],
    },
    {
        "name": "the sum forgets which sample is asked for",
        "old": "self.own(logs // 5) * everything",
        "new": "self.own(0 * logs) * everything",
        "kills": [
            "the encoder and the sum times the own sample: farther end of their difference",
            "logs of 128 entries: share that the sum times the own sample fills",
        ],
    },
    {
        "name": "the encoder of the logs has no position codes",
        "old": "networks = {name: Encoder(40, 4, 32, 4, 1) for name",
        "new": "networks = {name: Encoder(40, 4, 32, 4, 1, positions=False) for name",
        "kills": ["logs of 128 entries: what the codes of places cost the encoder"],
    },
    {
        "name": "the long run's longer logs are those of the learned length",
        "old": 'rivals.scores("entries 128", by',
        "new": 'rivals.scores("right", by',
        "kills": ["long run, logs of 128 entries: cost of the codes of places, lower end"],
    },
    {
        "name": "three times the training is once the training",
        "old": 'later = rivals.scores("right", by="model", part="longer")',
        "new": 'later = {"encoder, all alike": seeds["encoder, all alike"]}',
        "kills": ["long run: smallest gain of equal weights from three times the training"],
    },
    {
        "name": "the encoder without places has them after all",
        "old": '["encoder without places"] = Encoder(40, 4, 32, 4, 1, positions=False)',
        "new": '["encoder without places"] = Encoder(40, 4, 32, 4, 1)',
        "kills": ["logs of 128 entries: share that the encoder without places fills"],
    },
    {
        "name": "the rule copies the entry after the right one",
        "function": "helpers.data.logbook.nearest_twin",
        "old": "return nearest, torch",
        "new": "return (nearest + 1) % 32, torch",
        "kills": ["the rule fills every gap"],
    },
    {
        "name": "only two samples in a log",
        "function": "helpers.data.logbook.logbook",
        "old": "sample = torch.randint(samples, (count, length), generator=draws)",
        "new": "sample = torch.randint(2, (count, length), generator=draws)",
        "since": "new_logs, answers =",
        "kills": ["what equal weights would give"],
    },
    {
        "name": "the encoder is not trained, nor the other networks on logs",
        "old": "    train(network, (logs, lost), fill_in, epochs=5, lr=own)",
        "new": "    pass",
        "kills": ["answers that follow a change of the twins"],
    },
    {
        "name": "what is raised is raised everywhere",
        "old": "reading = tokens % 5",
        "new": "reading, where = tokens % 5, where | True",
        "kills": ["answers that stay when all others change"],
    },
    {
        "name": "cut windows are taken for whole ones, and whole ones for cut",
        "old": 'both(part)[0] | both(part)[1] for part in ("splice", "shifted")',
        "new": "both(other)[0] | both(other)[1] for part, other in "
        '(("splice", "shifted"), ("shifted", "splice"))',
        "kills": [
            "whole windows: lead of the worst flat rival over the better encoder",
            "whole windows: lead of logistic regression over the convolution, lower end",
            "whole windows: folds in which a map for each place beats the mean",
            "cut windows: lead of the convolution over each other model, lower end of the smallest",
            "cut windows: lead of the averaging encoder over the best flat rival",
        ],
    },
    {
        "name": "a convolution in the place of the map for each place",
        "old": 'folds["splice"]["encoder, by place"]',
        "new": 'folds["splice"]["convolution"]',
        "kills": ["whole windows: the interval of that gain includes zero"],
    },
    {
        "name": "the mean over the places in the place of their maximum",
        "function": "helpers.models.motifs.MotifScanner.forward",
        "old": ".amax(2)",
        "new": ".mean(2)",
        "kills": ["cut windows: lead of one convolution over one weight a place, lower end"],
    },
    {
        "name": "one weight for each place, so small that it says nothing",
        "old": "LogisticRegression(C=0.1, max_iter=1000)",
        "new": "LogisticRegression(C=1e-7, max_iter=1000)",
        "kills": ["whole windows: lead of one weight a place over one convolution"],
    },
    {
        "name": "paragraphs may stand in several modules",
        "function": TEXT + "scipy_prose",
        "old": "if d for p in prose(d)} - seen",
        "new": "if d for p in prose(d)}",
        "kills": ["paragraphs that stand in two parts"],
    },
    {
        "name": "Kneser-Ney without discount",
        "function": NGRAM + "discount",
        "old": "return often[1] / (often[1] + 2 * often[2]) if often[1] else 0.5",
        "new": "return 0.01",
        "kills": [
            "lead of Kneser-Ney over the transformer, lower end, in bits",
            "bits that the better way of counting saves",
        ],
    },
    {
        "name": "the transformer of prose is not trained",
        "old": "fit(speaker, windows(numbers), step=next_token",
        "new": "fit(speaker, windows(numbers[:600]), step=next_token",
        "kills": [
            "lead of the transformer over single characters, lower end, in bits",
            "perplexity of the transformer",
            "bits that the first characters save",
        ],
    },
    {
        "name": "windows cut anywhere meet the older way of counting",
        "old": 'pair = of["Kneser-Ney", share, 0]',
        "new": 'pair = of["Witten-Bell", share, 0]',
        "kills": [
            "windows cut anywhere: lead of counting, lower end of the smallest of three, in bits"
        ],
    },
    {
        "name": "a cache that holds nothing",
        "old": 'difference(of["Kneser-Ney and cache", 1, 0]',
        "new": 'difference(of["Kneser-Ney", 1, 0]',
        "kills": ["bits that a cache of the same module saves counting, lower end"],
    },
    {
        "name": "the second half of what is seen stands in reverse",
        "old": "predict(speaker, seen)",
        "new": "predict(speaker, torch.cat([seen[:, :32], seen[:, 32:].flip(1)], 1))",
        "kills": ["bits that characters farther back than 32 save"],
    },
    {
        "name": "no transformer wrote, but chance",
        "old": "return predict(speaker, text[None, -64:])[0, -1].softmax(0)",
        "new": "return torch.ones(len(letters))",
        "kills": ["share of the transformer's words that do"],
    },
    {
        "name": "counting forgets what came before",
        "old": 'after, counts = tuple(text.tolist()), models["counts, Kneser-Ney"]',
        "new": 'after, counts = tuple(text.tolist()), models["single characters"]',
        "kills": ["share of the words by counting that stand in the learned text"],
    },
    {
        "name": "a code that reads two letters a word",
        "old": "codon = (dna.view(count, codons, 3) * torch.tensor([16, 4, 1])).sum(2)",
        "new": "codon = (dna[:, :2 * codons].view(count, codons, 2) * torch.tensor([4, 1])).sum(2)",
        "kills": ["word length that counting finds"],
    },
    {
        "name": "the decoder never looks at the encoder",
        "function": TRANSFORMER + "Layer.forward",
        "old": "x + self.multihead_attn(self.norm2(x), memory)",
        "new": "x + 0 * self.multihead_attn(self.norm2(x), memory)",
        "since": "ribosome = EncoderDecoder(",
        "kills": [
            "new sequences of eight codons, share right",
            "share of the attention on the amino acid's own codon",
        ],
    },
    {
        "name": "the longer sequences are no longer",
        "old": "translated(500, seed=2, codons=12)",
        "new": "translated(500, seed=2, codons=8)",
        "kills": ["sequences of twelve codons, share right"],
    },
    {
        "name": "the network learns from twelve codons",
        "old": "genes = translated(3000, seed=0)",
        "new": "genes = translated(3000, seed=0, codons=12)",
        "kills": ["twelve codons: that share from the ninth on"],
    },
    {
        "name": "attention within the first 128 positions only",
        "function": ATTENTION + "attention",
        "old": "scores = query @ key.transpose(-2, -1) / query.shape[-1] ** 0.5",
        "new": "query, key, value = query, key[..., :128, :], value[..., :128, :]\n"
        "    scores = query @ key.transpose(-2, -1) / query.shape[-1] ** 0.5",
        "since": "def parts_of_work",
        "kills": ["twice the length, operations of attention"],
    },
    {
        "name": "the rest of a layer mixes positions, too",
        "old": "work(lambda: nn.Linear(width, 12 * width)(q))",
        "new": "work(lambda: q @ q.transpose(2, 3))",
        "kills": ["twice the length, operations of the rest"],
    },
    {
        "name": "the leaky model has its mask",
        "old": "return self.head(self.body(tokens))  # no mask",
        "new": "return super().forward(tokens)",
        "kills": [
            "bits per character with the mask forgotten",
            "a later character moves earlier scores of the leaky model by",
        ],
    },
    {
        "name": "position codes are there after all",
        "old": "heads=4, layers=1, positions=False)",
        "new": "heads=4, layers=1)",
        "kills": ["share right without position codes"],
    },
    {
        "name": "the oddest pieces are left out",
        "old": "scored.sort(reverse=True)",
        "new": "scored = [(1.0, *rest) for _, *rest in scored]",
        "kills": ["surprise of the oddest piece over the middle one"],
    },
    {
        "name": "the widths of queries and keys are means, not sums",
        "old": "dots = (q[:, :1] * k).sum(2)",
        "new": "dots = (q[:, :1] * k).mean(2)",
        "kills": [
            "variance of dot products over the width",
            "largest of 64 weights, unscaled",
        ],
    },
    {
        "name": "scaled by nothing",
        "old": "(dots / 16)",
        "new": "(dots / 1)",
        "kills": ["largest of 64 weights, scaled"],
    },
    {
        "name": "a rotation by four",
        "old": "sines * (5 * rate).cos() + cosines",
        "new": "sines * (4 * rate).cos() + cosines",
        "kills": ["one rotation moves every code by five"],
    },
]
