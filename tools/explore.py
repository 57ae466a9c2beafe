"""Write the numbers of the figures to play with: `python tools/explore.py`.

Both come from scikit-learn's 569 breast tumours, with models that a reader can fit in a second.
"""

import json
from itertools import pairwise
from pathlib import Path

import numpy as np
from sklearn.datasets import load_breast_cancer
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

STATIC = Path(__file__).resolve().parents[1] / "book" / "_static"
GROUPS = {
    "size": ["radius", "perimeter", "area"],
    "texture": ["texture"],
    "outline": ["smoothness", "compactness", "concavity", "concave points"],
    "form": ["symmetry", "fractal dimension"],
}
BINS = 40


def tumours(kinds):
    """Columns `mean <kind>` (N, D) and whether each tumour is malignant (N,)."""
    data = load_breast_cancer()
    names = list(data.feature_names)
    columns = [names.index(f"mean {kind}") for kind in kinds]
    return data.data[:, columns], 1 - data.target


def model():
    """A regularised logistic regression on standardised columns."""
    return make_pipeline(StandardScaler(), LogisticRegression(C=0.1))


def coalitions():
    """What a forest says of one tumour when only some groups of measurements are known.

    What is not known is taken from every other tumour in turn, and the probability averaged.
    """
    x, y = tumours(sum(GROUPS.values(), []))
    forest = RandomForestClassifier(200, min_samples_leaf=5, random_state=0).fit(x, y)
    one = int(np.argmin(np.abs(forest.predict_proba(x)[:, 1] - 0.7)))  # a doubtful case
    ends = np.cumsum([0, *map(len, GROUPS.values())])
    worth = []
    for mask in range(2 ** len(GROUPS)):
        mixed = x.copy()
        for number, (begin, end) in enumerate(pairwise(ends)):
            if mask >> number & 1:
                mixed[:, begin:end] = x[one, begin:end]
        worth.append(round(float(forest.predict_proba(mixed)[:, 1].mean()), 4))
    return {
        "players": list(GROUPS),
        "worth": worth,
        "about": "How much each group of measurements moves the probability that one tumour is malignant.",
        "source": "A random forest on ten mean values of the 569 tumours that scikit-learn ships.",
    }


def threshold():
    """Scores of tumours that the model had not seen, from two measurements only, in bins."""
    x, y = tumours(["smoothness", "texture"])
    folds = StratifiedKFold(5, shuffle=True, random_state=0)
    scores = cross_val_predict(model(), x, y, cv=folds, method="predict_proba")[:, 1]
    count = [np.histogram(scores[y == k], BINS, (0, 1))[0].tolist() for k in (0, 1)]
    return {
        "names": ["benign", "malignant"],
        "negative": count[0],
        "positive": count[1],
        "about": "Scores of 569 tumours by a model that sees smoothness and texture only: malignant above the line, benign below it.",
        "source": "Each score comes from a model that had not seen the tumour (five folds); data of scikit-learn.",
    }


def main():
    """Write both files."""
    for make in (coalitions, threshold):
        path = STATIC / f"explore-{make.__name__}.json"
        path.write_text(json.dumps(make()) + "\n")
        print(f"{path.name}: {path.stat().st_size} bytes")


if __name__ == "__main__":
    main()
