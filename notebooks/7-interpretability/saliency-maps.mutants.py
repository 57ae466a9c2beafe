"""What is removed, one thing at a time, and the claims that must fall (see tools/ledger.py)."""

INTERPRET = "helpers.interpret."

MUTANTS = [
    {
        "name": "the gradient of another score",
        "function": INTERPRET + "gradients.gradient",
        "old": "torch.autograd.grad(f(x).sum(), x)[0]",
        "new": "torch.autograd.grad(f(x).exp().sum(), x)[0]",
        "kills": [
            "the gradient agrees with captum's",
            "gradient times input agrees with captum's",
            "what integrated gradients miss of the way from the baseline",
        ],
    },
    {
        "name": "SmoothGrad without noise",
        "function": INTERPRET + "gradients.smooth_grad",
        "old": "x + spread * torch.randn",
        "new": "x + 0 * torch.randn",
        "kills": ["SmoothGrad agrees with captum's"],
    },
    {
        "name": "gradients at the end of the way only",
        "function": INTERPRET + "gradients.integrated_gradients",
        "old": "((k + 0.5) / steps for k in range(steps))",
        "new": "(1.0 for k in range(steps))",
        "kills": [
            "integrated gradients agree with captum's",
            "what integrated gradients miss of the way from the baseline",
        ],
    },
    {
        "name": "integrated gradients without the way they went",
        "function": INTERPRET + "gradients.integrated_gradients",
        "since": "def eight_maps(",
        "old": "return way * sum(",
        "new": "return sum(",
        "kills": ["with all layers random, integrated gradients keep more than the gradient by"],
    },
    {
        "name": "shares with the other sign",
        "function": INTERPRET + "gradients.integrated_gradients",
        "since": "two, point = nn.Sequential",
        "old": "return way * sum(",
        "new": "return -way * sum(",
        "kills": ["its share by integrated gradients"],
    },
    {
        "name": "guided backprop shows what is negative",
        "function": INTERPRET + "rectifiers.guided",
        "since": "two, point = nn.Sequential",
        "old": "passed[0].clamp(min=0)",
        "new": "passed[0]",
        "kills": ["guided backprop's value for the input that speaks against"],
    },
    {
        "name": "noise in place of the gradient",
        "function": INTERPRET + "gradients.gradient",
        "old": "torch.autograd.grad(f(x).sum(), x)[0]",
        "new": "torch.randn_like(x)",
        "kills": [
            "the gradient agrees with captum's",
            "cause above the rest, the gradient's lead over edges",
            "cause outweighs decoy, lead of the gradient over edges",
            "cause outweighs decoy with two random layers, guided backprop",
        ],
    },
    {
        "name": "the filter is told another slant",
        "old": "avg_pool2d(across * down, 5",
        "new": "avg_pool2d(across.square() - down.square(), 5",
        "kills": ["tiles in which the cause outweighs the decoy, edges told the slant"],
    },
    {
        "name": "strokes of one norm, not of one Sobel energy",
        "function": "helpers.data.planted.strokes",
        "since": "def prefers_cause(",
        "old": "drawn / energy.sqrt()[:, None, None]",
        "new": "drawn / drawn.flatten(1).norm(dim=1)[:, None, None]",
        "kills": [
            "tiles in which an edge filter prefers the cause, distance from one half, either way round"
        ],
    },
    {
        "name": "gradient times input without its sign",
        "function": INTERPRET + "saliency.saliency_maps",
        "since": "def edges(x):",
        "old": "slope * x,",
        "new": "(slope * x).abs(),",
        "kills": ["what gradient times input gains by its sign"],
    },
    {
        "name": "deconvnet without its sign",
        "function": INTERPRET + "saliency.saliency_maps",
        "since": "def edges(x):",
        "old": "found[name] = gradient(f, x)",
        "new": "found[name] = gradient(f, x).abs()",
        "kills": ["what deconvnet loses by its sign"],
    },
    {
        "name": "Grad-CAM shows what speaks against",
        "function": INTERPRET + "class_maps.grad_cam",
        "since": "def edges(x):",
        "old": "found.relu() if rectified else found",
        "new": "-found",
        "kills": ["what Grad-CAM gains by its sign"],
    },
    {
        "name": "edges of another tile",
        "old": "nn.functional.pad(x.mean(1, keepdim=True)",
        "new": "nn.functional.pad(x.roll(1, 0).mean(1, keepdim=True)",
        "kills": ["cause above the rest, for edges that know no network"],
    },
    {
        "name": "deconvnet passes what is negative",
        "function": INTERPRET + "rectifiers.deconvnet",
        "old": "arriving[0].clamp(min=0)",
        "new": "arriving[0]",
        "kills": [
            "deconvnet agrees with captum's",
            "the three rules pass what they say, on five numbers",
        ],
    },
    {
        "name": "guided backprop passes what is negative",
        "function": INTERPRET + "rectifiers.guided",
        "old": "passed[0].clamp(min=0)",
        "new": "passed[0]",
        "kills": [
            "guided backprop agrees with captum's",
            "the three rules pass what they say, on five numbers",
        ],
    },
    {
        "name": "Grad-CAM without its weights",
        "function": INTERPRET + "class_maps.grad_cam",
        "old": "alpha = slope.mean((2, 3), keepdim=True)",
        "new": "alpha = torch.ones_like(slope[:, :, :1, :1])",
        "kills": [
            "Grad-CAM agrees with captum's",
        ],
    },
    {
        "name": "the decoy is the label",
        "function": "helpers.data.planted.plant",
        "old": "Planted(x, slants[0], *squares)",
        "new": "Planted(x, slants[1], *squares)",
        "kills": [
            "answers that turn with the cause, middle one of the networks",
            "answers that turn with the decoy, highest share",
        ],
    },
    {
        "name": "nothing is learned",
        "old": "epochs=epochs",
        "new": "epochs=0",
        "kills": ["accuracy on new tiles, middle one of the networks"],
    },
    {
        "name": "digits learn the label of another",
        "old": "images[train], y[train], fold)",
        "new": "images[train], y[train].roll(1), fold)",
        "kills": ["accuracy on held-out images"],
    },
    {
        "name": "windows learn the label of another",
        "old": "windows[known], kind[known], third, epochs=8)",
        "new": "windows[known], kind[known].flip(0), third, epochs=8)",
        "kills": [
            "accuracy of the network on windows of new entries",
            "lead of the network over logistic regression, entry by entry",
        ],
    },
    {
        "name": "occlusion covers nothing",
        "function": INTERPRET + "occlusion.occlusion",
        "old": "covered[place] = fill[place]",
        "new": "covered[place] = x[place]",
        "kills": [
            "cause outweighs decoy, a map's lead over occlusion, largest lower end",
        ],
    },
    {
        "name": "occlusion covers no digit",
        "function": INTERPRET + "occlusion.occlusion",
        "since": "def orders(net, x, said, average, of_class):",
        "old": "covered[place] = fill[place]",
        "new": "covered[place] = x[place]",
        "kills": ["occlusion and integrated gradients with one filling, largest difference"],
    },
    {
        "name": "in the long run the filter is not told the slant, and two maps are luck",
        "old": '[row for row in stored.rows if row["cause"] == cause]',
        "new": "[row | {"
        '"outweighs: edges, told the slant": row["outweighs: edges"], '
        '"outweighs: gradient": row["outweighs: random"], '
        '"signed: integrated gradients": row["signed: random"], '
        '} for row in stored.rows if row["cause"] == cause]',
        "kills": [
            "long run: lead of edges told the slant over the best map, lower end",
            "long run: the gradient over chance, lower end",
            "long run: with the sign, integrated gradients' lead over occlusion, lower end",
            "long run: integrated gradients' lead over Grad-CAM with the sign, lower end",
        ],
    },
    {
        "name": "in the long run pair products, told the labels, stand in for Grad-CAM",
        "old": '[row for row in stored.rows if row["cause"] == cause]',
        "new": "[row | {"
        '"outweighs: Grad-CAM": row["outweighs: pair products, told the labels"], '
        '"signed: Grad-CAM": row["signed: pair products, told the labels"], '
        '} for row in stored.rows if row["cause"] == cause]',
        "kills": [
            "long run: maps that lead occlusion by an interval above zero",
            "long run: the network that reads the labels on which Grad-CAM does worst",
            "long run: upright cause with the sign, maps that lead occlusion",
        ],
    },
    {
        "name": "in the long run Grad-CAM is luck, and pair products stand in for integrated gradients",
        "old": '[row for row in stored.rows if row["cause"] == cause]',
        "new": "[row | {"
        '"outweighs: Grad-CAM": row["outweighs: random"], '
        '"outweighs: integrated gradients": row["outweighs: pair products, told the labels"], '
        '} for row in stored.rows if row["cause"] == cause]',
        "kills": [
            "long run: Grad-CAM's lead over occlusion by the smaller grey square, lower end",
            "long run: integrated gradients' lead over Grad-CAM without the sign, lower end",
            "long run: upright cause, Grad-CAM's lead over occlusion, lower end",
        ],
    },
    {
        "name": "in the long run better maps stand in for SmoothGrad and the signs of gradient and deconvnet",
        "old": '[row for row in stored.rows if row["cause"] == cause]',
        "new": "[row | {"
        '"outweighs: SmoothGrad": row["outweighs: pair products, told the labels"], '
        '"signed: deconvnet": row["signed: pair products, told the labels"], '
        '"signed: gradient": row["signed: pair products, told the labels"], '
        '"rest: gradient": row["rest: occlusion, 7, local mean"], '
        '} for row in stored.rows if row["cause"] == cause]',
        "kills": [
            "long run: what SmoothGrad lacks to occlusion, lower end",
            "long run: what deconvnet lacks to occlusion with the sign, lower end",
            "long run: cause above the rest, the gradient's lead over edges",
            "long run: upright cause with the sign, tiles that the gradient's sum gets right",
        ],
    },
    {
        "name": "in the long run no map is empty, Grad-CAM has no ReLU, and guided backprop stays",
        "old": '[row for row in stored.rows if row["cause"] == cause]',
        "new": "[row | {"
        '"empty: gradient": row["empty 1: Grad-CAM without ReLU"], '
        '"still 2: guided backprop": row["outweighs: random"], '
        '"empty 1: Grad-CAM": row["empty 1: Grad-CAM without ReLU"], '
        '"stays 1: Grad-CAM": row["stays 1: Grad-CAM without ReLU"], '
        '"still 1: Grad-CAM without ReLU": row["still 1: Grad-CAM"], '
        '"stays 1: guided backprop": row["stays 1: integrated gradients"], '
        '} for row in stored.rows if row["cause"] == cause]',
        "kills": [
            "long run: tiles with an empty gradient, of the network that has most",
            "long run: Grad-CAM's maps that are empty after one random layer, share",
            "long run: rank correlation after one random layer, Grad-CAM",
            "long run: what Grad-CAM keeps without its ReLU, more than with it, lower end",
            "long run: finding the cause after one random layer, Grad-CAM without its ReLU over the gradient",
            "long run: cause outweighs decoy with two random layers, guided backprop",
            "long run: order that guided backprop keeps over the gradient, upper end",
        ],
    },
    {
        "name": "pair products learn shuffled labels",
        "old": "linear = fit_pairs(train.x - mean, train.y)",
        "new": "linear = fit_pairs(train.x - mean, train.y.roll(1))",
        "kills": [
            "accuracy of pair products on new tiles, lowest",
            "tiles in which the cause outweighs the decoy, pair products",
        ],
    },
    {
        "name": "pair products learn shuffled labels of the upright cause",
        "old": "linear = fit_pairs(known.x - mean, known.y)",
        "new": "linear = fit_pairs(known.x - mean, known.y.roll(1))",
        "kills": [
            "upright cause: accuracy of pair products on new tiles",
            "upright cause outweighs the decoy, pair products",
        ],
    },
    {
        "name": "the parts are not exchanged",
        "old": "known, new, mean = deal(0, upright=True)",
        "new": "known, new, mean = deal(0, upright=False)",
        "kills": ["upright cause outweighs the decoy, edges told the wrong slant"],
    },
    {
        "name": "in the long run pair products are luck, and shuffled labels are the labels",
        "old": '[row for row in stored.rows if row["cause"] == cause]',
        "new": "[row | {"
        '"outweighs: pair products, told the labels": row["outweighs: random"], '
        '"accuracy: pair products, told the labels": row["outweighs: random"], '
        '"shuffled: pair products, told the labels": row["outweighs: pair products, told the labels"], '
        '} for row in stored.rows if row["cause"] == cause]',
        "kills": [
            "long run: lead of pair products over the best map, lower end",
            "long run: lead of pair products over edges told the slant, lower end",
            "long run: upright cause outweighs the decoy, pair products",
            "long run: labels that pair products read, lowest share",
            "long run: pair products over the same from shuffled labels, lower end",
        ],
    },
    {
        "name": "in the long run the class stays, Grad-CAM still finds the cause, and random layers are luck",
        "old": '[row for row in stored.rows if row["cause"] == cause]',
        "new": "[row | {"
        '"stays 1: Grad-CAM of the class then named": row["stays 1: Grad-CAM"], '
        '"empty 1: Grad-CAM of the class then named": row["empty 1: Grad-CAM"], '
        '"still 1: Grad-CAM": row["still 1: Grad-CAM without ReLU"], '
        '"still 4: SmoothGrad": row["outweighs: random"], '
        '"still 4: deconvnet": row["outweighs: random"], '
        '"still 4: guided backprop": row["outweighs: random"], '
        '} for row in stored.rows if row["cause"] == cause]',
        "kills": [
            "long run: rank correlation after one random layer, Grad-CAM of the class then named",
            "long run: maps of the class then named that are empty, share",
            "long run: cause found after one random layer, Grad-CAM less deconvnet, lower end",
            "long run: all layers random, slanted stroke outweighs, least of three maps, lower end",
            "long run: all layers random, upright stroke outweighs, most of three maps, upper end",
        ],
    },
    {
        "name": "in the long run Grad-CAM no longer finds the cause",
        "old": '[row for row in stored.rows if row["cause"] == cause]',
        "new": "[row | {"
        '"still 1: Grad-CAM": row["outweighs: random"], '
        '} for row in stored.rows if row["cause"] == cause]',
        "kills": [
            "long run: cause found after one random layer, Grad-CAM less deconvnet, upper end",
        ],
    },
    {
        "name": "the maps are not blurred",
        "old": "nn.functional.avg_pool2d(one, 7, 1, 3)",
        "new": "one",
        "kills": ["pixel by pixel, what they gain by a blur"],
    },
    {
        "name": "occlusion by single pixels",
        "old": "side=9, stride=3, fill=local)",
        "new": "side=1, stride=2, fill=local)",
        "kills": [
            "pixel by pixel, what integrated gradients lack to occlusion",
            "pixel by pixel, what occlusion gains by a blur",
        ],
    },
    {
        "name": "no layer is set back",
        "function": INTERPRET + "randomised.cascade",
        "old": "layer.reset_parameters()",
        "new": "pass",
        "kills": [
            "rank correlation after one random layer, Grad-CAM",
            "Grad-CAM's maps that are empty after one random layer, share",
            "rank correlation with all layers random, gradient",
            "with all layers random, integrated gradients keep more than the gradient by",
        ],
    },
    {
        "name": "layers are set back from the bottom upward",
        "function": INTERPRET + "randomised.cascade",
        "old": "enumerate(reversed(layers), 1)",
        "new": "enumerate(layers, 1)",
        "kills": [
            "rank correlation after one random layer, gradient",
        ],
    },
    {
        "name": "Grad-CAM without its ReLU is noise",
        "function": INTERPRET + "class_maps.grad_cam",
        "since": "def eight_maps(",
        "old": "found.relu() if rectified else found",
        "new": "found.relu() if rectified else torch.rand_like(found)",
        "kills": ["rank correlation after one random layer, Grad-CAM without its ReLU"],
    },
    {
        "name": "the last layer is thrown away, not turned",
        "old": "parameter.neg_()",
        "new": "parameter.normal_()",
        "kills": [
            "rank correlation after the last layer's sign was turned, gradient",
            "rank correlation after the last layer's sign was turned, Grad-CAM without its ReLU",
        ],
    },
    {
        "name": "Grad-CAM shows what speaks against, too",
        "function": INTERPRET + "class_maps.grad_cam",
        "since": "turned = copy.deepcopy(networks[0])",
        "old": "found.relu() if rectified else found",
        "new": "found",
        "kills": ["rank correlation after the last layer's sign was turned, Grad-CAM"],
    },
    {
        "name": "the shift is not taken back",
        "old": "colleague[0].bias -= c *",
        "new": "colleague[0].bias -= 0 * c *",
        "kills": ["the two networks compute the same scores, largest difference"],
    },
    {
        "name": "the baseline does not move along",
        "old": "x + c, grey + c)",
        "new": "x + c, grey)",
        "kills": ["lowest rank correlation of the maps that stay"],
    },
    {
        "name": "nothing is shifted",
        "old": "tests[0][1][:24], 0.3, copy",
        "new": "tests[0][1][:24], 0.0, copy",
        "kills": [
            "rank correlation, gradient times input",
            "rank correlation, integrated gradients from the same numbers",
        ],
    },
    {
        "name": "the weights are called the pattern",
        "old": "pattern = (sensors - sensors.mean(0)).T @ (estimate - estimate.mean()) / len(estimate) / estimate.var()",
        "new": "pattern = weights",
        "kills": [
            "and in the pattern, of size",
            "the pattern of the linear model misses its closed form by",
        ],
    },
    {
        "name": "the second sensor measures something else",
        "old": "torch.stack([signal + disturbance, disturbance], 1)",
        "new": "torch.stack([signal + disturbance, disturbance.roll(1)], 1)",
        "kills": ["the sensor without signal has a weight of size"],
    },
    {
        "name": "every baseline is zero",
        "function": INTERPRET + "gradients.integrated_gradients",
        "since": "def orders(net, x, said, average, of_class):",
        "old": "way = x - baseline",
        "new": "baseline = 0 * baseline\n    way = x - baseline",
        "kills": [
            "filled with empty paper, lead of integrated gradients from empty",
            "filled with the mean, lead of those from the mean",
        ],
    },
    {
        "name": "class means of other classes",
        "old": '"class means": (of_class - average)[said]',
        "new": '"class means": (of_class - average).roll(1, 0)[said]',
        "kills": ["filled with the mean, lead of class means over the gradient"],
    },
    {
        "name": "windows moved by a letter",
        "old": "windows.permute(0, 2, 1).contiguous(), dna.y",
        "new": "windows.permute(0, 2, 1).roll(5, 2).contiguous(), dna.y",
        "kills": [
            "first two letters of logistic regression that are the known ones",
            "thirds and classes, of six, in which the mean gradient names the two letters",
        ],
    },
    {
        "name": "letter maps are all those of logistic regression",
        "old": "return {name: one.sum(1).abs() for name, one in found.items()}",
        "new": 'return {name: found["logistic regression"].sum(1).abs() for name in found}',
        "kills": [
            "what integrated gradients from mean letters lack to it, lower end",
            "integrated gradients from mean letters, what they gain by the question asked of all",
            "position weights, from mean letters over the letters alone",
        ],
    },
    {
        "name": "the saved network is another one",
        "function": "helpers.data.recipe.load_model",
        "old": "model.load_state_dict(",
        "new": "dict(",
        "kills": ["the saved network draws the map that the trained one drew"],
    },
    {
        "name": "the cause does not move",
        "function": "helpers.data.planted._places",
        "since": "linear_right = []",
        "old": "if abs(",
        "new": "tops[0], lefts[0] = 4, 4\n        if abs(",
        "kills": ["accuracy of logistic regression on planted tiles, mean of the deals"],
    },
]
