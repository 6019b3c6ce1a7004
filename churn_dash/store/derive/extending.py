"""A derived file from the one before it and the months appended to it: what cannot have changed is not worked out again.

The spells are always found anew, from the few columns they rest on. Of the month table only the rows of customers whose spells
or lasting attributes changed are replaced, and the new months are added. Exactly what a build from the ground up gives, or False.
"""

import datetime
import json
import os
import pathlib
import shutil
import uuid
from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any

import duckdb
import numpy as np
import numpy.typing as npt
import polars as pl

from churn_dash.contract.attributes import Attribute
from churn_dash.contract.definitions import Settings
from churn_dash.store.derive.activity import Bools, Calendar, Ints, calendar
from churn_dash.store.derive.derived import create_levels, described, told, write_panel
from churn_dash.store.derive.dimensions import STATIC, Dimension, ordered
from churn_dash.store.derive.month_table import MonthTable, month_table
from churn_dash.store.derive.panel import Columns, Panel, first_tiers, of_known, positions
from churn_dash.store.derive.rolling import RESTED_ON, Rolled, rolled
from churn_dash.store.derive.spells import came, shown, spells
from churn_dash.store.derive.states import STATES

_MOST_CHANGED = 0.3
"""With a larger share of customers to replace, building from the ground up is as quick."""
_MOST_TIMES = 12
"""So often is a file extended before it is built anew: rows taken away leave room in it."""
_SPELL = ["definition", "c", "spell", "start_date", "end_date", "form", "why"]


def extend(
    previous: pathlib.Path,
    path: pathlib.Path,
    new: pl.DataFrame,
    frames: Mapping[str, pl.DataFrame],
    customers_before: pl.DataFrame | None,
    attributes: tuple[Attribute, ...],
    absences: bool = True,
    settings: Settings = Settings(),  # noqa: B008
) -> bool:
    """Write at ``path`` what follows from ``previous`` and the appended rows ``new`` of customer_month; False where it must be built.

    ``frames`` holds customers, accounts and churn_events as they stand now, where there are any; ``customers_before`` the
    customers that ``previous`` was built with.
    """
    if not previous.exists():
        return False
    staged = path.with_name(f"{path.stem}-{uuid.uuid4().hex[:8]}.part")
    shutil.copyfile(previous, staged)
    done = False
    con = duckdb.connect(str(staged))
    try:
        about = described(con)
        if about.get("absences") == absences and about.get("settings") == settings.written() and _fits(about, new, attributes):
            done = _extended(con, about, new, frames, customers_before, attributes, settings)
    finally:
        con.close()
        if done:
            os.replace(staged, path)
        else:
            staged.unlink(missing_ok=True)
    return done


def _fits(about: dict[str, Any], new: pl.DataFrame, attributes: tuple[Attribute, ...]) -> bool:
    """Whether the rows are later months with the same columns, and no attribute is cut into fifths of everybody."""
    known = about.get("columns", {})
    return (
        about["shape"] == "panel"
        and about.get("extended", 0) < _MOST_TIMES
        and {c: str(t) for c, t in new.schema.items()} == known
        and [asdict(a) for a in attributes] == about.get("attributes")
        and not any(a.kind == "number" for a in attributes)
        and len(new) > 0
        and str(new["month"].min()) > about["months"][-1]
    )


