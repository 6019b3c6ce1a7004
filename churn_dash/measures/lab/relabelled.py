"""What definitions with other settings say of each customer: found from few, since whoever never comes near a rule is as derived."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import polars as pl

from churn_dash.contract.definitions import EXEMPT, SETTINGS_OF, ChurnDefinition, Form, Settings
from churn_dash.contract.tables.codes import TIER
from churn_dash.contract.tiers import TierRule, ranks
from churn_dash.intake.values.codes import coded
from churn_dash.store import Dataset
from churn_dash.store.derive.activity import OPEN, Calendar, Intervals, Ints, outside
from churn_dash.store.derive.forms import NEEDS, state_of
from churn_dash.store.derive.panel import Columns, Panel, first_tiers
from churn_dash.store.derive.spells import spells_of

_ROUNDING = 1.00001
"""``decline`` is kept in single precision."""
_LEAST_GRACE = 3
"""Months below from which ``watch_bohai`` goes on to a downgrade: a longer grace finds nobody who has fewer."""


def changed(ds: Dataset, definition: ChurnDefinition) -> bool:
    """Whether the definition's settings are other than those that the data were derived with."""
    if definition.forms != ds.rules[definition.name].forms:
        return True
    parts = ((form, part) for part, form in SETTINGS_OF.items() if form in definition.forms)
    return any(getattr(definition.settings, part) != getattr(ds.settings, part) for _form, part in parts)


def near(ds: Dataset, form: Form, settings: Settings) -> tuple[str, list[float | str]]:
    """SQL over ``month_rows`` that is true in some month of everybody whom the form can find lost, and its values."""
    if form == "dormant":
        return "idle_months >= ? and aum_end <= ?", [settings.dormancy.months, settings.dormancy.balance]
    if form == "asset_out":
        return f"decline_{settings.asset_decline.window} <= ?", [settings.asset_decline.share * _ROUNDING]
    if (settings.tier_down.tiers, settings.tier_down.divisor) != (ds.settings.tier_down.tiers, ds.settings.tier_down.divisor):
        return _between_tiers(ds, settings.tier_down.applied)
    # Up to the first downgrade every rule agrees which tier is in force, and so on the months below it.
    return "watch_bohai >= ?", [min(settings.tier_down.applied.months, _LEAST_GRACE)]


def _between_tiers(ds: Dataset, rule: TierRule) -> tuple[str, list[float | str]]:
    """Who, by thresholds or averages other than the derived ones, reached a tier or is listed in it, and was below it long enough."""
    average = "aum_avg" if rule.divisor == "days" else "aum_avg * day(last_day(month)) / 30"
    stated = _stated(ds, rule)
    ways: list[str] = []
    values: list[float | str] = []
    for rank, floor in list(enumerate(rule.floors))[1:]:
        texts = [text for text, held in stated.items() if held >= rank]
        listed = f" or max(case when CAST(tier AS VARCHAR) in ({', '.join('?' for _text in texts)}) then 1 else 0 end) = 1" if texts else ""
        ways.append(f"(sum(case when {average} < ? then 1 else 0 end) >= ? and (max({average}) >= ?{listed}))")
        values += [floor * _ROUNDING, rule.months, floor / _ROUNDING, *texts]
    who = f"select c from month_rows where listed and aum_avg is not null group by c having {' or '.join(ways)}"
    return f"c in ({who})", values


def _stated(ds: Dataset, rule: TierRule) -> dict[str, int]:
    """Every text for a tier in the extract, and the rank that it has by the rule."""
    if "tier" not in ds.month_columns:
        return {}
    rows = ds.cursor().execute("select distinct CAST(tier AS VARCHAR) from month_rows where tier is not null").fetchall()
    texts, known = pl.Series([str(row[0]) for row in rows], dtype=pl.String), ranks(rule.names)
    return {text: known[tier] for text, tier in zip(texts, coded(texts, TIER), strict=True) if tier in known}


