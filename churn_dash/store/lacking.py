"""Which churn definitions the data cannot show, and what data would make them possible: one sentence each."""

from collections.abc import Mapping
from typing import Protocol

from churn_dash.contract import DEFINITIONS
from churn_dash.contract.definitions import ChurnDefinition
from churn_dash.contract.few import ONE_LIST
from churn_dash.errors import NotPossible
from churn_dash.marks import _
from churn_dash.store.dataset import Dataset
from churn_dash.store.derive.forms import Lacking, months_needed
from churn_dash.words import Text

_NOTHING = {
    "close": _("account closure needs the accounts with their closing dates, or the closures (churn_events)"),
    "absent": _("absence needs lists from which customers who left are missing"),
    "flag": _("a flag needs a column of the extract that says who has left (churned)"),
}


def who_left(ds: Dataset) -> NotPossible:
    """That nothing tells who has left, and what would: closings alone do not say who was there before them."""
    if ds.closings:
        return NotPossible(ONE_LIST, what=_("Closings are known, but not who was a customer a month before"))
    return NotPossible(
        _(
            "These data do not say who has left. Name the column that does with --map COLUMN=churned, or load last month's list "
            "too, each list with its month, and churn appears."
        )
    )


class Answering(Protocol):
    """A published version, as far as it answers churn definitions."""

    @property
    def shape(self) -> str:
        """panel, cross_section, or empty."""
        ...

    @property
    def default_definition(self) -> str:
        """The definition used unless another is named."""
        ...

    @property
    def definitions(self) -> tuple[str, ...]:
        """Those that the data can answer, by name."""
        ...

    @property
    def lacking(self) -> Mapping[str, Lacking]:
        """Those that they cannot answer, and why."""
        ...


def answerable(ds: Answering, name: str) -> None:
    """Raise ``NotPossible`` where these data cannot answer the definition: why, and what would make it possible."""
    if name in ds.definitions:
        return
    if name == "own" and name not in ds.lacking:
        raise NotPossible(
            _("No own definition is put together yet: choose its forms on the page Definitions, or with definitions --together.")
        )
    known, lacking = ", ".join(ds.definitions) or "—", ds.lacking.get(name)
    if lacking is None:
        raise NotPossible(_("These data cannot answer the churn definition {name}; they can answer: {known}."), name=name, known=known)
    raise NotPossible(
        _("These data cannot answer the churn definition {name}: {reason}. They can answer: {known}."),
        name=name,
        reason=_sentence(name, lacking),
        known=known,
    )


def not_shown(ds: Dataset, rules: Mapping[str, ChurnDefinition]) -> dict[str, Text]:
    """By name the definitions that these data cannot show, with these settings or with those in force, and why.

    A flag is no lack: only an extract that says itself who has left has one.
    """
    found = {name: lacking for name, lacking in ds.lacking.items() if name != "flag"}
    short = {name: too_short(ds, rule) for name, rule in rules.items() if name in ds.definitions}
    found |= {name: lacking for name, lacking in short.items() if lacking is not None}
    return {name: _sentence(name, found[name]) for name in DEFINITIONS if name in found}


def too_short(ds: Dataset, rule: ChurnDefinition) -> Lacking | None:
    """The months that a definition takes with its settings, where there are fewer; None where there are enough."""
    if ds.shape != "panel" or len(rule.forms) > 1:
        return None
    needed = months_needed(rule.forms[0], rule.settings, "tier" in ds.month_columns)
    return Lacking(needed=needed, there=len(ds.months)) if len(ds.months) < needed else None


def _sentence(name: str, lacking: Lacking) -> Text:
    label = DEFINITIONS[name].label
    if lacking.columns:
        columns = ", ".join(lacking.columns)
        return Text(_("{definition} needs values of {columns}, which no month has: load them"), definition=label, columns=columns)
    if lacking.needed:
        return Text(
            _("{definition} takes {needed} complete months, and there are {there}: load more"),
            definition=label,
            needed=lacking.needed,
            there=lacking.there,
        )
    return Text(_NOTHING.get(name, _NOTHING["close"]))
