"""A progress line for terminals, Jupyter and Colab; silent with HELPERS_PROGRESS=0."""

import os
import sys
import time


class Progress:
    """One line on stderr, rewritten at most four times a second.

    Parameters
    ----------
    total : int or None
        Steps in all, if known.
    wanted : bool
        False keeps it silent, as does the environment variable ``HELPERS_PROGRESS=0``.
    """

    def __init__(self, total, wanted=True):
        self.total, self.begin, self.shown, self.first = total, time.monotonic(), 0.0, None
        self.on = wanted and os.environ.get("HELPERS_PROGRESS", "1") != "0"

    def update(self, step, epoch, epochs, loss):
        """Show where training is.

        Parameters
        ----------
        step : int
            Optimiser steps done, over all epochs.
        epoch, epochs : int
            The present one, from 1, and how many there are.
        loss : float or 0-d tensor
            On a GPU it is read only when the line is drawn.
        """
        now = time.monotonic()
        if now - self.shown < 0.25:
            return
        self.shown = now
        self.first = step - 1 if self.first is None else self.first  # a resumed run begins late
        rate = (step - self.first) / max(now - self.begin, 1e-9)
        left = f", {(self.total - step) / rate:.0f} s left" if self.total and rate else ""
        text = f"epoch {epoch}/{epochs}  loss {float(loss):.4g}  {rate:.0f} steps/s{left}"
        print(f"\r{text:<70}", end="", file=sys.stderr, flush=True)

    def close(self):
        """Clear the line."""
        if self.on and self.shown:
            print("\r" + " " * 70 + "\r", end="", file=sys.stderr, flush=True)
