"""Of those who leave: at what age, and for what cause; cards of the Survival page."""

import polars as pl

from churn_dash.behind.words import age_words
from churn_dash.charts import Bar, Chart, Line, bars, gone
from churn_dash.contract.few import TOO_FEW
from churn_dash.measures import METRICS
from churn_dash.measures.tenure.hazard import Pace, band_name
from churn_dash.measures.tenure.survival import Stay, day_of
from churn_dash.ui import cache, session
from churn_dash.ui.filtering import clicks
from churn_dash.ui.parts.cards import Table
from churn_dash.ui.tenure.survival import age
from churn_dash.words import Ratio, Text, _

CAUSES = {
    "voluntary": _("own decision"),
    "involuntary_bank": _("the bank"),
    "involuntary_life": _("life"),
    "unknown": _("no reason"),
}
HOW_GONE = _("Aalen–Johansen: the causes take customers from one another and add up to all who are gone.")
HOW_PACE = _("Departures of customers at that age divided by the months they were watched at it; 95% ranges by Garwood.")


def pace_chart(found: Stay) -> Chart:
    """Departures a customer-month by age, beside those of everybody."""
    rows = [Bar(_band(p), p.pace, round(p.exposure), p.low, p.high) for p in found.pace if p.exposure >= TOO_FEW]
    return cache.chart(
        bars,
        rows,
        unit="per_month",
        look=session.look(),
        what=session.say(METRICS["hazard"].label),
        bank=_pace(found),
        line=session.say(_("all ages")),
    )


def _pace(found: Stay) -> float | None:
    exposure = sum(p.exposure for p in found.pace)
    return sum(p.events for p in found.pace) / exposure if exposure else None


def _band(p: Pace) -> str:
    return session.say(age_words(p.start, p.end))


def pace_levels(found: Stay) -> list[dict[str, str] | None]:
    """What a click on each bar of the pace means: a list of those who left at that age."""
    return clicks.of_split("age_left", [band_name(p.start, p.end) for p in found.pace if p.exposure >= TOO_FEW])


def pace_finding(found: Stay) -> str:
    """Title of the pace: at what age customers leave fastest, where that is sure."""
    bank = _pace(found)
    sure = [p for p in found.pace if p.low is not None and bank is not None and p.low > bank]
    if not sure:
        return session.say(_("No age at which customers leave clearly faster"))
    worst = max(sure, key=lambda p: p.pace or 0.0)
    return session.say(Text(_("They leave fastest in {band}: {pace} a month"), band=_band(worst), pace=Ratio(worst.pace)))


def pace_table(found: Stay) -> Table:
    """The ages as rows."""
    rows = [(_band(p), p.pace, p.low, p.high, p.events, float(round(p.exposure))) for p in found.pace]
    kinds = {"age": pl.String, "pace": pl.Float64, "low": pl.Float64, "high": pl.Float64, "events": pl.Int64, "exposure": pl.Float64}
    labels = {
        "age": _("Time since joining"),
        "pace": METRICS["hazard"].label,
        "low": _("95% range from"),
        "high": _("95% range to"),
        "events": _("Left"),
        "exposure": _("Customer-months"),
    }
    units = {"pace": "ratio", "low": "ratio", "high": "ratio", "events": "count", "exposure": "count"}
    return Table(pl.DataFrame(rows, schema=kinds, orient="row"), "pace-by-age", labels, units, how=session.say(HOW_PACE))


def causes_chart(found: Stay) -> Chart:
    """The share gone by cause."""
    last = found.whole.last_told
    lines = [_line(found, cause, last) for cause in found.causes if cause in CAUSES]
    return cache.chart(gone, lines if found.whole.n >= TOO_FEW else [], look=session.look())


def _line(found: Stay, cause: str, last: int) -> Line:
    shares, lows, highs = zip(*(found.causes[cause].at(day_of(m)) for m in range(last + 1)), strict=True)
    return Line(session.say(CAUSES[cause]), shares, lows, highs, [found.whole.at_risk(m) for m in range(last + 1)])


def causes_finding(found: Stay) -> str:
    """Title of the causes: what share goes by their own decision by then."""
    last = min(60, found.whole.last_told)
    own = found.causes["voluntary"].at(day_of(last))[0] if "voluntary" in found.causes else None
    if own is None or found.whole.n < TOO_FEW:
        return session.say(_("Why they are gone"))
    return session.say(Text(_("Within {age} {share} go by their own decision"), age=age(last), share=Ratio(own)))


def causes_table(found: Stay) -> Table:
    """The share gone by cause after whole years."""
    last = found.whole.last_told
    rows = [
        (session.say(CAUSES[cause]), years, *curve.at(day_of(12 * years)))
        for cause, curve in found.causes.items()
        for years in range(1, last // 12 + 1)
    ]
    kinds = {"cause": pl.String, "years": pl.Int64, "share": pl.Float64, "low": pl.Float64, "high": pl.Float64}
    labels = {"cause": _("Cause"), "years": _("Years"), "share": _("Share gone"), "low": _("95% range from"), "high": _("95% range to")}
    units = {"years": "count", "share": "ratio", "low": "ratio", "high": "ratio"}
    return Table(pl.DataFrame(rows, schema=kinds, orient="row"), "gone-by-cause", labels, units, how=session.say(HOW_GONE))
