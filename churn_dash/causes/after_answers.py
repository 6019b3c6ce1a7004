"""Who leaves after a questionnaire, by who answered it and what was said. Source: METHODS A1 2.4, B8, PRODUCT 15."""

from dataclasses import dataclass

import polars as pl

from churn_dash.causes.reading import HORIZON, left_within, needed, tells
from churn_dash.causes.satisfaction import sent_rows
from churn_dash.contract.calendar import shifted
from churn_dash.errors import NotPossible
from churn_dash.marks import _
from churn_dash.measures.question import Question
from churn_dash.measures.statistics.estimates import NOTHING, Estimate
from churn_dash.measures.statistics.intervals import newcombe, wilson
from churn_dash.store import Dataset

BANDS = (("low", 1, 2), ("middle", 3, 3), ("high", 4, 5))
"""Bands of satisfaction: name, first and last answer."""
NPS_CLASSES = (("detractor", 0, 6), ("passive", 7, 8), ("promoter", 9, 10))
DROP = 1
"""A fall of so many points against the own last answer is worth a warning. METHODS A3."""


@dataclass(frozen=True)
class Followed:
    """Who left within ``horizon`` months after the month of a questionnaire: group, n, left, share with low and high.

    ``answering``: answered, silent; ``difference``: silent less answered. ``bands`` of satisfaction, ``classes`` of recommendation,
    ``drops``: fell (by a point or more against the own last answer), held. Only the last questionnaire of a customer counts.
    """

    horizon: int
    answering: pl.DataFrame
    difference: Estimate
    bands: pl.DataFrame
    classes: pl.DataFrame
    drops: pl.DataFrame
    too_late: int


def followed(question: Question, horizon: int = HORIZON) -> Followed:
    """Churn after a questionnaire by who answered and what was said (METHODS A1 2.4, PRODUCT 15). An association.

    Counted from the month after the one of sending, of those still there then. Raises ``NotPossible`` where nothing can be followed.
    """
    ds = question.ds
    sent, _base, _outside = sent_rows(question)
    late = sent.filter(pl.col("month") > shifted(ds.measurable[-1], -horizon))
    last = followable(sent, ds, horizon)
    answering = _shares(last, pl.col("answering"), ["answered", "silent"])
    told = last.filter("answered")
    bands = _shares(told.drop_nulls("csat"), pl.col("band"), [b[0] for b in BANDS])
    classes = _shares(told.drop_nulls("nps"), pl.col("class"), [c[0] for c in NPS_CLASSES])
    dropped = drops_of(told.drop_nulls("csat"), needed(ds, "surveys", ["sent_at"]))
    drops = _shares(dropped, pl.when(pl.col("fell") >= DROP).then(pl.lit("fell")).otherwise(pl.lit("held")), ["fell", "held"])
    (n0, k0), (n1, k1) = answering.select("n", "left").iter_rows()
    ends = newcombe(k1, n1, k0, n0)
    difference = NOTHING if ends is None else Estimate(k1 / n1 - k0 / n0, ends.low, ends.high, n1 + n0)
    return Followed(horizon, answering, difference, bands, classes, drops, len(late))


def followed_customers(question: Question, horizon: int = HORIZON) -> pl.DataFrame:
    """The customers behind ``followed``, one row each: customer_id, answering, band and class (null where not told), left."""
    sent, _base, _outside = sent_rows(question)
    return followable(sent, question.ds, horizon).select("customer_id", "answering", "band", "class", "left").sort("customer_id")


def followable(sent: pl.DataFrame, ds: Dataset, horizon: int) -> pl.DataFrame:
    """The last questionnaire of each customer that can be followed, with answering, band, class."""
    last = with_outcome(sent, ds, horizon).unique("customer_id", keep="last", maintain_order=True)
    told = pl.col("answered")
    return last.with_columns(
        pl.when(told).then(pl.lit("answered")).otherwise(pl.lit("silent")).alias("answering"),
        pl.when(told).then(_banded("csat", BANDS)).alias("band"),
        pl.when(told).then(_banded("nps", NPS_CLASSES)).alias("class"),
    )


def with_outcome(sent: pl.DataFrame, ds: Dataset, horizon: int) -> pl.DataFrame:
    """Questionnaires that can be followed, of customers still there at the end of their month, with ``left`` (within ``horizon``
    months after).

    Raises ``NotPossible`` where none can.
    """
    tells(ds)
    limit = shifted(ds.measurable[-1], -horizon)
    after = pl.col("month").dt.offset_by("1mo")
    stayed = pl.col("end_day").is_null() | (pl.col("end_day") >= after)
    found = sent.filter((pl.col("month") <= limit) & stayed).with_columns(left=left_within(horizon + 1))
    if found.is_empty():
        raise NotPossible(_("No questionnaire of these months can be followed for {n} months: choose a longer period."), n=horizon)
    return found


def _banded(column: str, bands: tuple[tuple[str, int, int], ...]) -> pl.Expr:
    word = pl.lit(None, dtype=pl.String)
    for name, low, high in bands:
        word = pl.when(pl.col(column).is_between(low, high)).then(pl.lit(name)).otherwise(word)
    return word


def _shares(rows: pl.DataFrame, group: pl.Expr, names: list[str]) -> pl.DataFrame:
    counts = rows.with_columns(group=group).group_by("group").agg(pl.len().alias("n"), pl.col("left").sum().alias("left"))
    known = {g: (n, k) for g, n, k in counts.iter_rows()}
    out = [(name, *known.get(name, (0, 0))) for name in names]
    ends = [wilson(k, n) for _g, n, k in out]
    shares = [(g, n, k, k / n if n else None, e and e.low, e and e.high) for (g, n, k), e in zip(out, ends, strict=True)]
    kinds = {"group": pl.String, "n": pl.Int64, "left": pl.Int64, "share": pl.Float64, "low": pl.Float64, "high": pl.Float64}
    return pl.DataFrame(shares, schema=kinds, orient="row")


def drops_of(told: pl.DataFrame, every: pl.DataFrame) -> pl.DataFrame:
    """Those with an earlier answer, and by how much satisfaction ``fell`` since the last one."""
    before = every.drop_nulls("csat").select("customer_id", pl.col("sent_at").alias("_then"), pl.col("csat").alias("_was"))
    pairs = told.join(before, on="customer_id").filter(pl.col("_then") < pl.col("sent_at")).sort("_then")
    last = pairs.unique("survey_id", keep="last", maintain_order=True)
    return last.with_columns(fell=pl.col("_was") - pl.col("csat"))
