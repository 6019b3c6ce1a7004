"""What customers say of the bank: satisfaction and recommendation by wave, and who answers. Source: METHODS B8, PRODUCT 15."""

import functools
import math
from dataclasses import dataclass
from typing import Literal

import polars as pl

from churn_dash.causes.reading import counted_months, needed, placed, resolved
from churn_dash.contract.causes import SCALE
from churn_dash.errors import NotPossible
from churn_dash.marks import _
from churn_dash.measures.question import Question
from churn_dash.measures.statistics.estimates import NOTHING, Estimate, clipped, mean, promoter_score, rate
from churn_dash.measures.statistics.intervals import normal_quantile, wilson
from churn_dash.store.reading import full_table
from churn_dash.words import Count

SATISFIED = 4
"""CSAT counts answers of 4 and 5 of 5."""
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


def satisfaction(question: Question) -> Satisfaction:
    """The questionnaires sent in the period. Raises ``NotPossible`` without the table ``surveys``, and what ``measure`` raises."""
    sent, base, outside = sent_rows(question)
    waves, lost = [], 0.0
    for (wave,), rows in sent.sort("month").group_by("month", maintain_order=True):
        people = base.filter(pl.col("month") == wave)
        waves.append({"wave": wave, **_figures(rows, people)})
        lost += _silent_cells(rows, people) * int(people["n"].sum())
    frame = pl.DataFrame(waves, infer_schema_length=None)
    asked_for = base.filter(pl.col("month").is_in(sent["month"].unique().implode()))
    n = int(asked_for["n"].sum())
    return Satisfaction(frame, _figures(sent, asked_for), outside, lost / n if n else None)


def sent_rows(question: Question) -> tuple[pl.DataFrame, pl.DataFrame, int]:
    """The questionnaires of the period, the customers there in those months, and how many questionnaires are left out.

    The first: customer_id, month, tier, age_band, end_day, survey_id, sent_at, answered, the answers (null where not answered),
    open_complaint (yes, no, when it was sent) and history (answered, silent, mixed or new, by the questionnaires before). The second:
    month, tier, age_band, n.
    """
    # Most cards of the page ask for the same ones; filters may speak of saved segments, which change.
    return _sent_rows(question) if question.filters.where else _sent_to_all(question.everybody)


@functools.lru_cache(maxsize=2)
def _sent_to_all(question: Question) -> tuple[pl.DataFrame, pl.DataFrame, int]:
    return _sent_rows(question)


def _sent_rows(question: Question) -> tuple[pl.DataFrame, pl.DataFrame, int]:
    ds = question.ds
    asked = resolved(question, leaving=False)
    whole = asked.whole
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
    cells = WEIGHTED_BY["population"]
    base = counted_months(asked, cells).filter(pl.col("active") > 0).select("month", *cells, n="active")
    base = base.with_columns(pl.col(cells).fill_null(""))
    mine = placed(asked, inside, "sent_at", cells).filter("active").drop("active", "exposure")
    mine = mine.with_columns(pl.col(cells).fill_null(""), answered=pl.col("answered_at").is_not_null())
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
    found |= _spread("csat_mean", mean(answers["csat"], SCALE))
    found |= _spread("nps", promoter_score(answers["nps"]))
    found |= _weighted(population_weights(answers, people), "weighted")
    found |= _weighted(response_weights(rows), "response")
    return found


def _spread(name: str, e: Estimate) -> dict[str, float | None]:
    return {name: e.value, f"{name}_low": e.low, f"{name}_high": e.high, f"{name}_n": e.n}


def population_weights(answers: pl.DataFrame, people: pl.DataFrame, by: tuple[str, ...] = WEIGHTED_BY["population"]) -> pl.DataFrame:
    """``answers`` with ``weight``: share of the cell among the ``people`` (``n`` in each row) over its share among the answers; mean 1.
    METHODS B8.

    Cells from which nobody answered cannot be weighted: the others stand for them in proportion.
    """
    if answers.is_empty():
        return answers.with_columns(weight=pl.lit(None, dtype=pl.Float64))
    there = people.group_by(by).agg(pl.col("n").sum().alias("_base"))
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
    n = int(people["n"].sum())
    return int(people.join(cells, on=WEIGHTED_BY["population"], how="anti")["n"].sum()) / n if n else 0.0


def _weighted(answers: pl.DataFrame, name: str) -> dict[str, float | None]:
    """Share satisfied, mean and NPS of the weighted answers, with ranges that the weights widen (Kish's effective n)."""
    known = answers.filter(pl.col("csat").is_not_null() & pl.col("weight").is_not_null())
    told = answers.filter(pl.col("nps").is_not_null() & pl.col("weight").is_not_null())
    share = weighted_rate(known["csat"] >= SATISFIED, known["weight"])
    middle = weighted_mean(known["csat"], known["weight"], SCALE)
    score = weighted_mean((told["nps"] >= 9).cast(pl.Int64) - (told["nps"] <= 6).cast(pl.Int64), told["weight"], (-1.0, 1.0))
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


def weighted_mean(values: pl.Series, weight: pl.Series, within: tuple[float, float] | None = None) -> Estimate:
    """Weighted mean with the linearised interval, no wider than the scale ``within``; below two answers the mean alone."""
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
    return Estimate(middle, *clipped(middle - half, middle + half, within), n)


def answering_customers(question: Question, figure: Literal["csat", "nps"] = "csat") -> pl.DataFrame:
    """The customers behind a figure of ``Satisfaction.waves``: customer_id, wave (YYYY-MM), a row each answer."""
    sent, _base, _outside = sent_rows(question)
    told = sent.filter(pl.col("answered") & pl.col(figure).is_not_null())
    return told.select("customer_id", pl.col("month").dt.strftime("%Y-%m").alias("wave"))
