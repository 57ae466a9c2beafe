"""Start a chapter, check its claims, show the helpers it uses."""

from helpers.notebook.check import CheckFailed, check
from helpers.notebook.show import show
from helpers.notebook.start import start

__all__ = ["CheckFailed", "check", "show", "start"]
