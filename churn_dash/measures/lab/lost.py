"""The customers behind the figures of the definition lab."""

from collections.abc import Mapping

import polars as pl

from churn_dash.contract.definitions import ChurnDefinition
from churn_dash.measures.lab.comparison import alike, answerable, is_lost, seen_otherwise
from churn_dash.measures.lab.outcomes import outcomes
from churn_dash.measures.question import Question
from churn_dash.store import Dataset


def lost_by(question: Question, rules: Mapping[str, ChurnDefinition]) -> pl.DataFrame:
    """The customers behind ``Lab.overlaps``: customer_id, names (the definitions by which each is lost, joined by +), by number.

    Raises what ``compare_definitions`` raises.
    """
    ds = question.ds
    asked = answerable(ds, rules)
    whole = question.months
    same, lost = alike(outcomes(question, asked, seen_otherwise(ds, asked)), asked, whole)
    flags = same.filter(pl.any_horizontal(lost.values())).select("c", *(e.alias(name) for name, e in lost.items()))
    names = ["+".join(name for name in lost if r[name]) for r in flags.iter_rows(named=True)]
    found = pl.DataFrame({"c": flags["c"], "names": names}, schema={"c": flags["c"].dtype, "names": pl.String})
    return _numbered(ds, found)


def lost_before(question: Question, rules: Mapping[str, ChurnDefinition]) -> pl.DataFrame:
    """The customers behind ``Judged.before``: customer_id, names (one definition a row), of the same months a year before; none where the
    data begin later.

    Raises what ``compare_definitions`` raises.
    """
    ds = question.ds
    asked = answerable(ds, rules)
    earlier = question.months.year_before
    if earlier.start < ds.measurable[0]:
        return pl.DataFrame(schema={"customer_id": pl.String, "names": pl.String})
    rows = outcomes(question.over(earlier), asked, seen_otherwise(ds, asked))
    lost = [rows.filter(is_lost(name, earlier)).select("c", pl.lit(name).alias("names")) for name in asked]
    return _numbered(ds, pl.concat(lost))


def _numbered(ds: Dataset, rows: pl.DataFrame) -> pl.DataFrame:
    """The rows (c, names) with the customer's number in the place of ``c``, by number."""
    people = pl.DataFrame(ds.cursor().sql("select c, customer_id from people").to_arrow_table()).with_columns(
        pl.col("c").cast(rows["c"].dtype)
    )
    return rows.join(people, on="c", how="left").select("customer_id", "names").sort("customer_id", "names")
