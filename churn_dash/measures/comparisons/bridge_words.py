"""The bridge in one sentence: how much came from what, and which level counted most."""

from collections.abc import Callable

from churn_dash.marks import _
from churn_dash.measures.comparisons.bridge import Bridge
from churn_dash.words import Points, Ratio, Text
from churn_dash.words.printed import printed_steps

STEPS = {
    "data": _("corrected data"),
    "definition": _("another definition"),
    "mix": _("mix of customers"),
    "rate": _("how fast groups leave"),
}
"""The steps as they are called, in their order; changed settings, between definition and mix, are called by ``step_words``."""
PARADOX = _("The total and every group disagree (Simpson's paradox): no group moved the way the total did; only their sizes changed.")
_WHAT = {"heads": _("Churn"), "aum": _("Balance churn")}


def step_words(found: Bridge) -> dict[str, Text]:
    """What each step that there is is called."""
    old, new = settings_words(found)
    settings = Text(_("definition changed (settings of {old} → {new})"), old=old, new=new)
    return {name: settings if name == "settings" else Text(STEPS[name]) for name in found.steps}


def settings_words(found: Bridge) -> tuple[Text | str, Text | str]:
    """The settings of either end by the day from which they were official; by their titles where that is the same day."""
    before, after = found.before, found.after
    if before.since is not None and before.since == after.since:
        return before.title or before.since, after.title or before.since
    return (Text(_("the start")) if before.since is None else before.since), after.since or "—"


def printed(found: Bridge) -> dict[str, float]:
    """The change and its steps (0.01: one point), rounded to a hundredth of a point so that they add up as printed."""
    first, points, last = printed_steps(found.before.rate, list(found.steps.values()), found.after.rate, 2)
    return {"change": round(last - first, 2) / 100, **{name: p / 100 for name, p in zip(found.steps, points, strict=True)}}


def sentence(found: Bridge, level: Callable[[str | None], str] = lambda v: v or "—") -> Text:
    """How much of the change came from mix and how much from rates, and which level counted most; ``level`` says a level in words."""
    points, most = printed(found), found.most
    old, new = settings_words(found)
    named: dict[str, object] = {
        "what": _WHAT[found.count],
        "before": Ratio(found.before.rate),
        "after": Ratio(found.after.rate),
        "old": old,
        "new": new,
        **{name: Points(value) for name, value in points.items()},
    }
    asked = tuple(found.steps)
    if asked == ("mix", "rate") and most is not None:
        return Text(_MOST, **named, level=level(most.level), most=Points(most.change))
    if asked in _SENTENCES:
        return Text(_SENTENCES[asked], **named)
    *first, last = (Text(_PARTS[name], **named) for name in asked)
    for part in reversed(first):
        last = Text(_("{first}, {second}"), first=part, second=last)
    return Text(_WALKED if found.moved else _WALKED_STILL, **named, parts=last)


_MOST = _(
    "{what} went from {before} to {after}: {mix} from the mix of customers, {rate} from how fast groups leave; {level} counts most, {most}."
)
_WALKED = _("{what} went from {before} to {after}: {parts}.")
_WALKED_STILL = _("{what} of the same months went from {before} to {after}: {parts}.")
_PARTS = {
    "data": _("{data} from corrected data"),
    "definition": _("{definition} from the other definition"),
    "settings": _("{settings} from changed settings of the definition ({old} → {new})"),
    "mix": _("{mix} from the mix of customers"),
    "rate": _("{rate} from how fast groups leave"),
}
_SENTENCES = {
    ("mix", "rate"): _("{what} stood still at {after}: neither the mix of customers nor the rate of any group changed."),
    ("data",): _("{what} of the same months went from {before} to {after} ({change}) because the data were corrected."),
    ("definition",): _("{what} of the same months is {before} by one definition and {after} by the other ({change})."),
    ("settings",): _(
        "{what} of the same months is {before} by the definition's settings of {old} and {after} by those of {new} ({change})."
    ),
    (): _("{what} of the same months by the same definition and data is {after}."),
}
"""By the steps that there are; other combinations are told part by part."""
