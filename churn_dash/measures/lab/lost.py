"""The customers behind the figures of the definition lab."""

from collections.abc import Mapping

import polars as pl

from churn_dash.access import Scope
from churn_dash.contract.definitions import ChurnDefinition
from churn_dash.measures.filters import Filters, Period, covered, last_12
from churn_dash.measures.lab.comparison import alike, answerable, is_lost, seen_otherwise
from churn_dash.measures.lab.outcomes import outcomes
from churn_dash.store import Dataset


def lost_by(
    ds: Dataset,
    rules: Mapping[str, ChurnDefinition],
    filters: Filters = Filters(),  # noqa: B008
    period: Period | None = None,
    scope: Scope = Scope.everything(),  # noqa: B008
) -> pl.DataFrame:
    """The customers behind ``Lab.overlaps``: customer_id, names (the definitions by which each is lost, joined by +), by number.

    Raises what ``compare_definitions`` raises.
    """
    asked = answerable(ds, rules)
    whole = covered(ds, period) if period is not None else last_12(ds)
    same, lost = alike(outcomes(ds, asked, seen_otherwise(ds, asked), whole, filters, scope), asked, whole)
    flags = same.filter(pl.any_horizontal(lost.values())).select("c", *(e.alias(name) for name, e in lost.items()))
    names = ["+".join(name for name in lost if r[name]) for r in flags.iter_rows(named=True)]
    found = pl.DataFrame({"c": flags["c"], "names": names}, schema={"c": flags["c"].dtype, "names": pl.String})
    return _numbered(ds, found)


def lost_before(
    ds: Dataset,
    rules: Mapping[str, ChurnDefinition],
    filters: Filters = Filters(),  # noqa: B008
    period: Period | None = None,
    scope: Scope = Scope.everything(),  # noqa: B008
) -> pl.DataFrame:
    """The customers behind ``Judged.before``: customer_id, names (one definition a row), of the same months a year before; none where the
    data begin later.

    Raises what ``compare_definitions`` raises.
    """
    asked = answerable(ds, rules)
    earlier = (covered(ds, period) if period is not None else last_12(ds)).year_before
    if earlier.start < ds.measurable[0]:
        return pl.DataFrame(schema={"customer_id": pl.String, "names": pl.String})
    rows = outcomes(ds, asked, seen_otherwise(ds, asked), earlier, filters, scope)
    lost = [rows.filter(is_lost(name, earlier)).select("c", pl.lit(name).alias("names")) for name in asked]
    return _numbered(ds, pl.concat(lost))


def _numbered(ds: Dataset, rows: pl.DataFrame) -> pl.DataFrame:
    """The rows (c, names) with the customer's number in the place of ``c``, by number."""
    people = pl.DataFrame(ds.cursor().sql("select c, customer_id from people").to_arrow_table()).with_columns(
        pl.col("c").cast(rows["c"].dtype)
    )
    return rows.join(people, on="c", how="left").select("customer_id", "names").sort("customer_id", "names")
