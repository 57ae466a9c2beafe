"""How many labels by hand are the rules worth? Ten draws of the sentences that are labelled.

The functions are those of the page. The inverse penalty is chosen on the validation part, for
every contender in every draw.
"""

import re
from functools import cache

from torch.nn.functional import one_hot

from helpers.data.relations import between, five_relations
from helpers.methods.labelling_functions import decide, majority, votes_of
from helpers.methods.relation_rivals import learn, letters, sentences_for, with_votes
from helpers.metrics.classification import balanced_accuracy

NUMBERS = (60, 120, 240, 480, 960, 1920)
INPUTS = ("letters", "letters and rules")
PENALTIES = (1.0, 10.0)
RULES = r"""
    inhibits: inhibit; block; suppress|abolish|prevent; decreas|reduc|attenuat|lower; down-?\s?regulat; IC50|IC\(50\)|\bKi\b|potent
    activates: activat; increas|elevat|enhanc; induc|stimulat; up-?\s?regulat
    agonist: (?<!ant)agonis
    antagonist: antagonis
    converted: substrate; metaboli|glucuronid|hydroxylat; synthes|produc|formation; cataly|convert|conversion|hydroly; transport|uptake
"""


def cases():
    """The weak labels once, and ten draws of labels by hand."""
    weak = [{"inputs": "weak labels", "number": 0, "seed": 0}]
    return weak + [
        {"inputs": inputs, "number": number, "seed": seed}
        for seed in range(20, 30)
        for number in NUMBERS
        for inputs in INPUTS
    ]


@cache
def sentences():
    """Everything that does not depend on the draw."""
    rules = re.findall(r"^    (\w+): (.+)$", RULES, re.M)
    data = five_relations()
    functions = [rule(s, data.classes.index(c)) for c, stems in rules for s in stems.split("; ")]
    votes = votes_of(functions, [between(text) for text in data.text])
    features = letters([between(text, reach=60) for text in data.text], data.train)
    return data, votes, features, with_votes(features, votes)


def rule(stems, label):
    """A labelling function: the class where a stem is found, else silence."""
    pattern = re.compile(stems, re.IGNORECASE)
    return lambda text: label if pattern.search(text) else -1


def run(inputs, number, seed):
    """Balanced accuracy, validation and test, of weak labels or of so many by hand."""
    data, votes, features, richer = sentences()
    if inputs == "weak labels":
        rows = data.train[(votes[data.train] >= 0).any(1)]
        q, x = majority(votes[rows], 5), features
    else:
        rows = sentences_for(data.groups, data.train, number, seed)
        q, x = one_hot(data.y[rows], 5).double(), features if inputs == "letters" else richer
    tried = []
    for penalty in PENALTIES:
        predict = learn(x, rows, q, penalty)
        score = {
            name: float(balanced_accuracy(decide(predict(part)), data.y[part]))
            for name, part in (("valid", data.valid), ("test", data.test))
        }
        tried.append(score)
    return max(tried, key=lambda score: score["valid"])
