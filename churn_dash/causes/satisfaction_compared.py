"""Branches and managers compared by what their customers say, as fairly as by who leaves. Sources: METHODS A1 1.3, B0, B8, B10."""

import dataclasses
from collections.abc import Sequence

import polars as pl

from churn_dash.causes.reading import needed, placed, resolved
from churn_dash.causes.satisfaction import SATISFIED
from churn_dash.errors import NotPossible
from churn_dash.marks import _
from churn_dash.measures.comparisons.comparison import Comparison, compared, unit_and_mix
from churn_dash.measures.question import Question


def satisfaction_compared(question: Question, by: str, strata: Sequence[str] | None = None) -> Comparison:
    """The share of satisfied customers (4 and 5 of 5) of each unit, adjusted for its mix as ``comparison`` adjusts churn.

    Of each customer the last answer of the period counts, under the unit and stratum of its month; in the units ``n`` are those who
    answered, ``left`` the satisfied of them, and ``above`` is better. Silent customers are in neither. Raises ``NotPossible`` without
    answers, for groups that are no dimension of the data, and with fewer than two units that have answers.
    """
    ds = question.ds
    (unit, mix), known = unit_and_mix(ds, by, strata), {d.name for d in ds.dimensions}
    for name in (unit, *mix):
        if name not in known:
            raise NotPossible(_("Satisfaction is compared by dimensions of the data, and {name} is none."), name=name)
    asked = resolved(question, leaving=False)
    whole = asked.whole
    surveys = needed(ds, "surveys", ["sent_at", "csat"]).filter(pl.col("sent_at").is_between(whole.start, whole.last_day))
    rated = surveys.drop_nulls("csat").select("customer_id", "sent_at", "survey_id", "csat")
    told = placed(asked, rated, "sent_at", (unit, *mix)).filter("active")
    last = told.sort("sent_at", "survey_id").unique("customer_id", keep="last", maintain_order=True)
    stratum = pl.concat_str([pl.col(m).fill_null("\0") for m in mix], separator="\x1f") if mix else pl.lit("")
    cells = (
        last.group_by(pl.col(unit).alias("unit"), stratum.alias("stratum"))
        .agg(pl.len().cast(pl.Int64).alias("n"), (pl.col("csat") >= SATISFIED).sum().cast(pl.Int64).alias("left"))
        .sort("unit", "stratum", nulls_last=True)
    )
    found = compared(cells)
    if len(found.units) < 2:
        raise NotPossible(_("To compare, answers from customers of at least two of them are needed: {name}."), name=unit)
    unplaced = int(cells.filter(pl.col("unit").is_null())["n"].sum() or 0)
    return dataclasses.replace(found, definition=asked.definition, by=unit, strata=mix, unplaced=unplaced)
