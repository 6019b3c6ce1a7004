"""The tag that every number carries: by which definition of churn, with which settings, and whether it is the official one."""

from churn_dash.contract import ChurnDefinition
from churn_dash.contract.definitions import Settings, with_settings
from churn_dash.contract.tiers import LABELS, Tiers
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
    """The definition with its own settings. ``closings``: whether the data date them.

    >>> from churn_dash.contract import DEFINITIONS
    >>> str(named(DEFINITIONS["dormant"]))
    'dormancy, 180 days, ¥100'
    """
    if definition.name == "close" and not closings:
        return Text(_("{definition}, told by absence"), definition=definition.label)
    if definition.name == "own" and definition.forms:
        known = with_settings(definition.settings)
        first, *more = (named(known[form], closings) for form in definition.forms)
        for one in more:
            first = Text(_("{first}; or {second}"), first=first, second=one)
        return Text(_("whichever comes first: {forms}"), forms=first)
    template = _WITH_SETTINGS.get(definition.name)
    found = Text(template, label=definition.label, **definition.values) if template else Text(definition.label)
    return _with_tiers(found, definition.settings) if definition.name == "tier_down" else found


def in_full(definition: ChurnDefinition, closings: bool = True) -> Text:
    """The definition with its own settings, and with the bank's tiers where they are its own: any number may be broken down by them.

    >>> from churn_dash.contract.definitions import TierDown, with_settings
    >>> own = Settings(tier_down=TierDown(floors=(("gold", 2e5), ("private", 5e6)), divisor="30"))
    >>> str(in_full(with_settings(own)["close"]))
    'account closure, tiers Gold ¥200,000, Private banking ¥5,000,000, tier averages over 30 days'
    """
    found = named(definition, closings)
    return found if definition.name == "tier_down" else _with_tiers(found, definition.settings)


def thresholds(floors: Tiers) -> Text:
    """The tiers above the lowest, each with its threshold."""
    first, *more = (Text(_("{tier} ¥{floor}"), tier=LABELS[name], floor=f"{floor:,.0f}") for name, floor in floors)
    for one in more:
        first = Text(_("{one}, {two}"), one=first, two=one)
    return first


def _with_tiers(found: Text, settings: Settings) -> Text:
    own, usual = settings.tier_down, Settings().tier_down
    if own.floors != usual.floors:
        found = Text(_("{definition}, tiers {tiers}"), definition=found, tiers=thresholds(own.floors))
    return found if own.divisor == usual.divisor else Text(_("{definition}, tier averages over 30 days"), definition=found)


def tag(ds: Dataset, definition: str) -> Text:
    """The tag of numbers of these data by a definition."""
    found, official = in_full(ds.rules[definition], ds.closings), ds.official
    if official is None:
        return found
    if official.definition == definition:
        return Text(_("{definition}, official as {title} since {date}"), definition=found, title=official.title, date=official.since)
    return Text(_("{definition}, not the official one ({title})"), definition=found, title=official.title)
