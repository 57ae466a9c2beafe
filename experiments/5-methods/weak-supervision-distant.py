"""What does an extractor learn from a knowledge base's labels? Twenty deals of the sentences.

The knowledge base is the pairs marked in the training part. In each deal two thirds of the other
sentences are a heap that only it labels, and the rest are new. All extractors read the letters
between the names and twenty to either side, with the same penalty; "as many by hand" has as many
labelled rows of the heap as there are mentions, "as many of these by hand" as people have marked
with a relation among them. A mention is the first place of each name; "where people marked them"
takes the places that the annotators marked. Some ways were added after an outsider's reading: the
rarest relation, agonist, has a fifth of the score and some five of these mentions. The rules are
those of the other long run.
"""

import re
import runpy
from collections import Counter, defaultdict
from functools import cache
from pathlib import Path

import torch

from helpers.data.relations import between, five_relations, pair_of, stated
from helpers.ground.random import generator
from helpers.methods.distant import knowledge, matches
from helpers.methods.distant_extractor import extractor, marked, surest
from helpers.methods.labelling_functions import decide, majority, votes_of
from helpers.methods.relation_rivals import learn, letters, sentences_for
from helpers.metrics.classification import balanced_accuracy


def cases():
    """Twenty deals; each is one row with the score of every way."""
    return [{"seed": seed} for seed in range(20)]


@cache
def known():
    """The data, the knowledge base, and the sentences that it was not made from."""
    data = five_relations()
    base = knowledge(
        [pair_of(data.text[k]) for k in data.train.tolist()], data.y[data.train].tolist()
    )
    return data, base, torch.cat([data.valid, data.test]), counted(data)


def counted(data):
    """What the seventeen rules of the page say of every row, ties by lot."""
    other = runpy.run_path(str(Path(__file__).with_name("weak-supervision.py")))
    rules = [
        other["rule"](stems, data.classes.index(name))
        for name, all_stems in re.findall(r"^    (\w+): (.+)$", other["RULES"], re.M)
        for stems in all_stems.split("; ")
    ]
    votes = votes_of(rules, [between(text) for text in data.text])
    return torch.nn.functional.one_hot(decide(majority(votes, len(data.classes)))).double()


def run(seed):
    """Balanced accuracy on new sentences, and what the heap was.

    " | accuracy" is the plain one, " | four" the mean recall without the rarest relation, agonist.
    """
    data, base, rows, count = known()
    draws, others, numbers = generator(seed), generator(seed + 1000), data.groups[rows].unique()
    first = numbers[torch.randperm(len(numbers), generator=draws)][: len(numbers) * 2 // 3]
    of_heap = torch.isin(data.groups[rows], first)
    heap, new = rows[of_heap], rows[~of_heap]
    sentences, relations = stated(data, heap)
    found = [
        (pair, k, text)
        for pair, k in matches(base, sentences)
        if (text := marked(pair, sentences[k])) is not None
    ]
    hand = torch.randperm(len(heap), generator=draws)[: len(found)]  # places in the heap
    at = {
        (int(data.groups[k]), pair_of(data.text[k])): n
        for n, k in reversed([*enumerate(heap.tolist())])
    }
    order = list(dict.fromkeys(data.groups[heap].tolist()))  # of the sentences
    placed = torch.tensor([n for p, k, _ in found if (n := at.get((order[k], p))) is not None])
    texts = [text for *_, text in found] + [
        data.text[k].lower() for k in [*heap.tolist(), *new.tolist()]
    ]
    mentions, in_heap, asked = torch.arange(len(texts)).split([len(found), len(heap), len(new)])
    x = letters([between(text) for text in texts], torch.cat([mentions, in_heap[hand]]))

    y, classes = data.y[heap], len(data.classes)
    known_as = torch.tensor([base[pair] for pair, *_ in found])
    numbered = {pair: n for n, pair in enumerate(dict.fromkeys(pair for pair, *_ in found))}
    of_pair = torch.tensor([numbered[pair] for pair, *_ in found])
    read = torch.tensor([relations[k].get(pair, -1) for pair, k, _ in found])
    dealt = known_as[torch.randperm(len(known_as), generator=draws)]
    fewer = int((read >= 0).sum())

    lot = torch.randperm(len(heap), generator=others)
    alike = [lot[y[lot] == c][: int((y[placed] == c).sum())] for c in range(classes)]
    rare = data.classes.index("agonist")
    lacking = int((y[hand[:fewer]] == rare).sum() - (y[placed] == rare).sum())
    spare = lot[(y[lot] == rare) & ~torch.isin(lot, placed)][: max(lacking, 0)]
    by_lot = surest(torch.rand(len(found), generator=others), of_pair)
    whole = sentences_for(data.groups, heap, len(found), seed)

    def labelled(rows, labels):
        return learn(x, rows, torch.nn.functional.one_hot(labels, classes).double())

    def by_hand(places):
        return labelled(in_heap[places], y[places])

    answers = {
        "the knowledge base": extractor(x, mentions, known_as, of_pair, classes),
        "at least one": extractor(x, mentions, known_as, of_pair, classes, rounds=3),
        "one mention a pair, by lot": labelled(mentions[by_lot], known_as[by_lot]),
        "relations shuffled": extractor(x, mentions, dealt, of_pair, classes),
        "the same mentions, read": labelled(mentions[read >= 0], read[read >= 0]),
        "the same, where people marked them": by_hand(placed),
        "these, and agonists as in others": by_hand(torch.cat([placed, spare])),
        "others, relations as in these": by_hand(torch.cat(alike)),
        "as many of these by hand": by_hand(hand[:fewer]),
        "as many by hand, whole sentences": by_hand((heap[:, None] == whole).int().argmax(0)),
        "as many by hand": by_hand(hand),
    }
    scores = {name: answer(asked) for name, answer in answers.items()}
    scores["names alone"] = by_names(base, [pair_of(data.text[k]) for k in new.tolist()], classes)
    scores["rules, counted"] = count[new]
    weighed = scores["the knowledge base"] * scores["names alone"].sqrt()
    scores["the knowledge base, and names"] = weighed
    truth, result = data.y[new], {"mentions": len(found)}
    result["labels right"] = (read == known_as).double().mean()
    result["agonists"] = (y[placed] == rare).sum()
    for name, p in scores.items():
        right = p.argmax(1) == truth
        result[name] = balanced_accuracy(p, truth)
        result[f"{name} | accuracy"] = right.double().mean()
        common = [right[truth == c].double().mean() for c in range(classes) if c != rare]
        result[f"{name} | four"] = sum(common) / len(common)
    return result


def by_names(base, pairs, classes):
    """No extractor: shares among the known pairs that share a name, each relation with one weight."""
    common, of_name = Counter(base.values()), defaultdict(Counter)
    for pair, label in base.items():
        for name in pair:
            of_name[name][label] += 1
    counts = [sum((of_name[name] for name in pair), Counter()) or common for pair in pairs]
    shares = torch.tensor([[(c[k] + 0.1) / common[k] for k in range(classes)] for c in counts])
    return shares / shares.sum(1, keepdim=True)
