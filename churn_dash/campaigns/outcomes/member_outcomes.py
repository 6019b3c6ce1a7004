"""Each member's outcome, and what a plain before and after would say of the target group. Sources: METHODS B1, C1."""

import contextlib
import datetime
from dataclasses import replace

import polars as pl

from churn_dash.access import Scope
from churn_dash.campaigns.estimators.effects import Outcome
from churn_dash.campaigns.groups.extract import Extract, visible
from churn_dash.campaigns.groups.measured import OUTCOMES, SATISFIED
from churn_dash.campaigns.groups.members import Campaign, standing
from churn_dash.campaigns.groups.numbered import beside
from churn_dash.campaigns.outcomes.kinds import told, weighed
from churn_dash.campaigns.outcomes.naive import Naive, change, expected_change
from churn_dash.contract.calendar import month_end
from churn_dash.errors import NotPossible
from churn_dash.measures.statistics.estimates import NOTHING, Estimate
from churn_dash.store.reading import month_of, month_values
from churn_dash.words import Money, Number, Text, _

USUAL_MONTHS = 12
"""A customer's usual level is the mean of up to so many months before."""
LEAST_USUAL_MONTHS = 3


def last_day_counted(campaign: Campaign) -> datetime.date:
    """The last day that must be in the data; on the day after, the campaign can be judged."""
    by_days = campaign.outcome.saves or campaign.outcome.name == SATISFIED.name
    return campaign.last if by_days else month_end(month_of(campaign.last))


def member_outcomes(ds: Extract, campaign: Campaign, members: pl.DataFrame, spells: pl.DataFrame) -> pl.DataFrame:
    """The members with ``active`` (a customer on the eve of the start) and ``y``: 1 or 0, the amount, or a part in a share of amounts.

    Amounts are those of the month in which the campaign is judged; of a customer lost by then, 0. ``y`` is null for members
    who were no customers at the start, and where the data do not tell. Raises NotPossible where a table or column is missing.
    """
    stood = standing(spells, campaign.start, campaign.last)
    out = beside(members, stood).with_columns(pl.col("left").is_not_null().alias("active"))
    found = told(ds, campaign, out)
    y = found["y"]
    if campaign.outcome.sums:
        y = weighed(found.with_columns(pl.when("active").then(pl.col(c)).alias(c) for c in ("y", "x")))
    return out.with_columns(y=y).with_columns(pl.when("active").then(pl.col("y")).alias("y"))


def bank_before(spells: pl.DataFrame, campaign: Campaign, first_month: datetime.date) -> pl.DataFrame | None:
    """Everybody who was a customer one horizon before the start, and what became of them by its eve; None where the data begin later."""
    first = campaign.start - datetime.timedelta(days=campaign.horizon_days)
    return standing(spells, first, campaign.eve) if first >= first_month else None


def naive_before_after(ds: Extract, campaign: Campaign, judged: pl.DataFrame, spells: pl.DataFrame, scope: Scope) -> Naive:
    """The naive figure of the target group ``judged`` (rows with ``y``), with why it misleads."""
    known = judged.drop_nulls("y")
    mean = known["y"].mean()
    after = float(mean) if isinstance(mean, int | float) else None
    if campaign.outcome.saves:
        return _rates(campaign, after, known, spells, ds.months[0])
    if campaign.outcome.name in OUTCOMES:
        return _same_before(ds, campaign, judged, spells, after, len(known))
    return _amounts(ds, campaign, known, scope)


def _rates(campaign: Campaign, after: float | None, known: pl.DataFrame, spells: pl.DataFrame, first_month: datetime.date) -> Naive:
    n, everyone = len(known), bank_before(spells, campaign, first_month)
    if everyone is None or everyone.is_empty():
        why = Text(
            _(
                "The data do not reach back one horizon before the start. The target group's figure by itself "
                "would credit the campaign with all that would have happened without it."
            )
        )
        return Naive(None, after, n, why)
    column = "left" if campaign.outcome.name == "churn" else "stays"
    why = Text(
        _(
            "Every member was still a customer at the start, so none can have left before; "
            "the rate of the whole bank in the same number of days before the start stands in. "
            "The members are not like the whole bank and the season moved on, so the change says nothing of the campaign."
        )
    )
    earlier = everyone.select("customer_id", pl.col(column).cast(pl.Float64).alias("y"))
    found = change(known, earlier)
    return Naive(float(earlier.select(pl.mean("y")).item()), after, n, why, found.low, found.high)


