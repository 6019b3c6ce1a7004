"""The before and after table as values: eight indicators, four figures and a difference each. Source: METHODS 0."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

from churn_dash.campaigns.before_after.indicators import Four
from churn_dash.campaigns.groups.design import Evidence
from churn_dash.contract.indicators import EIGHT
from churn_dash.measures.statistics.estimates import NOTHING, Estimate
from churn_dash.words import Text, _

Unit = Literal["ratio", "number", "money"]

FOOTNOTE = _("Section 10.1.1 of the plan is not public; the indicators are inferred from 7.3.2, 6.3.2 and 8.2.")
"""METHODS 0: under every table of the eight indicators."""


@dataclass(frozen=True)
class Row:
    """One line of the table. A figure that is not there has value None; ``missing`` names the tables it needs, ``note`` says why."""

    indicator: int
    """1 to 8: the indicator of METHODS 0 to which the line belongs."""
    key: str
    label: str
    unit: Unit
    target_before: Estimate = NOTHING
    target_after: Estimate = NOTHING
    holdout_before: Estimate = NOTHING
    holdout_after: Estimate = NOTHING
    effect: Estimate = NOTHING
    missing: tuple[str, ...] = ()
    note: Text | None = None

    @property
    def available(self) -> bool:
        """Whether any figure is there."""
        return any(
            e.value is not None for e in (self.target_before, self.target_after, self.holdout_before, self.holdout_after, self.effect)
        )

    @property
    def why(self) -> Text | None:
        """Why figures are missing, or what is special about them; None where nothing needs saying."""
        return Text(_("Needs the table {tables}."), tables=", ".join(self.missing)) if self.missing else self.note

    def as_json(self, language: str = "en") -> dict[str, object]:
        """The line with each cell as value, low, high, n."""
        cells = {k: asdict(getattr(self, k)) for k in ("target_before", "target_after", "holdout_before", "holdout_after", "effect")}
        return {
            "key": self.key,
            "unit": self.unit,
            **cells,
            "missing": list(self.missing),
            "note": self.why.in_(language) if self.why else None,
        }


@dataclass(frozen=True)
class BeforeAfter:
    """The table of one campaign, with the evidence that limits how its last column may be read."""

    campaign_id: str
    rows: tuple[Row, ...]
    evidence: Evidence
    due: bool
    footnote: str = FOOTNOTE

    def as_json(self, language: str = "en") -> dict[str, object]:
        """The table as the CLI prints it."""
        rows = [r.as_json(language) for r in self.rows]
        return {"campaign": self.campaign_id, "grade": self.evidence.grade, "rows": rows, "footnote": Text(self.footnote).in_(language)}


_UNITS: Mapping[str, Unit] = {
    "churn_rate": "ratio",
    "retention_rate": "ratio",
    "csat": "ratio",
    "nps": "number",
    "loyalty_index": "number",
    "win_back_rate": "ratio",
    "incremental_save_rate": "ratio",
    "warnings": "ratio",
    "cost_per_save": "money",
    "roi": "ratio",
}
LINES: Mapping[str, tuple[int, str, Unit]] = {
    key: (*EIGHT["save_rate" if key == "incremental_save_rate" else key], unit) for key, unit in _UNITS.items()
}
"""The lines of the table: the indicator of METHODS 0 to which each belongs, its label and its unit."""


def line(key: str, four: Four | None = None, **given: Any) -> Row:
    """The line of the table under a key; ``four`` fills its cells."""
    cells = (
        {}
        if four is None
        else {k: getattr(four, k) for k in ("target_before", "target_after", "holdout_before", "holdout_after", "effect")}
    )
    indicator, label, unit = LINES[key]
    return Row(indicator, key, label, unit, **cells, **given)
