"""The kinds of models, one entry each, from simple to involved. Source: METHODS D4, D5; PLATFORM 3.4, 5.

All take the matrix of ``design``. Categories are numbers before any model sees them: SHAP is silently wrong on the native
categories of histogram boosting. A further kind is a further entry here.
"""

from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline
from sklearn.tree import DecisionTreeClassifier

from churn_dash.errors import NotFound
from churn_dash.marks import _
from churn_dash.measures.statistics.odds import Values
from churn_dash.risk.models.bins import WoeBins
from churn_dash.risk.models.hazard import HazardLogit, within_all_months
from churn_dash.risk.models.kind import Fitted, Kind, Settings, fitted, log_odds, one_thread, votes
from churn_dash.risk.models.matrix import Design
from churn_dash.risk.models.prepared import column_by_column, filled, filled_parents, standardised, standardised_parents
from churn_dash.risk.models.scorecard import ScorecardLogit
from churn_dash.words import nearest

__all__ = ["KINDS", "Fitted", "Kind", "Settings", "Values", "fitted", "kinds", "one_thread"]

MOST_ROWS_A_TREE = 8_000
TREES = 60
DEEPEST = 10
"""Explanations by paths are exact up to this depth. METHODS D5."""
_PENALTIES: tuple[Settings, ...] = ({"C": 0.05}, {"C": 1.0}, {"C": 0.005})
"""The usual penalty is a firm one: many columns say much the same, and few left. Clear data loosen it, still fewer leavers tighten it."""
_TREE = "sklearn.tree._tree.Tree"


def _logistic(design: Design, n: int, seed: int, settings: Settings) -> Pipeline:
    return Pipeline([("prepare", standardised(design)), ("model", LogisticRegression(C=settings["C"], max_iter=2000))])


def _scorecard(design: Design, n: int, seed: int, settings: Settings) -> Pipeline:
    bins = WoeBins(categories=design.categories)
    return Pipeline([("bins", bins), ("model", ScorecardLogit(C=settings["C"], max_iter=2000))])


def _hazard(design: Design, n: int, seed: int, settings: Settings) -> Pipeline:
    return Pipeline([("prepare", standardised(design)), ("model", HazardLogit(C=settings["C"]))])


def _tree(design: Design, n: int, seed: int, settings: Settings) -> Pipeline:
    least = max(10, round(n * settings["least_share"]))
    # Where few leave, questions chosen by their likelihood rank a little better than by impurity (.005 of ROC-AUC on four invented banks).
    tree = DecisionTreeClassifier(criterion="log_loss", max_depth=5, min_samples_leaf=least, random_state=seed)
    return Pipeline([("prepare", filled(design)), ("model", tree)])


def _forest(design: Design, n: int, seed: int, settings: Settings) -> Pipeline:
    forest = RandomForestClassifier(
        TREES,
        max_depth=DEEPEST,
        min_samples_leaf=int(settings["least"]),
        max_samples=min(n, MOST_ROWS_A_TREE),
        n_jobs=-1,
        random_state=seed,
    )
    return Pipeline([("prepare", filled(design)), ("model", forest)])


def _boosting(design: Design, n: int, seed: int, settings: Settings) -> Pipeline:
    # Early stopping would set in by itself above 10,000 rows, and the same settings would mean two models.
    boosting = HistGradientBoostingClassifier(
        max_iter=150,
        learning_rate=0.06,
        max_depth=DEEPEST,
        max_leaf_nodes=int(settings["leaves"]),
        early_stopping=False,
        random_state=seed,
    )
    return Pipeline([("model", boosting)])


KINDS: dict[str, Kind] = {
    k.name: k
    for k in (
        Kind(
            "logistic",
            _("Logistic regression"),
            "log-odds",
            trusted=("numpy.dtype",),
            simplicity=0,
            recipe=_logistic,
            parents=standardised_parents,
            additive="linear",
            puts_out=log_odds,
            grid=_PENALTIES,
            seeds=5,
            wide=True,
            read_as="weights",
        ),
        Kind(
            "scorecard",
            _("Scorecard"),
            "log-odds",
            trusted=(
                "numpy.dtype",
                "churn_dash.risk.models.bins.WoeBins",
                "churn_dash.risk.models.scorecard.ScorecardLogit",
            ),
            simplicity=1,
            recipe=_scorecard,
            parents=column_by_column,
            additive="linear",
            puts_out=log_odds,
            grid=({"C": 0.05}, {"C": 1.0}),
            wide=True,
            read_as="points",
        ),
        Kind(
            "hazard",
            _("Monthly hazard"),
            "log-odds",
            trusted=("numpy.dtype", "churn_dash.risk.models.hazard.HazardLogit"),
            simplicity=3,
            recipe=_hazard,
            parents=standardised_parents,
            additive="linear",
            puts_out=log_odds,
            of_line=within_all_months,
            grid=_PENALTIES,
            wide=True,
            needs_months=True,
            read_as="weights",
        ),
        Kind(
            "tree",
            _("Decision tree"),
            "probability",
            trusted=("numpy.dtype", _TREE),
            simplicity=2,
            recipe=_tree,
            parents=filled_parents,
            additive="paths",
            puts_out=votes,
            grid=({"least_share": 0.02}, {"least_share": 0.005}),
            read_as="rules",
        ),
        Kind(
            "forest",
            _("Random forest"),
            "probability",
            trusted=("numpy.dtype", _TREE),
            simplicity=4,
            recipe=_forest,
            parents=filled_parents,
            additive="paths",
            puts_out=votes,
            grid=({"least": 10}, {"least": 40}),
        ),
        Kind(
            "boosting",
            _("Gradient boosting"),
            "log-odds",
            trusted=("sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor",),
            simplicity=5,
            recipe=_boosting,
            parents=column_by_column,
            additive="paths",
            puts_out=log_odds,
            grid=({"leaves": 31}, {"leaves": 8}),
            seeds=5,
        ),
    )
}
"""The closed list of models by name, in the order in which they are shown."""


def kinds(name: str, months: bool = True) -> tuple[Kind, ...]:
    """The kinds that ``name`` asks for: one, or "all" that the data allow (``months``: they are a panel).

    ``NotFound`` with the nearest name where there is no such kind.
    """
    if name == "all":
        return tuple(k for k in KINDS.values() if months or not k.needs_months)
    if name not in KINDS:
        near = nearest(name, [*KINDS, "all"])
        if near:
            raise NotFound(_("There is no model {name}; the nearest is {near}."), name=name, near=near)
        raise NotFound(_("There is no model {name}; there are: {known}."), name=name, known=", ".join([*KINDS, "all"]))
    return (KINDS[name],)
