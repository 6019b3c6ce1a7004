"""What lost customers cost: margin, lifetime value, replacement, and how few of them carry it. Sources: METHODS A1 1.2, B1, B9.

Lost margin is that of one year: balances · margin + fees. A lifetime begins a year after the departure: Σ margin · retentionᵗ /
(1 + discount)ᵗ for t = 1 … the years counted, the margin less the cost of serving, the retention that of the question's own months.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from churn_dash.contract.assumptions import ACTING
from churn_dash.contract.few import TOO_FEW
from churn_dash.marks import _
from churn_dash.measures.filters import Period, last_12
from churn_dash.measures.leaving import must_leave
from churn_dash.measures.money.assumptions import Held
from churn_dash.measures.money.held import Holdings, lost
from churn_dash.measures.money.lifetime_value import multiple
from churn_dash.measures.movement.growth import without_start
from churn_dash.measures.query import measure
from churn_dash.measures.question import Question
from churn_dash.measures.statistics.intervals import effective_n
from churn_dash.words import Text

TOPS = (0.01, 0.05, 0.1, 0.2, 0.5)
"""Shares of the customers lost, the largest first, of whom it is told what they held and who they are."""
SWING = 0.2
"""How far an assumption is moved, up and down, to see what hangs on it."""
_STILL_THERE = _("Who falls a tier is still a customer: choose a definition by which customers leave to see what leaving costs.")


@dataclass(frozen=True)
class Concentration:
    """How the balances lost are spread: the share of the largest hundredth of customers, how many equal customers they are worth
    (effective n), the Lorenz curve as (share of customers, smallest first; share of balances), and for each of ``TOPS`` what share
    so many of the largest held (at least one customer)."""

    top_share: float
    n_top: int
    effective_n: float
    curve: tuple[tuple[float, float], ...]
    tops: tuple[tuple[float, float], ...]

    @property
    def few(self) -> bool:
        """Whether few customers carry it."""
        return self.effective_n < TOO_FEW


@dataclass(frozen=True)
class Swing:
    """The whole cost with one input moved down and up. ``low``, ``high`` are the input's values, the others the cost in CNY."""

    name: str
    low: float
    high: float
    cost_low: float
    cost_high: float
    measured: bool = False
    """Whether the ends are those of a measured 95 % range, and not of an assumption moved."""

    @property
    def reach(self) -> float:
        return abs(self.cost_high - self.cost_low)


@dataclass(frozen=True)
class Costs:
    """The answer. Amounts in CNY, None where undefined: ``margin`` a year, ``lifetime`` over the years counted, ``whole`` both lifetime
    value and replacement. ``retention`` is that of a year, 0–1, with its range. ``n_negative``: lost customers who cost more than they
    brought."""

    definition: str
    period: Period | None
    n: int
    n_known: int
    balances: float | None
    fees: float | None
    margin: float | None
    retention: float | None
    retention_low: float | None
    retention_high: float | None
    times: float | None
    lifetime: float | None
    replacement: float
    whole: float | None
    n_negative: int
    concentration: Concentration | None
    swings: tuple[Swing, ...]
    why_not: Text | None = None
    """Why the balances are not known, where it is for want of a month."""

    def as_json(self) -> dict[str, Any]:
        """As the command line prints it; documented in docs/CLI.md."""
        spread = self.concentration
        return {
            "definition": self.definition,
            "from": self.period and f"{self.period.start:%Y-%m}",
            "to": self.period and f"{self.period.end:%Y-%m}",
            "customers_lost": self.n,
            "with_known_balances": self.n_known,
            "balances_lost": self.balances,
            "fees_lost": self.fees,
            "margin_lost": self.margin,
            "retention": self.retention,
            "retention_low": self.retention_low,
            "retention_high": self.retention_high,
            "years_of_margin": self.times,
            "lifetime_value_lost": self.lifetime,
            "replacement_cost": self.replacement,
            "whole_cost": self.whole,
            "why_not": self.why_not and str(self.why_not),
            "customers_not_worth_serving": self.n_negative,
            "top_hundredth_share": spread and spread.top_share,
            "top_hundredth_n": spread and spread.n_top,
            "effective_n": spread and spread.effective_n,
            "carried_by_few": spread and spread.few,
            "largest": spread and [{"top": top, "share": share} for top, share in spread.tops],
            "lorenz": spread and [list(p) for p in spread.curve],
            "swings": [
                {"input": s.name, "low": s.low, "high": s.high, "cost_low": s.cost_low, "cost_high": s.cost_high, "measured": s.measured}
                for s in self.swings
            ],
        }


def costs(question: Question, assumed: Mapping[str, Held]) -> Costs:
    """What the customers lost in the period cost; without one of the last twelve complete months, of a cross-section the file.

    Raises what ``measure`` raises.
    """
    ds, chosen = question.ds, question.chosen
    must_leave(ds, chosen, _STILL_THERE)
    whole = question.months if ds.shape == "panel" else None
    gone = lost(question.over(whole))
    kept = yearly_retention(question.over(whole))
    values = {name: h.value for name, h in assumed.items()}
    margin, lifetime, negative, times = _worth(gone, values, kept[0])
    replacement = gone.n * values["acquisition_cost"]
    cost = None if lifetime is None else lifetime + replacement
    return Costs(
        chosen,
        whole,
        gone.n,
        gone.n_known,
        gone.held,
        gone.fees,
        margin,
        *kept,
        times,
        lifetime,
        replacement,
        cost,
        negative,
        concentration(gone),
        _swings(gone, assumed, kept) if cost is not None else (),
        without_start(ds, whole.start) if whole is not None and gone.n and gone.held is None else None,
    )


