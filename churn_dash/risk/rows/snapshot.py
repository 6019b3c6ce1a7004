"""Features of every active customer at one month end, from what was known by then. Source: METHODS D1."""

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import polars as pl

from churn_dash.risk.features.feature import Feature
from churn_dash.risk.features.known import KNOWN, PREFIX, Known, as_of
from churn_dash.risk.features.readings import Reading, reading, value
from churn_dash.risk.features.score_dates import ScoreDate, written
from churn_dash.risk.rows.held import Held
from churn_dash.risk.rows.windows import Windows, fates, joined_on, old_enough

Asked = Sequence[tuple[Feature, Reading]]
"""Features with where each is read."""
WHOLE = {"market_month": "all", "balances": None}
"""What stands in for a city that a table by city does not have."""


@dataclass(frozen=True)
class Panel:
    """What a bank knows of some customers, month by month.

    ``held``: the tables features are read from. ``spells``: of one definition. ``joined``: customer_id, joined. ``treated``:
    customer_id, day (first day of a retention campaign's treatment). ``lag``: days after a month's end by which its rows are usually in.
    """

    windows: Windows
    held: Held
    spells: pl.DataFrame
    joined: pl.DataFrame
    treated: pl.DataFrame | None = None
    lag: int = 0

    @classmethod
    def of(
        cls,
        frame: Windows,
        held: Held,
        spells: pl.DataFrame,
        customers: pl.DataFrame | None,
        treated: pl.DataFrame | None = None,
        lag: int = 0,
    ) -> "Panel":
        """The panel, with the day each customer joined worked out and held."""
        joined = joined_on(spells, customers, frame)
        held.put("joined", joined)
        return cls(frame, held, spells, joined, treated, lag)


@dataclass(frozen=True)
class Part:
    """The features of one table: its rows are customer_id, the features, event_ts and available_ts, the newest days read."""

    table: str
    features: tuple[Feature, ...]
    rows: pl.DataFrame


def snapshot(panel: Panel, features: Sequence[Feature], score_date: datetime.date) -> pl.DataFrame:
    """One row for each eligible customer active at the end of ``score_date``: customer_id, score_date, fate, then the features.

    Not eligible: customers of less than three months. ``fate`` as in ``windows.fates``. Training and scoring read alike: what had
    not arrived when the bank's data usually are in is not used by either.
    """
    active = eligible(panel, score_date)
    wide = active.select("customer_id")
    for part in parts(panel, features, score_date):
        wide = wide.join(part.rows.drop("event_ts", "available_ts"), on="customer_id", how="left", maintain_order="left")
    return active.select("customer_id", pl.lit(score_date).alias("score_date"), "fate").hstack(filled(panel, features, wide))


def filled(panel: Panel, features: Sequence[Feature], wide: pl.DataFrame) -> pl.DataFrame:
    """The features in their order, those that count something with 0 for who has no row."""
    nothing = {f.name: reading(f, panel.held.columns).nothing for f in features}
    return wide.select(pl.col(n) if empty is None else pl.col(n).fill_null(empty) for n, empty in nothing.items())


def eligible(panel: Panel, score_date: datetime.date) -> pl.DataFrame:
    """Who is looked at at a score date: active at its end and a customer for three months; sorted."""
    active = fates(panel.spells, score_date, panel.windows).join(panel.joined, on="customer_id", how="left")
    return active.filter(old_enough(score_date)).sort("customer_id")


def parts(panel: Panel, features: Sequence[Feature], score_date: datetime.date) -> Iterator[Part]:
    """The features, table by table, each with the days by which it was known; none of them later than the usual lag."""
    cities, at = None, written(score_date, panel.lag)
    for table, asked in asked_by_table(panel, features).items():
        rows = read(panel.held, query(table, asked, at, panel.windows.observation), asked)
        rows = in_time(rows, pl.lit(score_date), panel.lag)
        if table in WHOLE:
            cities = _cities(panel, at) if cities is None else cities
            rows = _by_customer(rows, cities, WHOLE[table])
        yield Part(table, tuple(f for f, _found in asked), rows)


