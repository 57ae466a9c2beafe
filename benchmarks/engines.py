"""The engine beside others, side by side in one run: `make benchmark`.

Every engine trains the same model from the same weights on the same data with the same AdamW;
only the loop around it differs. Engines take turns (forwards, then backwards), so that a machine
that slows down slows all of them; the figures are medians of ratios within a repetition.
Written to benchmarks/results/engines-<device>.json, from which the book makes its page.
"""

import argparse
import contextlib
import gc
import json
import logging
import os
import platform
import resource
import statistics
import subprocess
import sys
import time
import warnings
from functools import partial
from pathlib import Path

import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from helpers.ground.random import generator
from helpers.train.loop import fit
from helpers.train.steps import supervised

RESULTS = Path(__file__).parent / "results"
REFERENCE = "hand-written, sliced"


def mlp_case():
    """(a) Overhead-bound: MLP 30-64-64-2, batch 64."""
    g = torch.Generator().manual_seed(0)
    x = torch.randn(20_000, 30, generator=g)

    def model():
        return nn.Sequential(
            nn.Linear(30, 64), nn.ReLU(), nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 2)
        )

    return model, (x, (x[:, 0] > 0).long()), 64


def cnn_case():
    """(b) A small CNN on 16 x 16 images, batch 128, channels-last in every engine."""
    g = torch.Generator().manual_seed(0)
    x = torch.randn(2560, 3, 16, 16, generator=g)

    def model():
        layers = []
        for inside, outside in ((3, 32), (32, 32), (32, 64)):
            layers += [nn.Conv2d(inside, outside, 3, padding=1), nn.BatchNorm2d(outside), nn.ReLU()]
        net = nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(64, 2))
        return net.to(memory_format=torch.channels_last)

    return model, (x, (x.mean((1, 2, 3)) > 0).long()), 128


class Transformer(nn.Module):
    """A two-layer encoder that classifies a sequence of tokens."""

    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(64, 64)
        layer = nn.TransformerEncoderLayer(64, 4, 128, dropout=0.0, batch_first=True)
        self.encoder = nn.TransformerEncoder(layer, 2, enable_nested_tensor=False)
        self.head = nn.Linear(64, 2)

    def forward(self, tokens):
        return self.head(self.encoder(self.embed(tokens)).mean(1))


def transformer_case():
    """(c) A small transformer: 2 layers of width 64, 32 tokens, batch 32."""
    g = torch.Generator().manual_seed(0)
    tokens = torch.randint(0, 64, (1280, 32), generator=g)
    return Transformer, (tokens, (tokens.float().mean(1) > 31.5).long()), 32


class DenseGIN(nn.Module):
    """Three GIN layers on small graphs, adjacency padded to a fixed size."""

    def __init__(self):
        super().__init__()
        sizes = [(8, 32), (32, 32), (32, 32)]
        self.layers = nn.ModuleList(
            nn.Sequential(nn.Linear(a, b), nn.ReLU(), nn.Linear(b, b)) for a, b in sizes
        )
        self.head = nn.Linear(32, 2)

    def forward(self, x, adjacency):
        for layer in self.layers:
            x = layer(x + adjacency @ x)
        return self.head(x.sum(1))


def graph_case():
    """(d) A three-layer GIN on random graphs of 20 nodes, batch 64."""
    g = torch.Generator().manual_seed(0)
    adjacency = (torch.rand(2560, 20, 20, generator=g) < 0.1).float()
    adjacency = ((adjacency + adjacency.transpose(1, 2)) > 0).float()
    x = torch.randn(2560, 20, 8, generator=g)
    return DenseGIN, (x, adjacency, (adjacency.sum((1, 2)) > 76).long()), 64


CASES = {"MLP": mlp_case, "CNN": cnn_case, "transformer": transformer_case, "GNN": graph_case}


def adamw(parameters, fused):
    """The optimiser that every engine is given."""
    return torch.optim.AdamW(parameters, lr=1e-3, fused=fused)