def _extended(
    con: duckdb.DuckDBPyConnection,
    about: dict[str, Any],
    new: pl.DataFrame,
    frames: Mapping[str, pl.DataFrame],
    customers_before: pl.DataFrame | None,
    attributes: tuple[Attribute, ...],
    settings: Settings,
) -> bool:
    customers = frames.get("customers")
    people = _read(con, "select customer_id from people order by c")["customer_id"]
    n_old, m_old = len(people), len(about["months"])
    listed = customers["customer_id"] if customers is not None else None
    accounts = of_known(frames.get("accounts"), people, new["customer_id"], listed)
    everyone = [new["customer_id"]] + ([accounts["customer_id"]] if accounts is not None else [])
    people = pl.concat([people, pl.concat(everyone).unique().sort().to_frame("i").filter(~pl.col("i").is_in(people.implode()))["i"]])
    narrow = ["month", *(c for c in RESTED_ON if c in new.columns)]
    past = _read(con, f"select c, {', '.join(narrow)} from month_rows where listed")
    row = np.r_[past["c"].to_numpy().astype(np.int64), positions(new["customer_id"], people)]
    rows = pl.concat([past.select(narrow), new.select(narrow)])
    months = calendar(rows["month"])
    if new["month"].dt.year().max() != int(str(about["months"][-1])[:4]):
        return False  # the levels of the year of joining go back from the last year: those of earlier rows move with it
    panel = replace(_panel(people, months, row, rows["month"]), absences=about["absences"], first_tier=_first_tiers(con, people, new))
    events = frames.get("churn_events")
    columns = Columns(panel, rows)
    can = shown(columns, accounts, events, settings)
    found = spells(columns, customers, accounts, events, settings, can)
    behind = rolled(columns, came(panel, customers, accounts), settings)
    definitions = [d.name for d in can.definitions]
    if definitions != about["definitions"]:
        return False
    changed = _changed(con, panel, found, n_old, m_old, new)
    static = _static_changes(customers, customers_before)
    if static is None:
        return False
    changed |= np.isin(np.arange(len(people)), positions(static, people)) & (np.arange(len(people)) < n_old)
    if changed.sum() > _MOST_CHANGED * n_old:
        return False
    dims = [Dimension(**(d | {"values": tuple(d["values"]), "aliases": tuple(d["aliases"])})) for d in about["dimensions"]]
    steady = np.flatnonzero(~changed & (panel.present[:, m_old - 1] | (np.arange(len(people)) >= n_old)))
    first_new = datetime.date(1970, 1, 1) + datetime.timedelta(days=int(months.first[m_old]))
    tables = []
    for some, since in ((np.flatnonzero(changed), 0), (steady, m_old - 1)):
        part = _part(con, panel, found, some, since, new, customers, attributes, definitions, behind)
        if part is not None:
            if not _same_dimensions(part, dims):
                return False
            dims = [_with_levels(d, part) for d in dims]
            tables.append((some, part, first_new if since else None))
    con.execute("begin")
    _widen(con, dims, about["dimensions"])
    _replace(con, people, n_old, np.flatnonzero(changed), first_new, tables, dims)
    dims = [replace(d, values=ordered(d.name, _levels(con, d))) for d in dims]
    said = write_panel(con, panel, found, definitions, dims) | {"dimensions": [asdict(d) for d in dims]}
    said |= told(can)
    said["extended"] = about.get("extended", 0) + 1
    con.execute("update about set body = ?", [json.dumps(about | said, ensure_ascii=False)])
    con.execute("commit")
    con.execute("checkpoint")
    return True


def _panel(people: pl.Series, months: Calendar, row: Ints, month: pl.Series) -> Panel:
    column = months.index(month.cast(pl.Int32).to_numpy().astype(np.int64))
    present = np.zeros((len(months), len(people)), dtype=bool).T
    present[row, column] = True
    return Panel(people, months, row, column, present)


def _first_tiers(con: duckdb.DuckDBPyConnection, people: pl.Series, new: pl.DataFrame) -> npt.NDArray[np.int8] | None:
    """The tier in which everybody is first listed, of those known before from the file."""
    if "tier" not in new.columns:
        return None
    first = "select p.customer_id, min(m.month) as month, first(CAST(m.tier AS VARCHAR) order by m.month) as tier from month_rows m"
    known = _read(con, f"{first} join people p on p.c = m.c where m.listed group by p.customer_id")
    return first_tiers(pl.concat([known, new.select(known.columns).with_columns(pl.col("tier").cast(pl.String))]), people)


