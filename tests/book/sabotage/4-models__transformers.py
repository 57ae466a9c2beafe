"""How each check of 4-models/transformers is made to fail."""

RUNS = [
    {  # other scales, masks and weights; models that are not trained; a test text that was seen
        "edits": [
            ("epochs=8, step=write_protein", "epochs=2, step=write_protein"),
            (
                "attention(*layer.project(x, None), causal(9))",
                "attention(*layer.project(x, None), causal(9).T)",
            ),
            ("layer(changed, allowed=causal(9)) - fused", "layer(changed) - fused"),
            (
                "Stack(20, 32, 4, 2, positions=False), Stack(20, 32, 4, 2)",
                "Stack(20, 32, 4, 2), Stack(20, 32, 4, 2, positions=False)",
            ),
            (
                "codes = sinusoids(64, 32)",
                "codes = sinusoids(64, 32).round()[torch.arange(64) // 2]",
            ),
            (
                "mine.decoder.begin(target), tgt_mask=~causal(6)",
                "mine.decoder.begin(target), tgt_mask=causal(6).T * 0 == 1",
            ),
            ("sinusoids(16, 32)\n", "sinusoids(16, 32).flip(0)\n"),
            ("for name in held for p", "for name in (*held, 'linalg') for p"),
            ("train(speaker, windows(numbers), epochs=4)", "None"),
            (
                "dna, protein = translated(500, seed=1)",
                "dna, protein = translated(500, seed=1)\nprotein = protein.roll(3, 1)",
            ),
            (
                "own = torch.block_diag(*[torch.ones(1, 3)] * CODONS)",
                "own = torch.block_diag(*[torch.ones(1, 3)] * CODONS).flip(0)",
            ),
            ("mutated[:, 12] = (mutated[:, 12] + 1) % 4", "mutated = torch.randint(4, dna.shape)"),
            ("work(512) / work(256)", "work(512) / work(128)"),
            ("measured[-1] / measured[1], low", "measured[-1] / measured[-1], low"),
            (
                "        return self.head(self.body(tokens))  # no mask",
                "        return super().forward(tokens)",
            ),
            ("heads=4, layers=1, positions=False)", "heads=4, layers=1)"),
        ],
        "fails": [
            "the fused kernel computes the formula",
            "behind the mask, earlier positions do not see a change",
            "without position codes a shuffled input gives a shuffled output",
            "with them the order matters",
            "no two of the 64 codes are alike",
            "the whole transformer equals torch.nn.Transformer",
            "the decoder equals GPT-2 of the transformers library",
            "no paragraph stands on both sides",
            "the transformer learns far more than single characters",
            "it beats counting with two characters before it",
            "it uses what came before",
            "it goes on in letters, spaces and words",
            "new sequences are translated without error",
            "most of the attention lies on the amino acid's own codon",
            "and the others hardly",
            "twice the length is four times the operations",
            "eight times the length takes far more than eight times as long",
            "with the mask forgotten the score is too good to be true",
            "the leaky model's past depends on the future",
        ],
    },
    {  # the rest: nothing changes, counting without memory, the wrong scale
        "edits": [
            (
                "train(speaker, windows(numbers), epochs=4)",
                "train(speaker, windows(numbers), epochs=1)",
            ),
            ("epochs=8, step=write_protein", "epochs=3, step=write_protein"),
            ("changed[:, -1] += 1", "changed[:, -1] += 0"),
            (
                "counted = {order: by_counting(order) for order in (1, 2, 3, 5)}",
                "counted = {order: by_counting(1) for order in (1, 2, 3, 5)}",
            ),
            (
                "mutated[:, 12] = (mutated[:, 12] + 1) % 4",
                "mutated[:, 3] = (mutated[:, 3] + 1) % 4",
            ),
            ("heads=4, layers=1, positions=False)", "heads=4, layers=1)"),
            ('write_protein)\ncheck("without', 'write_protein)\nlost = ribosome\ncheck("without'),
            (
                "(model(later) - model(seen[:20]))",
                "(Leaky.forward(model, later) - Leaky.forward(model, seen[:20]))",
            ),
            (
                "windows(train_part), epochs=10)",
                "windows(train_part) if False else (windows(train_part)[0][:64], windows(train_part)[1][:64]), epochs=1)",
            ),
            ("(q[:, :1] * k).sum(2)", "(q[:, :1] * k).mean(2)"),
            ("(dots / 16)", "(dots * 99999)"),
            ("(5 * rate).cos() + cosines", "(4 * rate).cos() + cosines"),
        ],
        "fails": [
            "the changed position itself does",
            "counting with four before it wins at this size",
            "a mutation changes the amino acid of its codon most",
            "without position codes the code cannot be read",
            "the masked model's does not",
            "the small model has learned from your text",
            "dot products have a variance of the width",
            "unscaled, one key takes nearly everything",
            "scaled, attention is spread",
            "one rotation moves every code by five",
        ],
    },
]
