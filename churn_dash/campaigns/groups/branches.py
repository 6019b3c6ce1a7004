"""A campaign of whole branches: the monthly figures of every branch, and from when it was treated. Source: METHODS C4."""

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import polars as pl

from churn_dash.access import Scope
from churn_dash.campaigns.estimators.effects import Outcome
from churn_dash.campaigns.estimators.panel import NEVER, Panel
from churn_dash.campaigns.groups.extract import Extract, of_month
from churn_dash.campaigns.groups.members import Campaign
from churn_dash.store.reading import fetched, month_columns, month_of
from churn_dash.words import Count, Ratio, Text, _

WHOLE, UNTOUCHED = 0.5, 0.05
"""A branch counts as treated from this share of its customers on, as untreated up to that; those between are left out."""
MOST_BEFORE = 24
MONTHLY_CHURN = Outcome("churn_month", _("Share of customers who left in a month"), "ratio", "down")

_LEAVING = """
    select m.d_branch_id as branch, date_trunc('month', m.month + interval 1 month)::date as month,
           avg((s.customer_id is not null)::int)::double as y
    from months m
    left join (select distinct customer_id, date_trunc('month', end_date)::date as month from spells
               where definition = ? and form is not null) s
      on s.customer_id = m.customer_id and s.month = date_trunc('month', m.month + interval 1 month)::date
    where m.d_branch_id is not null and m.month >= ? and m.month < ?
    group by all
"""
_MEANS = """
    select d_branch_id as branch, month, avg("{column}")::double as y from months
    where d_branch_id is not null and month >= ? and month <= ? and "{column}" is not null
    group by all
"""


@dataclass(frozen=True)
class BranchPanel:
    """Branches by month, what they are judged by, and how many were left out as neither treated nor untouched."""

    panel: Panel
    outcome: Outcome
    branches: tuple[str, ...]
    mixed: int


def branch_panel(ds: Extract, campaign: Campaign, treated: pl.DataFrame, definition: str, scope: Scope) -> BranchPanel | Text:
    """The branches of a campaign over the months around it; where it was not one of whole branches, why not.

    ``treated`` holds customer_id and assigned_at of the members who were to be treated.
    """
    columns = month_columns(ds)
    if "d_branch_id" not in columns:
        return Text(_("The monthly data do not say to which branch a customer belongs."))
    starts = _starts(ds, campaign, treated)
    if isinstance(starts, Text):
        return starts
    values = _values(ds, campaign, definition, columns)
    if isinstance(values, Text):
        return values
    rows, outcome = values
    if scope.branches is not None:
        rows = rows.filter(pl.col("branch").is_in(list(scope.branches)))
    own = rows.join(starts.filter(pl.col("start").is_not_null() | (pl.col("share") <= UNTOUCHED)), on="branch").sort("branch", "month")
    if own.is_empty() or own["start"].null_count() in (0, len(own)):
        return Text(_("There are not both treated and untreated branches among those that you may see."))
    months = own["month"].unique().sort()
    place = {m: i + 1 for i, m in enumerate(months.to_list())}
    unit = own["branch"].rank("dense").cast(pl.Int64).to_numpy() - 1
    start = [NEVER if s is None else next((i for m, i in place.items() if m >= s), len(place) + 1) for s in own["start"].to_list()]
    panel = Panel(
        unit,
        np.array([place[m] for m in own["month"].to_list()], dtype=np.int64),
        own["y"].cast(pl.Float64).to_numpy(),
        np.array(start, dtype=np.int64),
        unit,
    )
    return BranchPanel(panel, outcome, tuple(own["branch"].unique().sort().to_list()), starts.height - own["branch"].n_unique())


def _starts(ds: Extract, campaign: Campaign, treated: pl.DataFrame) -> pl.DataFrame | Text:
    """branch, share of its customers treated, and its first treated month; null in branches that are not treated as a whole."""
    where = of_month(ds, month_of(campaign.start, -1), ["d_branch_id"]).rename({"d_branch_id": "branch"}).drop_nulls()
    if where.is_empty():
        return Text(_("The month before the start is not in the monthly data."))
    first = treated.select("customer_id", pl.col("assigned_at").fill_null(campaign.start).alias("on"))
    found = (
        where.join(first.unique("customer_id"), on="customer_id", how="left")
        .group_by("branch")
        .agg(share=pl.col("on").is_not_null().mean(), on=pl.col("on").quantile(0.5, "lower"))
    )
    whole = pl.col("share") >= WHOLE
    inside = float(found.filter(whole)["share"].mean() or 0.0)  # type: ignore[arg-type]
    if not inside:
        most = float(found["share"].max() or 0.0)  # type: ignore[arg-type]
        return Text(
            _("The campaign did not take whole branches: the most is {share} of a branch's customers; {least} are needed."),
            share=Ratio(most),
            least=Ratio(WHOLE),
        )
    begun = pl.max_horizontal(pl.col("on"), pl.lit(campaign.start)).cast(pl.Date).dt.truncate("1mo")
    return found.with_columns(start=pl.when(whole).then(begun)).select("branch", "share", "start")


def _values(ds: Extract, campaign: Campaign, definition: str, columns: Collection[str]) -> tuple[pl.DataFrame, Outcome] | Text:
    first, last = month_of(campaign.start, -MOST_BEFORE), month_of(campaign.last)
    own = campaign.outcome
    if own.saves:
        until = min(last, ds.months[-1])
        rows = fetched(ds, _LEAVING, [definition, month_of(first, -1), until])
        return rows.filter(pl.col("month") > ds.months[0]), MONTHLY_CHURN
    if own.unit == "ratio" or own.name not in columns:
        return Text(_("{outcome} has no figure for each month and branch."), outcome=own.label)
    return fetched(ds, _MEANS.format(column=own.name), [first, last]), own


def mixed_words(found: BranchPanel) -> list[Text]:
    """A sentence about branches that were neither treated as a whole nor left alone."""
    if not found.mixed:
        return []
    return [Text(_("{n} branches were treated in part only and are left out."), n=Count(found.mixed))]
