"""What the Behaviour page shows of what customers come for: products, consumption, service."""

from dataclasses import dataclass

from churn_dash.segments.groups import orientation
from churn_dash.ui import cache, session
from churn_dash.ui.kinds.rated import Rated, rated_table
from churn_dash.ui.parts.cards import Table
from churn_dash.ui.question import PageQuestion, Whole
from churn_dash.words import Text, _


@dataclass(frozen=True)
class Seen:
    """The orientations and the churn of everybody asked for."""

    found: orientation.Orientation
    rate: float | None
    whole: Whole

    @property
    def names(self) -> dict[str, str]:
        """The orientations in words, by code."""
        return {code: session.say(label) for code, label in orientation.LABELS.items()}

    @property
    def rated(self) -> Rated:
        """The orientations with their churn."""
        return Rated(self.found.groups(), self.names, self.rate, self.whole, "churn-by-orientation")


def seen(question: PageQuestion) -> Seen:
    """The orientations for what is asked. Raises ``NotPossible``."""
    q = question
    asked = (q.filters.where, str(q.period), q.definition)
    found = cache.worked_out(q.ds, q.scope, lambda *_asked: orientation.orientation(q), *asked, name="orientation")
    return Seen(found, found.whole()["churn_rate"], q.whole)


def caption(one: Seen) -> str:
    """Under the title: of what the orientation is told."""
    return session.say(_("By what a customer has more of than others; mixed where nothing leads"))


def table(one: Seen) -> Table:
    """The orientations as rows."""
    found = rated_table(one.rated)
    signs = session.say(_("; ")).join(
        session.say(
            Text(
                _("{what}: {words}"),
                what=one.names[name],
                words=", ".join(session.say(orientation.SIGNS[name][s]) for s in signs),
            )
        )
        for name, signs in one.found.signs.items()
    )
    made = session.say(
        _("Each sign is the share of customers who have less of it; an orientation is told where its score leads the next by 0.1 or more.")
    )
    return Table(found.rows, found.name, found.labels, found.units, how=f"{signs}. {made}")