def _changed(con: duckdb.DuckDBPyConnection, panel: Panel, found: pl.DataFrame, n_old: int, m_old: int, new: pl.DataFrame) -> Bools:
    """Known customers whose earlier rows, or what is carried on from them, the last listed month alone does not tell."""
    old = _read(con, f"select {', '.join(_SPELL)} from spell_rows")
    now = found.select(_SPELL).with_columns(pl.col(c).cast(t) for c, t in old.schema.items())
    last_day, first_new = int(panel.months.last[m_old - 1]), int(panel.months.first[m_old])
    end = pl.col("end_date").cast(pl.Int32)
    touched = [
        now.join(old, on=_SPELL, how="anti", nulls_equal=True)["c"],
        old.join(now, on=_SPELL, how="anti", nulls_equal=True)["c"],
        now.filter(end > last_day)["c"],
    ]
    changed = np.zeros(len(panel.customers), dtype=bool)
    for c in touched:
        changed[c.to_numpy()] = True
    going_on: Bools = np.asarray(panel.present[:, m_old:].any(axis=1))
    going_on[now.filter(end.is_null() | (end >= first_new))["c"].to_numpy()] = True
    changed[going_on & ~panel.present[:, m_old - 1]] = True
    carried = [c for c in ("tier", "product_count", *STATIC, *_own(con)) if c in new.columns]
    if carried:
        unknown = " or ".join(f'"{c}" is null' for c in carried)
        month = f"DATE '{datetime.date(1970, 1, 1) + datetime.timedelta(days=int(panel.months.first[m_old - 1]))}'"
        changed[_read(con, f"select c from month_rows where listed and month = {month} and ({unknown})")["c"].to_numpy()] = True
    changed[n_old:] = False
    return changed


def _own(con: duckdb.DuckDBPyConnection) -> list[str]:
    return [a["column"] for a in described(con)["attributes"] if a["table"] == "customer_month"]


def _static_changes(now: pl.DataFrame | None, before: pl.DataFrame | None) -> pl.Series | None:
    """Customers whose row is another than before; None where the columns are others."""
    if now is None and before is None:
        return pl.Series("customer_id", [], dtype=pl.String)
    if now is None or before is None or now.schema != before.schema:
        return None
    return now.join(before, on=now.columns, how="anti", nulls_equal=True)["customer_id"]


def _part(
    con: duckdb.DuckDBPyConnection,
    panel: Panel,
    found: pl.DataFrame,
    some: Ints,
    since: int,
    new: pl.DataFrame,
    customers: pl.DataFrame | None,
    attributes: tuple[Attribute, ...],
    definitions: list[str],
    behind: Rolled,
) -> MonthTable | None:
    """The month table of some customers, from a month on."""
    if not len(some):
        return None
    ids = panel.customers.gather(some)
    months = Calendar(panel.months.first[since:], panel.months.last[since:], panel.months.complete[since:])
    con.register("chosen", pl.DataFrame({"c": some.astype(np.int32)}).to_arrow())
    first = datetime.date(1970, 1, 1) + datetime.timedelta(days=int(months.first[0]))
    columns = ", ".join(f'm."{c}"' for c in new.columns if c not in ("customer_id", "available_ts"))
    where = f"m.listed and m.month >= DATE '{first}'"
    past = _read(
        con, f"select p.customer_id, {columns} from month_rows m join people p on p.c = m.c join chosen h on h.c = m.c where {where}"
    )
    con.unregister("chosen")
    fresh = new.join(ids.to_frame("customer_id"), on="customer_id", how="semi", maintain_order="left").select(past.columns)
    rows = pl.concat([past.with_columns(pl.col(c).cast(t) for c, t in fresh.schema.items()), fresh])
    place = np.full(len(panel.customers), -1, dtype=np.int64)
    place[some] = np.arange(len(some))
    theirs = found.filter(pl.Series(place[found["c"].to_numpy()] >= 0))
    theirs = theirs.with_columns(pl.Series("c", place[theirs["c"].to_numpy()]))
    part = _panel(ids, months, positions(rows["customer_id"], ids), rows["month"])
    return month_table(part, rows, customers, theirs, attributes, definitions, behind.part(some, since))


def _same_dimensions(part: MonthTable, dims: list[Dimension]) -> bool:
    return {d.column: replace(d, values=()) for d in part.dimensions} == {d.column: replace(d, values=()) for d in dims}


def _with_levels(dim: Dimension, part: MonthTable) -> Dimension:
    """The dimension with the levels that the part holds too."""
    levels = next(d.values for d in part.dimensions if d.column == dim.column)
    return replace(dim, values=ordered(dim.name, pl.Series([*dim.values, *levels], dtype=pl.String)))


