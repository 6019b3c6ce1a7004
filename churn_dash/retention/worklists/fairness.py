"""Who is not offered a call: by age, gender, region and channel, before a worklist leaves the house. Sources: METHODS D7, PRODUCT 20.

Each group is held against the one offered most. That one is the highest of many by chance too, so a group is flagged only where the
interval of its ratio lies below four fifths, at a level that holds for all pairs of the dimension at once (Bonferroni).
"""

import datetime
import math
from dataclasses import asdict, dataclass
from typing import Any

import polars as pl

from churn_dash.contract.few import FOUR_FIFTHS, TOO_FEW
from churn_dash.marks import _
from churn_dash.measures.statistics.intervals import ends, ratio_of_shares, wilson
from churn_dash.retention.worklists.worklist import Worklist
from churn_dash.risk import Model
from churn_dash.store import Dataset
from churn_dash.store.derive.dimensions import BANDS

DIMENSIONS = {"age": _("Age"), "gender": _("Gender"), "region": _("City"), "channel": _("Channel of contact")}
UNKNOWN = "unknown"
LEVEL = 0.95


@dataclass(frozen=True)
class Offered:
    """Of ``n`` customers of a group at enough risk, ``not_offered`` (0–1, with 95 % interval) are not on the list. ``ratio``: the share
    that is, to that of the group offered most, among groups of at least 30 that the data name; None for fewer. ``flagged``: below four
    fifths, and so is ``ratio_high``, the end of its interval; ``ratio_low`` and ``ratio_high`` hold for all pairs of groups at once."""

    dimension: str
    level: str
    n: int
    left_out: int
    not_offered: float
    low: float | None
    high: float | None
    ratio: float | None
    ratio_low: float | None
    ratio_high: float | None
    flagged: bool

    def as_json(self) -> dict[str, Any]:
        """As the command line prints it."""
        return asdict(self)


def fairness(ds: Dataset, kept: Model, found: Worklist) -> tuple[Offered, ...]:
    """A row a group, of the customers at enough risk for the list: only there can being left out be unfair.

    Customers of whom the data do not tell the group are a group of their own. Dimensions that the data lack are left out.
    """
    need = found.everybody.filter(pl.col("verdict") != "below")
    about = _about(ds, need)
    return tuple(one for name in DIMENSIONS if name in about.columns for one in groups(name, about[name], need["verdict"] == "listed"))


def groups(dimension: str, levels: pl.Series, offered: pl.Series) -> list[Offered]:
    """The groups of one dimension; ``levels`` and ``offered`` row by row.

    >>> made = groups("age", pl.Series(["a"] * 40 + ["b"] * 40), pl.Series([True] * 50 + [False] * 30))
    >>> [(g.level, g.not_offered, g.ratio, g.flagged) for g in made]
    [('a', 0.0, 1.0, False), ('b', 0.75, 0.25, True)]
    """
    rows = pl.DataFrame({"level": levels.cast(pl.String).fill_null(UNKNOWN), "offered": offered})
    by = rows.group_by("level").agg(pl.len().alias("n"), pl.col("offered").sum().alias("k")).sort("level")
    rated = [(k, n) for n, k in by.select("n", "k").iter_rows() if n >= TOO_FEW]
    named = [(k, n) for level, n, k in by.iter_rows() if n >= TOO_FEW and level != UNKNOWN]
    best = max(named, key=lambda x: (x[0] / x[1], x[1]), default=(0, 0))
    level_of_all = 1 - (1 - LEVEL) / max(1, math.comb(len(rated), 2))
    made = []
    for level, n, k in by.iter_rows():
        low, high = ends(wilson(n - k, n))
        ratio = k / n / (best[0] / best[1]) if best[0] and n >= TOO_FEW else None
        least, most = ends(ratio_of_shares(k, n, best[0], best[1], level_of_all) if ratio is not None and (k, n) != best else None)
        flagged = ratio is not None and ratio < FOUR_FIFTHS and most is not None and most < FOUR_FIFTHS
        made.append(Offered(dimension, level, n, n - k, 1 - k / n, low, high, ratio, least, most, flagged))
    return made


def _about(ds: Dataset, need: pl.DataFrame) -> pl.DataFrame:
    """The groups of each customer, row by row as ``need``."""
    known = ds.table("customers")
    known = known if known is not None else ds.listing()
    people = need.select("customer_id")
    if known is not None:
        wanted = {"birth_date": "birth_date", "gender": "gender", "region": "city"}
        people = people.join(
            known.select("customer_id", **{name: pl.col(c) for name, c in wanted.items() if c in known.columns}),
            on="customer_id",
            how="left",
            maintain_order="left",
        )
    if "birth_date" in people.columns:
        people = people.with_columns(age=_age_band(ds)).drop("birth_date")
    contacts = ds.table("contacts")
    if contacts is not None and "channel" in contacts.columns:
        usual = contacts.drop_nulls("channel").group_by("customer_id").agg(pl.col("channel").mode().sort().first())
        people = people.join(usual, on="customer_id", how="left", maintain_order="left")
    return people


def _age_band(ds: Dataset) -> pl.Expr:
    limits, names = BANDS["age_band"]
    born, today = pl.col("birth_date"), ds.data_end or datetime.date.fromisoformat(ds.info.created[:10])
    not_yet = born.dt.month().cast(pl.Int32) * 100 + born.dt.day() > today.month * 100 + today.day
    age = today.year - born.dt.year() - not_yet.cast(pl.Int32)
    return age.cut(list(limits), labels=list(names), left_closed=True).cast(pl.String)