def relabelled(ds: Dataset, definitions: Mapping[str, ChurnDefinition]) -> dict[str, pl.DataFrame]:
    """By name the spells, under each definition, of everybody whom one of them may see otherwise than as derived.

    Columns: c, spell, start, end (days since 1970; ``OPEN``: not ended), form (null: ended outside the definition, or open). Who is
    in none of them is lost by these definitions exactly as derived.
    """
    if not definitions:
        return {}
    by_form: dict[Form, list[Settings]] = {}
    for d in definitions.values():
        for form in d.forms:
            if form in SETTINGS_OF.values() and set(NEEDS[form]) <= ds.month_columns:
                by_form.setdefault(form, []).append(d.settings)
    if not by_form:
        return {}
    who, rows, spans = _read(ds, by_form)
    if who.is_empty():
        return {}
    place = np.full(int(who[-1]) + 1 if len(who) else 0, -1, dtype=np.int64)
    place[who.to_numpy()] = np.arange(len(who))
    columns = Columns(_panel(ds, who, rows, place), rows)
    starts = _days(spans["start"])
    entry = np.full(len(who), OPEN, dtype=np.int64)
    np.minimum.at(entry, place[spans["c"].to_numpy()], starts)
    sets: dict[str, Intervals] = {}
    for name in ("close", "absent"):
        if name in ds.definitions:
            own = spans.filter(pl.col("definition") == name)
            sets[name] = Intervals(name, place[own["c"].to_numpy()], _days(own["start"]), _days(own["stop"]))
    existence = sets.get("close") or Intervals("close", np.arange(len(who)), entry, np.full(len(who), OPEN))
    known: dict[tuple[str, Settings], Intervals] = {}
    found = {}
    for name, definition in definitions.items():
        own_sets = dict(sets)
        for form in set(definition.forms) & set(by_form):
            if (form, definition.settings) not in known:
                state = state_of(form, columns, definition.settings)
                known[form, definition.settings] = outside(form, state, columns.panel.months)
            own_sets[form] = known[form, definition.settings]
        spells = spells_of(definition, own_sets, existence, entry)
        found[name] = spells.with_columns(who.gather(spells["c"]).alias("c"))
    return found


def _read(ds: Dataset, by_form: Mapping[Form, list[Settings]]) -> tuple[pl.Series, pl.DataFrame, pl.DataFrame]:
    """Who may be seen otherwise, ascending, their rows of the list, and their spells as derived."""
    asked = [near(ds, form, s) for form, listed in by_form.items() for s in {*listed, ds.settings}]
    conditions, bound = " or ".join(f"({sql})" for sql, _values in asked), [v for _sql, values in asked for v in values]
    needed = {c for form in by_form for c in NEEDS[form]} | (ds.month_columns & {"tier"} if "tier_down" in by_form else set())
    needed |= ds.month_columns.intersection(EXEMPT) if "dormant" in by_form else set()
    listed = "".join(f', m."{c}"' for c in sorted(needed))
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


def _panel(ds: Dataset, who: pl.Series, rows: pl.DataFrame, place: Ints) -> Panel:
    first = pl.Series(ds.all_months, dtype=pl.Date)
    complete = set(ds.months)
    months = Calendar(_days(first), _days(first.dt.month_end()), np.array([m in complete for m in ds.all_months]))
    row, column = place[rows["c"].to_numpy()], months.index(_days(rows["month"]))
    present = np.zeros((len(months), len(who)), dtype=bool).T
    present[row, column] = True
    panel = Panel(who, months, row, column, present, ds.absences)
    return replace(panel, first_tier=first_tiers(rows.rename({"c": "customer_id"}), who)) if "tier" in rows.columns else panel


def _days(days: pl.Series) -> Ints:
    return days.cast(pl.Int32).cast(pl.Int64).fill_null(OPEN).to_numpy()
