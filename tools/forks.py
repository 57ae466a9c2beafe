"""Wait for a forked child, with a time limit (used by mutation.py and proofs.py)."""

import contextlib
import os
import signal
import time


def wait(child, limit):
    """(exit status, processor seconds) of `child`; status None if it ran out of time.

    What it started, in its own process group, is ended with it.
    """
    end, done = time.monotonic() + limit, 0
    while not done and time.monotonic() < end:
        time.sleep(0.02)
        done, code, usage = os.wait4(child, os.WNOHANG)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child, signal.SIGKILL)
    if not done:
        _, _, usage = os.wait4(child, 0)
    return os.waitstatus_to_exitcode(code) if done else None, usage.ru_utime + usage.ru_stime
