"""A cut by money, capacity or leavers reached, with what a list from it would find."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import polars as pl

from churn_dash.errors import BadInput, NotPossible
from churn_dash.marks import _
from churn_dash.measures.money.assumptions import Held
from churn_dash.measures.statistics.odds import Values
from churn_dash.retention.threshold.capacity import capacity_cut
from churn_dash.retention.threshold.held_out import Found, HeldOut
from churn_dash.retention.threshold.money import Offer, ProfitCurve, profit_curve
from churn_dash.retention.threshold.recall import recall_cut

BANDS = 20
_UNKNOWN = _("What a customer is worth is not known: that needs months and balances. Choose by capacity or by leavers reached.")


@dataclass(frozen=True)
class Proposal:
    """A threshold by one of the ways: what it found on held-out rows, how many customers reach it now, and (with known values) the
    profit curve a customer of the base. ``n`` of the ``of`` customers who may be called; ``n_reaching`` counts the others too."""

    by: str
    asked: float | None
    threshold: float
    found: Found
    n: int
    of: int
    n_reaching: int
    curve: ProfitCurve | None

    def as_json(self) -> dict[str, Any]:
        """As the command line prints it."""
        told = asdict(self) | {"curve": self.curve and self.curve.as_json()}
        return asdict(self.found) | {k: v for k, v in told.items() if k != "found"}


def worth_by_risk(risk: Values, values: pl.DataFrame) -> Values:
    """What a held-out customer is worth: the mean of today's customers of like risk (a twentieth of them), CNY.

    The value of the months in which the rows were taken is not kept with the model. ``values``: probability, value (nulls left out).
    """
    known = values.drop_nulls("value").sort("probability")
    if known.is_empty():
        raise NotPossible(_UNKNOWN)
    parts = np.array_split(np.arange(known.height), min(BANDS, known.height))
    p, value = known["probability"].to_numpy(), known["value"].to_numpy()
    edges, means = np.array([p[i[0]] for i in parts[1:]]), np.array([value[i].mean() for i in parts])
    found: Values = means[np.searchsorted(edges, risk, side="right")]
    return found


def tried(rows: pl.DataFrame, values: pl.DataFrame, assumed: Mapping[str, Held]) -> tuple[HeldOut, ProfitCurve | None]:
    """The held-out rows of a model, and the profit curve over them where it is known what customers are worth."""
    if values["value"].null_count() == values.height:
        return HeldOut.of(rows), None
    held = HeldOut.of(rows, assumed["decay"].value * worth_by_risk(rows["p"].to_numpy(), values))
    return held, profit_curve(held, Offer.of(assumed))


def proposed(by: str, asked: float | None, held: HeldOut, values: pl.DataFrame, called: pl.Series, curve: ProfitCurve | None) -> Proposal:
    """The cut by ``money``, ``capacity`` (``asked`` customers) or ``recall`` (``asked`` of the leavers, 0–1).

    ``held`` and ``curve`` as ``tried`` gives them; ``values``: probability of today's customers; ``called``: the risks of those who may be
    called. Raises ``BadInput`` for what cannot be asked for, ``NotPossible`` where values are not known or no call pays.
    """
    if by == "money":
        if curve is None:
            raise NotPossible(_UNKNOWN)
        if curve.best is None:
            raise NotPossible(_("By these assumptions no call pays: each costs more than it is expected to keep."))
        cut = curve.best.threshold
    elif by == "capacity":
        cut = capacity_cut(called, int(_wanted(asked)))
    elif by == "recall":
        cut = recall_cut(held, _wanted(asked))
    else:
        raise BadInput(_("A threshold is chosen by money, capacity or recall, not by {name}."), name=by)
    n, reaching = (int((risks >= cut).sum()) for risks in (called, values["probability"]))
    return Proposal(by, asked, cut, held.at(cut), n, len(called), reaching, curve)


def _wanted(asked: float | None) -> float:
    if asked is None:
        raise BadInput(_("Say how many customers can be called, or what share of the leavers is to be reached."))
    return asked
