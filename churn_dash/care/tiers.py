"""Customers near a downgrade or on watch for one, and until when it can be prevented. Source: METHODS A3, B3 (T3), 002-1, 003."""

import datetime

import polars as pl

from churn_dash.access import Scope
from churn_dash.care.standing import Standing
from churn_dash.contract.calendar import month_end, ordinal
from churn_dash.contract.tables.codes import TIER
from churn_dash.contract.tiers import NEAR, TIER_RULES, TierRule, ranks
from churn_dash.errors import NotFound
from churn_dash.intake.values.codes import coded
from churn_dash.marks import _
from churn_dash.measures.question import Question
from churn_dash.segments import members
from churn_dash.store import shifted

_MOST_GRACE = 24
"""Months of grace that ``Settings`` allows."""
_ORDER: tuple[tuple[str | pl.Expr, bool], ...] = (
    (pl.col("months_left") == 0, False),
    ("months_left", False),
    ("threshold", True),
    ("gap", True),
    ("customer_id", False),
)
"""By what the list is sorted, and whether from high to low."""


def near(standing: Standing) -> pl.DataFrame:
    """Customers on watch for a downgrade, or at most 10 % above the threshold of their tier: who can be kept and falls soonest
    first, then who falls next month whatever happens, then who is not on watch; the highest tier and the largest gap first.

    Columns: customer_id, own_tier (in force by the rule of ``standing``), average (month-average balances as the rule counts them,
    CNY), threshold (CNY), gap (threshold less average; below 0: what is left before it), on_watch, months_on_watch, months_left (in
    which the average can still reach the threshold; 0: the next month falls), last_chance (first day of the last of them), falls_on,
    falls_to (where nothing changes), to_bring (CNY: what all of next month must be held for an average of the threshold, less the
    balance at the end of this one, not below 0). Null for who is not on watch.

    Without month-average balances: by the tier that the data state, without the columns of the watch. Of a list without months:
    customer_id alone.
    """
    if standing.month is None:
        rows = members(Question(standing.ds, Scope.everything()), only="near_downgrade").join(standing.people, on="customer_id", how="semi")
        return rows.sort("balance", "customer_id", descending=[True, False], nulls_last=True).select("customer_id")
    return _by_rule(standing) if standing.has("customer_month", ("aum_avg",)) else _as_stated(standing)


def _by_rule(standing: Standing) -> pl.DataFrame:
    assert standing.month is not None
    if standing.rule not in TIER_RULES:
        raise NotFound(_("There is no tier rule {name}; there are: {known}."), name=standing.rule, known=", ".join(TIER_RULES))
    rule = standing.ds.settings.tier_rules[standing.rule]
    now = standing.months((f"tier_{rule.name}", f"watch_{rule.name}", "aum_avg", "aum_end"), 1)
    now = now.rename({f"tier_{rule.name}": "rank", f"watch_{rule.name}": "watch"}).filter(pl.col("rank") >= 0).drop_nulls("aum_avg")
    now = now.with_columns(
        pl.col("rank").cast(pl.Int64),
        pl.col("watch").cast(pl.Int64),
        pl.col("rank").replace_strict(range(len(rule.tiers)), rule.floors, return_dtype=pl.Float64).alias("threshold"),
        pl.col("aum_avg") * rule.counted(month_end(standing.month).day),
    )
    whole = pl.col("threshold") / rule.counted(month_end(shifted(standing.month, 1)).day)
    close = (pl.col("threshold") > 0) & (pl.col("aum_avg") >= pl.col("threshold")) & (pl.col("aum_avg") <= pl.col("threshold") * (1 + NEAR))
    rows = now.filter((pl.col("watch") > 0) | close).join(_highest(standing, rule, now), on="c", how="left")
    grace = pl.when(pl.col("rank") == len(rule.tiers) - 1).then(rule.top_months).otherwise(rule.months)
    on_watch = pl.col("watch") > 0
    left = (grace - (pl.col("watch") + rule.watched_from - 1)).clip(0)
    rows = rows.with_columns(on_watch.alias("on_watch"), pl.when(on_watch).then(left).cast(pl.Int64).alias("months_left"))
    basis = pl.col("highest") if rule.to == "max" else pl.col("aum_avg")
    rows = rows.with_columns(_month(standing.month, 1, "falls_on"), _month(standing.month, 0, "last_chance"))
    told = rows.select(
        "c",
        _named(pl.col("rank"), rule).alias("own_tier"),
        pl.col("aum_avg").alias("average"),
        "threshold",
        (pl.col("threshold") - pl.col("aum_avg")).alias("gap"),
        "on_watch",
        pl.when("on_watch").then("watch").alias("months_on_watch"),
        "months_left",
        pl.when(pl.col("months_left") > 0).then("last_chance").alias("last_chance"),
        "falls_on",
        pl.when("on_watch").then(_named(_reached(basis, rule), rule)).alias("falls_to"),
        pl.when("on_watch").then((whole - pl.col("aum_end")).clip(0.0)).alias("to_bring"),
    )
    by, descending = [column for column, _down in _ORDER], [down for _column, down in _ORDER]
    return standing.named(told).sort(by, descending=descending, nulls_last=True)


