"""Start a chapter, check its claims, compare rivals, show the helpers it uses."""

from helpers.notebook.check import CheckFailed, check
from helpers.notebook.compare import compare
from helpers.notebook.export import export
from helpers.notebook.show import show
from helpers.notebook.start import start

__all__ = ["CheckFailed", "check", "compare", "export", "show", "start"]
