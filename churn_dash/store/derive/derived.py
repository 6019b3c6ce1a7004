"""The derived file: spells, month table and cube in one DuckDB database, never changed once named."""

import datetime
import hashlib
import json
import os
import pathlib
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

import duckdb
import polars as pl

from churn_dash.contract.attributes import Attribute
from churn_dash.contract.definitions import Settings
from churn_dash.marks import _
from churn_dash.store.derive import facts, grains
from churn_dash.store.derive.dimensions import CUBE_CELLS, Dimension
from churn_dash.store.derive.forms import Shown
from churn_dash.store.derive.listing import answered, listing
from churn_dash.store.derive.month_table import MonthTable, cross_section, month_table
from churn_dash.store.derive.panel import Columns, Panel, of_known
from churn_dash.store.derive.rolling import rolled
from churn_dash.store.derive.spells import came, not_counted, shown, spells
from churn_dash.words import Text

RECIPE = 10
"""Raised when what is derived changes, so that older files are built anew."""
BUILT_FROM = ("customer_month", "customers", "accounts", "churn_events")
"""The tables of which months are made: no other of a panel is read here."""
CUBE_ORDER = ("tier", "branch_id", "age_band", "tenure_band", "customer_type", "aum_band", "city")
Progress = Callable[[Text, float], None]


def name_of(tables: Mapping[str, int], content: str) -> str:
    """The name of the derived file: a hash of what it is built from."""
    return hashlib.sha256(json.dumps([RECIPE, sorted(tables.items()), content]).encode()).hexdigest()[:20]


def build(
    path: pathlib.Path,
    shape: str,
    frames: Mapping[str, pl.DataFrame],
    attributes: tuple[Attribute, ...],
    progress: Progress | None = None,
    absences: bool = True,
    settings: Settings = Settings(),  # noqa: B008
) -> None:
    """Write the derived file at ``path``, whole or not at all. ``absences``: a customer missing from every later list has left."""
    say = progress or (lambda text, share: None)
    staged = path.with_name(f"{path.stem}-{uuid.uuid4().hex[:8]}.part")
    con = duckdb.connect(str(staged))
    try:
        frame = listing(frames)
        if frame is not None:
            table = cross_section(frame, attributes, settings.tiers)
            about: dict[str, Any] = {"shape": "cross_section", "months": [], "complete": [], "definitions": ["flag"]}
            about["listed"] = answered(table.listed)
            about["flagged"] = "churned" in frame.columns and frame["churned"].null_count() < len(frame)
            _write(con, table)
        elif "customer_month" in frames:
            say(Text(_("Following every customer through the months")), 0.55)
            customer_month = frames["customer_month"]
            customers = frames.get("customers")
            accounts = of_known(frames.get("accounts"), customer_month["customer_id"], _ids(customers))
            panel = Panel.of(customer_month, accounts, absences)
            events = frames.get("churn_events")
            columns = Columns(panel, customer_month)
            can = shown(columns, accounts, events, settings)
            found = spells(columns, customers, accounts, events, settings, can)
            past = rolled(columns, came(panel, customers, accounts), settings)
            names = [d.name for d in can.definitions]
            del columns
            say(Text(_("Building the month table")), 0.65)
            table = month_table(panel, customer_month, customers, found, attributes, names, past)
            _write(con, table)
            about = {
                "columns": {c: str(t) for c, t in customer_month.schema.items()},
                "absences": absences,
                **told(can),
                "attributes": [asdict(a) for a in attributes],
                "settings": settings.written(),
            }
            say(Text(_("Summing up the cube")), 0.8)
            table.dimensions[:] = _in_cube_order(table.dimensions)
            about |= write_panel(con, panel, found, names, table.dimensions)
        else:
            about, table = {"shape": "empty", "months": [], "complete": [], "definitions": []}, None
        about["dimensions"] = [asdict(d) for d in table.dimensions] if table is not None else []
        con.execute("create table about as select ? as body", [json.dumps(about, ensure_ascii=False)])
        con.execute("checkpoint")
    except BaseException:
        con.close()
        staged.unlink(missing_ok=True)
        raise
    con.close()
    os.replace(staged, path)


def _ids(customers: pl.DataFrame | None) -> pl.Series | None:
    return customers["customer_id"] if customers is not None else None


def told(can: Shown) -> dict[str, Any]:
    """What the file says of the definitions: whether any can be answered, and why others cannot."""
    return {"flagged": bool(can.forms), "lacking": {name: asdict(why) for name, why in can.missing.items()}}


