"""For whom an experiment in one flat file worked."""

from collections.abc import Sequence

import polars as pl

from churn_dash.campaigns.estimators.effects import Better
from churn_dash.campaigns.groups.columns import column, customer_column, folded, group_names, outcome_numbers
from churn_dash.campaigns.groups.members import in_two_groups
from churn_dash.campaigns.judged.flat import Columns, evaluate_rows
from churn_dash.campaigns.uplift.found import Uplift, beside, found, refusal
from churn_dash.errors import BadInput
from churn_dash.words import _


def uplift_rows(
    rows: pl.DataFrame,
    arm: str,
    control: str,
    outcome: str,
    design: str | None = None,
    segments: Sequence[str] = (),
    covariates: Sequence[str] = (),
    better: Better | None = None,
    unit: str | None = None,
    seed: int = 0,
) -> tuple[Uplift, ...]:
    """One answer a treated group. ``segments``: columns by whose values the effect is told; ``covariates``: what was known of members
    before, from which the ranking is learnt.

    Raises what ``evaluate_rows`` raises, and BadInput for a column that is group or outcome already.
    """
    for name in (*segments, *covariates):
        if column(rows, name).name in (arm, outcome):
            raise BadInput(_("The column {name} is the group or the outcome already; what came before must be another one."), name=name)
    unit = unit or customer_column(rows, (arm, outcome, *segments, *covariates))
    judged = evaluate_rows(rows, arm, control, outcome, design, better=better, columns=Columns(unit=unit))
    why = refusal(judged.grade, judged.due)
    treated = [e.arm for e in judged.effects]
    if why is not None or judged.control is None:
        return beside(judged, [Uplift(a, judged.control, judged.outcome, judged.grade, why) for a in treated])
    data = rows.select(
        folded(group_names(column(rows, arm)))[0].alias("arm"),
        outcome_numbers(column(rows, outcome))[0].alias("y"),
        *(column(rows, s).alias(f"segment {s}") for s in segments),
        *(column(rows, c).alias(f"covariate {c}") for c in covariates),
        *([column(rows, unit).cast(pl.String).str.strip_chars().alias("unit")] if unit else []),
    )
    data = in_two_groups(data.filter(pl.col("arm").is_not_null()), "unit")[0]
    features = data.select(numbers(data[f"covariate {c}"]).alias(c) for c in dict.fromkeys(covariates))
    data = data.select("arm", "y", *(pl.col(f"segment {s}").alias(s) for s in dict.fromkeys(segments)))
    names = list(dict.fromkeys(segments))
    return beside(judged, [found(data, judged.outcome, a, judged.control, names, lambda: features, seed) for a in treated])


def numbers(values: pl.Series) -> pl.Series:
    """A characteristic as a number for a model of steps: days as days, texts as the number of their value, missing as NaN.

    >>> numbers(pl.Series(["b", "a", None])).to_list(), numbers(pl.Series(["1", "2.5"])).to_list()
    ([1.0, 0.0, nan], [1.0, 2.5])
    """
    if values.dtype.is_temporal():
        values = values.cast(pl.Date).cast(pl.Int32)
    if values.dtype == pl.Boolean or values.dtype.is_numeric():
        return values.cast(pl.Float64).fill_null(float("nan"))
    text = values.cast(pl.String)
    read = text.cast(pl.Float64, strict=False)
    if read.null_count() > text.null_count():
        read = (text.rank("dense") - 1).cast(pl.Float64)
    return read.fill_null(float("nan"))