def _month(month: datetime.date, more: int, name: str) -> pl.Expr:
    """The first day of the month ``months_left`` and ``more`` months after ``month``."""
    days = {left: shifted(month, left + more) for left in range(_MOST_GRACE + 1)}
    return pl.col("months_left").replace_strict(list(days), list(days.values()), default=None, return_dtype=pl.Date).alias(name)


def _highest(standing: Standing, rule: TierRule, now: pl.DataFrame) -> pl.DataFrame:
    """The highest month-average of the run below that put a customer on watch: c, highest."""
    assert standing.month is not None
    sql, bound = standing.asked(("aum_avg",), rule.top_months)
    con = standing.ds.cursor()
    con.register("on_watch", now.filter(pl.col("watch") > 0).select("c", "watch").to_arrow())
    ago = f"{ordinal(standing.month)} - (year(r.month) * 12 + month(r.month) - 1)"
    days = " ".join(f"when r.month = DATE '{m}' then {rule.counted(month_end(m).day)!r}" for m in bound)
    highest = f"max(r.aum_avg * CAST(case {days} end AS DOUBLE)) as highest"
    run = f"from ({sql}) r join on_watch w on w.c = r.c where {ago} < w.watch + {rule.watched_from - 1}"
    return pl.DataFrame(con.sql(f"select r.c, {highest} {run} group by r.c", params=bound).to_arrow_table())


def _reached(balance: pl.Expr, rule: TierRule) -> pl.Expr:
    return pl.sum_horizontal((balance >= floor).cast(pl.Int64) for floor in rule.floors[1:])


def _named(rank: pl.Expr, rule: TierRule) -> pl.Expr:
    return rank.replace_strict(range(len(rule.tiers)), rule.names, default=None, return_dtype=pl.String)


def _as_stated(standing: Standing) -> pl.DataFrame:
    rows = standing.named(standing.months(("aum_end", "tier"), 1))
    tier = coded(rows["tier"], TIER)
    floors = list(standing.ds.settings.tiers.values())
    of_tier = {name: floors[rank] for name, rank in ranks(standing.ds.settings.tiers).items()}
    floor = tier.replace_strict(of_tier, default=None, return_dtype=pl.Float64)
    balance, threshold = pl.col("aum_end"), pl.col("threshold")
    found = rows.with_columns(tier.alias("own_tier"), floor.alias("threshold"))
    found = found.filter((threshold > 0) & (balance <= threshold * (1 + NEAR)))
    return found.select("customer_id", "own_tier", "threshold", (threshold - balance).alias("gap")).sort(
        "threshold", "gap", "customer_id", descending=[True, True, False]
    )
