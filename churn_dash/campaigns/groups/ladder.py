"""The ladder of evidence: for every rung whether design and data reach it, and why not. Source: METHODS C (decision flow)."""

from dataclasses import dataclass

from churn_dash.campaigns.groups.design import Grade
from churn_dash.words import Text, _

RUNGS: dict[Grade, str] = {
    "A": _("Random hold-out"),
    "B": _("Change beyond that of the others (difference-in-differences)"),
    "C": _("Adjusted for what was known before, or a change not fully checked"),
    "D": _("Before and after only"),
}
"""What each rung is called, the strongest first."""


@dataclass(frozen=True)
class Rung:
    """One rung: whether it is reached, and why or why not."""

    rung: Grade
    possible: bool
    why: Text

    def as_json(self, language: str = "en") -> dict[str, object]:
        """The rung as the CLI prints it."""
        return {"rung": self.rung, "name": Text(RUNGS[self.rung]).in_(language), "possible": self.possible, "why": self.why.in_(language)}


ALWAYS = Rung("D", True, Text(_("Always possible, and never proof: what would have happened anyway is in the figure.")))
NO_PANEL = Text(_("Nothing shows the same branches or units, treated and untreated, over time; a file needs a time column for it."))
NOT_KNOWN = Text(_("Nothing is known of the members from before the start that could make them comparable; name columns that do."))
UNDECLARED = Text(_("Nobody has declared how the groups were made, so no design can be chosen for them; declare it."))
NO_OTHERS = Text(_("Nobody was left without the campaign, so there is nobody to compare with."))
NOT_NEEDED = Text(_("Not needed: a stronger rung is reached."))
BROKEN_DRAW = Text(_("Not tried: a random draw that does not stand up must be explained first, not adjusted away."))
