"""Two processes of one test, forked, so that nothing is imported again."""

import os
import signal
import socket
import time
import traceback

import pytest
import torch


def as_process(rank, port, function, out):
    """What a forked process does: join, run, write its result."""
    os.environ |= {
        "WORLD_SIZE": "2", "RANK": str(rank), "LOCAL_RANK": str(rank), "MASTER_PORT": str(port),
        "MASTER_ADDR": "127.0.0.1", "ACCELERATE_USE_CPU": "true", "LOCAL_WORLD_SIZE": "2",
    }  # fmt: skip
    torch.set_num_threads(1)
    try:
        torch.save(function(rank), out)
    except Exception:
        traceback.print_exc()
    os._exit(0)


def wait(children, seconds=200):
    """Until all have ended; those that wait for each other are ended."""
    left, until = set(children), time.monotonic() + seconds
    while left and time.monotonic() < until:
        left -= {child for child in left if os.waitpid(child, os.WNOHANG)[0]}
        time.sleep(0.02)
    for child in left:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


@pytest.fixture
def in_two(tmp_path):
    """Run ``function(rank)`` in two processes that join through gloo; returns both results."""

    def run(function):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        outs = [tmp_path / f"rank{rank}.out" for rank in (0, 1)]
        for out in outs:
            out.unlink(missing_ok=True)
        children = []
        for rank, out in enumerate(outs):
            child = os.fork()
            if child == 0:
                as_process(rank, port, function, out)
            children.append(child)
        wait(children)
        return [torch.load(out) for out in outs]

    return run