def _widen(con: duckdb.DuckDBPyConnection, dims: list[Dimension], before: list[dict[str, Any]]) -> None:
    """Make room in the month table for levels that nobody had before."""
    known = {d["column"]: tuple(d["values"]) for d in before}
    for d in dims:
        if d.values != known[d.column]:
            name = f'"level_{d.column}_{uuid.uuid4().hex[:8]}"'
            create_levels(con, name, d.values)
            con.execute(
                f'alter table month_rows alter "{d.column}" set data type {name} using CAST(CAST("{d.column}" AS VARCHAR) AS {name})'
            )


def _replace(
    con: duckdb.DuckDBPyConnection,
    people: pl.Series,
    n_old: int,
    changed: Ints,
    first_new: datetime.date,
    tables: list[tuple[Ints, MonthTable, datetime.date | None]],
    dims: list[Dimension],
) -> None:
    """Take away the rows of changed customers and of the months to come, and put in those worked out."""
    fresh = pl.DataFrame({"c": np.arange(len(people), dtype=np.int32), "customer_id": people}).slice(n_old)
    _insert(con, "people", fresh)
    con.register("gone", pl.DataFrame({"c": changed.astype(np.int32)}).to_arrow())
    con.execute(f"delete from month_rows where month >= DATE '{first_new}' or c in (select c from gone)")
    con.unregister("gone")
    for some, table, since in tables:
        codes = _codes(con, table.meaning)
        for frame in (table.listed, table.unlisted):
            if frame is None or not len(frame):
                continue
            frame = frame.filter(pl.col("month") >= since) if since is not None else frame
            states = [c for c in frame.columns if c.startswith("s_")]
            frame = frame.with_columns(
                pl.Series("c", some[frame["c"].to_numpy()].astype(np.int32)),
                *(pl.Series(c, codes[c.removeprefix("s_")][frame[c].to_numpy()]) for c in states),
                *(pl.col(d.column).cast(pl.String) for d in dims),
            )
            _insert(con, "month_rows", frame)


def _codes(con: duckdb.DuckDBPyConnection, meaning: pl.DataFrame) -> dict[str, np.ndarray[Any, Any]]:
    """By definition the code in the file of each code in ``meaning``; states that the file does not know are added."""
    known = _read(con, "select * from states").select(pl.col(c).cast(t) for c, t in STATES.items())
    what = [c for c in STATES if c != "code"]
    both = meaning.join(known, on=what, how="left", nulls_equal=True, suffix="_known", maintain_order="left")
    lacking = both.filter(pl.col("code_known").is_null()).drop("code_known")
    highest = known.group_by("definition").agg(pl.max("code").alias("highest"))
    added = lacking.join(highest, on="definition", how="left", maintain_order="left").with_columns(
        (pl.col("highest").fill_null(-1) + 1 + pl.int_range(pl.len()).over("definition")).cast(pl.Int32).alias("code_known")
    )
    _insert(con, "states", added.with_columns(pl.col("code_known").alias("code")).select(list(STATES)))
    every = pl.concat(
        [both.drop_nulls("code_known").select("definition", "code", "code_known"), added.select("definition", "code", "code_known")]
    )
    return {
        str(name): part.sort("code")["code_known"].to_numpy().astype(np.int32)
        for (name,), part in every.partition_by("definition", as_dict=True).items()
    }


def _levels(con: duckdb.DuckDBPyConnection, dim: Dimension) -> pl.Series:
    sql = f'select distinct CAST("{dim.column}" AS VARCHAR) as v from month_rows where "{dim.column}" is not null'
    return _read(con, sql)["v"]


def _insert(con: duckdb.DuckDBPyConnection, name: str, frame: pl.DataFrame) -> None:
    if len(frame):
        con.register("incoming", frame.to_arrow())
        con.execute(f"insert into {name} by name select * from incoming")
        con.unregister("incoming")


def _read(con: duckdb.DuckDBPyConnection, sql: str) -> pl.DataFrame:
    return pl.DataFrame(con.sql(sql).to_arrow_table())
