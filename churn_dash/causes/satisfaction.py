"""What customers say of the bank: satisfaction and recommendation by wave, who answers, and what follows. Source: METHODS B8, PRODUCT
15."""

import math
from dataclasses import dataclass

import polars as pl

from churn_dash.access import Scope
from churn_dash.causes.reading import HORIZON, asked, customer_months, full_table, left_within, needed, placed, tells
from churn_dash.contract.calendar import shifted
from churn_dash.errors import NotPossible
from churn_dash.marks import _
from churn_dash.measures.filters import Filters, Period
from churn_dash.measures.statistics.estimates import NOTHING, Estimate, mean, promoter_score, rate
from churn_dash.measures.statistics.intervals import newcombe, normal_quantile, wilson
from churn_dash.store import Dataset
from churn_dash.words import Count

SATISFIED = 4
"""CSAT counts answers of 4 and 5 of 5."""
BANDS = (("low", 1, 2), ("middle", 3, 3), ("high", 4, 5))
"""Bands of satisfaction: name, first and last answer."""
NPS_CLASSES = (("detractor", 0, 6), ("passive", 7, 8), ("promoter", 9, 10))
DROP = 1
"""A fall of so many points against the own last answer is worth a warning. METHODS A3."""
WEIGHTED_BY = {"population": ("tier", "age_band"), "response": ("open_complaint", "history")}
"""By what answers are weighted: ``population`` to the customers there, ``response`` by how often such customers answer."""


@dataclass(frozen=True)
class Satisfaction:
    """The surveys of a period.

    ``waves``: wave (month of sending), sent, answered, response with low and high, csat (0–1), csat_mean (1–5), nps (−100…100), each
    with _low, _high, _n; csat_weighted, csat_mean_weighted, nps_weighted (to tier and age of the customers there, with the
    ranges of csat) and csat_response, csat_mean_response (by response rate). ``whole``: the same over all waves together.
    ``cells_without_answer``: share of the customers there in cells of tier and age from which nobody answered: those cells take
    the mean of all. ``outside``: questionnaires to people who were not customers then, or not chosen.
    """

    waves: pl.DataFrame
    whole: dict[str, float | None]
    outside: int
    cells_without_answer: float | None


def satisfaction(
    ds: Dataset,
    filters: Filters = Filters(),  # noqa: B008
    period: Period | None = None,
    definition: str | None = None,
    scope: Scope = Scope.everything(),  # noqa: B008
) -> Satisfaction:
    """The questionnaires sent in the period. Raises ``NotPossible`` without the table ``surveys``, and what ``measure`` raises."""
    sent, base, outside = sent_rows(ds, filters, period, definition, scope)
    waves, lost = [], 0.0
    for (wave,), rows in sent.sort("month").group_by("month", maintain_order=True):
        people = base.filter(pl.col("month") == wave)
        waves.append({"wave": wave, **_figures(rows, people)})
        lost += _silent_cells(rows, people) * len(people)
    frame = pl.DataFrame(waves, infer_schema_length=None)
    asked_for = base.filter(pl.col("month").is_in(sent["month"].unique().implode()))
    return Satisfaction(frame, _figures(sent, asked_for), outside, lost / len(asked_for) if len(asked_for) else None)


def sent_rows(
    ds: Dataset, filters: Filters, period: Period | None, definition: str | None, scope: Scope
) -> tuple[pl.DataFrame, pl.DataFrame, int]:
    """The questionnaires of the period, the customers there in those months, and how many questionnaires are left out.

    Both frames: customer_id, month, tier, age_band, end_day. The first also: survey_id, sent_at, answered, the answers (null where not
    answered),
    open_complaint (yes, no, when it was sent) and history (answered, silent, mixed or new, by the questionnaires before).
    """
    question = asked(ds, filters, period, definition, scope, leaving=False)
    whole = question.whole
    frame = needed(ds, "surveys", ["sent_at"])
    inside = frame.filter(pl.col("sent_at").is_between(whole.start, whole.last_day))
    if inside.is_empty():
        first, last = frame["sent_at"].min(), frame["sent_at"].max()
        if first is None or last is None:
            raise NotPossible(_("No questionnaire says on which day it was sent (sent_at)."))
        raise NotPossible(
            _("No questionnaire was sent in these months; the {n} there are were sent from {first} to {last}: choose a period with them."),
            n=Count(len(frame)), first=str(first)[:10], last=str(last)[:10],
        )  # fmt: skip
    base = customer_months(question, ("tier", "age_band")).filter("active").select("customer_id", "month", "tier", "age_band", "end_day")
    base = base.with_columns(pl.col("tier", "age_band").fill_null(""))
    mine = placed(inside, "sent_at", base).with_columns(answered=pl.col("answered_at").is_not_null())
    if mine.is_empty():
        raise NotPossible(_("No questionnaire of these months went to one of the customers chosen."))
    mine = _history(mine, frame)
    mine = _open(mine, full_table(ds, "complaints"))
    return mine.sort("sent_at", "survey_id"), base, len(inside) - len(mine)