def write_panel(
    con: duckdb.DuckDBPyConnection, panel: Panel, found: pl.DataFrame, definitions: list[str], dims: list[Dimension]
) -> dict[str, Any]:
    """Write spells, returns and cube beside the month table, in place of what is there; returns what the file says of them."""
    _store(con, "spell_rows", found)
    con.execute(_SPELLS)
    con.execute(f"create or replace table returns as {facts.RETURNS}")
    months = pl.Series(panel.months.first).cast(pl.Int32).cast(pl.Date).to_list()
    complete = [m for m, ok in zip(months, panel.months.complete.tolist(), strict=True) if ok]
    return {
        "shape": "panel",
        "months": [str(m) for m in months],
        "complete": [str(m) for m in complete],
        "definitions": definitions,
        "not_counted": not_counted(panel),
        "cube": _cube(con, dims, definitions, [m for m in complete if m > months[0]]),
    }


_SPELLS = (
    "create or replace view spells as select s.definition, p.customer_id, s.spell, s.start_date, s.end_date, s.form, s.why "
    "from spell_rows s join people p on p.c = s.c"
)


def _write(con: duckdb.DuckDBPyConnection, table: MonthTable) -> None:
    """Write the month table: customers and levels as numbers underneath, and the view ``months`` that shows them as texts."""
    _store(con, "people", table.people)
    _store(con, "states", table.meaning)
    listed, dims = table.listed, {d.column for d in table.dimensions}
    for d in table.dimensions:
        create_levels(con, f'"level_{d.column}"', d.values)
    con.register("incoming", listed.to_arrow())
    columns = [f'CAST("{c}" AS "level_{c}") as "{c}"' if c in dims else f'"{c}"' for c in listed.columns]
    con.execute(f"create table month_rows as select {', '.join(columns)} from incoming")
    if table.unlisted is not None and len(table.unlisted):
        con.register("incoming", table.unlisted.to_arrow())
        con.execute("insert into month_rows by name select * from incoming")
    con.unregister("incoming")
    names = [c for c in listed.columns if c not in ("c", "listed") and not c.startswith("s_")]
    shown = ", ".join(f'CAST(m."{c}" AS VARCHAR) as "{c}"' if c in dims else f'm."{c}"' for c in names)
    con.execute(f"create view months as select p.customer_id, {shown} from month_rows m join people p on p.c = m.c")


def create_levels(con: duckdb.DuckDBPyConnection, name: str, levels: Sequence[str]) -> None:
    """Make the type of a dimension's column."""
    listed = ", ".join("'" + v.replace("'", "''") + "'" for v in levels)
    con.execute(f"create type {name} as enum ({listed})")


def _store(con: duckdb.DuckDBPyConnection, name: str, frame: pl.DataFrame) -> None:
    con.register("incoming", frame.to_arrow())
    con.execute(f"create or replace table {name} as select * from incoming")
    con.unregister("incoming")


def _in_cube_order(dims: list[Dimension]) -> list[Dimension]:
    ranks = {name: i for i, name in enumerate(CUBE_ORDER)}
    return sorted(dims, key=lambda d: ranks.get(d.name, 99))


def _cube(con: duckdb.DuckDBPyConnection, dims: list[Dimension], definitions: list[str], months: list[Any]) -> list[str]:
    """Build the cube over the first dimensions that fit; returns their columns."""
    chosen, size = [], 1
    for d in dims:
        if d.name in CUBE_ORDER and size * (len(d.values) + 1) <= CUBE_CELLS:
            chosen.append(d.column)
            size *= len(d.values) + 1
    spans = [s for grain in grains.GRAINS for s in grains.spans(grain, months)] or [_BEFORE_ALL]
    for i, definition in enumerate(definitions):
        con.execute(f"create or replace temp table cells as {facts.cells(definition, chosen)}")
        con.execute(f"create or replace temp table starts as {facts.starts(definition, chosen, 'select * from cells')}")
        con.execute(f"create or replace temp table moves as {facts.moves(definition, chosen, 'select * from cells')}")
        parts = (
            (facts.stock("select * from starts", chosen, spans), facts.STOCK),
            (facts.returned(definition, chosen, spans), facts.RETURNED),
            (facts.flow("select * from moves", chosen, spans), facts.FLOW),
        )
        keys = ", ".join([f"'{definition}' as definition", "grain", "period", *chosen])
        rows = facts.gathered(parts, keys, ("grain", "period", *chosen)) + " order by grain"  # a question reads one grain
        con.execute(f"insert into cube {rows}" if i else f"create or replace table cube as {rows}")
    return chosen


_BEFORE_ALL = facts.Span(datetime.date(1900, 1, 1), datetime.date(1900, 1, 1), datetime.date(1900, 1, 31))
"""A period without customers: a cube of too short a panel is empty, not absent."""


def described(con: duckdb.DuckDBPyConnection) -> dict[str, Any]:
    """What the file says of itself: shape, months, definitions, dimensions, cube."""
    row = con.execute("select body from about").fetchall()[0]
    found: dict[str, Any] = json.loads(row[0])
    return found
