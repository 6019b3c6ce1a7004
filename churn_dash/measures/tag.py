"""The tag that every number carries: by which definition of churn, with which settings, and whether it is the official one."""

from churn_dash.contract import ChurnDefinition
from churn_dash.marks import _
from churn_dash.store import Dataset
from churn_dash.words import Text

_WITH_SETTINGS = {
    "dormant": _("{label}, {days} days, ¥{balance}"),
    "first": _("{label}, {days} days, ¥{balance}"),
    "asset_out": _("{label}, {share} of {window} months before"),
    "tier_down": _("{label}, {bank}, {months} months"),
}


def named(definition: ChurnDefinition, closings: bool = True) -> Text:
    """The definition with its settings. ``closings``: whether the data date them.

    >>> from churn_dash.contract import DEFINITIONS
    >>> str(named(DEFINITIONS["dormant"]))
    'dormancy, 180 days, ¥100'
    """
    if definition.name == "close" and not closings:
        return Text(_("{definition}, told by absence"), definition=definition.label)
    template = _WITH_SETTINGS.get(definition.name)
    return Text(template, label=definition.label, **definition.values) if template else Text(definition.label)


def tag(ds: Dataset, definition: str) -> Text:
    """The tag of numbers of these data by a definition."""
    found, official = named(ds.rules[definition], ds.closings), ds.official
    if official is None:
        return found
    if official.definition == definition:
        return Text(_("{definition}, official as {title} since {date}"), definition=found, title=official.title, date=official.since)
    return Text(_("{definition}, not the official one ({title})"), definition=found, title=official.title)