def _same_before(ds: Extract, campaign: Campaign, judged: pl.DataFrame, spells: pl.DataFrame, after: float | None, n: int) -> Naive:
    """The same outcome of the same members one horizon earlier."""
    earlier = replace(campaign, start=campaign.start - datetime.timedelta(days=campaign.horizon_days))
    before, found = None, NOTHING
    if month_of(earlier.start, -1) >= ds.months[0]:
        with contextlib.suppress(NotPossible):
            same = member_outcomes(ds, earlier, judged.select("customer_id", "arm"), spells)
            mean, found = same["y"].mean(), change(judged, same)
            before = float(mean) if isinstance(mean, int | float) else None
    why = (
        Text(
            _(
                "Before: the same members in the same number of days before the start. Members were chosen as they stood at the start, "
                "and the season moved on, so the change says nothing of the campaign."
            )
        )
        if before is not None
        else Text(
            _(
                "The data do not tell the same figure one horizon before the start. The target group's figure by itself "
                "would credit the campaign with all that would have happened without it."
            )
        )
    )
    return Naive(before, after, n, why, found.low, found.high)


def _amounts(ds: Extract, campaign: Campaign, known: pl.DataFrame, scope: Scope) -> Naive:
    column, before_month = campaign.outcome.name, month_of(campaign.start, -1)
    at_start = _levels(ds, column, before_month, scope)
    both = known.join(at_start, on="customer_id").drop_nulls("before")
    before, after = both["before"].mean(), both["y"].mean()
    expected, beyond = expected_change(both.rename({"y": "after"}), _history(ds, campaign, scope))
    if not isinstance(before, int | float) or not isinstance(after, int | float):
        return Naive(None, None, 0, Text(_BACK))
    why = Text(_BACK) if expected.value is None else _way_back(campaign.outcome, expected, beyond)
    moved = change(both, both.select("customer_id", pl.col("before").alias("y")))
    return Naive(float(before), float(after), len(both), why, moved.low, moved.high, expected, beyond)


_BACK = _(
    "Amounts that are unusually low or high move back by themselves, and the season moves them all; "
    "a plain before and after counts that as the campaign's work."
)


def _way_back(outcome: Outcome, expected: Estimate, beyond: Estimate) -> Text:
    """What was to be expected anyway, and whether what is left may be chance."""
    unclear = beyond.low is None or beyond.high is None or beyond.low <= 0 <= beyond.high
    figures = zip(("expected", "e_low", "e_high"), (expected.value, expected.low, expected.high), strict=True)
    rest = zip(("beyond", "low", "high"), (beyond.value, beyond.low, beyond.high), strict=True)
    return Text(_LEFT_MAY_BE_CHANCE if unclear else _LEFT, **{name: _amount(outcome, v) for name, v in (*figures, *rest)})


_LEFT_MAY_BE_CHANCE = _(
    "Amounts that are unusually low or high move back by themselves: before the campaign, customers as far from their usual level "
    "changed by {expected} ({e_low} to {e_high}) on average in the same time. A plain before and after counts that as the campaign's "
    "work. What is left beyond it, {beyond} ({low} to {high}), may be chance."
)
_LEFT = _(
    "Amounts that are unusually low or high move back by themselves: before the campaign, customers as far from their usual level "
    "changed by {expected} ({e_low} to {e_high}) on average in the same time. A plain before and after counts that as the campaign's "
    "work. What is left beyond it, {beyond} ({low} to {high}), is more than chance, but other seasons and reasons are in it too."
)


def _amount(outcome: Outcome, number: float | None) -> Money | Number:
    return Money(number) if outcome.unit == "money" else Number(number)


def _levels(ds: Extract, column: str, month: datetime.date, scope: Scope) -> pl.DataFrame:
    """customer_id, before (the month's amount), usual (mean of the months before it, at least three)."""
    months = [month_of(month, -back) for back in range(USUAL_MONTHS + 1)]
    values = visible(ds, month_values(ds, column, months), scope)
    usual = values.filter(pl.col("month") < month).group_by("customer_id").agg(pl.mean("v").alias("usual"), pl.len().alias("n"))
    return (
        values.filter(pl.col("month") == month)
        .select("customer_id", pl.col("v").alias("before"))
        .join(usual.filter(pl.col("n") >= LEAST_USUAL_MONTHS), on="customer_id", how="left", maintain_order="left")
        .select("customer_id", "before", "usual")
    )


def _history(ds: Extract, campaign: Campaign, scope: Scope) -> pl.DataFrame:
    """Levels and what followed, as far apart as in the campaign, all of it before the start."""
    end = month_of(campaign.start, -1)
    span = (month_of(campaign.last).year - end.year) * 12 + month_of(campaign.last).month - end.month
    origin = month_of(end, -span)
    after = month_values(ds, campaign.outcome.name, [end]).select("customer_id", pl.col("v").alias("after"))
    return (
        _levels(ds, campaign.outcome.name, origin, scope)
        .join(after, on="customer_id", how="left")
        .with_columns(pl.col("after").fill_null(0.0))
    )
