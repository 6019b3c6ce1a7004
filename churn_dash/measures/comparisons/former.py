"""What was official before: definitions of churn that a bank reported by, each with the settings of its day."""

import datetime

from churn_dash.contract import ChurnDefinition
from churn_dash.contract.definitions import SETTINGS_OF, Settings, with_settings
from churn_dash.errors import NotFound
from churn_dash.marks import _
from churn_dash.measures.tag import named
from churn_dash.store import Dataset, Official
from churn_dash.store.official import history
from churn_dash.words import Text


def formers(ds: Dataset) -> list[Official]:
    """Every definition that was official and that these data can answer, newest first, without those that say what today's says.

    The last is what held before any was official (``version`` 0, no title): the data's own default with the usual settings.
    Empty while nothing is official.
    """
    listed = history(ds.root)
    if not listed:
        return []
    usual = Official(ds.own_definition, "", Settings(), "", "", 0)
    found: list[Official] = []
    for o in (*listed[1:], usual):
        if o.definition in ds.definitions and all(differ(o, other) for other in (listed[0], *found)):
            found.append(o)
    return found


def former(ds: Dataset, asked: str) -> Official:
    """What was official under a title, or on a day written YYYY-MM-DD. Raises ``NotFound`` with what there is.

    A day before the first is version 0 of ``formers``.
    """
    listed = history(ds.root)
    if not listed:
        raise NotFound(_("No definition was ever official here; make one official with churn-dash definitions --freeze."))
    try:
        day = datetime.date.fromisoformat(asked.strip())
    except ValueError:
        found = next((o for o in listed if o.title.casefold() == asked.strip().casefold()), None)
    else:
        usual = Official(ds.own_definition, "", Settings(), "", "", 0)
        found = next((o for o in listed if o.since <= day.isoformat()), usual)
    if found is None:
        titles = list(dict.fromkeys(o.title for o in listed))
        known = ", ".join(titles)
        raise NotFound(_("No definition was official as {name}; write a day (YYYY-MM-DD), or a name: {known}."), name=asked, known=known)
    return found


def rule(found: Official) -> ChurnDefinition:
    """The definition with the settings of its day."""
    return with_settings(found.settings)[found.definition]


def told(ds: Dataset, found: Official) -> Text:
    """It in words: the definition with its settings, and since when; what held before any was official says until when."""
    if not found.version:
        return Text(_("{definition}, until {date}"), definition=named(rule(found)), date=history(ds.root)[-1].since)
    return Text(_("{definition}, from {date} ({title})"), definition=named(rule(found)), date=found.since, title=found.title)


def differ(one: Official, other: Official) -> bool:
    """Whether the two do not say the same of everybody."""
    return one.definition != other.definition or resettled(one.settings, other.settings, rule(one))


def resettled(before: Settings, after: Settings, definition: ChurnDefinition) -> bool:
    """Whether the settings differ in what the definition depends on."""
    if definition.name == "own" and before.together != after.together:
        return True
    return any(getattr(before, part) != getattr(after, part) for part, form in SETTINGS_OF.items() if form in definition.forms)
