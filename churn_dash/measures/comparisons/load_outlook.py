"""Headline numbers before and after a load that is not published yet."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from churn_dash.access import Scope
from churn_dash.errors import NotPossible
from churn_dash.intake import Extract
from churn_dash.measures.filters import Period, last_12
from churn_dash.measures.query import measure
from churn_dash.measures.question import Question
from churn_dash.store import Comparison, Dataset, Prepared, Workspace, compare, discard, plan, planned, prepare
from churn_dash.store.versions.planning import Change
from churn_dash.store.versions.publishing import Progress

NAMES = ("customers", "customers_lost", "churn_rate")


@dataclass(frozen=True)
class Headline:
    """One metric: as published, as it would be over its own period, and as it would be over the period that is published.

    Values are in the metric's unit (rates 0–1), None where undefined or not answerable.
    """

    name: str
    before: float | None
    after: float | None
    after_same_period: float | None


def before_after(workspace: Workspace, prepared: Prepared, definition: str | None = None) -> tuple[Headline, ...]:
    """The headline metrics of the published data and of the data as they would be.

    Without a definition each state uses its own default; the third number shows how history itself is rewritten.
    """
    ahead = planned(workspace, prepared)
    now = workspace.dataset() if prepared.change.base is not None else None
    period = _answered(lambda: last_12(now)) if now is not None and now.shape == "panel" else None
    same = ahead.shape == "panel" and period is not None
    found = [_values(now, None, definition), _values(ahead, None, definition), _values(ahead, period, definition) if same else {}]
    return tuple(Headline(n, *(values.get(n) for values in found)) for n in NAMES)


def headlines(ds: Dataset, definition: str | None = None) -> dict[str, float | None]:
    """The headline metrics of one version over its usual period; None where it cannot answer."""
    return dict.fromkeys(NAMES) | _values(ds, None, definition)


def _values(ds: Dataset | None, period: Period | None, definition: str | None) -> dict[str, float | None]:
    rows = None if ds is None else _answered(lambda: measure(Question(ds, Scope.everything(), period=period, definition=definition), NAMES))
    return {} if rows is None or not len(rows) else {n: rows[n][0] for n in NAMES}


def _answered(ask: Callable[[], Any]) -> Any:
    """The answer, None where the data do not allow it: one month has no churn yet."""
    try:
        return ask()
    except NotPossible:
        return None


@dataclass(frozen=True)
class Outlook:
    """A change with everything that is shown before it is published. Publish it with ``store.commit``, or discard it."""

    change: Change
    prepared: Prepared | None
    """None where there is nothing to publish."""
    comparison: Comparison
    headlines: tuple[Headline, ...]

    def as_json(self, language: str = "en") -> dict[str, Any]:
        """As the command line prints it; documented in docs/CLI.md."""
        headlines = {
            h.name: {"before": h.before, "after": h.after, "after_over_the_same_period": h.after_same_period} for h in self.headlines
        }
        return self.comparison.as_json(language) | {"headlines": headlines}

    def discard(self) -> None:
        """Forget it; nothing was published."""
        if self.prepared is not None:
            discard(self.prepared)


def outlook(workspace: Workspace, extract: Extract, mode: str = "append", progress: Progress | None = None) -> Outlook:
    """What publishing an extract would change, in rows, columns, customers and headline numbers; nothing is published.

    What is derived is built once: ``store.commit(workspace, outlook.prepared)`` publishes that very file.
    """
    change = plan(workspace, extract, mode)
    comparison = compare(workspace, change)
    if not change.changes:
        return Outlook(change, None, comparison, ())
    prepared = prepare(workspace, change, progress)
    try:
        return Outlook(change, prepared, comparison, before_after(workspace, prepared))
    except BaseException:
        discard(prepared)
        raise
