"""What the Win-back page shows: who came back, of those asked and the others, for how long, and whom to ask now."""

from churn_dash.campaigns.winback import ASSOCIATION, WinBack, kept_by, win_back
from churn_dash.campaigns.winback.durability import BONUS_DAYS
from churn_dash.causes.settings import reason_map
from churn_dash.contract.few import TOO_FEW
from churn_dash.measures.statistics.estimates import Estimate
from churn_dash.ui import cache, session
from churn_dash.ui.parts import controls
from churn_dash.ui.parts.tiles import Tile
from churn_dash.ui.question import PageQuestion
from churn_dash.words import Count, Money, Ratio, Text, _

ALL, PERIOD = "all", "period"
_SINCE = {ALL: _("Losses of every month"), PERIOD: _("Losses of the period chosen")}
_BONUSES = (30, 60, 90, 180, 365)


def since_control() -> str:
    """Choose which losses count: those of every month, or of the period of the filters."""
    spoken_ = {code: session.say(words) for code, words in _SINCE.items()}
    return controls.choice(session.say(_("Losses")), list(_SINCE), key="losses", words=spoken_.__getitem__, kind="segments", hidden=True)


def bonus_control() -> int:
    """Choose how long the bonus runs that brings customers back."""
    words = {str(n): session.say(Text(_("{n} days"), n=n)) for n in _BONUSES}
    label = session.say(_("A bonus runs for"))
    return int(controls.choice(label, list(words), key="bonus", words=words.__getitem__, default=str(BONUS_DAYS), width=150))


def found(question: PageQuestion, since: str, bonus: int) -> WinBack:
    """Win-back of the question."""
    q, limited = question, since == PERIOD and question.period is not None
    first, last = (q.period.start, q.period.last_day) if limited and q.period is not None else (None, None)

    def work(*_asked: object) -> WinBack:
        return win_back(q.ds, q.scope, q.definition, first, last, kept_by(q), bonus)

    asked = (str(first), str(last), q.filters.where, q.definition, bonus, reason_map(q.ds).about)
    return cache.worked_out(q.ds, q.scope, work, *asked, name="win-back")


def where(one: WinBack) -> str:
    """The small line above the answer."""
    page = session.say(_("Win-back"))
    if one.first is None or one.last is None:
        return session.say(Text(_("{page} · losses of every month, up to {end}"), page=page, end=one.end.isoformat()))
    return session.say(
        Text(_("{page} · losses of {start} to {last}, up to {end}"), page=page, start=one.first, last=one.last, end=one.end.isoformat())
    )


def answer(one: WinBack) -> Text | str:
    """The page's sentence."""
    if not one.lost:
        return _("Nobody was lost among the customers chosen, so nobody can be won back.")
    if not one.n:
        return Text(_("{n} customers were lost, and none of them can be counted yet"), n=Count(one.lost))
    named = {"n": Count(one.back), "all": Count(one.n), "rate": Ratio(one.rate.value), "stay": Ratio(one.sustained.value)}
    if one.n < TOO_FEW:
        return Text(_("{n} of {all} lost customers came back within 180 days: too few for a rate"), **named)
    if one.sustained.value is None:
        return Text(_("{n} of {all} lost customers came back within 180 days: {rate}"), **named)
    return Text(_("{n} of {all} lost customers came back within 180 days: {rate}; {stay} came back and stayed 90 days"), **named)


def tiles(one: WinBack) -> list[Tile]:
    """The row of figures."""
    look = session.look()
    shown = [
        _tile(_("Win-back rate"), one.rate),
        _tile(_("Asked back"), one.contacted, why=_("contacts not recorded") if not one.contacts_told else ""),
        _tile(_("Not asked"), one.spontaneous, help=_("Lost customers who were not asked back: how many came back of themselves.")),
        _tile(_("Came to stay"), one.sustained, help=_("Back within 180 days and still a customer 90 days later, of losses 270 days old.")),
        _tile(_("Value back"), one.value, help=_("Balances that came back, at most what was lost, of all balances lost.")),
    ]
    cost = session.say(Text(_("{n} spent a customer back"), n=Money(one.cost_per_return))) if one.cost_per_return is not None else ""
    return [*shown[:4], Tile(shown[4].label, look.show(one.value.value, "ratio"), note=_notes(shown[4].note, cost), help=shown[4].help)]


def _tile(label: str, e: Estimate, help: str = "", why: str = "") -> Tile:
    look = session.look()
    ends = Text(_("{low} to {high} · n={n}"), low=Ratio(e.low), high=Ratio(e.high), n=Count(e.n))
    note = session.say(ends) if e.low is not None else session.say(why or _("nobody to count"))
    return Tile(label, look.show(e.value, "ratio"), note=note, help=session.say(help) if help else "")


def _notes(*parts: str) -> str:
    return " · ".join(p for p in parts if p)


_NOT_TOLD = _("Nothing tells who was asked back, so nobody's return can be set against a contact.")


def asked_note(one: WinBack) -> Text | str:
    """What the difference between the asked and the others means."""
    d = one.difference
    if d.value is None:
        return _NOT_TOLD if not one.contacts_told else ASSOCIATION
    words = _("Asked less not asked: {value} ({low} to {high}). {why}")
    return Text(words, value=_points(d.value), low=_points(d.low), high=_points(d.high), why=ASSOCIATION)


def _points(value: float | None) -> str:
    return session.look().show(value, "points")
