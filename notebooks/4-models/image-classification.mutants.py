"""What is removed, one thing at a time, and the claims that must fall (see tools/ledger.py)."""

MODELS = "helpers.models."

MUTANTS = [
    {
        "name": "weights that differ from place to place",
        "old": 'torch.einsum("oc,bchw->bohw", w[:, :, u, v], shifted)',
        "new": 'torch.einsum("oc,bchw->bohw", w[:, :, u, v], shifted) * torch.arange(width)',
        "kills": [
            "the convolution by hand agrees with PyTorch",
            "a shifted image gives shifted maps, largest difference",
        ],
    },
    {
        "name": "folds are dealt by row, not by form",
        "function": "helpers.data.splits.group_folds",
        "old": ".split(code, groups=code)",
        "new": ".split(code, groups=range(len(code)))",
        "kills": ["no form stands in two parts of a fold"],
    },
    {
        "name": "PyTorch's start is He's",
        "old": "layers = [nn.Conv2d(64, 64, 3, bias=False) for",
        "new": "layers = [he_start(nn.Conv2d(64, 64, 3, bias=False)) for",
        "kills": ["share of the mean square that a layer keeps, PyTorch's start"],
    },
    {
        "name": "He's start forgets that ReLU halves",
        "function": MODELS + "deep_stack.he_start",
        "old": 'nonlinearity="relu"',
        "new": 'nonlinearity="linear"',
        "kills": ["share that it keeps with variance 2/n"],
    },
    {
        "name": "batch norm without its mean",
        "old": "z = (y - mean[:, None, None])",
        "new": "z = y",
        "kills": [
            "batch norm by hand agrees with PyTorch, training",
            "batch norm by hand agrees with PyTorch, in use",
        ],
    },
    {
        "name": "ResNeXt with a single path",
        "function": MODELS + "resnet.Bottleneck.__init__",
        "old": "padding=1, groups=groups, bias=False",
        "new": "padding=1, bias=False",
        "kills": ["input channels of other paths that a path depends on"],
    },
    {
        "name": "no compound scaling",
        "function": MODELS + "efficientnet.compound",
        "old": "return alpha**phi, beta**phi, gamma**phi",
        "new": "return alpha**phi, 1.0, 1.0",
        "kills": [
            "work after one step of compound scaling",
            "work after the second step over the first",
        ],
    },
    {
        "name": "VGG without its ReLU",
        "function": MODELS + "vgg.stack",
        "old": "[nn.ReLU()]",
        "new": "[nn.Identity()]",
        "kills": ["VGG's convolutions agree with torchvision's"],
    },
    {
        "name": "a residual block without its shortcut",
        "function": MODELS + "resnet.BasicBlock.forward",
        "old": "return self.relu(around + x)",
        "new": "return self.relu(x)",
        "kills": ["ResNet agrees with torchvision's", "ResNet agrees with timm's"],
    },
    {
        "name": "a bottleneck without its shortcut",
        "function": MODELS + "resnet.Bottleneck.forward",
        "old": "return self.relu(around + x)",
        "new": "return self.relu(x)",
        "kills": ["ResNeXt agrees with torchvision's"],
    },
    {
        "name": "a dense layer that forgets what came before",
        "function": MODELS + "densenet.DenseLayer.forward",
        "old": "torch.cat([x, new], 1)",
        "new": "torch.cat([0 * x, new], 1)",
        "kills": ["DenseNet agrees with torchvision's"],
    },
    {
        "name": "EfficientNet without squeeze and excitation",
        "function": MODELS + "efficientnet.SqueezeExcitation.forward",
        "old": "return weight * x",
        "new": "return x",
        "kills": ["EfficientNet's features agree with torchvision's"],
    },
    {
        "name": "patches without positions",
        "function": MODELS + "vision_transformer.VisionTransformer.forward",
        "old": " + self.pos_embed",
        "new": "",
        "kills": ["the vision transformer agrees with timm's"],
    },
    {
        "name": "the small network is not trained",
        "function": "helpers.methods.image_rivals.convolutional",
        "old": "epochs=passes",
        "new": "epochs=0",
        "kills": [
            "mean lead of VGG over support vectors",
            "lead of VGG over logistic regression, lower end",
            "lead of VGG over the forest, lower end",
            "lead of support vectors with shifted copies over VGG",
        ],
    },
    {
        "name": "VGG does not see the image",
        "function": MODELS + "vgg.VGG.forward",
        "since": 'rivals["plain network"] =',
        "old": "x = self.features(x)",
        "new": "x = self.features(0 * x)",
        "kills": [
            "mean lead of VGG over the plain network",
            "mean lead of VGG over nearest neighbours",
        ],
    },
    {
        "name": "copies carry the labels of other images",
        "function": "helpers.methods.image_rivals.with_copies",
        "old": "y.repeat(len(found))",
        "new": "y.repeat_interleave(len(found))",
        "kills": [
            "what copies that are not shifted add to support vectors",
            "what shifted copies add to nearest neighbours",
        ],
    },
    {
        "name": "shifted copies are not shifted",
        "function": "helpers.methods.image_rivals.with_shifts",
        "old": "corners = [(pixels * v, pixels * u) for v, u in moves]",
        "new": "corners = [(pixels, pixels) for _ in moves]",
        "kills": ["what shifted copies add to nearest neighbours"],
    },
    {
        "name": "a baseline that looks at the input",
        "function": "helpers.methods.rivals.majority",
        "old": "return DummyClassifier()",
        "new": "return nearest_neighbours(1, seed)",
        "kills": ["majority baseline, accuracy"],
    },
    {
        "name": "the pixels stay in their order",
        "old": 'for task in ("digits", "shuffled pixels"))',
        "new": 'for task in ("digits", "digits"))',
        "kills": ["accuracy that VGG loses with its pixels shuffled, lower end"],
    },
    {
        "name": "one of the five is the transformer, and the transformer VGG",
        "old": 'for task in ("digits", "shuffled pixels"))',
        "new": 'for task in ("digits", "shuffled pixels"))\n'
        '    late = "transformer, 16 passes"\n'
        '    far |= {late: far["VGG"], "DenseNet": far[late]}',
        "kills": [
            "range of the five networks' means",
            "accuracy that the transformer lacks, lower end",
        ],
    },
    {
        "name": "VGG of the long run has no convolutions",
        "old": 'for task in ("digits", "shuffled pixels"))',
        "new": 'for task in ("digits", "shuffled pixels"))\n'
        '    far |= {"VGG": far["plain network"], "plain network": far["VGG"]}',
        "kills": ["lead of VGG over the plain network of the long run, lower end"],
    },
    {
        "name": "the neighbours of the long run are the plain network",
        "old": 'for task in ("digits", "shuffled pixels"))',
        "new": 'for task in ("digits", "shuffled pixels"))\n'
        '    far["nearest neighbours"] = far["plain network"]',
        "kills": ["mean lead of nearest neighbours over VGG in the long run"],
    },
    {
        "name": "eight deals without a copy",
        "old": 'copied = by_unit(parts.rows, "copies", "form")',
        "new": 'copied = by_unit(parts.rows, "copies", "form")\n'
        '    copied["support vectors, shifted copies"] = copied["support vectors"]',
        "kills": ["what shifted copies add to support vectors in eight deals, mean"],
    },
    {
        "name": "eight deals without a shift",
        "old": 'copied = by_unit(parts.rows, "copies", "form")',
        "new": 'copied = by_unit(parts.rows, "copies", "form")\n'
        '    copied["nearest neighbours, shifted copies"] = copied["nearest neighbours"]\n'
        '    still = copied["support vectors, copies not shifted"]\n'
        '    copied["support vectors, shifted copies"] = still',
        "kills": [
            "what shifts teach support vectors beyond equal copies, mean",
            "what shifted copies teach nearest neighbours, lower end",
        ],
    },
    {
        "name": "the cheap rivals of blood cells see shuffled labels",
        "old": "fitted = choose(rival, flat, cells.y, of",
        "new": "fitted = choose(rival, flat, cells.y if name == 'VGG' else cells.y.flip(0), of",
        "kills": ["lead of the better cheap rival over VGG on blood cells"],
    },
    {
        "name": "one mean brightness in place of three mean colours",
        "old": "rows.reshape(len(rows), 3, -1).mean(2)",
        "new": "rows.mean(1, keepdims=True)",
        "kills": ["what three mean colours lack to VGG"],
    },
    {
        "name": "VGG reads grey cells with shuffled pixels",
        "old": "for p in (8, 24)}",
        "new": 'for p in (8, 24)}\n    shades["VGG"] = shades["VGG, shuffled pixels"]',
        "kills": [
            "lead of VGG over support vectors in grey, lower end",
            "lead of VGG over support vectors with turned copies, lower end",
            "what VGG loses with the pixels of grey cells shuffled, lower end",
            "mean lead of VGG over the forest in grey",
        ],
    },
    {
        "name": "the network of blood cells is not trained",
        "function": "helpers.methods.image_rivals.convolutional",
        "since": "cells, split = blood_cells(16)",
        "old": "epochs=passes",
        "new": "epochs=0",
        "kills": ["lead of VGG over the majority on blood cells, lower end"],
    },
    {
        "name": "both splits are by tile",
        "old": '("by tile", dealt), ("by block", block)):',
        "new": '("by tile", dealt), ("by block", dealt)):',
        "kills": ["accuracy of the forest by block"],
    },
    {
        "name": "blocks of tissue are numbered at random",
        "function": "helpers.data.embedded.tiles",
        "since": 'tissue = tiles(16, classes=("immunohistochemistry",))',
        "old": "block = torch.arange(len(cut) * BLOCKS**2).repeat_interleave(count)",
        "new": "block = torch.arange(len(cut) * BLOCKS**2).repeat_interleave(count)"
        "[torch.randperm(len(y), generator=torch.Generator().manual_seed(0))]",
        "kills": [
            "flattery of the forest by tiles, lower end",
            "flattery of the nearest neighbour by tiles, lower end",
        ],
    },
    {
        "name": "whole photographs are held out, so that their class is not known",
        "old": '("by block", surfaces.block)):',
        "new": '("by block", surfaces.y)):',
        "kills": [
            "flattery of nearest neighbours on textures, mean",
            "flattery of the forest on textures, mean",
        ],
    },
    {
        "name": "the plain stack has batch norm",
        "old": '"neither": losses_of()',
        "new": '"neither": losses_of(norm=True)',
        "kills": [
            "last loss of the plain stack less the entropy of its labels",
            "last loss with batch norm alone over the plain stack's",
        ],
    },
    {
        "name": "no shortcut",
        "function": MODELS + "deep_stack.Pair.forward",
        "old": "around = x if self.shortcut else 0",
        "new": "around = 0",
        "kills": ["last loss with both over that with batch norm alone"],
    },
    {
        "name": "plain stacks of the long run are those with shortcuts",
        "old": "for p in (8, 24)}",
        "new": 'for p in (8, 24)}\n    for of in deep.values():\n        of["neither"] = of["both"]',
        "kills": [
            "largest gap between a plain stack's loss and the entropy of its labels, 8 passes",
            "the same after 24 passes",
        ],
    },
    {
        "name": "stacks of the long run have no shortcut",
        "old": "for p in (8, 24)}",
        "new": "for p in (8, 24)}\n"
        '    deep = {p: each | {"both": each["batch norm"]} for p, each in deep.items()}',
        "kills": [
            "both below batch norm alone after 8 passes, log10 of the loss",
            "both below batch norm alone after 24 passes, log10 of the loss",
        ],
    },
    {
        "name": "filters are not trained",
        "old": "epochs=4, lr=0.003",
        "new": "epochs=0, lr=0.003",
        "kills": ["likeness after training over that before"],
    },
    {
        "name": "noise is not blurred",
        "function": "helpers.interpret.gabor.blurred_noise",
        "old": "for sigma in range(2, 31)]",
        "new": "for sigma in range(2, 3)]",
        "kills": ["and of filters no rougher than noise over that of noise as smooth"],
    },
    {
        "name": "noise with a flat spectrum",
        "function": "helpers.interpret.gabor.random_phases",
        "old": "spectrum = torch.fft.fft2(filters).abs()[:, None]",
        "new": "spectrum = 1.0",
        "kills": ["what blurred noise, without a design, has over noise of its own spectrum"],
    },
    {
        "name": "filters of the long run are those before training",
        "old": 'designs = [row for row in parts.rows if row["task"] == "filters"]',
        "new": 'designs = [row | {"after": row["before"], "after, smooth": row["before"]} for row in '
        'parts.rows if row["task"] == "filters"]',
        "kills": [
            "likeness over that before training, twenty starts, lower end",
            "likeness of smooth filters over noise as smooth, twenty starts, lower end",
        ],
    },
    {
        "name": "three filters of five pixels",
        "old": "nn.Conv2d(1, 1, 3, padding=1) for _ in range(3)",
        "new": "nn.Conv2d(1, 1, 5, padding=2) for _ in range(3)",
        "kills": ["pixels that three 3 x 3 filters see"],
    },
    {
        "name": "the images are not shifted",
        "old": "rolled = images[test].roll(1, 3)",
        "new": "rolled = images[test].roll(0, 3)",
        "kills": [
            "accuracy that logistic regression loses by a shift",
            "how much less VGG loses",
        ],
    },
    {
        "name": "what is said to have no pooling has it",
        "old": "loss_of(vgg(16, 32, 32))",
        "new": 'loss_of(vgg(16, "pool", 32, "pool", 32))',
        "kills": ["how much less again without pooling"],
    },
]
