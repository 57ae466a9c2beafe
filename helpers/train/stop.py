"""Early stopping on the best weights (survey 9; chapter 4-models/supervised-learning)."""

import math
from dataclasses import dataclass, field, replace
from numbers import Integral


@dataclass
class Patience:
    """Stop when `metric` has not improved for `epochs` epochs; the best weights are kept.

    Parameters
    ----------
    epochs : int >= 1
        How long to wait for an improvement.
    metric : str
        A column of the history: "valid_loss" or the name of a metric.
    higher_is_better : bool or None
        True for an accuracy, False for an error. None: a column whose name ends in "loss" is
        better lower; for every other it must be said.

    Raises
    ------
    ValueError : for fewer epochs than one, and for a metric whose better end is not said.

    Notes
    -----
    Each `fit` waits anew: what is given is a rule and stays as it is.
    """

    epochs: int = 5
    metric: str = "valid_loss"
    higher_is_better: bool | None = None
    best: float = field(default=math.inf, init=False)
    waited: int = field(default=0, init=False)

    def __post_init__(self):
        if not isinstance(self.epochs, Integral) or self.epochs < 1:
            raise ValueError(
                f"Patience(epochs={self.epochs!r}): expected a whole number of at least 1"
            )
        if self.higher_is_better is None and str(self.metric).endswith("loss"):
            self.higher_is_better = False
        if not isinstance(self.higher_is_better, bool):
            raise ValueError(
                f"Patience(metric={self.metric!r}, higher_is_better={self.higher_is_better!r}): expected "
                "True, as for an accuracy, or False, as for an error"
            )

    def fresh(self):
        """The same rule, before any epoch."""
        return replace(self)

    def improved(self, row):
        """Record one epoch's row; True if it is the best so far."""
        if self.metric not in row:
            known = ", ".join(key for key in row if key not in ("epoch", "seconds"))
            raise ValueError(
                f"Patience(metric={self.metric!r}): the history has no such column; found {known}"
            )
        value = -row[self.metric] if self.higher_is_better else row[self.metric]
        better = value < self.best
        self.best, self.waited = (value, 0) if better else (self.best, self.waited + 1)
        return better

    @property
    def exhausted(self):
        """True when it is time to stop."""
        return self.waited >= self.epochs

    def state_dict(self):
        """What a checkpoint needs."""
        return {"best": self.best, "waited": self.waited}

    def load_state_dict(self, state):
        """Take over a checkpoint's state."""
        self.best, self.waited = state["best"], state["waited"]
