"""What a kind of model declares, and a model of a kind fitted. Source: METHODS D4, D5; PLATFORM 3.4, 5."""

import functools
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from sklearn.pipeline import Pipeline
from threadpoolctl import ThreadpoolController  # type: ignore[import-untyped]

from churn_dash.measures.statistics.odds import Labels, Values
from churn_dash.risk.models.matrix import Design, Matrix

Settings = Mapping[str, float]
Unit = Literal["log-odds", "probability"]


@functools.cache
def _threads() -> ThreadpoolController:
    return ThreadpoolController()


def one_thread() -> AbstractContextManager[Any]:
    """Keeps numeric libraries to one thread: on a shared machine two threads wait for each other up to twenty times as long."""
    found: AbstractContextManager[Any] = _threads().limit(limits=1)
    return found


def log_odds(estimator: Any, ready: NDArray[Any]) -> Values:
    """What an estimator with a score on the scale of log-odds puts out."""
    return np.asarray(estimator.decision_function(ready), dtype=np.float64)


def votes(estimator: Any, ready: NDArray[Any]) -> Values:
    """What an estimator of leaves puts out: the share of leavers, 0–1."""
    return np.asarray(estimator.predict_proba(ready)[:, 1], dtype=np.float64)


def as_it_is(estimator: Any, line: Values) -> Values:
    """The output of a model that is its straight line."""
    return line


@dataclass(frozen=True)
class Kind:
    """One kind of model, declared once; everything else asks this value.

    ``trusted`` are the types that its file may hold beside plain ones. ``simplicity`` ranks kinds, 0 the simplest to explain.
    ``recipe`` makes the unfitted pipeline from the design, the number of rows, the seed and one of the settings of ``grid``, whose
    first is the usual one. ``puts_out`` gives the output of the last step, in ``unit``. ``parents`` says for each prepared column
    which design column it comes from. ``additive``: whether contributions come from weights ("linear", where ``of_line`` turns the
    straight line into the output) or from the paths through trees. ``seeds``: how often a cross-section is shuffled to try it.
    ``wide``: takes float64. ``needs_months``: learns from when in the outcome somebody left, which only a panel knows.
    ``read_as``: what a person can read of it, where there is something.
    """

    name: str
    label: str
    unit: Unit
    trusted: tuple[str, ...]
    simplicity: int
    recipe: Callable[[Design, int, int, Settings], Pipeline]
    parents: Callable[[Pipeline, Design], NDArray[np.int64]]
    additive: Literal["linear", "paths"]
    puts_out: Callable[[Any, NDArray[Any]], Values]
    of_line: Callable[[Any, Values], Values] = as_it_is
    grid: tuple[Settings, ...] = field(default=({},), hash=False)
    seeds: int = 1
    wide: bool = False
    needs_months: bool = False
    read_as: Literal["weights", "points", "rules"] | None = None

    @property
    def quick(self) -> bool:
        """Whether a fit takes so little that settings may be tried on all customers in turn; a row a month takes thrice as long."""
        return self.additive == "linear" and not self.needs_months


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
        ready = _typed(self.kind, matrix)
        found: NDArray[Any] = self.pipeline[0].transform(ready) if len(self.pipeline) > 1 else ready
        return found

    def output(self, matrix: Matrix) -> Values:
        """What the model puts out, in its unit: log-odds, or the probability of leaving."""
        return self.output_of(self.prepared(matrix))

    def output_of(self, prepared: NDArray[Any]) -> Values:
        """What ``output`` gives of a matrix that is prepared already."""
        with one_thread():
            return self.kind.puts_out(self.estimator, prepared)

    def parents(self, design: Design) -> NDArray[np.int64]:
        """For each prepared column, the design column it comes from: dummies to their attribute."""
        return self.kind.parents(self.pipeline, design)


def fitted(
    kind: Kind,
    design: Design,
    matrix: NDArray[Any],
    y: Labels,
    seed: int,
    settings: Settings | None = None,
    when: Labels | None = None,
    like: Fitted | None = None,
) -> Fitted:
    """The model fitted to the rows of ``matrix`` and their labels 0 and 1, with the usual settings unless others are given.

    ``when``, for the kinds that need it, is the month of the outcome in which each row's customer left, from 1; 0: stayed. ``like``: the
    model of the same rows with other settings, whose preparation is not learnt again: settings are those of the last step, and ``matrix``
    is as that model prepared it.
    """
    pipeline = kind.recipe(design, len(y), seed, {**kind.grid[0], **(settings or {})})
    months = {"when": when} if kind.needs_months else {}
    with one_thread():
        if like is None:
            pipeline.fit(_typed(kind, matrix), y, **{f"model__{name}": value for name, value in months.items()})
        else:
            pipeline[-1].fit(matrix, y, **months)
            pipeline.steps[:-1] = like.pipeline.steps[:-1]
    if "n_jobs" in pipeline[-1].get_params():
        # Threads would add up the votes in any order, and the last digits would differ from run to run.
        pipeline[-1].set_params(n_jobs=1)
    return Fitted(kind, pipeline)


def _typed(kind: Kind, matrix: Matrix) -> NDArray[Any]:
    return matrix.astype(np.float64) if kind.wide else matrix
