"""What may happen to a case: it is right, it is refused in a sentence, or it is a fault.

A case is written from the contract: what was put in is known, and so is what must come out. The
code under test is never asked what it expects.
"""

import contextlib
import os
import random
import resource
import shutil
import signal
import tempfile
import time
import warnings
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
import yaml

SECONDS, WAIT = 10, 20  # longer work, or longer waiting, is a hang
MEMORY = 3_000_000_000  # bytes that a case may add: reading /dev/zero must not end the machine
SHORTEST, LONGEST = 20, 400  # characters of a sentence
GOOD = ("right", "refused", "warned")
FAULTS = ("wrong", "raw", "hang", "sentence", "refusal")
KNOWN = Path(__file__).with_name("known.yml")  # family: names of cases that fail today


class Hang(BaseException):
    """The case took longer than SECONDS."""


@dataclass(frozen=True)
class Case:
    """One input and what the contract says about it.

    Attributes
    ----------
    name : str, unique within its family.
    do : callable, folder -> value. Puts the files into an empty folder and calls the code.
    check : callable, value -> None or what is wrong with it; None if it must not be accepted.
    words : any one of them must stand in the sentence of refusal; None if it must not be refused.
    warning : a warning with this word is as good as a refusal.
    errors : the documented classes of error; a subclass of them does not count.
    """

    name: str
    do: Callable
    check: Callable | None = None
    words: tuple | None = None
    warning: str | None = None
    errors: tuple = (ValueError,)


def refuse(name, do, *words, **more):
    """A case that must be refused, in a sentence with one of `words`."""
    return Case(name, do, None, words, **more)


def equal(name, do, check, **more):
    """A case that must be accepted, with the right result."""
    return Case(name, do, check, None, **more)


def either(name, do, check, *words, **more):
    """A case that may be refused, but if it is accepted the result must be right."""
    return Case(name, do, check, words, **more)


def judge(case):
    """(outcome, what was seen) of one case; outcomes are GOOD or FAULTS."""
    folder = Path(tempfile.mkdtemp(prefix="f"))
    before = os.getcwd()
    try:
        with alarm(), warnings.catch_warnings(record=True) as said, alone():
            warnings.simplefilter("always")
            value = case.do(folder)
        wrong = checked(case, value)
    except Hang:
        return "hang", f"more than {SECONDS} s of work or {WAIT} s of waiting"
    except Exception as error:
        return judge_error(case, error, folder)
    finally:
        os.chdir(before)
        shutil.rmtree(folder, ignore_errors=True)
    if wrong and case.warning and any(case.warning in str(w.message) for w in said):
        return "warned", ""
    return ("wrong", wrong) if wrong else ("right", "")


def checked(case, value):
    """None, or what is wrong with an accepted value."""
    if case.check is None:
        return f"accepted: {short(value)}"
    try:
        return case.check(value)
    except Exception as error:  # a value of another form than documented
        return f"cannot be checked ({type(error).__name__}: {error}): {short(value)}"


def judge_error(case, error, folder):
    """Whether an error is the sentence that the case asks for."""
    text = str(error).replace(str(folder), ".")
    seen = f"{type(error).__name__}: {text[:300]!r}"
    if type(error) not in case.errors or not ours(error):
        return "raw", seen
    if case.words is None:
        return "refusal", seen
    one = "\n" not in text and " object at 0x" not in text and SHORTEST <= len(text) <= LONGEST
    named = any(word.lower() in text.lower() for word in case.words)
    if not (one and named):
        return (
            "sentence",
            f"{seen} is not one line of {SHORTEST} to {LONGEST}, no address, with {case.words}",
        )
    return "refused", ""


def ours(error):
    """Whether a ValueError was raised in `helpers`, not in a library below it."""
    trace = error.__traceback__
    while trace.tb_next:
        trace = trace.tb_next
    place = trace.tb_frame.f_code.co_filename
    return "/helpers/" in place or type(error) is not ValueError


@contextlib.contextmanager
def alarm():
    """Raise Hang after SECONDS of work or WAIT of waiting; pytest's own alarm is set as before.

    Work is counted by the processor's clock, so that a busy machine is not taken for a hang.
    """
    begin, worked = time.monotonic(), time.process_time()

    def ring(number, frame):
        if time.process_time() - worked >= SECONDS or time.monotonic() - begin >= WAIT:
            raise Hang

    handler = signal.signal(signal.SIGALRM, ring)
    left, _ = signal.setitimer(signal.ITIMER_REAL, 1, 1)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, handler)
        if left:
            signal.setitimer(signal.ITIMER_REAL, max(left - (time.monotonic() - begin), 1))


@contextlib.contextmanager
def alone():
    """A case neither sees nor leaves random numbers, gradient mode or type; memory is bounded."""
    random.seed(0)
    np.random.seed(0)
    torch.manual_seed(0)
    interrupt = signal.getsignal(signal.SIGINT)
    free, hard = resource.getrlimit(resource.RLIMIT_AS)
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    resource.setrlimit(resource.RLIMIT_AS, (pages * resource.getpagesize() + MEMORY, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (free, hard))
        torch.set_grad_enabled(True)
        torch.set_default_dtype(torch.float32)
        signal.signal(signal.SIGINT, interrupt)


def short(value):
    """A value in at most 100 characters."""
    return " ".join(repr(value).split())[:100]


def report(cases):
    """Judge cases; returns (Counter of outcomes, what was seen by the name of each fault)."""
    counts, faults = Counter(), {}
    for case in cases:
        outcome, seen = judge(case)
        counts[outcome] += 1
        if outcome in FAULTS:
            faults[case.name] = f"{outcome}: {case.name}: {seen}"
    return counts, faults


def unexpected(family, faults):
    """Sentences about faults that known.yml does not list, and about those that are mended.

    The list holds what is known to be wrong today; it may only shrink.
    """
    known = set((yaml.safe_load(KNOWN.read_text()) or {}).get(family, ()))
    new = [said for name, said in faults.items() if name not in known]
    mended = [f"mended, remove it from known.yml: {name}" for name in sorted(known - set(faults))]
    return [f"{len(new)} faults", *new[:20], *mended] if new or mended else []


def same(found, expected, what="value", tolerance=0.0):
    """None if two arrays agree, else a sentence with the first place where they do not."""
    a, b = (np.asarray(v.detach() if hasattr(v, "detach") else v) for v in (found, expected))
    if a.shape != b.shape:
        return f"{what}: shape {a.shape}, expected {b.shape}"
    bad = ~np.isclose(a.astype(float), b.astype(float), rtol=tolerance, atol=tolerance)
    if not bad.any():
        return None
    place = tuple(int(i) for i in np.argwhere(bad)[0]) if a.ndim else ()
    return f"{what}{list(place)}: {a[place]}, expected {b[place]} ({int(bad.sum())} differ)"
