"""Run chapters in a fresh kernel and store their outputs: `make store CHAPTER=notebooks/part/name.ipynb`.

What the run cost is measured inside the kernel and kept in the notebook's metadata: processor
seconds (on one thread, what it takes alone on one core, scaled to a core of reference) and peak
memory. Figures are stored with as few colours, of 64 to 256, as no eye can tell. Nothing is written
if a cell fails.
"""

import argparse
import base64
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import nbformat
import numpy as np
from nbclient import NotebookClient
from PIL import Image

KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}
ONE_THREAD = {"HELPERS_PROGRESS": "0", "PYTHONHASHSEED": "0"}
ONE_THREAD |= dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS"), "1")
UNSEEN = 1.5  # root mean square difference of two pictures, in steps of 255
# Linux hands ru_maxrss on to what a process starts; VmHWM is the kernel's own.
COST = r"""
import json, pathlib, re, resource, time
_status = pathlib.Path("/proc/self/status")
_own = re.search(r"VmHWM:\s+(\d+)", _status.read_text() if _status.exists() else "")
_peak = int(_own[1]) if _own else resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(json.dumps({"seconds": round(time.process_time(), 1), "peak_mib": round(_peak / 1024)}))
"""


# The machines that we are lent differ by a factor of two from day to day. So a fixed piece of work,
# of the kinds that chapters do, is timed before and after, and costs are scaled to a core on which
# it takes REFERENCE seconds (a chapter stored at 35.7 s took 54.1 on one on which it takes 1.68).
REFERENCE = 1.11
WORK = """
import time
import numpy, torch
from sklearn.ensemble import RandomForestClassifier
torch.manual_seed(0)
draw = numpy.random.default_rng(0)
x, y = draw.normal(size=(2000, 30)), draw.integers(0, 3, 2000)
net = torch.nn.Sequential(torch.nn.Conv2d(1, 16, 3), torch.nn.ReLU(), torch.nn.Flatten(), torch.nn.Linear(10816, 10))
images, step = torch.rand(64, 1, 28, 28), torch.optim.Adam(net.parameters())
begin = time.process_time()
for _ in range(60):
    step.zero_grad()
    net(images).logsumexp(1).mean().backward()
    step.step()
RandomForestClassifier(40, random_state=0).fit(x, y)
numpy.linalg.svd(draw.normal(size=(600, 600)))
sum(number % 7 for number in range(3_000_000))
print(time.process_time() - begin)
"""


def pace():
    """Seconds that the fixed piece of work takes, over those on the core of reference."""
    call = [sys.executable, "-c", WORK]
    said = subprocess.run(call, env=os.environ | ONE_THREAD, capture_output=True, check=True)
    return float(said.stdout) / REFERENCE


def store(path):
    """Execute one notebook, write it back with its outputs, return what it cost."""
    notebook = nbformat.read(path, as_version=4)
    for number, cell in enumerate(notebook.cells):
        cell["id"] = f"cell-{number:02d}"
        cell["metadata"].pop("execution", None)
    client = NotebookClient(
        notebook,
        timeout=300,
        kernel_name="python3",
        resources={"metadata": {"path": path.parent}},
        record_timing=False,
    )
    before = pace()
    cost = run(client, notebook)
    cost["pace"] = round((before + pace()) / 2, 2)
    cost["seconds"] = round(cost["seconds"] / cost["pace"], 1)
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            if "image/png" in output.get("data", {}):
                output.data["image/png"] = lighter(output.data["image/png"])
    notebook.metadata = {"cost": cost, "kernelspec": KERNEL, "language_info": {"name": "python"}}
    write_atomically(path, nbformat.writes(notebook) + "\n")
    return cost


def run(client, notebook):
    """Execute every cell, then ask the kernel what that cost."""
    probe = nbformat.v4.new_code_cell(COST)
    with client.setup_kernel():
        for number, cell in enumerate(notebook.cells):
            client.execute_cell(cell, number)
        notebook.cells.append(probe)
        try:
            client.execute_cell(probe, len(notebook.cells) - 1)
        finally:
            notebook.cells.remove(probe)
    return json.loads(probe.outputs[0].text)


def lighter(png):
    """The same picture (base64 PNG) with few colours, if that is smaller and nobody can tell."""
    picture = Image.open(io.BytesIO(base64.b64decode(png)))
    if picture.mode == "RGBA" and picture.getextrema()[3][0] < 255:
        return png  # see-through pixels would be lost
    full = picture.convert("RGB")
    for colours in (64, 128, 256):
        few, small = full.quantize(colours, kmeans=1, dither=Image.Dither.NONE), io.BytesIO()
        few.save(small, "PNG", optimize=True)
        differ = np.asarray(few.convert("RGB"), float) - np.asarray(full, float)
        shorter = base64.b64encode(small.getvalue()).decode()
        if len(shorter) < len(png) and (differ**2).mean() <= UNSEEN**2:
            return shorter
    return png


def write_atomically(path, text):
    """Write next to the target, then rename over it."""
    scratch = path.with_name(path.name + ".part")
    scratch.write_text(text)
    os.replace(scratch, path)


def main():
    """Store each notebook named on the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("notebooks", nargs="+", type=Path)
    os.environ |= ONE_THREAD
    for path in parser.parse_args().notebooks:
        cost = store(path.resolve())
        print(f"{path}: {cost['seconds']} s, peak {cost['peak_mib']} MiB")


if __name__ == "__main__":
    main()
