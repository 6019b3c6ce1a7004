"""For whom a campaign of the workspace worked."""

import datetime
import functools
from collections.abc import Sequence

import polars as pl

from churn_dash.access import Scope
from churn_dash.campaigns.groups.beforehand import beforehand
from churn_dash.campaigns.groups.checks import KNOWN, SEGMENT
from churn_dash.campaigns.groups.extract import spells
from churn_dash.campaigns.groups.members import campaign, roster
from churn_dash.campaigns.judged.judgement import evaluate
from churn_dash.campaigns.outcomes.member_outcomes import member_outcomes
from churn_dash.campaigns.uplift.found import Uplift, beside, found, refusal
from churn_dash.campaigns.uplift.rows import numbers
from churn_dash.errors import NotPossible
from churn_dash.risk.features.feature import Feature
from churn_dash.risk.rows.panel_tables import declared, panel
from churn_dash.risk.rows.snapshot import snapshot
from churn_dash.store import Dataset, month_end
from churn_dash.store.reading import month_of

MOST_LEVELS = 30


def uplift(
    ds: Dataset,
    campaign_id: str,
    scope: Scope,
    design: str | None = None,
    definition: str | None = None,
    segments: Sequence[str] = (),
    seed: int = 0,
) -> tuple[Uplift, ...]:
    """One answer a treated group, learnt from what was known of the members the month before the start; age and gender are never used.

    ``segments``: further characteristics of customers to tell the effect by. Raises what ``evaluate`` raises.
    """
    judged = evaluate(ds, campaign_id, design=design, definition=definition, scope=scope)
    why = refusal(judged.grade, judged.due)
    treated = [e.arm for e in judged.effects]
    if why is not None or judged.control is None or judged.definition is None:
        return beside(judged, [Uplift(a, judged.control, judged.outcome, judged.grade, why) for a in treated])
    settings = campaign(ds, campaign_id)
    members = member_outcomes(ds, settings, roster(ds, campaign_id, scope), spells(ds, judged.definition, scope))
    data = beforehand(ds, settings, members, None, None)
    names = [c for c in data.columns if c.startswith(SEGMENT)]
    plain = data.rename({c: c.removeprefix(SEGMENT) for c in names})
    short = [c.removeprefix(SEGMENT) for c in names]
    for name in dict.fromkeys(segments):
        plain = plain.with_columns(beforehand(ds, settings, members, name, None)["stratum"].alias(name))
    short = list(dict.fromkeys([*short, *segments]))
    told = functools.cache(lambda: known_before(ds, data, month_of(settings.start, -1), judged.definition or ""))
    return beside(judged, [found(plain, judged.outcome, a, judged.control, short, told, seed) for a in treated])


def known_before(ds: Dataset, members: pl.DataFrame, month: datetime.date, definition: str) -> pl.DataFrame:
    """Numbers known of the members at the end of ``month``, in their order: the risk models' features without age, gender and the like;
    where the data have too few months for those, what the balance of the groups is told by."""
    known = members.select(numbers(members[c]).alias(c) for c in members.columns if c.startswith(KNOWN))
    wanted = [f for f in declared(ds) if not f.sensitive]
    try:
        there, _name = panel(ds, definition, members["customer_id"], training=True, features=wanted)
    except NotPossible:
        return known
    asked = [f for f in wanted if not there.held.lacking([f])]
    rows = snapshot(there, asked, month_end(month))
    wide = members.select("customer_id").join(rows, on="customer_id", how="left", maintain_order="left")
    return wide.select(numbers(wide[f.name]).alias(f.name) for f in asked if _usable(wide[f.name], f))


def _usable(values: pl.Series, feature: Feature) -> bool:
    levels = values.drop_nulls().n_unique()
    return levels > 1 and (feature.kind != "category" or levels <= MOST_LEVELS)
