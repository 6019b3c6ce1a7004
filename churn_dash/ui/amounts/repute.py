"""What departures do to the bank's standing, as a card: share of the market's deposits, detractors, complaints."""

from churn_dash.contract.few import TOO_FEW
from churn_dash.measures.money.repute import Share, Voice, complaints, detractors, market_share
from churn_dash.ui import cache, session
from churn_dash.ui.parts.tiles import Tile
from churn_dash.ui.question import PageQuestion
from churn_dash.words import Count, Month, Ratio, Text, _
from churn_dash.words.numbers import DASH, points


def share(question: PageQuestion) -> Share | None:
    """Own deposits in the market's; None where the data do not know it."""
    q = question
    if q.period is None:
        return None
    period = q.period
    asked = (q.filters, str(period))
    return cache.worked_out(q.ds, q.scope, lambda *_asked: market_share(q), *asked, name="market share")


def voices(question: PageQuestion) -> tuple[Voice | None, Voice | None]:
    """Detractors and complaints of the period; None where the data hold no such table."""
    q = question
    if q.period is None:
        return None, None

    def work(*_asked: object) -> tuple[Voice | None, Voice | None]:
        return detractors(q), complaints(q)

    return cache.worked_out(q.ds, q.scope, work, q.filters, str(q.period), q.definition, name="voices")


def finding(found: Share | None) -> Text | str:
    """Title of the card: which way the share of the market went."""
    if found is None:
        return _("Standing in the market and with customers")
    named = {"before": Ratio(found.before), "after": Ratio(found.after)}
    if found.after > found.before:
        return Text(_("The share of the market's deposits rose from {before} to {after}"), **named)
    if found.after < found.before:
        return Text(_("The share of the market's deposits fell from {before} to {after}"), **named)
    return Text(_("The share of the market's deposits stayed at {after}"), **named)


def tiles(found: Share | None, told: tuple[Voice | None, Voice | None]) -> list[Tile]:
    """The three figures; where one is not known, what data would tell it."""
    made = [_share_tile(found)]
    detractor, complaint = told
    made.append(_voice_tile(_("Detractors"), detractor, _("of 1,000 answers"), _("needs surveys that ask who would recommend the bank")))
    made.append(_voice_tile(_("Complaints"), complaint, _("of 1,000 customers, in the period"), _("needs the table of complaints")))
    return made


def _share_tile(found: Share | None) -> Tile:
    label = session.say(_("Market share"))
    if found is None:
        needed = _("needs the market's deposits by month (market_month) and the deposits of customers, by city")
        return Tile(label, DASH, note=session.say(needed))
    rose, change = found.after > found.before, points(abs(found.after - found.before), session.language()).lstrip("+")
    since = session.say(Text(_("since {month}"), month=Month(found.first)))
    return Tile(label, f"{100 * found.after:.3f}%", change, rose, None if found.after == found.before else rose, since)


def _voice_tile(label: str, voice: Voice | None, unit: str, needed: str) -> Tile:
    if voice is None:
        return Tile(session.say(label), DASH, note=session.say(needed))
    told = voice.per_1000 is not None and voice.low is not None and voice.high is not None and voice.n >= TOO_FEW
    if not told:
        counts = Text(_("{n} of {all}: too few for a rate"), n=Count(voice.events), all=Count(voice.n))
        return Tile(session.say(label), DASH, note=session.say(counts))
    note = Text(_("{unit} · {low} to {high} · n={n}"), unit=unit, low=Count(voice.low), high=Count(voice.high), n=Count(voice.n))
    return Tile(session.say(label), f"{voice.per_1000:.0f}", note=session.say(note))
