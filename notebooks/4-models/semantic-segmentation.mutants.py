"""What is removed, one thing at a time, and the claims that must fall (see tools/ledger.py)."""

MODELS = "helpers.models."
RIVALS = "helpers.methods.segmenters."

START = 'on_page.setdefault((row["rival"], row["rate"]), []).append((row["valid"], row["dice"]))'
ROWS = "rows = far.rows + more.rows"


def in_the_long_run(name, rows, *kills):
    """A mutant of the stored rows: what a variant without the thing gave stands in its place."""
    new = f"{ROWS}\n    rows = {rows}"
    return {"name": f"in the long run {name}", "old": ROWS, "new": new, "kills": list(kills)}


def instead_of(rival, other):
    """The rows of a rival are those of another one."""
    return (
        f'[r for r in rows if r["rival"] != "{rival}"] + '
        f'[r | {{"rival": "{rival}"}} for r in rows if r["rival"] == "{other}"]'
    )


def halted(rival, early, late):
    """A long training gives what the short one gave."""
    return (
        f'[r for r in rows if (r["rival"], r["steps"]) != ("{rival}", {late})] + '
        f'[r | {{"steps": {late}}} for r in rows if (r["rival"], r["steps"]) == ("{rival}", {early})]'
    )


def untrained(rival):
    """Every training gives what no training gave."""
    return (
        f'[r for r in rows if r["rival"] != "{rival}" or r["steps"] == 0] + '
        f'[r | {{"steps": n}} for r in rows if (r["rival"], r["steps"]) == ("{rival}", 0) for n in (150, 450)]'
    )


