"""Which way to make rows covers new digits, and is of use for new writers? Eight fresh deals.

The functions are those of the page. A deal sets other forms away, deals the other rows anew,
chooses every setting anew on its validation rows, and starts the networks anew. The networks make
five times as many updates as on the page. Deal 0 is the page's own and is left out. Numbers of the
second setting (rates 0.003 and 0.003 for every game) are kept as well, so that ways can be compared
at the same rates. The made-up rows are used in place of the real ones, and added to them; the
accuracy with the real rows alone is kept beside both.
"""

import torch

from helpers.data.forms import digits_by_form
from helpers.data.splits import group_folds
from helpers.ground.random import generator
from helpers.methods.generators import WAYS
from helpers.methods.rivals import RIVALS
from helpers.metrics.generation import copied, coverage, density, precision, recall, told_apart
from helpers.models.rows import RowCodec

UPDATES = 2000


def cases():
    """All ways of the page, and the spectrally normalised game, on the same deals."""
    return [{"way": way, "deal": deal} for deal in range(1, 9) for way in WAYS]


def deal_of(data, deal):
    """Rows to learn from, to choose by, new ones of the same forms, and those of other forms."""
    *others, away = group_folds(data.groups, seed=deal)[0]
    rest = torch.cat(others)
    rest = rest[torch.randperm(len(rest), generator=generator(deal))]
    return *rest.tensor_split([3 * len(rest) // 5, 4 * len(rest) // 5]), away


def run(way, deal):
    """Measures of the setting that validation rows prefer, and of the second one."""
    data = digits_by_form()
    x, y = data.x, data.y
    train, valid, new, away = deal_of(data, deal)
    codec = RowCodec.of(x[train], y[train], 10)
    learn, check = (codec.encode(x[rows], y[rows]) for rows in (train, valid))
    real, known = codec.encode(x[new]), codec.encode(x[train])

    def worth(made):
        if hasattr(made, "score"):
            return made.score(check)
        drawn = made.draw(len(valid), deal)
        return float(min(precision(check, drawn), coverage(check, drawn)))

    settings = WAYS[way].settings
    made = [WAYS[way].learn(learn, setting, UPDATES, deal) for setting in settings]
    found = [worth(one) for one in made]
    drawn = [codec(one.draw(len(train), 100 + deal)) for one in made]
    rows, classes = drawn[found.index(max(found))]
    points = codec.encode(rows)
    both = torch.cat([known, points]), torch.cat([y[train], classes])

    def use(rows, classes):
        machine = RIVALS["support vectors"].learn((rows, classes), None, 10, 3, 0)
        said = torch.as_tensor(machine.predict(codec.encode(x[away]).numpy()))
        return (said == y[away]).double().mean()

    second = codec.encode(drawn[min(1, len(drawn) - 1)][0])[: len(new)]
    fake = points[: len(new)]
    return {
        "coverage": coverage(real, fake), "precision": precision(real, fake),
        "recall": recall(real, fake), "copies": copied(known, real, fake),
        "density": density(real, fake), "told apart": told_apart(real, fake),
        "use": use(points, classes), "added": use(*both), "real": use(known, y[train]),
        "setting": found.index(max(found)), "coverage_second": coverage(real, second),
    }  # fmt: skip
