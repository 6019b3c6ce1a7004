"""The four models: what they are made of, what they put out, in which unit. Source: METHODS D4, D5; PLATFORM 5.

All take the matrix of ``design``. Categories are numbers before any model sees them: SHAP is silently wrong on the native
categories of histogram boosting.
"""

import functools
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from sklearn.tree import DecisionTreeClassifier
from threadpoolctl import ThreadpoolController  # type: ignore[import-untyped]

from churn_dash.errors import NotFound
from churn_dash.marks import _
from churn_dash.risk.models.matrix import Design, Matrix
from churn_dash.words import nearest

Name = Literal["logistic", "tree", "forest", "boosting"]
Values = NDArray[np.float64]

MOST_ROWS_A_TREE = 8_000
TREES = 60


@functools.cache
def _threads() -> ThreadpoolController:
    return ThreadpoolController()


def one_thread() -> AbstractContextManager[Any]:
    """Keeps numeric libraries to one thread: on a shared machine two threads wait for each other up to twenty times as long."""
    found: AbstractContextManager[Any] = _threads().limit(limits=1)
    return found


@dataclass(frozen=True)
class Kind:
    """One kind of model: the unit of its output and explanations, and the types its file may hold beside plain ones (PLATFORM 3.4)."""

    name: Name
    label: str
    unit: Literal["log-odds", "probability"]
    trusted: tuple[str, ...]


KINDS: dict[str, Kind] = {
    k.name: k
    for k in (
        Kind("logistic", _("Logistic regression"), "log-odds", ("numpy.dtype",)),
        Kind("tree", _("Decision tree"), "probability", ("numpy.dtype", "sklearn.tree._tree.Tree")),
        Kind("forest", _("Random forest"), "probability", ("numpy.dtype", "sklearn.tree._tree.Tree")),
        Kind("boosting", _("Gradient boosting"), "log-odds", ("sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor",)),
    )
}
"""The closed list of models, from simple to involved."""


def kinds(name: str) -> tuple[Kind, ...]:
    """The kinds that ``name`` asks for: one, or "all". ``NotFound`` with the nearest name otherwise."""
    if name == "all":
        return tuple(KINDS.values())
    if name not in KINDS:
        near = nearest(name, [*KINDS, "all"])
        if near:
            raise NotFound(_("There is no model {name}; the nearest is {near}."), name=name, near=near)
        raise NotFound(_("There is no model {name}; there are: {known}."), name=name, known=", ".join([*KINDS, "all"]))
    return (KINDS[name],)


@dataclass(frozen=True)
class Fitted:
    """A fitted model: an estimator, behind a preparation of the matrix where it needs one."""

    kind: Kind
    pipeline: Any

    @property
    def estimator(self) -> Any:
        return self.pipeline[-1]

    def prepared(self, matrix: Matrix) -> NDArray[Any]:
        """The matrix as the estimator itself takes it."""
        wide = matrix.astype(np.float64) if self.kind.name == "logistic" else matrix
        found: NDArray[Any] = self.pipeline[0].transform(wide) if len(self.pipeline) > 1 else wide
        return found

    def output(self, matrix: Matrix) -> Values:
        """What the model puts out, in its unit: log-odds, or the probability of leaving."""
        ready = self.prepared(matrix)
        with one_thread():
            found = self.estimator.decision_function(ready) if self.kind.unit == "log-odds" else self.estimator.predict_proba(ready)[:, 1]
        return np.asarray(found, dtype=np.float64)

    def parents(self, design: Design) -> NDArray[np.int64]:
        """For each prepared column, the design column it comes from: dummies to their attribute."""
        if len(self.pipeline) == 1:
            return np.arange(len(design.features))
        numbers = [i for i in range(len(design.features)) if i not in design.categories]
        if self.kind.name != "logistic":
            return np.array([*numbers, *design.categories], dtype=np.int64)
        dummies = self.pipeline[0].named_transformers_["levels"].categories_ if design.categories else []
        return np.array([*numbers, *(c for c, found in zip(design.categories, dummies, strict=True) for _level in found)], dtype=np.int64)


def fitted(kind: Kind, design: Design, matrix: Matrix, y: NDArray[np.int64], seed: int) -> Fitted:
    """The model fitted to the rows of ``matrix`` and their labels 0 and 1."""
    pipeline = Pipeline(_steps(kind.name, design, len(y), seed))
    with one_thread():
        pipeline.fit(matrix.astype(np.float64) if kind.name == "logistic" else matrix, y)
    if kind.name == "forest":
        # Threads would add up the votes in any order, and the last digits would differ from run to run.
        pipeline[-1].set_params(n_jobs=1)
    return Fitted(kind, pipeline)


def _steps(name: Name, design: Design, n: int, seed: int) -> list[tuple[str, Any]]:
    if name == "boosting":
        # Early stopping would set in by itself above 10,000 rows, and the same settings would mean two models.
        return [("model", HistGradientBoostingClassifier(max_iter=150, learning_rate=0.06, early_stopping=False, random_state=seed))]
    numbers = [i for i in range(len(design.features)) if i not in design.categories]
    median = SimpleImputer(strategy="median", keep_empty_features=True)
    if name == "logistic":
        scaled = Pipeline([("median", median), ("scale", StandardScaler())])
        levels = OneHotEncoder(handle_unknown="ignore", sparse_output=False)
        prepare = ColumnTransformer([("numbers", scaled, numbers), ("levels", levels, list(design.categories))])
        return [("prepare", prepare), ("model", LogisticRegression(max_iter=2000))]
    missing = SimpleImputer(strategy="constant", fill_value=-1.0)
    prepare = ColumnTransformer([("numbers", median, numbers), ("levels", missing, list(design.categories))])
    if name == "tree":
        return [("prepare", prepare), ("model", DecisionTreeClassifier(max_depth=5, min_samples_leaf=max(10, n // 200), random_state=seed))]
    rows = min(n, MOST_ROWS_A_TREE)
    forest = RandomForestClassifier(TREES, max_depth=10, min_samples_leaf=10, max_samples=rows, n_jobs=-1, random_state=seed)
    return [("prepare", prepare), ("model", forest)]