def loss_of(model, batch):
    """Cross-entropy of one batch."""
    *inputs, target = batch
    return nn.functional.cross_entropy(model(*inputs), target)


def hand_sliced(model, data, batch_size, fused, device):
    """The loop of every tutorial, tensors on the device."""
    data = [part.to(device) for part in data]
    optimizer = adamw(model.parameters(), fused)
    order = torch.randperm(len(data[0]), generator=generator(0, 0)).to(device)
    losses = []
    model.train()
    for chunk in order.split(batch_size):
        loss = loss_of(model, [part[chunk] for part in data])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.detach())
    return torch.stack(losses).mean().item()


def hand_loader(model, data, batch_size, fused, device):
    """The same with a DataLoader."""
    loader = DataLoader(TensorDataset(*data), batch_size, shuffle=True)
    optimizer = adamw(model.parameters(), fused)
    model.train()
    for batch in loader:
        loss = loss_of(model, [part.to(device) for part in batch])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()


def helpers_fit(model, data, batch_size, fused, device):
    """This project's engine."""
    fit(
        model, data, step=supervised(nn.functional.cross_entropy), epochs=1, progress=False,
        batch_size=batch_size, optimizer=partial(adamw, fused=fused), device=device,
        precision="fp32",
    )  # fmt: skip


def fastai_fit(model, data, batch_size, fused, device):
    """fastai's Learner with torch's optimiser and loader, no bar, no validation."""
    import fastai.callback.progress  # noqa: F401 (gives Learner its no_bar)
    from fastai.basics import DataLoaders, Learner, OptimWrapper

    loader = DataLoader(TensorDataset(*data), batch_size, shuffle=True)

    optimizer = partial(OptimWrapper, opt=torch.optim.AdamW, fused=fused)
    loaders = DataLoaders(loader, [], device=device)
    loaders.n_inp = len(data) - 1
    learner = Learner(loaders, model, loss_func=nn.CrossEntropyLoss(), opt_func=optimizer)
    with learner.no_bar(), learner.no_logging():
        learner.fit(1, 1e-3)


def lightning_fit(model, data, batch_size, fused, device):
    """Lightning's Trainer, logger, bar and checkpoints off."""
    import lightning

    class Module(lightning.LightningModule):
        def __init__(self):
            super().__init__()
            self.inner = model

        def training_step(self, batch, number):
            return loss_of(self.inner, batch)

        def configure_optimizers(self):
            return adamw(self.inner.parameters(), fused)

    trainer = lightning.Trainer(
        max_epochs=1, accelerator=device, devices=1, logger=False, enable_checkpointing=False,
        enable_progress_bar=False, enable_model_summary=False,
    )  # fmt: skip
    trainer.fit(Module(), DataLoader(TensorDataset(*data), batch_size, shuffle=True))


def accelerate_fit(model, data, batch_size, fused, device):
    """Accelerate around the hand-written loop."""
    from accelerate import Accelerator

    accelerator = Accelerator(cpu=device == "cpu")
    loader = DataLoader(TensorDataset(*data), batch_size, shuffle=True)
    model, optimizer, loader = accelerator.prepare(model, adamw(model.parameters(), fused), loader)
    model.train()
    for batch in loader:
        loss = loss_of(model, batch)
        optimizer.zero_grad()
        accelerator.backward(loss)
        optimizer.step()


ENGINES = {
    REFERENCE: hand_sliced,
    "helpers.train": helpers_fit,
    "hand-written, DataLoader": hand_loader,
    "Accelerate": accelerate_fit,
    "Lightning": lightning_fit,
    "fastai": fastai_fit,
}


def build(make_model, device):
    """The same start for every engine."""
    torch.manual_seed(0)
    return make_model().to(device)


def seconds(engine, case, fused, device):
    """Wall time of one epoch."""
    make_model, data, batch_size = case
    model = build(make_model, device)
    gc.collect()
    begin = time.perf_counter()
    engine(model, data, batch_size, fused, device)
    if device == "cuda":
        torch.cuda.synchronize()
    return time.perf_counter() - begin


