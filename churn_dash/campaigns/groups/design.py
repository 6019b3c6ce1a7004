"""How the groups of a campaign were made, and what that lets anybody claim. Source: METHODS C (decision flow), C2, C3.

Randomisation is declared, by the table's ``design`` column, an option, or a box the analyst ticks. It is never inferred.
"""

from dataclasses import dataclass
from typing import Literal

from churn_dash.contract import TABLES
from churn_dash.errors import BadInput
from churn_dash.store.draws import Draw
from churn_dash.words import Ratio, Text, _, nearest

Grade = Literal["A", "B", "C", "D"]

DESIGNS = {
    "randomised": _("drawn at random"),
    "manual": _("chosen by hand"),
    "branch": _("made by branch"),
    "rule": _("chosen by a rule"),
    "observational": _("observed, not assigned"),
}
"""The closed list of designs and how they are called."""

BADGES: dict[Grade, str] = {
    "A": _("Evidence A · random control group"),
    "B": _("Evidence B · moved alike before, apart since"),
    "C": _("Evidence C · adjusted, not random"),
    "D": _("Evidence D · description only"),
}
"""Evidence grade as it is shown."""

LATE = 0.05
"""Above this share of members put into groups after the start, the groups are not fixed in advance."""

_REASONS = {
    "": _("Nobody has declared how the groups were made, so they may have differed from the start; declare it to have them judged."),
    "manual": _("The customers were chosen by hand, so the groups may have differed from the start."),
    "branch": _("The groups were made by branch, so whatever else differs between branches is part of the difference."),
    "rule": _("A rule chose the customers, so those chosen differed from the others from the start."),
    "observational": _("The groups were observed and not drawn at random, so they may have differed from the start."),
}


@dataclass(frozen=True)
class Evidence:
    """How far a difference can be believed: the grade, and why in a sentence."""

    grade: Grade
    why: Text

    @property
    def may_claim(self) -> bool:
        """Whether a difference may be called the campaign's effect."""
        return self.grade in ("A", "B")

    @property
    def badge(self) -> str:
        """The grade as it is shown on a badge; a marked word."""
        return BADGES[self.grade]


def told_of(draw: Draw) -> Text:
    """Who declared that the groups were drawn at random, when, and whether that was before anybody could know what came of it."""
    named = {"day": draw.made[:10], "who": draw.who}
    if draw.in_time:
        return Text(_("That the groups were drawn at random was declared on {day} by {who}, before the outcome could be known."), **named)
    return Text(_("That the groups were drawn at random was declared after the fact, on {day} by {who}: the campaign had begun."), **named)


def declared_design(text: str | None) -> str | None:
    """The design that was declared, as its code in ``DESIGNS``; None where nothing was.

    Raises BadInput for a word that is no design.

    >>> declared_design("Randomized"), declared_design("随机"), declared_design(" ")
    ('randomised', 'randomised', None)
    """
    word = (text or "").strip().casefold()
    if not word:
        return None
    codes = (TABLES["campaigns"].columns["design"].metadata or {})["codes"]
    known = {w.casefold(): code for code in DESIGNS for w in (code, *codes.get(code, ()))}
    if word not in known:
        raise BadInput(
            _("The design {name} is not known; use one of {known}. The nearest is {nearest}."),
            name=text,
            known=", ".join(DESIGNS),
            nearest=known.get(nearest(word, known), "observational"),
        )
    return known[word]


def evidence(
    design: str | None, *, holdout: bool, doubt: Text | None = None, late: float | None = None, overlap: float | None = None
) -> Evidence:
    """The grade of a campaign: A for a declared random hold-out against which nothing speaks, else D with the reason.

    ``doubt`` says why a check of the draw failed; ``late`` is the share of members put into groups after the start, ``overlap``
    of those found in more than one group.

    >>> evidence("randomised", holdout=True).grade, evidence(None, holdout=True).grade
    ('A', 'D')
    """
    if not holdout:
        return Evidence("D", Text(_("Nobody was held out, so there is nothing to compare with.")))
    if design != "randomised":
        return Evidence("D", Text(_REASONS[design or ""]))
    if doubt is not None:
        return Evidence("D", doubt)
    if overlap is not None and overlap > LATE:
        return Evidence(
            "D",
            Text(
                _("{share} of the members stand in more than one group, so who was left alone is not known."),
                share=Ratio(overlap),
            ),
        )
    if late is not None and late > LATE:
        return Evidence(
            "D",
            Text(
                _("{share} of the members were put into their group after the campaign had begun, when its first results could be known."),
                share=Ratio(late),
            ),
        )
    return Evidence("A", Text(_("The groups are declared to have been drawn at random.")))
