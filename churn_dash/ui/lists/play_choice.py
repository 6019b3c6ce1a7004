"""The plays in force, those for one customer's reasons, and the own product that fits."""

from churn_dash.contract.lifecycle import LABELS as STAGES
from churn_dash.measures.conditions.saved_segments import stamp
from churn_dash.retention.plays import Advice, OwnProduct, Play, advice, facts, groupings, plays, products
from churn_dash.segments.groups.orientation import LABELS as ORIENTATIONS
from churn_dash.store import Records
from churn_dash.ui import cache, session
from churn_dash.ui.customer.customer import Person
from churn_dash.ui.question import PageQuestion
from churn_dash.words import Text, _

APPETITE_WORDS = {"low": _("low appetite for risk"), "medium": _("medium appetite for risk"), "high": _("high appetite for risk")}


def in_force(question: PageQuestion) -> dict[str, Play]:
    """The plays by name."""
    ask = cache.worked_out(question.ds, question.scope, lambda *_s: plays(Records(question.ds.root)), stamp(question.ds), name="plays")
    return dict(ask)


def products_in_force(question: PageQuestion) -> dict[str, OwnProduct]:
    """The own products by name."""
    return products(Records(question.ds.root))


def groups(question: PageQuestion) -> tuple[dict[str, str], dict[str, str]]:
    """Customer → orientation, and customer → stage, remembered."""
    return cache.worked_out(question.ds, question.scope, lambda: groupings(question.ds), name="orientation and stage")


def told(question: PageQuestion, found: Person) -> Advice | None:
    """What to do about the customer; None without an explanation."""
    if found.explanation is None:
        return None
    known = facts(question.ds, found.customer_id, groups(question))
    return advice(found.explanation, in_force(question), products_in_force(question), known)


def titles(found: Advice | None) -> dict[str, str]:
    """Theme of a reason → what its play is called."""
    return {r.feature.theme: session.say(p.title) for r, p in found.plays if p is not None} if found else {}


def product_line(found: Advice | None) -> str:
    """The product that fits, and by what it was chosen; empty without one."""
    if found is None or found.product is None:
        return ""
    by, known = [], found.facts
    by.append(
        session.say(APPETITE_WORDS[known.appetite]) if known.appetite in APPETITE_WORDS else session.say(_("appetite for risk not known"))
    )
    if known.orientation in ORIENTATIONS and known.orientation != "unknown":
        by.append(session.say(ORIENTATIONS[known.orientation]))
    if known.stage in STAGES["plan"]:
        by.append(session.say(STAGES["plan"][known.stage]))
    if known.falls_due:
        by.append(session.say(_("money falls due within 90 days")))
    return session.say(Text(_("Own product that fits: {product} ({by})"), product=found.product.title, by=" · ".join(by)))
