"""White cells in grey smears: image labels against outlines of the same time, twelve starts.

A start draws the first weights, the order of the batches and the fifty-four tiles that have an
outline. Rivals of one line stand in the chapter: they draw nothing.
"""

import torch

from helpers.data.smear_tiles import smear_tiles
from helpers.methods.pixel_constraints import (
    choose_bar,
    full_size,
    image_labels,
    map_network,
    mean_score,
    overlap_by_photograph,
    pixel_labels,
)
from helpers.train.loop import fit

STEPS = {"image labels, mean": image_labels(mean_score), "54 outlines": pixel_labels}


def cases():
    """Two kinds of label, twelve starts."""
    return [{"labels": name, "seed": seed} for seed in range(12) for name in STEPS]


def run(labels, seed):
    """Mean intersection over union of the test photographs, and that of each as text."""
    smears = smear_tiles()
    grey = smears.x[:, 1:2].expand(-1, 3, -1, -1).contiguous()
    rows = smears.train
    if labels == "54 outlines":
        positive = rows[smears.y[rows] > 0]
        order = torch.randperm(len(positive), generator=torch.Generator().manual_seed(seed))
        rows = positive[order[:54]].repeat(15)
    torch.manual_seed(seed)
    net = map_network()
    batch = grey[rows], smears.y[rows], smears.inside[rows]
    how = {"step": STEPS[labels], "epochs": 8, "lr": 0.01, "batch_size": 32, "seed": seed}
    fit(net, batch, progress=False, device="cpu", **how)
    with torch.no_grad():
        score = full_size(net(grey), grey.shape[2:])
    seen, unseen = (
        (score[part], smears.inside[part], smears.groups[part])
        for part in (smears.valid, smears.test)
    )
    bar = choose_bar(*seen)
    each = overlap_by_photograph(unseen[0] > bar, *unseen[1:])
    return {"overlap": each.mean(), "each": " ".join(f"{value:.4f}" for value in each.tolist())}
