"""The bridge in one sentence: how much came from what, and which level counted most."""

from collections.abc import Callable

from churn_dash.marks import _
from churn_dash.measures.bridge import Bridge
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
    points = printed(found)
    named: dict[str, object] = {
        "what": _WHAT[found.count],
        "before": Ratio(found.before.rate),
        "after": Ratio(found.after.rate),
        **{name: Points(value) for name, value in points.items()},
    }
    most = found.most
    if "data" in points and "definition" in points:
        template = _(
            "{what} went from {before} to {after}: {data} from corrected data, {definition} from the other definition, "
            "{mix} from the mix of customers, {rate} from how fast groups leave."
        )
    elif "data" in points:
        template = _(
            "{what} went from {before} to {after}: {data} from corrected data, {mix} from the mix of customers, "
            "{rate} from how fast groups leave."
        )
    elif "definition" in points:
        template = _(
            "{what} went from {before} to {after}: {definition} from the other definition, {mix} from the mix of customers, "
            "{rate} from how fast groups leave."
        )
    elif most is None:
        template = _("{what} stood still at {after}: neither the mix of customers nor the rate of any group changed.")
    else:
        named |= {"level": level(most.level), "most": Points(most.change)}
        template = _(
            "{what} went from {before} to {after}: {mix} from the mix of customers, {rate} from how fast groups leave; "
            "{level} counts most, {most}."
        )
    return Text(template, **named)
