"""What the parts of the What-if page share: for whom it is asked, and how moves are written."""

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


def difference(value: float | None) -> str:
    """A difference of risks in points, in words."""
    return session.say(Text("{points}", points=Points(value)))
