"""The market moves for everybody: what the model then expects, within what the months have shown. Source: METHODS A1 6.1.3, D5."""

from collections.abc import Mapping
from dataclasses import replace

import polars as pl

from churn_dash.errors import NotFound, NotPossible
from churn_dash.marks import _
from churn_dash.risk.features.feature import Feature
from churn_dash.risk.features.peers import EVERYBODY
from churn_dash.risk.whatif.situation import Change, Situation
from churn_dash.words import Count, Text, nearest

FEW_MONTHS = _(
    "The model's response, and a weak one: only {n} months stand behind what it knows of the market, and in a month everybody in a city "
    "has the same market, so it may have taken the season or chance for the market. The amount says little, "
    "and even the direction may be wrong."
)


def market_features(features: tuple[Feature, ...]) -> tuple[Feature, ...]:
    """The market's own figures among what the model looks at; their changes over months follow from them where they stand beside."""
    ours = [f for f in features if f.group == "market" and f.kind == "number"]
    columns = [f.source.column for f in ours if not f.source.measure.endswith("_change")]
    return tuple(f for f in ours if not f.source.measure.endswith("_change") or f.source.column not in columns)


def market_situation(here: Situation, months: pl.DataFrame | None) -> Situation:
    """The same customers, with the market as what can be moved: within the 1–99 % that cities and months have shown, else customers now.

    ``months`` is the table market_month, where there is one. Raises ``NotPossible`` where the model looks at no figure of the market.
    """
    found = market_features(here.features)
    if not found:
        raise NotPossible(
            _("The model looks at nothing of the market: load the table market_month (own and competitors' rates, unemployment) and train.")
        )
    seen = {f.name: ends for f in found if (ends := _seen(f, months) or _now(f, here)) is not None}
    return replace(here, seen=seen)


def market_changes(here: Situation, changes: Mapping[str, Change]) -> dict[str, Change]:
    """The changes themselves, if the market's figures are known; ``NotFound`` with the nearest for another name."""
    known = [f.name for f in here.levers]
    for name in changes:
        if name not in known:
            near = nearest(name, known) or ", ".join(known)
            raise NotFound(_("The model looks at nothing of the market called {name}; the nearest is {near}."), name=name, near=near)
    return dict(changes)


def few_months(n: int) -> Text:
    """The honest sentence: how many months stand behind it."""
    return Text(FEW_MONTHS, n=Count(n))


def _seen(feature: Feature, months: pl.DataFrame | None) -> tuple[float, float] | None:
    s, measure = feature.source, str(feature.source.measure)
    other = s.other if measure == "market_gap" else ""
    needed = {s.column, *([other] if other else [])}
    if measure not in ("market_level", "market_gap") or months is None or not needed <= {*months.columns}:
        return None
    values = months[s.column].cast(pl.Float64) - (months[other].cast(pl.Float64) if other else 0.0)
    low, high = values.quantile(0.01, "nearest"), values.quantile(0.99, "nearest")
    return None if low is None or high is None else (low, high)


def _now(feature: Feature, here: Situation) -> tuple[float, float] | None:
    typical = here.peers.groups[EVERYBODY].get(feature.name)
    return None if typical is None or typical.low is None or typical.high is None else (typical.low, typical.high)