MUTANTS = [
    {
        "name": "test images stand in training, too",
        "function": "helpers.data.splits.group_folds",
        "old": "for j in range(2, k)",
        "new": "for j in range(k)",
        "kills": ["no group stands in two parts"],
    },
    {
        "name": "every second nucleus divides",
        "function": "helpers.data.nuclei.planted",
        "old": "rng.random() < 1 / 6",
        "new": "rng.random() < 1 / 2",
        "kills": ["share of the rarest class among the pixels"],
    },
    {
        "name": "the Dice coefficient forgets its two",
        "function": "helpers.metrics.segmentation.dice",
        "old": "return torch.from_numpy(found)",
        "new": "return torch.from_numpy(found) / 2",
        "system": "Dice coefficient",
        "kills": ["Dice equals the count with sets"],
    },
    {
        "name": "all convolutions are padded",
        "function": MODELS + "unet.two_convs",
        "old": "padding=padding",
        "new": "padding=1",
        "kills": ["from 572 pixels the paper's network makes"],
    },
    {
        "name": "the way up knows where it is",
        "function": MODELS + "unet.UNet.forward",
        "since": "def shift_gap(by):",
        "old": "saved.append(x)",
        "new": "saved.append(x * torch.linspace(0, 1, x.shape[-1]))",
        "kills": ["a shift by four pixels shifts the output"],
    },
    {
        "name": "the way up hears nothing from below",
        "function": MODELS + "unet.Up.forward",
        "old": "x = self.enlarge(x)",
        "new": "x = 0 * self.enlarge(x)",
        "kills": ["a shift by one pixel changes it"],
    },
    {
        "name": "the way up forgets the saved maps",
        "function": MODELS + "unet.Up.forward",
        "old": "crop_like(saved, x)",
        "new": "0 * crop_like(saved, x)",
        "kills": [
            "U-Net with MONAI's weights differs by",
            "3-D U-Net with MONAI's weights differs by",
        ],
    },
    {
        "name": "the way up forgets the saved maps of volumes",
        "function": MODELS + "unet.Up.forward",
        "old": "crop_like(saved, x)",
        "new": "(x.ndim < 5) * crop_like(saved, x)",
        "kills": ["3-D U-Net with MONAI's weights differs by"],
    },
    {
        "name": "a kernel that is not bilinear",
        "function": MODELS + "fcn.bilinear_kernel",
        "old": ".abs() / factor",
        "new": ".abs() / (factor + 1)",
        "kills": ["the transposed convolution interpolates"],
    },
    {
        "name": "FCN enlarges by repeating pixels",
        "function": MODELS + "fcn.FCN.forward",
        "old": 'return interpolate(scores, size=x.shape[2:], mode="bilinear")',
        "new": 'return interpolate(scores, size=x.shape[2:], mode="nearest")',
        "kills": ["FCN and torchvision's differ by"],
    },
    {
        "name": "values return to the first place of the map",
        "function": MODELS + "segnet.unpool",
        "old": "places.flatten(2)",
        "new": "0 * places.flatten(2)",
        "kills": [
            "pooling after unpooling changes nothing",
            "SegNet and torchvision's VGG with PyTorch's unpooling differ by",
        ],
    },
    {
        "name": "class means that are not weighted by the guess",
        "function": MODELS + "object_context.region_features",
        "old": "scores.flatten(2).softmax(2)",
        "new": "scores.flatten(2).softmax(1)",
        "kills": ["a certain guess gives the class means"],
    },
    {
        "name": "attention without its scale",
        "function": MODELS + "object_context.attend",
        "old": "scores / query.shape[1] ** 0.5",
        "new": "scores",
        "kills": ["attention to regions and PyTorch's differ by"],
    },
    {
        "name": "the Dice loss forgets its two",
        "function": "helpers.metrics.segmentation.soft_dice_loss",
        "old": "2 * shared",
        "new": "shared",
        "system": "soft Dice loss",
        "kills": ["the slopes of both Dice losses differ by"],
    },
    {
        "name": "networks are not trained",
        "function": RIVALS + "learn_network",
        "old": "lr=setting",
        "new": "lr=1e-9",
        "kills": [
            "lead of the U-Net over the forest, lower end",
            "lead of the U-Net over watershed and shape, lower end",
            "60 steps: the 3-D U-Net less a bare threshold, mean",
            "the forest less the U-Net on real tiles",
            "the watershed of edges less the U-Net on real tiles",
            "the local threshold less the U-Net on real tiles",
        ],
    },
    {
        "name": "the U-Net of the table hears nothing from below",
        "function": MODELS + "unet.Up.forward",
        "since": "inputs, steps, rates = x.shape[1], 150",
        "old": "x = self.enlarge(x)",
        "new": "x = 0 * self.enlarge(x)",
        "kills": ["lead of the U-Net over the FCN, lower end"],
    },
    {
        "name": "the forest learns from classes in reverse order",
        "function": RIVALS + "learn_forest",
        "old": "y.numpy().ravel()[some]",
        "new": "y.numpy().ravel()[some[::-1]]",
        "kills": [
            "lead of the forest over the threshold, lower end",
            "the forest, slices dealt at random",
        ],
    },
    {
        "name": "dividing nuclei shine",
        "function": "helpers.data.nuclei.planted",
        "old": "rng.lognormal(0.2 * divides, 0.3)",
        "new": "rng.lognormal(2.5 * divides, 0.3)",
        "kills": ["Dice of round nuclei less that of dividing ones, smallest gap"],
    },
    {
        "name": "trees learn from classes in reverse order",
        "function": "helpers.methods.auto_context.boosted",
        "old": "trees).fit(features[some], y[some])",
        "new": "trees).fit(features[some], y[some[::-1]])",
        "kills": ["the trees in two stages less the U-Net"],
    },
    {
        "name": "the second stage is left out",
        "function": "helpers.methods.auto_context.learn_in_two_stages",
        "old": "stages[1].predict(seen(image, stages[:1], classes))",
        "new": "stages[0].predict(seen(image, [], classes))",
        "kills": ["lead of the trees in two stages over the forest of one stage, mean"],
    },
    in_the_long_run(
        "the U-Net is not trained",
        untrained("U-Net"),
        "long run: smallest lead of the U-Net over the trees in two stages",
        "long run: mean lead of the U-Net over SegNet",
        "long run: object context less the U-Net, mean",
        "450 steps: smallest lead of the U-Net over the FCN",
        "lead of the U-Net over the FCN with full size first, mean",
    ),
    in_the_long_run(
        "the dilated network is not trained",
        untrained("dilated"),
        "long run: the dilated network less the U-Net, mean",
        "450 steps: the dilated network less the U-Net, mean",
    ),
    in_the_long_run(
        "the second stage is left out",
        instead_of("trees in two stages", "trees in one stage"),
        "long run: what the second stage adds to these trees, smallest",
        "long run: the second stage less smoothing by one pixel, mean",
        "long run: smallest lead of the trees in two stages over the FCN",
    ),
    in_the_long_run(
        "trees are not boosted",
        instead_of("trees in one stage", "forest of filters"),
        "long run: what trees in place of the forest add, smallest",
    ),
    in_the_long_run(
        "the U-Net stops after 150 steps",
        halted("U-Net", 150, 450),
        "what 300 more steps give the U-Net, mean",
    ),
    in_the_long_run(
        "tiles are as large as the image",
        instead_of("U-Net, tiles of 16 pixels", "U-Net"),
        "price of surroundings after 150 steps, smallest",
        "price of surroundings after 450 steps, smallest",
    ),
    in_the_long_run(
        "the U-Net in tiles stops after 150 steps",
        halted("U-Net, tiles of 16 pixels", 150, 450),
        "what 300 more steps take off the price of surroundings",
    ),
    in_the_long_run(
        "no shortcut is erased",
        instead_of("U-Net, shortcuts erased", "U-Net"),
        "price of the shortcuts after 150 steps, smallest",
    ),
    in_the_long_run(
        "the U-Net without shortcuts stops after 150 steps",
        halted("U-Net, shortcuts erased", 150, 450),
        "what 300 more steps take off the price of the shortcuts",
    ),
    in_the_long_run(
        "the convolutions at full size stand behind the first halving",
        instead_of("FCN, full size first", "FCN, half size first"),
        "what the same two at full size give it, smallest",
        "full size less half size, upper end",
    ),
    in_the_long_run(
        "there are no convolutions behind the first halving",
        instead_of("FCN, half size first", "FCN"),
        "what two convolutions more at half size give the FCN, smallest",
        "full size less half size, lower end",
    ),
    in_the_long_run(
        "the cross-entropy counts classes alike",
        instead_of("U-Net, cross-entropy", "U-Net, weighted cross-entropy"),
        "share of seeds in which cross-entropy finds no rods in 150 steps",
    ),
    in_the_long_run(
        "the weighted cross-entropy has no weights",
        instead_of("U-Net, weighted cross-entropy", "U-Net, cross-entropy"),
        "weighted cross-entropy after 150 steps, lowest Dice of rods",
        "Dice loss less weighted cross-entropy after 150 steps, smallest",
    ),
    in_the_long_run(
        "the U-Net with cross-entropy stops after 150 steps",
        halted("U-Net, cross-entropy", 150, 450),
        "cross-entropy after 450 steps, lowest Dice of rods",
        "450 steps: cross-entropy less the Dice loss, mean",
    ),
    in_the_long_run(
        "the deep forest knows brightness only",
        instead_of("forest, deep filters", "threshold"),
        "60 steps: smallest lead of the deep forest over the 3-D network",
    ),
    in_the_long_run(
        "the 3-D network stops after 60 steps",
        halted("3-D U-Net", 60, 240),
        "what 180 more steps give the 3-D network, smallest",
        "240 steps: smallest lead of the 3-D network over the threshold",
        "240 steps: the 3-D network less the deep forest, mean",
        "240 steps: the 3-D network less trees in two stages, mean",
    ),
    in_the_long_run(
        "the network of three slices stops after 60 steps",
        halted("U-Net, three slices", 60, 240),
        "240 steps: smallest lead of three slices over the 3-D network",
        "240 steps: smallest lead of three slices over trees in two stages",
        "240 steps: three slices less one slice, mean",
    ),
    {
        "name": "every start on the page's fields is the first",
        "old": START,
        "new": START.replace("append(", "extend(3 * (row['seed'] == 0) * [")[:-1] + "])",
        "kills": ["the page's fields: range of the U-Net over three starts"],
    },
    {
        "name": "the dilated network on the page's fields is a U-Net",
        "old": START,
        "new": 'for name in ("U-Net", "dilated") * (row["rival"] == "U-Net"): '
        + START.replace('row["rival"]', "name"),
        "kills": [
            "the page's fields: starts of three in which the dilated network leads the U-Net",
            "the page's fields: range of the dilated network over three starts",
        ],
    },
    {
        "name": "fields are full of nuclei",
        "function": "helpers.data.nuclei.field",
        "old": "rng.uniform(0.002, 0.004)",
        "new": "rng.uniform(0.008, 0.012)",
        "kills": ["pixel accuracy of an empty map"],
    },
    {
        "name": "slices at random are the lowest ones",
        "old": "mixed = number[torch.randperm(len(number), generator=generator(3))]",
        "new": "mixed = number",
        "kills": ["copying a neighbour, slices dealt at random"],
    },
    {
        "name": "slices by height are every second one",
        "old": "(number[lower], number[upper])",
        "new": "(number[::2], number[1::2])",
        "kills": ["copying a neighbour, slices dealt by height"],
    },
    {
        "name": "the upper half of the head is a negative",
        "old": "head = brain_slices(3)",
        "new": "head = brain_slices(3)\n    head.x[head.block > 4] *= -1",
        "kills": ["what the forest gains by the random deal"],
    },
    {
        "name": "discs do not grow",
        "old": "distance <= radius + 1",
        "new": "distance <= radius",
        "kills": ["Dice of the small disc"],
    },
    {
        "name": "discs grow by five pixels",
        "old": "distance <= radius + 1",
        "new": "distance <= radius + 5",
        "kills": ["Dice of the large disc", "both outlines are at most a pixel off"],
    },
    {
        "name": "a U-Net that halves once",
        "old": "UNet(1, 1, (8, 16, 32))",
        "new": "UNet(1, 1, (8, 16))",
        "kills": ["pixels that a score of the U-Net sees, side of the square"],
    },
    {
        "name": "the taps of the dilated network stand side by side",
        "function": MODELS + "dilated.Dilated.__init__",
        "since": "net = Dilated(1, 1).double().eval()",
        "old": "padding=by, dilation=by",
        "new": "padding=1, dilation=1",
        "kills": ["pixels that a score of the dilated network sees, side of the square"],
    },
]
