"""The only caches of the interface. Keys: workspace, data version, and everything that was asked, the viewer's scope included."""

import dataclasses
import pathlib
import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

import polars as pl
import streamlit as st

from churn_dash.access import Scope
from churn_dash.charts import Chart
from churn_dash.errors import ChurnDashError
from churn_dash.measures import measure
from churn_dash.measures.conditions.groupings import declared
from churn_dash.measures.conditions.saved_segments import PREFIX, stamp
from churn_dash.measures.question import Question
from churn_dash.risk import Model, latest
from churn_dash.store import Dataset, Workspace, official
from churn_dash.store.catalogue import Version
from churn_dash.store.draws import draws, draws_mark
from churn_dash.store.official import decided
from churn_dash.store.records import Records
from churn_dash.ui import stages

_MOST_ANSWERS = 500
_MOST_CHARTS = 800
T = TypeVar("T")


@st.cache_resource(show_spinner=False, max_entries=20)
def _dataset(root: str, version: int, derived: str, official: int, draws: str, decided: str, _workspace: Workspace) -> Dataset:
    return _workspace.dataset(version)


def dataset(workspace: Workspace, version: Version) -> Dataset:
    """The version's tables; the same object for every reader, since it is only read."""
    frozen = official(workspace.root)
    drawn = draws_mark(draws(workspace.root))
    number, reasons = frozen.version if frozen is not None else 0, repr(decided(workspace.root))
    return _dataset(str(workspace.root), version.version, version.derived, number, drawn, reasons, workspace)


Place = tuple[str, int, str, tuple[int, int, int] | None]


def _place(ds: Dataset, asked: str) -> Place:
    """The data version; where a saved segment or a grouping is asked for also the state of the records, so that a
    new version of it, or new rules of loyalty, answer anew."""
    built = f"{ds.info.derived}-{ds.official.version if ds.official is not None else 0}{draws_mark(ds.draws)}{ds.settings.decided or ''}"
    recorded = PREFIX in asked or any(f"'{name}'" in asked for name in declared())
    return str(ds.root), ds.version, built, stamp(ds) if recorded else None


@st.cache_resource(show_spinner=False, max_entries=_MOST_ANSWERS)
def _measured(
    place: Place,
    names: tuple[str, ...],
    by: tuple[str, ...],
    where: tuple[tuple[str, tuple[str, ...]], ...],
    period: tuple[str, str] | None,
    definition: str | None,
    branches: tuple[str, ...] | None,
    _ask: Callable[[], pl.DataFrame],
) -> pl.DataFrame:
    return _ask()


def measured(question: Question, names: Sequence[str], by: Sequence[str] = ()) -> pl.DataFrame:
    """``measures.measure``, remembered. Raises what it raises; a refusal is not remembered."""
    return _measured(
        _place(question.ds, repr((by, question.filters.where))),
        tuple(names),
        tuple(by),
        question.filters.where,
        (str(question.period.start), str(question.period.end)) if question.period else None,
        question.definition,
        None if question.scope.branches is None else tuple(sorted(question.scope.branches)),
        lambda: measure(question, names, by),
    )


@st.cache_resource(show_spinner=False, max_entries=_MOST_CHARTS)
def _chart(builder: str, asked: str, _build: Callable[[], Chart]) -> Chart:
    return _build()


def chart(build: Callable[..., Chart], *args: Any, **named: Any) -> Chart:
    """A finished figure, remembered by its builder and everything it was built from (look and values, not a version number)."""
    asked = repr([_content(a) for a in args]) + repr(sorted((k, _content(v)) for k, v in named.items()))
    return _chart(f"{build.__module__}.{build.__qualname__}", asked, lambda: build(*args, **named))


def _content(value: Any) -> Any:
    """The value itself, in a form whose ``repr`` is complete."""
    if isinstance(value, pl.DataFrame):
        return (value.columns, value.rows())
    if isinstance(value, Chart):
        return ("chart", value.serial)
    if isinstance(value, Mapping):
        return sorted((str(k), _content(v)) for k, v in value.items())
    if isinstance(value, str | bytes) or dataclasses.is_dataclass(value):
        return value
    if isinstance(value, Sequence):
        return [_content(v) for v in value]
    return value


@dataclasses.dataclass
class Slot:
    """Where an answer is kept: empty, or holding it. One reader at a time works it out, under ``lock``."""

    lock: threading.Lock = dataclasses.field(default_factory=threading.Lock)
    found: list[Any] = dataclasses.field(default_factory=list)


@st.cache_resource(show_spinner=False, max_entries=_MOST_ANSWERS)
def _slot(name: str, place: Place, asked: str) -> Slot:
    return Slot()


def slot(ds: Dataset, scope: Scope, *args: Any, name: str) -> Slot:
    """The place of an answer, for work that draws while it runs: see ``progress.long_work``."""
    branches = None if scope.branches is None else sorted(scope.branches)
    asked = repr((branches, [_content(a) for a in args]))
    return _slot(name, _place(ds, asked), asked)


def worked_out(ds: Dataset, scope: Scope, work: Callable[..., T], *args: Any, name: str) -> T:
    """Anything else that only reads a version: ``work(*args)``, remembered under ``name`` by data version, scope and ``args``.

    What ``work`` uses beside ``args`` must follow from them: a model, for example, is named by its id. Who has to wait is told for
    what (``stages``); who asks something else does not wait.
    """
    kept = slot(ds, scope, *args, name=name)
    if not kept.found:
        with stages.shown(name), kept.lock:
            if not kept.found:
                kept.found.append(work(*args))
    answer: T = kept.found[0]
    return answer


def kept_with(answer: object, name: str, work: Callable[[], T]) -> T:
    """What follows from a remembered answer and from nothing else: kept with it, and forgotten with it."""
    kept: dict[str, T] = vars(answer).setdefault("_kept_with", {})
    if name not in kept:
        kept[name] = work()
    return kept[name]


@st.cache_resource(show_spinner=False, max_entries=10)
def _model(place: tuple[str, int, str], written: tuple[int, int, int], _models: pathlib.Path) -> tuple[Model | None, ChurnDashError | None]:
    try:
        return latest(_models, place[1]), None
    except ChurnDashError as problem:
        return None, problem


def model(workspace: Workspace, ds: Dataset) -> tuple[Model | None, ChurnDashError | None]:
    """The risk model in use for the version, opened once until another comes into use, or why it cannot be opened."""
    return _model((str(ds.root), ds.state, ds.info.derived), Records(workspace.models).stamp, workspace.models)


@st.cache_resource(show_spinner=False, max_entries=8)
def _rows(digest: str, _read: Callable[[], pl.DataFrame]) -> pl.DataFrame:
    return _read()


def rows_of(digest: str, read: Callable[[], pl.DataFrame]) -> pl.DataFrame:
    """The rows of an uploaded file, read once; ``digest`` is the hash of its bytes."""
    return _rows(digest, read)
