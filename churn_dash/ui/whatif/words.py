"""What the parts of the What-if page share: for whom it is asked, and how moves are written."""

from typing import Any

from churn_dash.risk.whatif.uncertain import Range
from churn_dash.ui import session
from churn_dash.ui.parts import controls
from churn_dash.words import Points, Text, _

KEY = "whatif"
WHOM = {
    "one": _("One customer"),
    "segment": _("A segment"),
    "bank": _("The bank"),
    "market": _("The market"),
}


def whom() -> str:
    """Choose for whom something changes."""
    words = {w: session.say(label) for w, label in WHOM.items()}
    return controls.choice(
        session.say(_("For whom")), list(WHOM), key=f"{KEY}-for", words=words.__getitem__, default="one", kind="segments", hidden=True
    )


RANGES: dict[Range, str] = {
    "measured effect": _("95% range {low} to {high}"),
    "model uncertainty": _("model uncertainty {low} to {high}"),
    "both": _("measured and model, {low} to {high}"),
}
"""What a range covers, in words."""
RANGE_HELP = _(
    "Model uncertainty: lowest and highest answer when the model learns again from other customers like these. It is not the range of "
    "what an offer does; that only a campaign with a hold-out measures."
)


def between(of: Range | None, low: Any, high: Any) -> str:
    """The range with what it covers; empty where there is none."""
    return "" if of is None else session.say(Text(RANGES[of], low=low, high=high))


def difference(value: float | None) -> str:
    """A difference of risks in points, in words."""
    return session.say(Text("{points}", points=Points(value)))
