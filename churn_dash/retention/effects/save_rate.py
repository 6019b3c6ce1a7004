"""The share of leavers kept, measured by a random hold-out, in the place of the assumed one. Sources: METHODS B5, C2, D8.

Of those who would have left, the share that stays because they were put on the list: 1 − p₁/p₀, with the churn of target group and
hold-out; the range is that of the ratio of two rates (Katz, on the logarithm). Reached or not: the list costs a call in either case.
Several campaigns are taken together, each weighted by the inverse of the variance of its logarithm.
"""

import datetime
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from churn_dash.access import Scope
from churn_dash.campaigns import Evaluation, campaign_ids, evaluate
from churn_dash.campaigns.estimators.rates import katz
from churn_dash.campaigns.groups.numbered import numbered
from churn_dash.contract.campaign_kinds import kind
from churn_dash.errors import BadInput, NotFound, NotPossible
from churn_dash.measures.money.assumptions import Held, in_force
from churn_dash.measures.statistics.intervals import normal_quantile
from churn_dash.retention.plays.kept import plays
from churn_dash.store import Dataset, Records
from churn_dash.store.reading import full_table

_SAID = ("worked", "worse", "unconfirmed")


@dataclass(frozen=True)
class SaveRate:
    """The share of leavers kept, with its 95 % range, and the campaign that measured it. ``kind``: its type, which may be a play."""

    value: float
    low: float
    high: float
    campaign_id: str
    name: str
    kind: str | None
    n_treated: int
    n_control: int
    horizon_days: int
    due_on: datetime.date

    def as_json(self) -> dict[str, Any]:
        """As the command line prints it."""
        return asdict(self) | {"due_on": self.due_on.isoformat()}


def together(found: Sequence[SaveRate]) -> SaveRate:
    """What several campaigns measured, as one; sizes add up, the rest is the latest's.

    >>> day = datetime.date(2026, 1, 1)
    >>> one = SaveRate(0.5, 0.0, 0.75, "A", "a", None, 100, 100, 90, day)
    >>> both = together([one, SaveRate(0.5, 0.0, 0.75, "B", "b", None, 100, 100, 90, day)])
    >>> both.name, both.value, round(both.low, 4), round(both.high, 4), both.n_treated
    ('a, b', 0.5, 0.1837, 0.6937, 200)
    """
    if len(found) == 1:
        return found[0]
    weights = [1 / _error(r) ** 2 for r in found]
    centre = sum(w * math.log(1 - r.value) for w, r in zip(weights, found, strict=True)) / sum(weights)
    half = normal_quantile() / math.sqrt(sum(weights))
    value, low, high = (1 - math.exp(centre + x) for x in (0.0, half, -half))
    names, numbers = ", ".join(r.name for r in found), ", ".join(r.campaign_id for r in found)
    treated, control = sum(r.n_treated for r in found), sum(r.n_control for r in found)
    return replace(found[-1], value=value, low=low, high=high, campaign_id=numbers, name=names, n_treated=treated, n_control=control)


def _error(r: SaveRate) -> float:
    """The standard error of log(p₁/p₀), from the range."""
    return (math.log(1 - r.low) - math.log(1 - r.high)) / (2 * normal_quantile())


def save_rate(judged: Evaluation, kind: str | None = None) -> SaveRate | None:
    """The rate that a campaign measured; None unless it is of evidence A, due, judged by who left or stayed, with cases enough."""
    if judged.grade != "A" or not judged.due or not judged.outcome.saves or len(judged.effects) != 1 or judged.status not in _SAID:
        return None
    e = judged.effects[0]
    gone = [g.cases if judged.outcome.better == "down" else g.known - g.cases for g in (e.treated, e.base)]
    ratio = ratio_of_rates(gone[0], e.treated.known, gone[1], e.base.known)
    if ratio is None or judged.evaluated_on is None:
        return None
    value, low, high = ratio
    sizes = e.treated.known, e.base.known
    name = judged.name or judged.campaign_id or ""
    return SaveRate(
        1 - value, 1 - high, 1 - low, judged.campaign_id or "", name, kind, *sizes, judged.horizon_days or 0, judged.evaluated_on
    )


def ratio_of_rates(k1: int, n1: int, k0: int, n0: int) -> tuple[float, float, float] | None:
    """p₁/p₀ with its 95 % range by Katz's logarithm; None where one of the counts is 0.

    >>> [round(x, 4) for x in ratio_of_rates(10, 100, 20, 100)]
    [0.5, 0.2466, 1.0136]
    """
    found = katz(k1, n1, k0, n0)
    return None if found is None else ((k1 / n1) / (k0 / n0), found.low, found.high)


def rates(ds: Dataset, records: Records, definition: str | None = None, *, scope: Scope) -> list[SaveRate]:
    """What the campaigns that call customers measured, the latest last: lists frozen here, calls, and campaigns of a play."""
    table, members = full_table(ds, "campaigns"), full_table(ds, "campaign_assignments")
    if table is None or members is None or ds.shape != "panel":
        return []
    kinds = dict(table.select("campaign_id", "type").iter_rows())
    frozen = set(members.drop_nulls("stratum")["campaign_id"].unique())
    own, read_once = plays(records), numbered(ds)
    found = []
    for number in campaign_ids(ds):
        word = str(kinds.get(number) or "").strip()
        if number not in frozen and kind(word) != "call" and not {word, word.casefold()} & {*own}:
            continue
        try:
            one = save_rate(evaluate(read_once, number, definition=definition, scope=scope, drawn_only=True), word or None)
        except (NotPossible, BadInput, NotFound):
            continue  # The page Campaigns says why; here nothing was measured.
        found += [one] if one is not None else []
    return sorted(found, key=lambda r: (r.due_on, r.campaign_id))


def by_play(found: list[SaveRate]) -> dict[str, SaveRate]:
    """The rate by the type of the campaign, those of one type taken together: a play's name, where it was one."""
    kinds = dict.fromkeys(r.kind for r in found if r.kind)
    return {kind: together([r for r in found if r.kind == kind]) for kind in kinds}


def acting(ds: Dataset, records: Records, scope: Scope) -> dict[str, Held]:
    """The assumptions in force, with the measured share of leavers kept in the place of the assumed one.

    What somebody set after the day on which the campaign fell due stands: he could know what was measured.
    """
    return replaced(in_force(records), rates(ds, records, scope=scope))


def replaced(held: Mapping[str, Held], found: list[SaveRate]) -> dict[str, Held]:
    """``acting`` of what is at hand already.

    A measured rate outside what the assumption may be, when more left than in the hold-out, counts as the nearest that may; what was
    measured stands beside it.
    """
    before, latest = held["save_rate"], found[-1] if found else None
    if latest is None or (before.made is not None and before.made[:10] >= latest.due_on.isoformat()):
        return dict(held)
    limits = before.assumption.low, before.assumption.high
    pooled = together(found)
    value = min(max(pooled.value, limits[0]), limits[1])
    told = pooled.as_json() | {"campaigns": [r.campaign_id for r in found], "includes_none": pooled.low <= 0 <= pooled.high}
    return {**held, "save_rate": replace(before, value=value, measured=told)}
