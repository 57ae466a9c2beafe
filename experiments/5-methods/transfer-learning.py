"""Does a source help? Twenty fresh draws of writers and labels, with longer training and other sources.

The functions are those of the page. Seeds 100 to 104 chose the settings and 0 to 4 are the
page's; here they begin at 200. The forms stay the same fourteen.
"""

from functools import lru_cache

from helpers.data.forms import digits_by_form
from helpers.data.glyphs import letters
from helpers.methods import finetuning
from helpers.methods.finetuning import RIVALS, WAYS, deal, few, renewed, small_net, train

SOURCES = {"rich": (3000, 52), "narrow": (3000, 5), "few images": (300, 52)}
DIGITS = {name: (way, "rich") for name, way in RIVALS.items()}
DIGITS |= {f"{name}, rich source": (way, "rich") for name, way in WAYS.items()}
DIGITS |= {
    f"{name}, {body}": (WAYS[name], key)
    for key, body in (("narrow", "five letters"), ("few images", "300 images of 52 letters"))
    for name in ("source body, frozen", "finetuned")
}
LONGER = ("from scratch, four times the steps", "finetuned, four times the steps")


@lru_cache
def body(source):
    """The network that a source has trained; one for all seeds, as on the page."""
    count, classes = SOURCES[source]
    return train(
        small_net(classes, 1), *letters(count, classes=classes), 0.01, 0, steps=200, batch=64
    )


def cases():
    """One and three labels of each class."""
    return [
        {"task": "digits", "labels": labels, "way": way, "seed": seed}
        for labels, seeds in ((3, range(200, 220)), (1, range(200, 210)))
        for seed in seeds
        for way in [*DIGITS, *LONGER]
    ]


def run(task, labels, way, seed):
    """Accuracy on new writers."""
    data = digits_by_form()
    x, y = data.x.view(-1, 1, 8, 8), data.y
    pool, test = deal(data.groups, seed)
    rows = few(y, pool, labels, seed)
    if way in LONGER:
        new = way.startswith("from scratch")
        net = small_net(10, seed + 50) if new else renewed(body("rich"), 10, seed)
        train(net, x[rows], y[rows], 0.003, seed, steps=4 * finetuning.STEPS)
        guess = finetuning.predict(net, x[test]).argmax(1)
    else:
        learn, source = DIGITS[way]
        guess = learn.answers(body(source), x[rows], y[rows], x[test], 10, seed)
    return {"accuracy": (guess == y[test]).float().mean().item()}
