"""What is removed, one thing at a time, and the claims that must fall (see tools/ledger.py)."""

MOVES = "helpers.models.spatial_transformer."
WAYS = "helpers.methods.registering."
LIKE = "helpers.methods.similarity."
STEP = "        loss(numbers).sum().backward()\n        adam.step()"
STAY = "        loss(numbers).sum().backward()"

MUTANTS = [
    {
        "name": "warps a third as large",
        "function": "helpers.data.warped.smooth_field",
        "old": "field *= size / ",
        "new": "field *= 0.3 * size / ",
        "kills": ["error without any warp, pixels"],
    },
    {
        "name": "warps may fold",
        "function": "helpers.data.warped.smooth_field",
        "old": "    while smallest_stretch(field) < 0.1:\n        field /= 2",
        "new": "    field *= 4",
        "kills": ["pixels at which the true warps fold"],
    },
    {
        "name": "arrows end on whole pixels",
        "function": MOVES + "warp",
        "old": "pixels(sides, field) + field",
        "new": "pixels(sides, field) + field.round()",
        "kills": [
            "one pixel by hand agrees with the warp",
            "the warp agrees with SciPy",
        ],
    },
    {
        "name": "half of the gradient is lost",
        "function": MOVES + "warp",
        "since": "def total(field):",
        "old": "pixels(sides, field) + field",
        "new": "pixels(sides, field) + (field + field.detach()) / 2",
        "kills": ["slope with respect to one arrow, less a finite difference"],
    },
    {
        "name": "places are counted from a corner",
        "function": MOVES + "affine_field",
        "old": "place - place.mean(1, keepdim=True)",
        "new": "place",
        "kills": ["affine warp agrees with PyTorch's grid"],
    },
    {
        "name": "the formula of small turns for all turns",
        "function": MOVES + "rotation",
        "old": "(1 - angle.cos()) / angle**2",
        "new": "0.5",
        "kills": [
            "rotation agrees with the matrix exponential",
            "rotation agrees with SciPy",
        ],
    },
    {
        "name": "the rigid head is never moved",
        "function": WAYS + "descend",
        "old": STEP,
        "new": STAY,
        "kills": [
            "rotation found by descent, degrees off",
            "shift found by descent, voxels off",
        ],
    },
    {
        "name": "windows keep their mean",
        "function": LIKE + "local_correlation",
        "old": "- middles[0] * middles[1]",
        "new": "",
        "kills": ["local correlation agrees with MONAI"],
    },
    {
        "name": "information in bits",
        "function": LIKE + "mutual_information",
        "old": "ratio.log()",
        "new": "ratio.log2()",
        "kills": ["mutual information agrees with scikit-learn"],
    },
    {
        "name": "pairs in company share their arrows",
        "function": WAYS + "descend",
        "since": "together = pair_by_pair(",
        "old": "        adam.step()",
        "new": "        numbers.grad += numbers.grad.flip(0)\n        adam.step()",
        "kills": ["a pair searched alone and in company, pixels apart"],
    },
    {
        "name": "the other contrast is the same contrast",
        "old": "(1 - (2 * images - 1).abs()) * (images > 0.1)",
        "new": "images",
        "kills": ["another contrast: lead of mean squares over no warp, upper end"],
    },
    {
        "name": "mutual information is no likeness at all",
        "function": LIKE + "mutual_information",
        "since": "some, errors = simulated_pairs(12",
        "old": "return -(",
        "new": "return 0 * (",
        "kills": ["another contrast: lead of each of the other two over no warp, lower ends"],
    },
    {
        "name": "no lamp",
        "old": "images * torch.linspace(0.4, 1, images.shape[-1])",
        "new": "images",
        "kills": [
            "a lamp: lead of local correlation over mutual information, mean",
        ],
    },
    {
        "name": "local correlation is no likeness at all",
        "function": LIKE + "local_correlation",
        "since": "some, errors = simulated_pairs(12",
        "old": "return -(",
        "new": "return 0 * (",
        "kills": ["as they are: what local correlation lacks to mean squares, mean"],
    },
    {
        "name": "the network is not trained",
        "function": WAYS + "unlabelled",
        "since": "before, begin = loss_of(few)",
        "old": "weight).mean()",
        "new": "weight).mean() * 0",
        "kills": [
            "training lowers the objective of its pairs by",
            "lead of the network over no warp, lower end",
            "share of the error that the network leaves on new slices",
            "share that it leaves on new warps of its training slices",
            "share that it leaves on the pairs of its training",
            "real head: the network less no warp, lower end",
            "real head: the network less the affine map, mean",
        ],
    },
    {
        "name": "streams are followed a hundredth as far",
        "function": MOVES + "exponential",
        "old": "velocity / 2**halvings",
        "new": "velocity / 2 ** (halvings + 7)",
        "kills": [
            "size of the field that both draw, pixels",
            "VoxelMorph and MONAI's differ by, pixels",
            "and their warped images differ by",
            "size of the field in a volume, voxels",
        ],
    },
    {
        "name": "deep fields are enlarged between other corners",
        "function": "helpers.models.registration.enlarge",
        "old": "align_corners=True",
        "new": "align_corners=True if len(sides) == 2 else None",
        "kills": [
            "VoxelMorph in volumes and MONAI's differ by, voxels",
            "and the volumes that they warp differ by",
        ],
    },
    {
        "name": "the search never moves",
        "function": WAYS + "descend",
        "since": "settled = {name: best(tried)",
        "old": STEP,
        "new": STAY,
        "kills": [
            "lead of pair by pair over the network, lower end, pixels",
            "lead of pair by pair over the network three times, mean",
        ],
    },
    {
        "name": "optical flow that may hardly flow",
        "function": WAYS + "optical_flow",
        "old": "attachment=attachment",
        "new": "attachment=0.01",
        "kills": ["lead of optical flow over the network three times, lower end"],
    },
    {
        "name": "a second field is forgotten",
        "function": MOVES + "compose",
        "since": "settled = {name: best(tried)",
        "old": "return then + warp(first, then)",
        "new": "return first",
        "kills": ["lead of the network three times over once, lower end"],
    },
    {
        "name": "no search begins where it is told",
        "function": WAYS + "pair_by_pair",
        "since": "settled = {name: best(tried)",
        "old": "if begin is None else begin",
        "new": "if True else begin",
        "kills": [
            "lead of 20 steps from optical flow over 20 from nothing, mean",
            "lead of 20 steps from optical flow over 20 from the network, mean",
        ],
    },
    {
        "name": "four times the steps are called as many",
        "function": WAYS + "descend",
        "since": "settled = {name: best(tried)",
        "old": "range(steps)",
        "new": "range(4 * steps)",
        "kills": ["pairs searched in the time that training takes"],
    },
    {
        "name": "at home the search never moves",
        "function": WAYS + "descend",
        "since": "home = simulated_pairs(16",
        "old": STEP,
        "new": STAY,
        "kills": ["new warps of its training slices: lead of pair by pair over it, lower end"],
    },
    {
        "name": "the network is asked for one pair at a time, again and again",
        "old": "        return net(moving, fixed)\n",
        "new": "        for _ in range(400):\n            field = net(moving[:1], fixed[:1])\n"
        "        return net(moving, fixed)\n",
        "kills": ["pairs that the network answers while one is searched"],
    },
    {
        "name": "in the long run search and network exchange their rows",
        "old": '(row["task"], row["rival"])',
        "new": '(row["task"], {"pair by pair": "network", "network": "pair by pair"}'
        '.get(row["rival"], row["rival"]))',
        "kills": [
            "long run: lead of pair by pair over the network, lower end, pixels",
            "long run: lead of pair by pair over optical flow, lower end",
            "long run: lead of 80 steps from the network over 80 from nothing, mean",
            "long run: smallest lead of four times the steps over once",
            "long run: smallest lead of pair by pair over four times the steps",
            "long run, volumes: smallest lead of pair by pair over the network",
        ],
    },
    {
        "name": "in the long run optical flow and what begins with it take worse rows",
        "old": '(row["task"], row["rival"])',
        "new": '(row["task"], {"optical flow": "affine", "affine": "optical flow", '
        '"optical flow, 20 steps": "network", "network": "optical flow, 20 steps"}'
        '.get(row["rival"], row["rival"]) if row["task"] == "slices" else row["rival"])',
        "kills": [
            "long run: lead of optical flow over the network three times, lower end",
            "long run: lead of 20 steps from optical flow over 20 from the network, lower end",
            "long run: smallest lead of 20 steps from optical flow over 20 from nothing",
        ],
    },
    {
        "name": "in the long run a start from the network is an affine map, and the network is no warp",
        "old": '(row["task"], row["rival"])',
        "new": '(row["task"], {"network, 20 steps": "affine", "affine": "network, 20 steps", '
        '"network": "no warp", "no warp": "network", '
        '"with the truth, four times the steps": "four times the steps, 20 steps", '
        '"four times the steps, 20 steps": "with the truth, four times the steps"}'
        '.get(row["rival"], row["rival"]))',
        "kills": [
            "long run: draws on which 20 steps from the network lead over 20 from nothing",
            "long run: that lead, lower end of its interval over draws",
            "long run: lead of the true fields over none, with four times the steps, mean",
            "long run, volumes: smallest lead of the network over no warp, voxels",
        ],
    },
    {
        "name": "on the real head the search never moves",
        "function": WAYS + "descend",
        "since": "person = mirrored_head(",
        "old": STEP,
        "new": STAY,
        "kills": [
            "real head: pair by pair less the affine map, lower end",
            "real head: optical flow less pair by pair, mean",
        ],
    },
    {
        "name": "on the real head the optical flow stands still",
        "function": WAYS + "optical_flow",
        "since": "person = mirrored_head(",
        "old": "return torch.from_numpy(np.stack(fields)).float()",
        "new": "return 0 * torch.from_numpy(np.stack(fields)).float()",
        "kills": ["real head: optical flow less pair by pair, mean"],
    },
    {
        "name": "the affine map stays at home",
        "function": WAYS + "affine_search",
        "since": "person = mirrored_head(",
        "old": "    return field_of(change)\n",
        "new": "    return 0 * field_of(change)\n",
        "kills": ["real head: the affine map less no warp, lower end"],
    },
    {
        "name": "brightness is left as the file has it",
        "old": "person.moving / top, person.fixed / top",
        "new": "person.moving, person.fixed",
        "kills": ["real head: brightness scaled less that of the file, the network, mean"],
    },
    {
        "name": "on the real head optical flow must be smooth",
        "function": WAYS + "optical_flow",
        "since": "person = mirrored_head(",
        "old": "attachment=attachment",
        "new": "attachment=1",
        "kills": ["real head: optical flow folds at a share of pixels of"],
    },
    {
        "name": "the search in volumes never moves",
        "function": WAYS + "descend",
        "since": "new_heads = simulated_volumes(6",
        "old": STEP,
        "new": STAY,
        "kills": ["volumes: lead of pair by pair over no warp, lower end, voxels"],
    },
    {
        "name": "arrows in volumes end on whole voxels",
        "function": MOVES + "warp",
        "since": "solid = compare(",
        "old": "pixels(sides, field) + field",
        "new": "pixels(sides, field) + field.round()",
        "kills": ["the warp of a volume agrees with SciPy"],
    },
    {
        "name": "roughness always has weight one",
        "function": WAYS + "objective",
        "since": "few, quiet = (simulated_pairs(16",
        "old": "weight * roughness(field)",
        "new": "roughness(field)",
        "kills": [
            "a rough field's error less that of weight one, lower end, pixels",
            "share of pixels at which the rough field folds",
            "the same weight with a velocity, error over that of weight one",
            "share at which it folds where there is no noise",
            "a stiff field's error over that of weight one",
        ],
    },
    {
        "name": "a stiff field in the place of the rough one",
        "old": "for weight in (1.0, 0.03))]",
        "new": "for weight in (1.0, 10.0))]",
        "kills": [
            "share of a likeness's gain by which it prefers the right field to the rough, largest "
            "of three"
        ],
    },
    {
        "name": "a velocity is taken for a field",
        "function": MOVES + "exponential",
        "since": "few, quiet = (simulated_pairs(16",
        "old": "field = velocity / 2**halvings",
        "new": "return velocity",
        "kills": [
            "the same weight with a velocity, share of folds",
            "following a linear stream agrees with the matrix exponential, pixels",
        ],
    },
    {
        "name": "the file's weights are not loaded",
        "function": "helpers.data.recipe.load_model",
        "old": "model.load_state_dict(weights)",
        "new": "pass",
        "kills": ["fields of the saved network and of the trained one, pixels apart"],
    },
    {
        "name": "in the exercise a velocity is taken for a field",
        "function": MOVES + "exponential",
        "since": "def left(there, back):",
        "old": "field = velocity / 2**halvings",
        "new": "return velocity",
        "kills": [
            "there and back along a stream, pixels left",
            "there and back by the negative field, times as much",
        ],
    },
    {
        "name": "a pixel has no size of its own",
        "function": "helpers.metrics.deformation.stretch",
        "system": "Jacobian determinant",
        "since": "disc = torch.hypot(row, column) < 15",
        "old": "jacobian + torch.eye",
        "new": "jacobian + 0 * torch.eye",
        "kills": ["area fetched over area of the disc"],
    },
]