def yearly_retention(question: Question) -> tuple[float | None, float | None, float | None]:
    """The share that stays a year (0–1), with its range, from the churn of the period, by default of the last twelve complete months.

    None where the data know no months. Raises what ``measure`` raises.
    """
    ds = question.ds
    whole = question.period or (last_12(ds) if ds.shape == "panel" else None)
    rate = measure(question.over(whole), ["churn_rate"])
    return _retention(rate.row(0, named=True) if len(rate) else {}, whole)


def _retention(rate: Mapping[str, Any], period: Period | None) -> tuple[float | None, float | None, float | None]:
    """The share that stays a year, with its range; None where the data know no months or nobody was there."""
    if period is None or rate.get("churn_rate") is None:
        return None, None, None
    years = period.n_months / 12
    ends = (rate["churn_rate"], rate["churn_rate_high"], rate["churn_rate_low"])
    return tuple((1 - gone) ** (1 / years) if gone is not None else None for gone in ends)  # type: ignore[return-value]


def _worth(gone: Holdings, values: Mapping[str, float], kept: float | None) -> tuple[float | None, float | None, int, float | None]:
    """Margin of a year, lifetime value, how many cost more than they bring, and how many yearly margins a lifetime is."""
    if gone.held is None:
        return (0.0, 0.0, 0, None) if not gone.n else (None, None, 0, None)
    rows = gone.rows.drop_nulls("held")
    yearly = rows["held"].to_numpy() * values["spread"] + rows["fees"].fill_null(0.0).to_numpy()
    times = None if kept is None else multiple(kept, values["discount"], int(values["horizon_years"]))
    left = yearly - values["servicing_cost"]
    return float(yearly.sum()), None if times is None else float(left.sum()) * times, int((left < 0).sum()), times


def concentration(gone: Holdings) -> Concentration | None:
    """How the balances are spread over the customers whose balances are known; None where there are none.

    The largest hundredth is at least one customer.
    """
    held = np.sort(gone.rows["held"].drop_nulls().to_numpy())
    total = float(held.sum()) if len(held) else 0.0
    squares = float(np.square(held).sum())
    equal = effective_n(total, squares) if total > 0 and math.isfinite(squares) else None
    if equal is None:
        return None
    n_top = largest(0.01, len(held))
    running = np.concatenate([[0.0], np.cumsum(held)]) / total
    at = np.unique(np.linspace(0, len(held), min(len(held), 100) + 1).round().astype(int))
    curve = tuple((float(i) / len(held), float(running[i])) for i in at)
    tops = tuple((top, float(held[-largest(top, len(held)) :].sum()) / total) for top in TOPS)
    return Concentration(float(held[-n_top:].sum()) / total, n_top, equal, curve, tops)


def largest(top: float, n: int) -> int:
    """How many the largest ``top`` (0–1) of ``n`` customers are: at least one.

    >>> largest(0.01, 30), largest(0.1, 30)
    (1, 3)
    """
    return max(1, round(top * n))


def largest_lost(question: Question) -> pl.DataFrame:
    """Who stands behind ``Concentration.tops``: customer_id, top (0–1), a row each pair. Raises what ``costs`` raises."""
    whole = question.months if question.ds.shape == "panel" else None
    rows = lost(question.over(whole)).rows.drop_nulls("held").sort(["held", "customer_id"], descending=[True, False])
    parts = [rows.head(largest(top, len(rows))).select("customer_id", top=pl.lit(top)) for top in TOPS]
    return pl.concat(parts)


def _swings(gone: Holdings, assumed: Mapping[str, Held], kept: tuple[float | None, float | None, float | None]) -> tuple[Swing, ...]:
    """The whole cost with each assumption a fifth lower and higher inside what it may be, and with the ends of the retention's range.

    The widest first.
    """
    values = {name: h.value for name, h in assumed.items()}

    def cost(changed: Mapping[str, float], retention: float | None) -> float:
        _margin, lifetime, _negative, _times = _worth(gone, changed, retention)
        return (lifetime or 0.0) + gone.n * changed["acquisition_cost"]

    found = []
    for name, h in assumed.items():
        if name in ACTING:
            continue
        low, high = max(h.assumption.low, h.value * (1 - SWING)), min(h.assumption.high, h.value * (1 + SWING))
        if h.assumption.unit == "years":
            low, high = max(h.assumption.low, h.value - 1), min(h.assumption.high, h.value + 1)
        found.append(Swing(name, low, high, cost(values | {name: low}, kept[0]), cost(values | {name: high}, kept[0])))
    if kept[1] is not None and kept[2] is not None:
        found.append(Swing("retention", kept[1], kept[2], cost(values, kept[1]), cost(values, kept[2]), measured=True))
    return tuple(sorted(found, key=lambda s: -s.reach))
