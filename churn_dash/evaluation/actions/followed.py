"""Improvements whose figure customers tell: a view of the register, for following them wave by wave. Source: METHODS A1 4.2.2."""

import datetime

from churn_dash.causes.improvements import SCORES, Improvement
from churn_dash.errors import BadInput
from churn_dash.evaluation.actions.kept import Action, changed, register
from churn_dash.evaluation.actions.watched import watch
from churn_dash.marks import _
from churn_dash.store import Dataset, Records
from churn_dash.words import nearest


def marked(records: Records) -> tuple[Improvement, ...]:
    """The improvements of the register that have a first day and watch one of ``SCORES``, by date and name."""
    own = (a for a in register(records) if not a.example and a.watch in SCORES)
    return tuple(Improvement(a.name, a.date, a.what, a.watch) for a in own if a.date is not None)


def mark(ds: Dataset, name: str, date: datetime.date, what: str = "", score: str = "csat", who: str | None = None) -> Action:
    """Put an improvement into the register, to be followed by ``score``; of one that is there, the day and the score are set.

    Raises ``BadInput`` without a name, for an unknown score, for a day outside the data, and for the name of an improvement that
    watches another figure.
    """
    if score not in SCORES:
        raise BadInput(_("{name} cannot be followed; the nearest is {near}."), name=score, near=nearest(score, SCORES) or ", ".join(SCORES))
    months = ds.measurable
    if months and not months[0] <= date <= (ds.data_end or date):
        raise BadInput(_("{date} lies outside the months of these data, so no wave could be compared."), date=date.isoformat())
    records = Records(ds.root)
    there = next((a for a in register(records) if a.name == " ".join(name.split())), None)
    if there is not None and there.watch not in SCORES:
        sentence = _("{name} is in the register already and watches another figure: {figure}. Choose another name.")
        raise BadInput(sentence, name=there.name, figure=watch(there.watch).label)
    new = {"area": "care"} if there is None else {}
    return changed(records, name, who, date=date, watch=score, **new, **({"what": what} if what else {}))
