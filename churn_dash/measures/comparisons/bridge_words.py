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
"""The steps as they are called, in their order."""
PARADOX = _("The total and every group disagree (Simpson's paradox): no group moved the way the total did; only their sizes changed.")
_WHAT = {"heads": _("Churn"), "aum": _("Balance churn")}


def printed(found: Bridge) -> dict[str, float]:
    """The change and its steps (0.01: one point), rounded to a hundredth of a point so that they add up as printed."""
    first, points, last = printed_steps(found.before.rate, list(found.steps.values()), found.after.rate, 2)
    return {"change": round(last - first, 2) / 100, **{name: p / 100 for name, p in zip(found.steps, points, strict=True)}}


def sentence(found: Bridge, level: Callable[[str | None], str] = lambda v: v or "—") -> Text:
    """How much of the change came from mix and how much from rates, and which level counted most; ``level`` says a level in words."""
    points, most = printed(found), found.most
    named: dict[str, object] = {
        "what": _WHAT[found.count],
        "before": Ratio(found.before.rate),
        "after": Ratio(found.after.rate),
        **{name: Points(value) for name, value in points.items()},
    }
    asked = tuple(found.steps)
    if asked == ("mix", "rate") and most is not None:
        return Text(_MOST, **named, level=level(most.level), most=Points(most.change))
    return Text(_SENTENCES[asked], **named)


_MOST = _(
    "{what} went from {before} to {after}: {mix} from the mix of customers, {rate} from how fast groups leave; {level} counts most, {most}."
)
_SENTENCES = {
    ("mix", "rate"): _("{what} stood still at {after}: neither the mix of customers nor the rate of any group changed."),
    ("data", "mix", "rate"): _(
        "{what} went from {before} to {after}: {data} from corrected data, {mix} from the mix of customers, "
        "{rate} from how fast groups leave."
    ),
    ("definition", "mix", "rate"): _(
        "{what} went from {before} to {after}: {definition} from the other definition, {mix} from the mix of customers, "
        "{rate} from how fast groups leave."
    ),
    ("data", "definition", "mix", "rate"): _(
        "{what} went from {before} to {after}: {data} from corrected data, {definition} from the other definition, "
        "{mix} from the mix of customers, {rate} from how fast groups leave."
    ),
    ("data",): _("{what} of the same months went from {before} to {after} ({change}) because the data were corrected."),
    ("definition",): _("{what} of the same months is {before} by one definition and {after} by the other ({change})."),
    ("data", "definition"): _(
        "{what} of the same months went from {before} to {after}: {data} from corrected data, {definition} from the other definition."
    ),
    (): _("{what} of the same months by the same definition and data is {after}."),
}
"""By the steps that there are."""