def measure(name, repetitions, fused, device):
    """Rows of one case: milliseconds a step, overhead, ratio to the hand-written loop."""
    case = CASES[name]()
    steps = -(-len(case[1][0]) // case[2])
    times = {engine: [] for engine in ENGINES}
    for engine in ENGINES.values():
        seconds(engine, case, fused, device)  # warm-up, imports
    for repetition in range(repetitions):
        order = list(ENGINES) if repetition % 2 == 0 else list(ENGINES)[::-1]
        for engine in order:
            times[engine].append(seconds(ENGINES[engine], case, fused, device))
    rows = []
    for engine, taken in times.items():
        ratios = [t / r for t, r in zip(taken, times[REFERENCE])]
        overhead = statistics.median(t - r for t, r in zip(taken, times[REFERENCE])) / steps
        step = statistics.median(taken) / steps
        rows.append(
            {
                "engine": engine,
                "steps_per_second": round(1 / step, 1),
                "overhead_us_per_step": round(1e6 * overhead, 1),
                "ratio": round(statistics.median(ratios), 3),
                "ratio_low": round(min(ratios), 3),
                "ratio_high": round(max(ratios), 3),
            }
        )
    return {"case": CASES[name].__doc__.strip(), "steps": steps, "rows": rows}


def weights_agree(device):
    """Is the engine bit-equal to the hand-written loop, in every case?"""
    agree = {}
    for name, make_case in CASES.items():
        make_model, data, batch_size = make_case()
        data = [part[: 4 * batch_size] for part in data]
        pair = []
        for engine in (hand_sliced, helpers_fit):
            model = build(make_model, device)
            engine(model, tuple(data), batch_size, False, device)
            pair.append([p.detach() for p in model.parameters()])
        agree[name] = all(torch.equal(a, b) for a, b in zip(*pair))
    return agree


PROBES = {
    "torch alone": "import torch",
    "helpers.train": "import helpers.train.loop",
    "Accelerate": "import accelerate",
    "fastai": "import fastai.basics",
    "Lightning": "import lightning",
}


def import_costs(repetitions=3):
    """Seconds and MiB of importing each engine in a fresh interpreter."""
    rows = []
    for engine, line in PROBES.items():
        taken, peak = [], 0
        code = f"{line}\nimport resource\nprint(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
        for _ in range(repetitions):
            begin = time.perf_counter()
            out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
            taken.append(time.perf_counter() - begin)
            peak = int(out.stdout) // 1024
        rows.append({"engine": engine, "seconds": round(min(taken), 2), "mib": peak})
    return rows


def machine(device):
    """What the numbers were measured on."""
    cpu = platform.processor() or platform.machine()
    with contextlib.suppress(OSError):
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        cpu = next(line.split(": ")[1] for line in lines if line.startswith("model name"))
    return {
        "cpu": cpu,
        "cores": os.cpu_count(),
        "gpu": torch.cuda.get_device_name() if device == "cuda" else None,
        "threads": torch.get_num_threads(),
        "python": platform.python_version(),
        "torch": torch.__version__,
        "date": time.strftime("%Y-%m-%d"),
    }


def main():
    """Measure all cases and store the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repetitions", type=int, default=9)
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--cases", nargs="+", default=list(CASES), choices=list(CASES))
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    logging.getLogger("lightning.pytorch").setLevel(logging.ERROR)
    torch.set_num_threads(1)
    result = {"machine": machine(options.device), "imports": import_costs(), "cases": {}}
    result["bit_equal"] = weights_agree(options.device)
    for name in options.cases:
        result["cases"][name] = measure(name, options.repetitions, True, options.device)
        print(json.dumps(result["cases"][name], indent=1), flush=True)
    result["peak_mib"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"engines-{options.device}.json"
    path.write_text(json.dumps(result, indent=1) + "\n")
    print(f"written to {path}")


if __name__ == "__main__":
    main()
