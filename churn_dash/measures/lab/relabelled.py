"""What a definition with other settings says of each customer: found from few, since whoever never comes near the rule is as before."""

import datetime

import numpy as np
import polars as pl

from churn_dash.contract.definitions import ChurnDefinition, Form, Settings
from churn_dash.store import Dataset
from churn_dash.store.derive.activity import OPEN, Calendar, Intervals, Ints, outside
from churn_dash.store.derive.forms import NEEDS, state_of
from churn_dash.store.derive.panel import Columns, Panel, first_tiers, positions
from churn_dash.store.derive.spells import spells_of

_ROUNDING = 1.00001
"""``decline`` is kept in single precision."""


def changed(ds: Dataset, definition: ChurnDefinition) -> bool:
    """Whether the definition's settings are other than those that the data were derived with."""
    parts = (("dormant", "dormancy"), ("asset_out", "asset_decline"), ("tier_down", "tier_down"))
    return any(form in definition.forms and getattr(definition.settings, part) != getattr(ds.settings, part) for form, part in parts)


def near(form: Form, settings: Settings) -> tuple[str, list[float]]:
    """SQL over ``month_rows`` that is true in some month of everybody whom the form can find lost, and its values."""
    if form == "dormant":
        return "idle_months >= ? and aum_end <= ?", [settings.dormancy.months, settings.dormancy.balance]
    if form == "asset_out":
        return f"decline_{settings.asset_decline.window} <= ?", [settings.asset_decline.share * _ROUNDING]
    # Any downgrade begins with a month below the tier, and up to the first one every rule agrees which tier that is.
    return "watch_bohai > 0", []


def relabelled(ds: Dataset, definition: ChurnDefinition) -> pl.DataFrame:
    """The spells of everybody whom the definition may see otherwise than as derived.

    Columns: c, spell, start, end (days since 1970; ``OPEN``: not ended), form (null: ended outside the definition, or open).
    """
    forms: list[Form] = [f for f in definition.forms if f in NEEDS and f != "flag"]
    who, rows, spans = _read(ds, definition, forms)
    columns = Columns(_panel(ds, who, rows), rows)
    first = spans.group_by("c").agg(pl.min("start"))
    entry = np.full(len(who), OPEN, dtype=np.int64)
    entry[positions(first["c"], who)] = _days(first["start"])
    sets: dict[str, Intervals] = {name: _intervals(name, spans, who) for name in ("close", "absent") if name in ds.definitions}
    for form in forms:
        if all(c in columns for c in NEEDS[form]):
            sets[form] = outside(form, state_of(form, columns, definition.settings), columns.panel.months)
    existence = sets.get("close") or Intervals("close", np.arange(len(who)), entry, np.full(len(who), OPEN))
    found = spells_of(definition, sets, existence, entry)
    return found.with_columns(who.gather(found["c"]).alias("c"))


def _read(ds: Dataset, definition: ChurnDefinition, forms: list[Form]) -> tuple[pl.Series, pl.DataFrame, pl.DataFrame]:
    """Who may be seen otherwise, their rows of the list, and their spells as derived."""
    asked = [near(f, s) for f in forms for s in (definition.settings, ds.settings)]
    conditions, bound = " or ".join(f"({sql})" for sql, _values in asked), [v for _sql, values in asked for v in values]
    needed = sorted({c for f in forms for c in NEEDS[f]} | ({"tier"} & _columns(ds) if "tier_down" in forms else set()))
    listed = "".join(f', m."{c}"' for c in needed)
    con = ds.cursor()
    con.execute(f"create or replace temp table near as select distinct c from month_rows where {conditions}", bound)
    found = [
        pl.DataFrame(con.sql(sql).to_arrow_table())
        for sql in (
            "select c from near order by c",
            f"select m.c, m.month{listed} from month_rows m join near n on n.c = m.c where m.listed",
            "select s.definition, s.c, CAST(s.start_date AS DATE) as start, CAST(s.end_date AS DATE) as stop "
            "from spell_rows s join near n on n.c = s.c order by s.definition, s.c, s.spell",
        )
    ]
    con.execute("drop table near")
    return found[0]["c"], found[1], found[2]


def _columns(ds: Dataset) -> set[str]:
    return {str(r[0]) for r in ds.cursor().execute("describe month_rows").fetchall()}


def _panel(ds: Dataset, who: pl.Series, rows: pl.DataFrame) -> Panel:
    first = pl.Series(ds.all_months, dtype=pl.Date)
    complete = set(ds.months)
    months = Calendar(_days(first), _days(first.dt.month_end()), np.array([m in complete for m in ds.all_months]))
    row, column = positions(rows["c"], who), months.index(_days(rows["month"]))
    present = np.zeros((len(months), len(who)), dtype=bool).T
    present[row, column] = True
    tiers = None
    if "tier" in rows.columns:
        named = rows.select(pl.col("c").cast(pl.String).alias("customer_id"), "month", pl.col("tier").cast(pl.String))
        tiers = first_tiers(named, who.cast(pl.String))
    return Panel(who, months, row, column, present, ds.absences, tiers)


def _intervals(name: str, spans: pl.DataFrame, who: pl.Series) -> Intervals:
    own = spans.filter(pl.col("definition") == name)
    return Intervals(name, positions(own["c"], who), _days(own["start"]), _days(own["stop"]))


def _days(days: pl.Series) -> Ints:
    return days.cast(pl.Int32).cast(pl.Int64).fill_null(OPEN).to_numpy()


def month_index(days: pl.Series, first: datetime.date) -> pl.Series:
    """How many months after ``first`` each day lies; days long ago are negative, open ones far ahead."""
    as_date = days.clip(-100_000, 100_000).cast(pl.Int32).cast(pl.Date)
    return as_date.dt.year().cast(pl.Int32) * 12 + as_date.dt.month().cast(pl.Int32) - (first.year * 12 + first.month)
