"""What an amount rests on: its inputs, with who set each and when; the same everywhere an amount of money stands."""

import polars as pl

from churn_dash.evaluation.ledger.inputs import Input
from churn_dash.ui import session
from churn_dash.ui.parts.cards import Table
from churn_dash.words import Number, _

_UNITS = {"share": "ratio", "points": "ratio", "ratio": "ratio", "money": "money", "count": "count"}


def inputs(rows: tuple[Input, ...], name: str) -> Table:
    """The inputs as rows: value, who set it and when, else where it comes from."""
    out = [(session.say(i.label), shown(i.unit, i.value), session.say(i.origin)) for i in rows]
    labels = {"what": _("Input"), "value": _("Value"), "origin": _("Where it comes from")}
    return Table(pl.DataFrame(out, schema=dict.fromkeys(labels, pl.String), orient="row"), f"inputs-{name}", labels, only=True)


def shown(unit: str, value: float) -> str:
    """A value in the format of its unit."""
    return str(Number(value)) if unit == "years" else session.look().show(value, _UNITS[unit])
