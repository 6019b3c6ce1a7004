"""How long before they left customers first gave a sign: a warning, or balances that fell from then on. Source: METHODS A1 1.1(3)."""

from dataclasses import asdict, dataclass
from typing import Any, Literal

import numpy as np
import polars as pl
from scipy import stats

from churn_dash.contract.calendar import month_end, shifted
from churn_dash.measures.question import Question
from churn_dash.measures.tenure.lifetimes import watched
from churn_dash.measures.tenure.survival import watched_months
from churn_dash.store import Dataset

Kind = Literal["warning", "balances"]
LOOK_BACK = 12
"""Months before a departure in which a sign is looked for."""
FALL = 0.2
"""Balances are a sign where they fell by at least this share, month after month, up to the departure."""


@dataclass(frozen=True)
class Signal:
    """One kind of sign. Of ``n_left`` customers who left and whose year before is in the data, ``n_signal`` gave it first
    ``median`` days before (its 95 % range, the quarters' ends); None where nobody did."""

    kind: Kind
    n_left: int
    n_signal: int
    median: float | None
    low: float | None
    high: float | None
    first_quarter: float | None
    third_quarter: float | None

    def as_json(self) -> dict[str, Any]:
        """As the command line prints it, days."""
        return asdict(self)


def signals(question: Question) -> tuple[Signal, ...]:
    """The time from the first sign to the departure, of those who left in the period: of warnings and of balances, as far as known.

    A warning counts from ``LOOK_BACK`` months before the departure on, inside the spell. Balances count from the end of the first
    month of the last unbroken fall. Who left before the data hold a year of history is not looked at. Raises what ``survival`` raises.
    """
    ds = question.ds
    whole = watched_months(ds, question.period)
    gone = _leavers(question.over(whole))
    found = []
    warned = ds.scan("warnings")
    if warned is not None and {"customer_id", "ts"} <= set(warned.collect_schema().names()):
        found.append(_signal("warning", len(gone), _warned(gone, warned)))
    has = ds.month_columns
    balance = next((c for c in ("aum_avg", "aum_end") if c in has), None)
    if balance and ds.cursor().execute(f"select count({balance}) from month_rows").fetchall()[0][0]:
        found.append(_signal("balances", len(gone), _fallen(ds, gone, balance)))
    return tuple(found)


def _leavers(question: Question) -> pl.DataFrame:
    """Departures in the period with a year of data before them: i, c, customer_id, start, gone, month (of the departure)."""
    ds, period = question.ds, question.months
    sql, bound = watched(question, "sp.c, sp.start_date, sp.end_date, sp.form", joined=False)
    since = shifted(ds.all_months[0], LOOK_BACK)
    asked = (
        f"select z.c, p.customer_id, z.start_date as start, z.end_date as gone from ({sql}) z join people p on p.c = z.c "
        f"where z.form is not null and z.end_date <= DATE '{period.last_day}' and z.end_date >= DATE '{since}' order by z.c, z.end_date"
    )
    found = pl.DataFrame(ds.cursor().sql(asked, params=bound).to_arrow_table())
    return found.with_row_index("i").with_columns(pl.col("gone").dt.truncate("1mo").alias("month"))


def _warned(gone: pl.DataFrame, warned: pl.LazyFrame) -> list[int]:
    """Days from the first warning to the departure, of those who were warned."""
    told = warned.select("customer_id", "ts").drop_nulls().collect()
    since = pl.max_horizontal("start", pl.col("gone").dt.offset_by(f"-{LOOK_BACK}mo"))
    hits = gone.join(told, on="customer_id").filter((pl.col("ts") >= since) & (pl.col("ts") < pl.col("gone")))
    first = hits.group_by("i").agg((pl.col("gone") - pl.col("ts")).dt.total_days().max().alias("days")).sort("i")
    return first["days"].to_list()


def _fallen(ds: Dataset, gone: pl.DataFrame, balance: str) -> list[int]:
    """Days from the end of the first month of the last fall to the departure, of those whose balances fell enough."""
    if gone.is_empty():
        return []
    con = ds.cursor()
    con.register("gone_customers", gone.select("i", "c", "month", since=pl.col("month").dt.offset_by(f"-{LOOK_BACK + 1}mo")).to_arrow())
    back = "(year(g.month) - year(m.month)) * 12 + month(g.month) - month(m.month)"
    asked = (
        f"select g.i, CAST({back} AS INTEGER) as back, m.{balance} as held from month_rows m join gone_customers g on g.c = m.c "
        f"where m.month >= g.since and m.month < g.month and m.{balance} is not null"
    )
    rows = pl.DataFrame(con.sql(asked).to_arrow_table())
    held = np.full((len(gone), LOOK_BACK + 2), np.nan)
    held[rows["i"].to_numpy(), rows["back"].to_numpy()] = rows["held"].to_numpy()
    first = fall_began(held[:, 1:])
    return [
        (left - month_end(shifted(month, -int(back)))).days
        for left, month, back in zip(gone["gone"].to_list(), gone["month"].to_list(), first, strict=True)
        if back
    ]


def fall_began(held: np.ndarray[Any, np.dtype[np.float64]]) -> list[int]:
    """For each row of balances, the month before the departure first, how many months back the last unbroken fall began.

    0 where there was none, or where less than ``FALL`` was lost in it. A month without a change does not break a fall.

    >>> fall_began(np.array([[40.0, 60.0, 100.0, 90.0], [100.0, 95.0, 90.0, 80.0]]))
    [2, 0]
    """
    falling = np.ones(len(held), dtype=bool)
    began = np.zeros(len(held), dtype=np.int64)
    peak = held[:, 0].copy()
    for back in range(1, held.shape[1]):
        after, before = held[:, back - 1], held[:, back]
        falling &= before >= after
        began = np.where(falling & (before > after), back, began)
        peak = np.where(falling, before, peak)
    with np.errstate(invalid="ignore"):
        enough = (began > 0) & (held[:, 0] <= (1 - FALL) * peak)
    found: list[int] = np.where(enough, began, 0).tolist()
    return found


def _signal(kind: Kind, n_left: int, days: list[int]) -> Signal:
    middle, low, high = median_range(days)
    quarters = np.quantile(days, [0.25, 0.75]).tolist() if days else [None, None]
    return Signal(kind, n_left, len(days), middle, low, high, *quarters)


def median_range(values: list[int], level: float = 0.95) -> tuple[float | None, float | None, float | None]:
    """The median and its interval by order statistics (exact, whatever the distribution); None of the ends where too few are known.

    >>> median_range([1, 2, 3])
    (2.0, None, None)
    """
    if not values:
        return None, None, None
    known, n = sorted(values), len(values)
    rank = int(stats.binom.ppf((1 - level) / 2, n, 0.5))
    middle = float(np.median(known))
    return (middle, float(known[rank - 1]), float(known[n - rank])) if rank > 0 else (middle, None, None)
