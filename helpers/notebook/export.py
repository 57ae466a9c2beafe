"""Hand a chapter's numbers to the figures of the book that can be played with."""

import json

from IPython.display import Markdown, display


def export(name, **numbers):
    """Keep numbers with the cell's output, where the site looks for them.

    They stand in the output's metadata: stored with the notebook, not shown, and not compared by
    nbval, since a trained model differs in its last digits from one processor to another. The page
    "Figures to play with" draws what the stored chapter exported, and nothing else.

    Parameters
    ----------
    name : str, the figure.
    **numbers : str, numbers, and lists of them
        What the figure draws.

    Raises
    ------
    ValueError : for what JSON cannot hold, NaN and infinity among it.

    Examples
    --------
    >>> export("coalitions", players=["a", "b"], worth=[0, 1, 1, 3])
    <IPython.core.display.Markdown object>
    """
    try:
        kept = json.loads(json.dumps(numbers, allow_nan=False))
    except (TypeError, ValueError) as error:
        raise ValueError(
            f"export({name!r}): expected text, finite numbers and lists of them ({error})"
        ) from error
    said = f"*Exported for the figures to play with: {name}.*"
    display(Markdown(said), metadata={"explore": {"figure": name, **kept}})
