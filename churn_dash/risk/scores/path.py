"""How the risk of one customer came about: the kept model asked at the end of each of the last twelve months. Source: METHODS D1, D5.

Every point sees only what was known by then. The model itself was learnt later, so the path is what it would have said, not what
anybody was told at the time.
"""

import datetime
from dataclasses import dataclass

import polars as pl

from churn_dash.contract.calendar import first_day
from churn_dash.risk.kept.registry import Model
from churn_dash.risk.rows import panel_tables
from churn_dash.risk.rows.snapshots import snapshots
from churn_dash.risk.rows.windows import month_end
from churn_dash.risk.scores.asked import probabilities
from churn_dash.store import Dataset

MONTHS = 12


@dataclass(frozen=True)
class Stage:
    """The risk (0–1) at the end of a month; None where the customer could not be scored then: not there yet, too new, or gone."""

    month: datetime.date
    probability: float | None


def path(ds: Dataset, model: Model, customer_id: str, now: float | None = None, months: int = MONTHS) -> tuple[Stage, ...]:
    """The last ``months`` month ends, oldest first; empty for a cross-section. ``now``: the risk at the last one, where it is known.

    Raises what ``panel_tables.panel`` raises.
    """
    if ds.shape != "panel":
        return ()
    panel, _name = panel_tables.panel(ds, model.card.definition, pl.Series([customer_id]), features=model.design.features)
    last = panel.windows.last
    numbers = range(max(panel.windows.first, last - months + 1), last + 1)
    asked = [month_end(n) for n in numbers if now is None or n != last]
    risks = _risks(model, snapshots(panel, model.design.features, asked)) if asked else {}
    if now is not None:
        risks[month_end(last)] = now
    return tuple(Stage(first_day(n), risks.get(month_end(n))) for n in numbers)


def _risks(model: Model, rows: pl.DataFrame) -> dict[datetime.date, float]:
    if not rows.height:
        return {}
    return dict(zip(rows["score_date"].to_list(), probabilities(model, rows).tolist(), strict=True))
