"""What the whole cost hangs on: a card of the "What it costs" page."""

from typing import Any

import polars as pl

from churn_dash.charts import Chart, Moved, tornado
from churn_dash.contract.assumptions import ASSUMPTIONS
from churn_dash.measures.money.assumptions import spoken
from churn_dash.measures.money.costs import SWING, Swing
from churn_dash.ui import cache, session
from churn_dash.ui.amounts.costs import RETENTION, Found
from churn_dash.ui.parts.cards import Table
from churn_dash.words import Ratio, Text, _


def chart(f: Found) -> Chart:
    """The whole cost with each input moved alone."""
    rows = [Moved(_name(s), _value(s, s.low), _value(s, s.high), s.cost_low, s.cost_high, s.measured) for s in f.costs.swings]
    return cache.chart(tornado, rows, f.costs.whole or 0.0, look=session.look(), what=session.say(_("The whole cost")))


def _name(s: Swing) -> str:
    return session.say(ASSUMPTIONS[s.name].label if s.name in ASSUMPTIONS else RETENTION)


def _value(s: Swing, value: float) -> str:
    if s.name not in ASSUMPTIONS:
        return session.look().show(value, "ratio")
    return session.say(Text("{value}", value=spoken(ASSUMPTIONS[s.name], value)))


def finding(f: Found) -> Text:
    """Title of the tornado: what the cost hangs on most."""
    widest = f.costs.swings[0]
    return Text(_("The cost hangs most on: {name}"), name=_name(widest))


def caption() -> Text:
    """Under the title of the tornado: what was moved how far."""
    return Text(
        _("Each input alone: assumed a fifth lower and higher ({share}), years by one (pale); measured retention to its 95% range (full)"),
        share=Ratio(SWING),
    )


def table(f: Found) -> Table:
    """The tornado as rows."""
    rows = [(_name(s), _value(s, s.low), _value(s, s.high), s.cost_low, s.cost_high) for s in f.costs.swings]
    kinds: dict[str, Any] = {"what": pl.String, "low": pl.String, "high": pl.String, "cost_low": pl.Float64, "cost_high": pl.Float64}
    labels = {
        "what": _("Input"),
        "low": _("Lower"),
        "high": _("Higher"),
        "cost_low": _("Cost when lower, ¥"),
        "cost_high": _("Cost when higher, ¥"),
    }
    return Table(pl.DataFrame(rows, schema=kinds, orient="row"), "cost-by-input", labels, {"cost_low": "money", "cost_high": "money"})
