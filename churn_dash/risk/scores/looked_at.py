"""What a model may look at, feature by feature: of how many customers it is known, since when, and for one customer with its value."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from churn_dash.access import Scope
from churn_dash.errors import NotFound
from churn_dash.marks import _
from churn_dash.risk.features.feature import GROUPS, Feature
from churn_dash.risk.features.readings import reading, when_known
from churn_dash.risk.rows import panel_tables, sheet_tables
from churn_dash.risk.rows.snapshot import Panel, eligible, parts
from churn_dash.risk.scores.current import chunks
from churn_dash.risk.scores.seen import seen, unknown
from churn_dash.store import Dataset
from churn_dash.words import say


@dataclass(frozen=True)
class LookedAt:
    """One feature in some data at their end.

    ``lacks``: tables, and columns as ``table.column``, that the data lack for it; then it is not there. ``today``: it says how things
    are in the extract, not how they were. ``event_ts``, ``available_ts``: the newest day read, and the day the newest row became
    known; None where its table keeps no days. ``n``: customers of whom it is known, ``of`` all of them. ``value``: of one customer.
    """

    feature: Feature
    when: str
    table: str
    today: bool
    lacks: tuple[str, ...] = ()
    event_ts: datetime.date | None = None
    available_ts: datetime.date | None = None
    n: int = 0
    of: int = 0
    value: float | str | None = None

    def as_json(self, language: str = "en", one: bool = False) -> dict[str, Any]:
        """As the command line prints it; ``one``: of one customer."""
        f = self.feature
        found: dict[str, Any] = {
            "feature": f.name,
            "label": say(f.label, language),
            "group": f.group,
            "unit": f.unit,
            "table": self.table,
            "when_known": say(self.when, language),
            "today_only": self.today,
            "lacks": list(self.lacks),
            "event_ts": self.event_ts,
            "available_ts": self.available_ts,
        }
        return found | ({"value": self.value} if one else {"customers": self.n, "of": self.of})


def looked_at(ds: Dataset, customer_id: str | None = None, definition: str | None = None, *, scope: Scope) -> tuple[LookedAt, ...]:
    """Every feature these data could have at their end, in the order of the four groups; those that they lack say what is missing.

    Of whom the viewer may see. A cross-section has the columns it has. Raises ``NotFound`` for an unknown customer, ``NotPossible`` for
    too short a panel.
    """
    sheet_tables.not_empty(ds)
    if ds.shape != "panel":
        return _sheet(ds, customer_id, scope)
    declared = sorted(panel_tables.declared(ds), key=lambda f: list(GROUPS).index(f.group))
    found: dict[str, LookedAt] = {}
    every = [pl.Series([customer_id])] if customer_id is not None else chunks(ds, None)
    of = 0
    for part in every:
        panel, _name = panel_tables.panel(ds, definition, part, training=False)
        there = seen(ds, definition, eligible(panel, panel.windows.today).select("customer_id"), scope)
        of += there.height
        _add(found, panel, declared, there)
        panel.held.con.close()
    if customer_id is not None and not of:
        raise unknown(
            customer_id,
            seen(ds, definition, pl.DataFrame({"customer_id": panel_tables.customers(ds)}), scope)["customer_id"].sort().to_list(),
        )
    return tuple(LookedAt(**{**vars(x), "of": of}) for x in found.values())


def _add(found: dict[str, LookedAt], panel: Panel, declared: Sequence[Feature], there: pl.DataFrame) -> None:
    """Add what is known of some customers to what was found of others."""
    held = panel.held
    # One customer may have no row of a table that the bank does bring: none of it is an answer then.
    available = held.available(declared) if there.height > 1 else [f for f in declared if not held.lacking([f])]
    for feature in declared:
        r = reading(feature, held.columns)
        missing = tuple(held.lacking([feature]))
        found.setdefault(feature.name, LookedAt(feature, r.when, r.table, r.today, missing))
    for part in parts(panel, available, panel.windows.today):
        rows = there.join(part.rows, on="customer_id", how="left")
        days = [rows["event_ts"].max(), rows["available_ts"].max()]
        for feature in part.features:
            nothing = reading(feature, held.columns).nothing
            values = rows[feature.name] if nothing is None else rows[feature.name].fill_null(nothing)
            before = found[feature.name]
            found[feature.name] = LookedAt(
                feature,
                before.when,
                part.table,
                before.today,
                (),
                _later(before.event_ts, days[0]),
                _later(before.available_ts, days[1]),
                before.n + len(values) - values.null_count(),
                0,
                values[0] if len(values) == 1 else None,
            )


def _later(a: datetime.date | None, b: object) -> datetime.date | None:
    return max((d for d in (a, b) if isinstance(d, datetime.date)), default=None)


def _sheet(ds: Dataset, customer_id: str | None, scope: Scope) -> tuple[LookedAt, ...]:
    frame, columns = sheet_tables.cross_section(ds)
    frame = seen(ds, None, frame, scope)
    picked = frame if customer_id is None else frame.filter(pl.col("customer_id") == customer_id)
    if not picked.height:
        raise NotFound(_("There is no customer {name} in these data."), name=customer_id)
    readable = sheet_tables.features(frame, columns)
    return tuple(
        LookedAt(
            f,
            when_known(f),
            "cross_section",
            True,
            n=picked.height - picked[f.source.column].null_count(),
            of=picked.height,
            value=picked[f.source.column][0] if picked.height == 1 else None,
        )
        for f in readable
    )
