"""How many labels by hand are the rules worth? Ten draws of the sentences that are labelled.

The functions are those of the page. The inverse penalty and how far the letters reach, to both sides of
the names, are chosen on the validation part, for every contender in every draw. "count first" has letters, rules and their count as inputs, and is asked only where the votes are silent or tied; "rules only,
count first" has no letters; "weak labels, count first" is asked in the same rows.
"""

import re
from functools import cache
from itertools import product

from scipy.sparse import csr_matrix
from torch.nn.functional import one_hot

from helpers.data.relations import between, five_relations
from helpers.methods.labelling_functions import decide, majority, votes_of
from helpers.methods.relation_rivals import (
    count_first,
    learn,
    letters,
    sentences_for,
    with_count,
    with_votes,
)
from helpers.metrics.classification import balanced_accuracy

NUMBERS = (60, 120, 240, 480, 960, 1920)
INPUTS = ("letters", "letters and rules", "count first", "rules only, count first")
WEAK = ("weak labels", "weak labels, count first")
PENALTIES = (1.0, 10.0)
REACHES = (20, 60)
RULES = r"""
    inhibits: inhibit; block; suppress|abolish|prevent; decreas|reduc|attenuat|lower; down-?\s?regulat; IC50|IC\(50\)|\bKi\b|potent
    activates: activat; increas|elevat|enhanc; induc|stimulat; up-?\s?regulat
    agonist: (?<!ant)agonis
    antagonist: antagonis
    converted: substrate; metaboli|glucuronid|hydroxylat; synthes|produc|formation; cataly|convert|conversion|hydroly; transport|uptake
"""


def cases():
    """The weak labels once, and ten draws of labels by hand."""
    weak = [{"inputs": inputs, "number": 0, "seed": 0} for inputs in WEAK]
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
    count = majority(votes, len(data.classes))
    none = csr_matrix((len(votes), 0))
    read = [letters([between(text, reach) for text in data.text], data.train) for reach in REACHES]
    inputs = {
        "letters": read,
        "letters and rules": [with_votes(features, votes) for features in read],
        "count first": [with_count(features, votes, count) for features in read],
        "rules only, count first": [with_count(none, votes, count)],
    }
    return data, votes, count, inputs


def rule(stems, label):
    """A labelling function: the class where a stem is found, else silence."""
    pattern = re.compile(stems, re.IGNORECASE)
    return lambda text: label if pattern.search(text) else -1


def run(inputs, number, seed):
    """Balanced accuracy, validation and test, of weak labels or of so many by hand."""
    data, votes, count, by_name = sentences()
    if inputs in WEAK:
        rows = data.train[(votes[data.train] >= 0).any(1)]
        q, choices = count[rows], by_name["letters"]
    else:
        rows = sentences_for(data.groups, data.train, number, seed)
        q, choices = one_hot(data.y[rows], 5).double(), by_name[inputs]
    tried = []
    for x, penalty in product(choices, PENALTIES):
        predict, score = learn(x, rows, q, penalty), {}
        for name, part in (("valid", data.valid), ("test", data.test)):
            answer = predict(part)
            if "count first" in inputs:
                answer = count_first(count[part], answer)
            score[name] = float(balanced_accuracy(decide(answer), data.y[part]))
        tried.append(score)
    return max(tried, key=lambda score: score["valid"])
