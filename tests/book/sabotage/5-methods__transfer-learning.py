"""How each check of 5-methods/transfer-learning is made to fail."""

RUNS = [
    {  # tools that do nothing, a source that teaches nothing, heads on other features
        "edits": [
            ("(Adapter(24, 4)(image) - image)", "(image.relu() - image)"),
            ("freeze_to(mine, count), learner", "freeze_to(mine, 3 - count), learner"),
            ("discriminative(mine, 1e-2)]", "discriminative(mine, 1e-2, 2)]"),
            ("source.y, 3, batch_size", "(source.y + 1) % 3, 3, batch_size"),
            ("source.block, 5", "source.block[torch.randperm(len(source.block))], 5"),
            (
                "features = predict(pretrained[:3], x[rows])",
                "features = predict(pretrained[:3], x[rows]) * torch.randn(64)",
            ),
            ("5e-4), x[test], y[test]", "5e-4), x[test], 1 - y[test]"),
            ("fine_tune(20, 3e-3, freeze_epochs=20)", "model[3].weight.data.zero_()"),
            ("old_question(1e-5), old_question(3e-2)", "old_question(3e-2), old_question(1e-5)"),
            ("train(make_net(5), digit[low], number[low]", "train(make_net(10), digit, number"),
            ("freeze_to(groups, 4)", "freeze_to(groups, 0)"),
            ("discriminative(groups, 1e-3))", "discriminative(groups, 1e-3), maximize=True)"),
            ("size(Adapter(24, 4), ", "size(Adapter(24, 400), "),
            ("train(net, x[rows], y[rows], 5)", "net.eval()"),
        ],
        "fails": [
            "an adapter starts as the identity",
            "parameters frozen otherwise than by fastai",
            "rates differ from fastai's spread by",
            "three photographs are told apart",
            "48 regions are guessed far above one in 48",
            "our head and scikit-learn's logistic regression decide alike",
            "with five labels, the rich source gains over scratch",
            "the rich source beats the texture feature at twenty labels",
            "finetuning the whole body also beats scratch with five labels",
            "every way to finetune learns",
            "features for digits 0 to 4 lose to bare pixels on 5 to 9",
            "the frozen layers have not moved",
            "the head has learned something",
            "adapters and head are a small share of all weights",
            "running statistics of batch norm have moved the frozen body",
        ],
    },
    {  # a rival held back, one way broken, weights not shuffled, rates exchanged
        "edits": [
            ("y[rows], epochs, seed=seed), x[test]", "1 - y[rows], epochs, seed=seed), x[test]"),
            ("fine_tune(20, 3e-3, freeze_epochs=20)", "model[3].weight.data.zero_()"),
            ('"rich source, frozen": frozen(rich)', '"rich source, frozen": frozen(narrow)'),
            ("old_question(1e-5), old_question(3e-2)", "old_question(3e-2), old_question(1e-5)"),
        ],
        "fails": [
            "with a hundred labels the gain is gone",
            "a richer source task transfers better",
            "the ways differ little",
            "fastai's recipe is no worse than one rate for all",
            "a gentle rate keeps what was learned",
            "a violent rate forgets it",
        ],
    },
    {  # weights that are not shuffled
        "edits": [("weights[torch.randperm(len(weights))]", "weights")],
        "fails": ["the arrangement of the weights matters, not their scale alone"],
    },
]
