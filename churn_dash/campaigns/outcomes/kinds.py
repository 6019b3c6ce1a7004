"""What each kind of outcome reads of the data, a value a member. Sources: METHODS B1, B3, B7, B8."""

from collections.abc import Callable, Mapping

import polars as pl

from churn_dash.campaigns.groups.extract import Extract, of_month
from churn_dash.campaigns.groups.members import Campaign
from churn_dash.campaigns.groups.numbered import beside, one_each
from churn_dash.errors import NotPossible
from churn_dash.store.reading import full_table, month_of, month_values
from churn_dash.words import _


def told(ds: Extract, campaign: Campaign, members: pl.DataFrame) -> pl.DataFrame:
    """``members`` with ``y`` (null where the data do not tell), and ``x`` where ``y`` is an amount of an amount ``x``.

    ``members`` hold active, left and stays. Raises NotPossible where a table or column is missing.
    """
    return _KINDS.get(campaign.outcome.name, _amount)(ds, campaign, members)


def weighed(found: pl.DataFrame) -> pl.Series:
    """Each member's part in Σy/Σx of its group, so that a group's mean is the ratio and its spread the linearised one (METHODS B1).

    Members without an amount ``x`` count for nothing and are null.

    >>> frame = pl.DataFrame({"arm": ["a"] * 4, "y": [40.0, 20, 0, 0], "x": [40.0, 50, 0, 40]})
    >>> round(weighed(frame).mean(), 4), weighed(frame).null_count()
    (0.4615, 1)
    """
    known = pl.col("x").is_not_null() & pl.col("y").is_not_null() & (pl.col("x") > 0)
    x, y = (pl.when(known).then(pl.col(c)) for c in ("x", "y"))
    ratio = y.sum().over("arm") / x.sum().over("arm")
    part = ratio + (y - ratio * x) / x.mean().over("arm")
    return found.select(pl.when(known).then(part).alias("y"))["y"]


def _joined(members: pl.DataFrame, values: pl.DataFrame) -> pl.DataFrame:
    return beside(members, one_each(values))


def _lost_as(value: float, column: str) -> pl.Expr:
    return pl.col(column).fill_null(pl.when(~pl.col("stays")).then(value))


def _amount(ds: Extract, campaign: Campaign, members: pl.DataFrame) -> pl.DataFrame:
    after = month_values(ds, campaign.outcome.name, [month_of(campaign.last)]).select("customer_id", pl.col("v").alias("after"))
    return _joined(members, after).with_columns(y=_lost_as(0.0, "after"))


def _churn(_ds: Extract, _campaign: Campaign, members: pl.DataFrame) -> pl.DataFrame:
    return members.with_columns(y=pl.col("left").cast(pl.Float64))


def _retention(_ds: Extract, _campaign: Campaign, members: pl.DataFrame) -> pl.DataFrame:
    return members.with_columns(y=pl.col("stays").cast(pl.Float64))


def _around(ds: Extract, campaign: Campaign, members: pl.DataFrame, before: Mapping[str, str], after: Mapping[str, str]) -> pl.DataFrame:
    """Members with columns of the month before the start and of the month of judgement, under new names. Raises NotPossible."""
    for month, columns in ((month_of(campaign.start, -1), before), (month_of(campaign.last), after)):
        values = of_month(ds, month, list(columns))
        empty = [c for c in columns if values[c].null_count() == len(values)]
        if empty:
            raise NotPossible(
                _("The campaign cannot be judged by this: {column} of {month} is not in the monthly data."),
                column=", ".join(empty),
                month=f"{month:%Y-%m}",
            )
        members = _joined(members, values.select("customer_id", *(pl.col(c).cast(pl.Float64).alias(n) for c, n in columns.items())))
    return members


def _at_most(value: pl.Expr, most: pl.Expr) -> pl.Expr:
    return pl.when(value.is_not_null() & most.is_not_null()).then(pl.min_horizontal(value, most))


def _balances_kept(ds: Extract, campaign: Campaign, members: pl.DataFrame) -> pl.DataFrame:
    found = _around(ds, campaign, members, {"aum_end": "x"}, {"aum_end": "after"})
    return found.with_columns(y=_at_most(_lost_as(0.0, "after").clip(0.0), pl.col("x")))


def _recovery(ds: Extract, campaign: Campaign, members: pl.DataFrame) -> pl.DataFrame:
    found = _around(ds, campaign, members, {"aum_avg": "previous", "aum_end": "at_start"}, {"aum_end": "after"})
    missing = (pl.col("previous") - pl.col("at_start")).clip(0.0)
    back = (_lost_as(0.0, "after") - pl.col("at_start")).clip(0.0)
    return found.with_columns(x=missing, y=_at_most(back, missing))


def _tier_kept(ds: Extract, campaign: Campaign, members: pl.DataFrame) -> pl.DataFrame:
    rule = f"tier_{ds.settings.tier_down.rule}"
    found = _around(ds, campaign, members, {rule: "before"}, {rule: "after"})
    held = pl.when(pl.col("left")).then(0.0).when(pl.col("after") >= 0).then((pl.col("after") >= pl.col("before")).cast(pl.Float64))
    return found.with_columns(y=pl.when(pl.col("before") > 0).then(held))


def _take_up(ds: Extract, campaign: Campaign, members: pl.DataFrame) -> pl.DataFrame:
    found = _around(ds, campaign, members, {"product_count": "before"}, {"product_count": "after"})
    return found.with_columns(y=(_lost_as(0.0, "after") > pl.col("before")).cast(pl.Float64))


def _satisfied(ds: Extract, campaign: Campaign, members: pl.DataFrame) -> pl.DataFrame:
    surveys = full_table(ds, "surveys")
    if surveys is None or surveys["csat"].null_count() == len(surveys):
        raise NotPossible(_("The campaign cannot be judged by satisfaction: the table surveys with csat is not in the data."))
    own = surveys.filter(pl.col("answered_at").is_between(campaign.start, campaign.last) & pl.col("csat").is_not_null())
    last = own.sort("answered_at", "survey_id").unique("customer_id", keep="last", maintain_order=True)
    return _joined(members, last.select("customer_id", y=(pl.col("csat") >= 4).cast(pl.Float64)))


_KINDS: Mapping[str, Callable[[Extract, Campaign, pl.DataFrame], pl.DataFrame]] = {
    "churn": _churn,
    "retention": _retention,
    "aum_kept": _balances_kept,
    "recovery": _recovery,
    "tier_kept": _tier_kept,
    "csat": _satisfied,
    "take_up": _take_up,
}
