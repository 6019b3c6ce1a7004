"""What calling is expected to bring, and between which ends, as far as the share of leavers kept was measured. Sources: METHODS B9, C2, D8.

The gain of a call is linear in the share kept, so its ends are the gains at the ends of what campaigns measured. They cover the chance in
those campaigns only; risks and values are taken as they are estimated. A share that is assumed has no range, and then the gain has none.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from churn_dash.marks import _
from churn_dash.measures.money.assumptions import Held
from churn_dash.words import Money, Ratio, Text

COLUMNS = ("gain", "gain_low", "gain_high")
_COVERS = _("95% range of the share of leavers kept, as {name} measured it; risks and values are taken as estimated")
_ASSUMED = _("no range: that {share} of the leavers are kept is assumed, not measured")
NOT_SHOWN = _("It is not shown that a call keeps anybody.")


def gain(assumed: Mapping[str, float]) -> pl.Expr:
    """What calling the customer is expected to bring, CNY, from the columns ``probability`` and ``value``; null where one is."""
    saved, offer, contact, decay = (assumed[n] for n in ("save_rate", "offer_cost", "contact_cost", "decay"))
    p = pl.col("probability")
    return (p * saved * pl.col("value") * decay - contact - (p * saved + 1 - p) * offer).alias("gain")


def gains(held: Mapping[str, Held]) -> list[pl.Expr]:
    """The columns gain, gain_low and gain_high; the ends are null where nobody measured the share kept."""
    values, measured = {n: h.value for n, h in held.items()}, held["save_rate"].measured
    if measured is None:
        return [gain(values), *(pl.lit(None, dtype=pl.Float64).alias(c) for c in COLUMNS[1:])]
    ends = [gain(values | {"save_rate": measured[end]}) for end in ("low", "high")]
    return [gain(values), pl.min_horizontal(ends).alias("gain_low"), pl.max_horizontal(ends).alias("gain_high")]


@dataclass(frozen=True)
class Expected:
    """What calls are expected to bring, CNY (None: of nobody it is known what he is worth), and its ends (None where the share of leavers
    kept, ``saved``, was not measured)."""

    gain: float | None
    low: float | None
    high: float | None
    saved: Held

    @property
    def shown(self) -> bool | None:
        """Whether it was shown that calls keep anybody: the measured range lies above 0. None where nobody measured it."""
        return None if self.saved.measured is None else bool(self.saved.measured["low"] > 0)

    @property
    def words(self) -> Text:
        """The amount with its range."""
        if self.low is None or self.high is None:
            return Text("{gain}", gain=Money(self.gain))
        return Text(_("{gain} ({low} to {high})"), gain=Money(self.gain), low=Money(self.low), high=Money(self.high))

    @property
    def covers(self) -> Text:
        """What the range covers, or why there is none."""
        if self.saved.measured is None:
            return Text(_ASSUMED, share=Ratio(self.saved.value))
        return Text(_COVERS, name=self.saved.measured["name"])

    def doubted(self, told: Text) -> Text:
        """The sentence, and after it that no effect of a call is shown, where none is."""
        return Text(_("{told} {doubt}"), told=told, doubt=Text(NOT_SHOWN)) if self.shown is False else told

    def as_json(self, language: str = "en") -> dict[str, Any]:
        """As the command line prints it."""
        return {
            "gain": self.gain,
            "gain_low": self.low,
            "gain_high": self.high,
            "gain_range": self.covers.in_(language),
            "effect_shown": self.shown,
        }


def expected(rows: pl.DataFrame, saved: Held) -> Expected:
    """The sum over rows with the columns of ``gains``; who has no gain counts nothing."""
    known = rows.drop_nulls("gain")
    gain, low, high = (float(known[c].sum()) if known[c].count() else None for c in COLUMNS)
    return Expected(gain, low, high, saved)