def asked_by_table(panel: Panel, features: Sequence[Feature]) -> dict[str, list[tuple[Feature, Reading]]]:
    """The features by the table in which they are read."""
    by_table: dict[str, list[tuple[Feature, Reading]]] = {}
    for feature in features:
        found = reading(feature, panel.held.columns)
        by_table.setdefault(found.table, []).append((feature, found))
    return by_table


def in_time(rows: pl.DataFrame, day: pl.Expr, lag: int) -> pl.DataFrame:
    """The rows, none of which may have been known later than ``lag`` days after its score date."""
    late = rows.select((pl.col("available_ts") > day + datetime.timedelta(days=lag)).any()).item()
    assert not late, "a feature knew the future"
    return rows


def query(table: str, asked: Asked, at: ScoreDate, observation: int) -> str:
    """SQL of the features of one table at a score date: key, event_ts, available_ts, then f0, f1 … in the order asked. Of several dates
    score_date stands behind the key."""
    own = "".join(f", w.{c}" for c in at.columns[:1])
    values = ", ".join(f"{value(f, found, at)} as f{i}" for i, (f, found) in enumerate(asked))
    if table not in KNOWN:
        days = "CAST(NULL AS DATE) as event_ts, CAST(NULL AS DATE) as available_ts"
        today = f"{PREFIX}{table} w" if not at.columns else f"(select * from {PREFIX}{table}{at.joined}) w"
        return f"select w.customer_id{own}, {days}, {values} from {today} group by w.customer_id{at.listed}"
    known = KNOWN[table]
    rows = _rows_known(known, asked, at, observation)
    days = "max(w.event_ts) as event_ts, max(w.available_ts) as available_ts"
    return f"select w.{known.key}{own}, {days}, {values} from ({rows}) w group by w.{known.key}{at.listed}"


def _rows_known(known: Known, asked: Asked, at: ScoreDate, observation: int) -> str:
    """SQL of the rows of a table that these features look at, as known at a score date."""
    columns = [c for _f, r in asked for c in (*r.needs, *r.uses) if c not in r.ranked]
    ranked = list(dict.fromkeys(c for _f, r in asked for c in r.ranked))
    plain = [c for c in dict.fromkeys(columns) if c not in ranked]
    return as_of(known, at, plain, observation if known.table == "months" else None, ranked)


def read(held: Held, sql: str, asked: Asked = ()) -> pl.DataFrame:
    """What the query gives, its values under the names of the features."""
    return held.ask(sql).rename({f"f{i}": f.name for i, (f, _found) in enumerate(asked)})


def _cities(panel: Panel, at: ScoreDate) -> pl.DataFrame:
    """customer_id, city: as it stood in the newest month known, else as the extract has it; null where unknown."""
    if sql := city_query(panel, at):
        return read(panel.held, sql)
    return panel.joined.select("customer_id", pl.lit(None, dtype=pl.String).alias("city"))


def city_query(panel: Panel, at: ScoreDate) -> str:
    """SQL of the city of each customer (on each of several dates: score_date); empty where the data have none."""
    columns = panel.held.columns
    own = "".join(f", w.{c}" for c in at.columns[:1])
    if "city" in columns.get("months", ()):
        rows = as_of(KNOWN["months"], at, ["city"], panel.windows.observation)
        city = "max(case when w.k = 0 then w.city end) as city"
        return f"select w.customer_id{own}, {city} from ({rows}) w group by w.customer_id{own}"
    return (
        f"select w.customer_id{own}, w.city from (select * from {PREFIX}customers{at.joined}) w"
        if "city" in columns.get("customers", ())
        else ""
    )


def _by_customer(rows: pl.DataFrame, cities: pl.DataFrame, whole: str | None) -> pl.DataFrame:
    """The values of cities as those of their customers; of a city that is not among them, those of the whole."""
    there = pl.col("city").is_in(rows["city"].drop_nulls().implode())
    placed = cities.with_columns(pl.when(there).then("city").otherwise(pl.lit(whole, dtype=pl.String)))
    return placed.join(rows, on="city", how="left", nulls_equal=True).drop("city")
