"""The effects of levers that campaigns with a random hold-out measured. Sources: METHODS C2, D5; ADR 8."""

from collections.abc import Iterable

from churn_dash.access import Scope
from churn_dash.campaigns import Evaluation, campaign_ids, evaluate
from churn_dash.contract.campaign_kinds import kind
from churn_dash.errors import BadInput, NotFound, NotPossible
from churn_dash.risk import MeasuredEffect
from churn_dash.risk.features.feature import Feature
from churn_dash.risk.whatif.declared import Settings, sort
from churn_dash.store import Dataset

KINDS = {"contacts": "call", "products": "cross_sell", "digital": "digital", "complaints": "complaints"}
"""The kind of campaign that moves a sort of lever, unless people said which campaign measures which."""
_SAID = ("worked", "worse", "unconfirmed")


def measured_effects(
    ds: Dataset,
    features: Iterable[Feature],
    said: Settings,
    definition: str | None = None,
    *,
    scope: Scope,
) -> tuple[MeasuredEffect, ...]:
    """The effects on the levers among ``features``: of campaigns of evidence A that were judged by who left, and are due.

    A campaign with several treated groups gives one effect for each; those without a range (too few cases) give none.
    """
    levers = said.levers(list(features))
    types = _types(ds)
    found = []
    for number, word in types.items():
        by_people = [f for f in levers if said.of(f.name).campaign == number]
        by_kind = [f for f in levers if said.of(f.name).campaign is None and kind(word) == KINDS.get(sort(f), "")]
        if not (by_people or by_kind):
            continue
        try:
            judged = evaluate(ds, number, definition=definition, scope=scope)
        except (NotPossible, BadInput, NotFound):
            continue  # The page Campaigns says why; here nothing was measured.
        found += [effect for f in (*by_people, *by_kind) for effect in effects_of(judged, f.name)]
    return tuple(found)


def effects_of(judged: Evaluation, feature: str) -> list[MeasuredEffect]:
    """A campaign's effects as those of a lever; empty unless it is of evidence A, due, and judged by who left or stayed."""
    if judged.grade != "A" or not judged.outcome.saves or len(judged.findings) != len(judged.effects):
        return []
    sign = 1.0 if judged.outcome.better == "down" else -1.0
    found = []
    for effect, finding in zip(judged.effects, judged.findings, strict=True):
        if finding.status not in _SAID or effect.difference is None or effect.low is None or effect.high is None:
            continue
        low, high = sorted((sign * effect.low, sign * effect.high))
        number, name = judged.campaign_id or "", judged.name or judged.campaign_id or ""
        sizes = effect.treated.known, effect.base.known
        found.append(MeasuredEffect(feature, number, name, sign * effect.difference, low, high, *sizes, judged.horizon_days or 0))
    return found


def _types(ds: Dataset) -> dict[str, str]:
    """The campaigns and their kinds, in small letters."""
    table = ds.table("campaigns")
    if table is None:
        return {}
    kinds = table["type"].to_list() if "type" in table.columns else [None] * table.height
    known = dict(zip(table["campaign_id"].to_list(), kinds, strict=True))
    return {number: str(known.get(number) or "").strip().casefold() for number in campaign_ids(ds)}