def _history(mine: pl.DataFrame, every: pl.DataFrame) -> pl.DataFrame:
    """How each customer dealt with the questionnaires before this one."""
    before = every.select("customer_id", pl.col("sent_at").alias("_then"), pl.col("answered_at").is_not_null().alias("_did"))
    pairs = mine.select("customer_id", "survey_id", "sent_at").join(before, on="customer_id").filter(pl.col("_then") < pl.col("sent_at"))
    known = pairs.group_by("survey_id").agg(pl.len().alias("_n"), pl.col("_did").sum().alias("_k"))
    word = (
        pl.when(pl.col("_n").is_null())
        .then(pl.lit("new"))
        .when(pl.col("_k") == 0)
        .then(pl.lit("silent"))
        .when(pl.col("_k") == pl.col("_n"))
        .then(pl.lit("answered"))
        .otherwise(pl.lit("mixed"))
    )
    return mine.join(known, on="survey_id", how="left").with_columns(history=word).drop("_n", "_k")


def _open(mine: pl.DataFrame, complaints: pl.DataFrame | None) -> pl.DataFrame:
    if complaints is None:
        return mine.with_columns(open_complaint=pl.lit("no"))
    made = complaints.select("customer_id", "created_at", "resolved_at")
    pairs = (
        mine.select("customer_id", "survey_id", "sent_at")
        .join(made, on="customer_id")
        .filter(
            (pl.col("created_at") < pl.col("sent_at")) & (pl.col("resolved_at").is_null() | (pl.col("resolved_at") >= pl.col("sent_at")))
        )
    )
    found = pairs.select("survey_id").unique().with_columns(open_complaint=pl.lit("yes"))
    return mine.join(found, on="survey_id", how="left").with_columns(pl.col("open_complaint").fill_null("no"))


def _figures(rows: pl.DataFrame, people: pl.DataFrame) -> dict[str, float | None]:
    answers = rows.filter("answered")
    response = rate(len(answers), len(rows))
    found: dict[str, float | None] = {"sent": len(rows), "answered": len(answers), **_spread("response", response)}
    known = answers["csat"].drop_nulls()
    found |= _spread("csat", rate(int((known >= SATISFIED).sum()), len(known)))
    found |= _spread("csat_mean", mean(answers["csat"]))
    found |= _spread("nps", promoter_score(answers["nps"]))
    found |= _weighted(population_weights(answers, people), "weighted")
    found |= _weighted(response_weights(rows), "response")
    return found


def _spread(name: str, e: Estimate) -> dict[str, float | None]:
    return {name: e.value, f"{name}_low": e.low, f"{name}_high": e.high, f"{name}_n": e.n}


def population_weights(answers: pl.DataFrame, people: pl.DataFrame, by: tuple[str, ...] = WEIGHTED_BY["population"]) -> pl.DataFrame:
    """``answers`` with ``weight``: share of the cell among the ``people`` over its share among the answers; mean 1. METHODS B8.

    Cells from which nobody answered cannot be weighted: the others stand for them in proportion.
    """
    if answers.is_empty():
        return answers.with_columns(weight=pl.lit(None, dtype=pl.Float64))
    there = people.group_by(by).agg(pl.len().alias("_base"))
    here = answers.group_by(by).agg(pl.len().alias("_answers"))
    joined = answers.join(here, on=by).join(there, on=by, how="left")
    weight = (pl.col("_base").fill_null(0) / pl.col("_answers")).cast(pl.Float64)
    return joined.with_columns(weight=weight).with_columns(pl.col("weight") / pl.col("weight").mean()).drop("_base", "_answers")


def response_weights(rows: pl.DataFrame, by: tuple[str, ...] = WEIGHTED_BY["response"]) -> pl.DataFrame:
    """The answers among ``rows`` with ``weight``: one over the share of such customers that answered; mean 1."""
    answers = rows.filter("answered")
    if answers.is_empty():
        return answers.with_columns(weight=pl.lit(None, dtype=pl.Float64))
    cells = rows.group_by(by).agg((pl.len() / pl.col("answered").sum()).alias("weight"))
    return answers.join(cells, on=by).with_columns(pl.col("weight") / pl.col("weight").mean())


def _silent_cells(rows: pl.DataFrame, people: pl.DataFrame) -> float:
    """Share of the people in cells of tier and age without an answer."""
    cells = rows.filter("answered").select(WEIGHTED_BY["population"]).unique()
    return len(people.join(cells, on=WEIGHTED_BY["population"], how="anti")) / len(people) if len(people) else 0.0


