"""Customers as a model sees them, what could be changed of them, and what the model says after a change. Source: METHODS D5."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
import polars as pl

from churn_dash.errors import BadInput, NotFound
from churn_dash.marks import _
from churn_dash.measures.statistics.odds import Values
from churn_dash.risk.features.feature import Feature
from churn_dash.risk.features.peers import Peers
from churn_dash.risk.whatif.declared import Settings
from churn_dash.risk.whatif.possible import followed
from churn_dash.risk.whatif.rows import Rows, ends, frame_of, rows_of, typical_ends
from churn_dash.risk.whatif.uncertain import factors, some
from churn_dash.words import nearest

_LEEWAY = 1e-9


@dataclass(frozen=True)
class Change:
    """What a lever is set to, or by how much it is moved from where each customer stands."""

    value: float
    step: bool = False

    @classmethod
    def parsed(cls, text: str, name: str) -> "Change":
        """As people write it: 3 sets, +1 and -1 move. Raises ``BadInput`` for what is no number.

        >>> Change.parsed("+1", "product_count"), Change.parsed("0", "complaints_open")
        (Change(value=1.0, step=True), Change(value=0.0, step=False))
        """
        bare = text.strip().replace("−", "-").replace("＋", "+")
        try:
            value = float(bare)
        except ValueError:
            raise BadInput(_("{text} is no number for {name}; write 3 to set it, +1 or -1 to move it."), text=text, name=name) from None
        if not math.isfinite(value):
            raise BadInput(_("{text} is no number for {name}; write 3 to set it, +1 or -1 to move it."), text=text, name=name)
        return cls(value, bare.startswith(("+", "-")))

    def target(self, now: Values) -> Values:
        """Where the lever would stand, a customer."""
        return now + self.value if self.step else np.where(np.isnan(now), np.nan, self.value)


@dataclass(frozen=True)
class Situation:
    """Rows of features (``frame``, with customer_id or without), their peers, and ``risk_of``: the calibrated risk of each row.

    ``seen`` are bounds by feature that hold for everybody, in place of what peers show. ``months``: how far the risk looks ahead;
    None where the data do not tell. ``again_of``: the risks that each refit of the model gives, refits × rows; None: there are none.
    """

    features: tuple[Feature, ...]
    frame: pl.DataFrame
    peers: Peers
    risk_of: Callable[[pl.DataFrame], Values]
    settings: Settings = field(default_factory=Settings)
    seen: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    months: int | None = None
    again_of: Callable[[pl.DataFrame], Values] | None = None

    @cached_property
    def rows(self) -> Rows:
        """The numbers of the frame."""
        return rows_of(self.features, self.frame)

    @cached_property
    def before(self) -> Values:
        """The risk of each row as it is."""
        return self.risk_of(self.frame)

    @cached_property
    def levers(self) -> tuple[Feature, ...]:
        """What can be changed of anybody here."""
        if self.seen:
            return tuple(f for f in self.features if f.name in self.seen)
        return tuple(self.settings.levers(self.features))

    def lever(self, name: str) -> Feature:
        """The lever by name. ``NotFound`` with the nearest for what nobody can change."""
        known = {f.name: f for f in self.levers}
        if name in known:
            return known[name]
        near = nearest(name, known) or ", ".join(known) or "—"
        raise NotFound(_("{name} is nothing that can be changed here; the nearest is {near}."), name=name, near=near)

    def ends(self, feature: Feature) -> tuple[Values, Values]:
        """How far the lever goes, a row; NaN where it does not."""
        now = self.rows[feature.name]
        if feature.name in self.seen:
            low, high = self.seen[feature.name]
            gone = np.isnan(now)
            return np.where(gone, np.nan, np.minimum(low, now)), np.where(gone, np.nan, np.maximum(high, now))
        return ends(feature, now, *typical_ends(self.frame, self.peers, feature.name))

    def changed(self, targets: Mapping[str, Values]) -> pl.DataFrame:
        """The frame after the levers stand at ``targets``, with all that follows."""
        return frame_of(self.frame, followed(self.features, self.rows, targets))

    def after(self, targets: Mapping[str, Values]) -> Values:
        """The risk of each row after the change: one prediction for all rows."""
        return self.risk_of(self.changed(targets)) if targets else self.before

    def factors(self, targets: Mapping[str, Values]) -> tuple[float, float] | None:
        """Lowest and highest factor by which the refits' risk after the change differs from the model's (``uncertain``); None without
        refits, or where nothing changes."""
        if self.again_of is None or not targets or not self.frame.height:
            return None
        rows = some(self.frame.height)
        here = replace(self, frame=self.frame[rows])
        both = pl.concat([here.frame, here.changed({n: t[rows] for n, t in targets.items()})])
        risks = self.again_of(both)
        return factors(risks[:, : len(rows)].sum(axis=1), risks[:, len(rows) :].sum(axis=1))

    def times(self, n: int) -> "Situation":
        """One customer ``n`` times, to try ``n`` changes at once."""
        return replace(self, frame=pl.concat([self.frame] * n))


def _plain(value: float) -> str:
    return f"{value:g}".replace("-", "−")


def checked(feature: Feature, change: Change, now: Values, low: Values, high: Values) -> Values:
    """The targets of a change, a row; ``BadInput`` where nobody's bounds allow it, or a count would not be whole."""
    known = ~np.isnan(low) & ~np.isnan(high)
    if not known.any():
        raise BadInput(_("{label} is not known of anybody here, so it cannot be changed."), label=feature.label)
    if (feature.integer or feature.kind == "flag") and change.value != round(change.value):
        raise BadInput(_("{label} is a whole number; {value} is not."), label=feature.label, value=f"{change.value:g}")
    least, most = (float((low - now)[known].min()), float((high - now)[known].max())) if change.step else (np.nan, np.nan)
    if not change.step:
        least, most = float(low[known].min()), float(high[known].max())
    if not least - _LEEWAY <= change.value <= most + _LEEWAY:
        sentence = (
            _("{label} can be moved by {low} to {high}: further out there are no customers to learn from.")
            if change.step
            else _("{label} must lie between {low} and {high}: further out there are no customers to learn from.")
        )
        raise BadInput(sentence, label=feature.label, low=_plain(least), high=_plain(most))
    return change.target(now)
