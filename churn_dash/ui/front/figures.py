"""Where the bank stands: the figures of the period beside the same months a year before."""

import polars as pl

from churn_dash.contract.few import TOO_FEW
from churn_dash.measures import METRICS
from churn_dash.measures.statistics.intervals import newcombe
from churn_dash.ui import models, session
from churn_dash.ui.parts.tiles import Tile, money_tile
from churn_dash.ui.question import PageQuestion
from churn_dash.words import Count, Ratio, Text, _
from churn_dash.words.numbers import points

_TOTALS = ("churn_rate", "net_churn_rate", "customers", "customers_lost", "aum_lost", "aum_churn_rate", "aum_start")
_TOTALS_TIMELESS = ("churn_rate", "customers", "customers_lost")
Figures = dict[str, float | int | None]


def totals(question: PageQuestion) -> Figures:
    """The bank's figures over the period, one value a metric; ``churn_rate_n`` and so on included."""
    names = _TOTALS_TIMELESS if question.timeless else _TOTALS
    rows = question.rows(names)
    return rows.row(0, named=True) if len(rows) else {}


def before(question: PageQuestion) -> Figures:
    """The same a year earlier; empty where the data do not reach back."""
    return totals(question.over(question.year_before)) if question.year_before else {}


def moved(now: Figures, then: Figures) -> str:
    """Whether the rate moved by more than chance explains."""
    sides = [(float(side["churn_rate"] or 0) * float(side["churn_rate_n"] or 0), float(side["churn_rate_n"] or 0)) for side in (now, then)]
    found = newcombe(*sides[0], *sides[1])
    if found is None or found.low <= 0 <= found.high:
        return "same"
    return "rose" if found.low > 0 else "fell"


def tiles(question: PageQuestion) -> list[Tile]:
    """The row of figures."""
    now, then = totals(question), before(question)
    monthly = question.rows(["churn_rate", "aum_lost", "net_churn_rate", "customers"], ["month"]) if not question.timeless else None
    found = [_tile("churn_rate", now, then, monthly, _of(now.get("customers_lost"), now.get("customers")))]
    if question.timeless:
        found += [_tile("customers_lost", now, then, None, ""), _tile("customers", now, then, None, "")]
    else:
        gone = now.get("aum_churn_rate")
        share = session.say(_("no balances in the data") if gone is None else Text(_("{share} of balances"), share=Ratio(gone)))
        found += [
            _tile("aum_lost", now, then, monthly, share),
            _tile("net_churn_rate", now, then, monthly, session.say(_("those who came back not counted"))),
            _tile("customers", now, then, monthly, session.say(_("at the start of the period"))),
        ]
    risk = models.at_risk(question)
    if risk is not None:
        note = session.say(Text(_("risk of {threshold} or more"), threshold=Ratio(risk.threshold)))
        found.append(Tile(_("At high risk"), Count(risk.n).in_(session.language()), note=note))
    return found


def _of(part: float | int | None, whole: float | int | None) -> str:
    return session.say(Text(_("{part} of {whole}"), part=Count(part), whole=Count(whole)))


def _enough(name: str, side: Figures) -> float | int | None:
    """The figure; none where it is a rate of too few customers."""
    return None if f"{name}_n" in side and (side[f"{name}_n"] or 0) < TOO_FEW else side.get(name)


def _small(name: str, now: Figures, then: Figures) -> bool:
    """Whether a change is too small to be called better or worse: within chance for churn, within half a percent otherwise."""
    if name == "churn_rate":
        return moved(now, then) == "same"
    return abs((now[name] or 0) - (then[name] or 0)) <= 0.005 * abs(then[name] or 0)


def _tile(name: str, now: Figures, then: Figures, monthly: pl.DataFrame | None, note: str) -> Tile:
    metric, look = METRICS[name], session.look()
    value, was = (_enough(name, side) for side in (now, then))
    change, rose, good = "", True, None
    if value is not None and was is not None:
        difference = value - was
        rose = difference > 0
        text = points(difference, look.language) if metric.unit == "ratio" else look.show(abs(difference), metric.unit)
        change = text.lstrip("+−")
        good = None if _small(name, now, then) else rose == (metric.better == "up")
    against = session.say(_("on year")) if change else ""
    if value is None and now.get(name) is not None:
        note = f"{note} · {session.say(_('too few for a rate'))}" if note else session.say(_("too few for a rate"))
    elif not change and monthly is not None:
        note = f"{note} · {session.say(_('no year before to compare with'))}" if note else session.say(_("no year before to compare with"))
    line = tuple(monthly[name].to_list()) if monthly is not None and name in monthly.columns else ()
    more = {
        "change": change,
        "rose": rose,
        "good": good,
        "against": against,
        "line": line,
        "note": note,
        "help": session.say(metric.meaning),
    }
    if metric.unit == "money":
        return money_tile(metric.label, value, **more)
    return Tile(metric.label, look.show(value, metric.unit), **more)  # type: ignore[arg-type]