def _weighted(answers: pl.DataFrame, name: str) -> dict[str, float | None]:
    """Share satisfied, mean and NPS of the weighted answers, with ranges that the weights widen (Kish's effective n)."""
    known = answers.filter(pl.col("csat").is_not_null() & pl.col("weight").is_not_null())
    told = answers.filter(pl.col("nps").is_not_null() & pl.col("weight").is_not_null())
    share = weighted_rate(known["csat"] >= SATISFIED, known["weight"])
    middle = weighted_mean(known["csat"], known["weight"])
    score = weighted_mean((told["nps"] >= 9).cast(pl.Int64) - (told["nps"] <= 6).cast(pl.Int64), told["weight"])
    found = _spread(f"csat_{name}", share) | _spread(f"csat_mean_{name}", middle)
    ends = {k: None if v is None or k.endswith("_n") else 100 * v for k, v in _spread(f"nps_{name}", score).items()}
    return found | {**ends, f"nps_{name}_n": score.n}


def weighted_rate(hit: pl.Series, weight: pl.Series) -> Estimate:
    """Weighted share with Wilson's interval at the effective number of answers, (Σw)²/Σw²."""
    total = float(weight.sum())
    if not len(hit) or total == 0:
        return NOTHING
    share = float((hit.cast(pl.Float64) * weight).sum()) / total
    effective = total**2 / float((weight**2).sum())
    found = wilson(min(share * effective, effective), effective)
    return Estimate(share, found.low, found.high, len(hit)) if found is not None else Estimate(share, n=len(hit))


def weighted_mean(values: pl.Series, weight: pl.Series) -> Estimate:
    """Weighted mean with the linearised interval; below two answers the mean alone."""
    total = float(weight.sum())
    n = len(values)
    if not n or total == 0:
        return NOTHING
    middle = float((values * weight).sum()) / total
    if n < 2:
        return Estimate(middle, n=n)
    error = math.sqrt(n / (n - 1) * float((((values - middle) * weight) ** 2).sum())) / total
    if error == 0:
        return Estimate(middle, n=n)
    half = normal_quantile() * error
    return Estimate(middle, middle - half, middle + half, n)


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


def followed(
    ds: Dataset,
    filters: Filters = Filters(),  # noqa: B008
    period: Period | None = None,
    definition: str | None = None,
    scope: Scope = Scope.everything(),  # noqa: B008
    horizon: int = HORIZON,
) -> Followed:
    """Churn after a questionnaire by who answered and what was said (METHODS A1 2.4, PRODUCT 15). An association.

    Counted from the month after the one of sending, of those still there then. Raises ``NotPossible`` where nothing can be followed.
    """
    sent, _base, _outside = sent_rows(ds, filters, period, definition, scope)
    late = sent.filter(pl.col("month") > shifted(ds.measurable[-1], -horizon))
    last = _followable(sent, ds, horizon)
    answering = _shares(last, pl.col("answering"), ["answered", "silent"])
    told = last.filter("answered")
    bands = _shares(told.drop_nulls("csat"), pl.col("band"), [b[0] for b in BANDS])
    classes = _shares(told.drop_nulls("nps"), pl.col("class"), [c[0] for c in NPS_CLASSES])
    dropped = _drops(told.drop_nulls("csat"), needed(ds, "surveys", ["sent_at"]))
    drops = _shares(dropped, pl.when(pl.col("fell") >= DROP).then(pl.lit("fell")).otherwise(pl.lit("held")), ["fell", "held"])
    (n0, k0), (n1, k1) = answering.select("n", "left").iter_rows()
    ends = newcombe(k1, n1, k0, n0)
    difference = NOTHING if ends is None else Estimate(k1 / n1 - k0 / n0, ends.low, ends.high, n1 + n0)
    return Followed(horizon, answering, difference, bands, classes, drops, len(late))


def followed_customers(
    ds: Dataset,
    filters: Filters = Filters(),  # noqa: B008
    period: Period | None = None,
    definition: str | None = None,
    scope: Scope = Scope.everything(),  # noqa: B008
    horizon: int = HORIZON,
) -> pl.DataFrame:
    """The customers behind ``followed``, one row each: customer_id, answering, band and class (null where not told), left."""
    sent, _base, _outside = sent_rows(ds, filters, period, definition, scope)
    return _followable(sent, ds, horizon).select("customer_id", "answering", "band", "class", "left").sort("customer_id")


def _followable(sent: pl.DataFrame, ds: Dataset, horizon: int) -> pl.DataFrame:
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


def _drops(told: pl.DataFrame, every: pl.DataFrame) -> pl.DataFrame:
    """Those with an earlier answer, and by how much satisfaction ``fell`` since the last one."""
    before = every.drop_nulls("csat").select("customer_id", pl.col("sent_at").alias("_then"), pl.col("csat").alias("_was"))
    pairs = told.join(before, on="customer_id").filter(pl.col("_then") < pl.col("sent_at")).sort("_then")
    last = pairs.unique("survey_id", keep="last", maintain_order=True)
    return last.with_columns(fell=pl.col("_was") - pl.col("csat"))
