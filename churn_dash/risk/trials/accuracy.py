"""How good predictions are: ranking, calibration, and what a list of the riskiest finds. Source: METHODS D3."""

from dataclasses import asdict, dataclass

import numpy as np
from sklearn.metrics import average_precision_score, log_loss, roc_auc_score, roc_curve

from churn_dash.measures.statistics.intervals import share_of_clusters
from churn_dash.measures.statistics.odds import Labels, Values, logit, logit_line

BINS = 10
_CLIP = 1e-6
CAPACITY = 0.1
SHARES = tuple(i / 20 for i in range(1, 21))


@dataclass(frozen=True)
class Accuracy:
    """Measures of one set of predictions. ``lift`` and ``recall`` are of the riskiest tenth; undefined is None."""

    n: int
    base_rate: float
    roc_auc: float | None
    pr_auc: float | None
    ks: float | None
    brier: float
    brier_skill: float | None
    log_loss: float | None
    slope: float | None
    intercept: float | None
    ece: float
    lift: float | None
    recall: float | None

    def as_json(self) -> dict[str, float | None]:
        """The measures by name."""
        return asdict(self)


@dataclass(frozen=True)
class Bin:
    """Customers of like risk: mean prediction, share that left with its interval (Wilson, by customer), and how many they were."""

    predicted: float
    observed: float
    low: float
    high: float
    n: int


def accuracy(y: Labels, p: Values, score: Values | None = None) -> Accuracy:
    """The measures of probabilities ``p`` of leaving, against labels ``y`` (1: left).

    ``score`` ranks those of equal ``p`` (calibration makes ties). Ranking measures need both classes.

    >>> import numpy as np
    >>> found = accuracy(np.array([0, 0, 1, 0, 1, 1]), np.array([.1, .2, .3, .6, .8, .9]))
    >>> round(found.roc_auc, 4), round(found.pr_auc, 4), round(found.brier, 5)
    (0.8889, 0.9167, 0.15833)
    """
    ranking = p if score is None else by_risk(p, score)
    base = float(y.mean())
    both = 0 < base < 1
    brier = float(np.mean((p - y) ** 2))
    line = logit_line(logit(p), y.astype(np.float64)) if both and len(np.unique(p)) > 1 else None
    found = found_in_riskiest(y, ranking, CAPACITY)
    curve = roc_curve(y, ranking) if both else None
    return Accuracy(
        n=len(y),
        base_rate=base,
        roc_auc=float(roc_auc_score(y, ranking)) if both else None,
        pr_auc=float(average_precision_score(y, ranking)) if both else None,
        ks=float(np.max(curve[1] - curve[0])) if curve is not None else None,
        brier=brier,
        brier_skill=1 - brier / (base * (1 - base)) if both else None,
        log_loss=float(log_loss(y, np.clip(p, _CLIP, 1 - _CLIP))) if both else None,
        slope=line[1] if line else None,
        intercept=line[0] if line else None,
        ece=sum(b.n * abs(b.predicted - b.observed) for b in reliability(y, p)) / len(y),
        lift=found / (CAPACITY * y.sum()) if both else None,
        recall=found / y.sum() if both else None,
    )


def by_risk(p: Values, score: Values) -> Values:
    """Ranks from 0 by calibrated risk, those of equal risk by score; equals in both share a rank.

    Scores of several folds are of several models: only their calibrated risks can be compared.

    >>> by_risk(np.array([0.2, 0.1, 0.2, 0.2]), np.array([1.0, 5.0, 0.0, 1.0])).tolist()
    [2.0, 0.0, 1.0, 2.0]
    """
    order = np.lexsort((score, p))
    rises = (np.diff(p[order]) != 0) | (np.diff(score[order]) != 0)
    ranks = np.empty(len(p))
    ranks[order] = np.concatenate([[0], np.cumsum(rises)])
    return ranks


def reliability(y: Labels, p: Values, bins: int = BINS, customers: Labels | None = None) -> list[Bin]:
    """Predicted beside observed in quantile bins of the prediction; equal predictions stay together.

    ``customers`` numbers the customer of each row (default: one a row), whose rows at several score dates hang together.
    """
    people = np.arange(len(y)) if customers is None else customers
    edges = np.unique(np.quantile(p, np.linspace(0, 1, bins + 1)[1:-1]))
    place = np.searchsorted(edges, p, side="right")
    found = []
    for b in np.unique(place):
        here = place == b
        _own, place_of = np.unique(people[here], return_inverse=True)
        observed, interval = share_of_clusters(np.bincount(place_of, y[here]).astype(np.float64), np.bincount(place_of).astype(np.float64))
        assert interval is not None
        found.append(Bin(float(p[here].mean()), observed, interval.low, interval.high, int(here.sum())))
    return found


def found_in_riskiest(y: Labels, score: Values, share: float) -> float:
    """Leavers among the riskiest ``share`` of customers; of equals at the edge, the expected number."""
    room = share * len(y)
    order = np.argsort(-score, kind="stable")
    ranked, labels = score[order], y[order]
    edge = ranked[min(int(np.ceil(room)), len(y)) - 1]
    above, equal = ranked > edge, ranked == edge
    return float(labels[above].sum() + labels[equal].sum() * (room - above.sum()) / equal.sum())


def gains(y: Labels, score: Values, p: Values | None = None) -> list[dict[str, float]]:
    """For each share of customers called, riskiest first: precision, recall and lift, and with ``p`` the risk of the last one.

    With ``p`` the order is that of ``by_risk``.
    """
    order = np.argsort(-(score if p is None else by_risk(p, score)), kind="stable")
    caught = np.cumsum(y[order])
    leavers = float(y.sum())
    found = []
    for share in SHARES:
        n = max(1, round(share * len(order)))
        hits = float(caught[n - 1])
        one = {"share": share, "precision": hits / n, "recall": hits / leavers, "lift": hits / n / (leavers / len(order))}
        found.append(one if p is None else {**one, "threshold": float(p[order[n - 1]])})
    return found
