"""The list of the Win-back page: whom to ask back now, whose they are, and who is not on it."""

from collections.abc import Sequence

import polars as pl

from churn_dash.campaigns.winback import ToAsk, to_ask
from churn_dash.campaigns.winback.durability import BONUS_DAYS
from churn_dash.campaigns.winback.handed import handed, put
from churn_dash.causes.settings import reason_map
from churn_dash.report.winback_file import LABELS, left_out_words, spoken, workbook
from churn_dash.store import Records
from churn_dash.ui import cache, session
from churn_dash.ui.campaign.winback import ALL, found
from churn_dash.ui.lists import handed_out
from churn_dash.ui.lists.owners import owner_control
from churn_dash.ui.parts.cards import Table
from churn_dash.ui.question import PageQuestion
from churn_dash.words import Count, Money, Text, _

_MOST = 1_000


def listed(question: PageQuestion) -> ToAsk:
    """Whom to ask back now, whatever period is looked at."""
    q = question

    def work(*_asked: object) -> ToAsk:
        return to_ask(q.ds, found(q, ALL, BONUS_DAYS))

    return cache.worked_out(q.ds, q.scope, work, q.filters.where, q.definition, reason_map(q.ds).about, name="win-back list")


def owned(one: ToAsk) -> ToAsk:
    """Choose whose customers: everybody's, or one owner's."""
    everybody, owner = owner_control(one.rows["owner"].drop_nulls(), _("Owner"), _("All owners"), _("Without an owner"), 170)
    return one if everybody else one.of(owner)


def list_finding(one: ToAsk) -> Text | str:
    """Title of the list."""
    if not one.n:
        return _("Nobody is left to ask back")
    known = one.rows["expected"].drop_nulls()
    if known.is_empty():
        return Text(_("{n} lost customers may be asked back"), n=Count(one.n))
    words = _("{n} lost customers may be asked back; {amount} of their balances may return within 90 days")
    return Text(words, n=Count(one.n), amount=Money(float(known.sum())))


def list_caption(one: ToAsk) -> str:
    """Under it: who is not on it."""
    said = [Text(_("{why}: {n}"), why=words, n=Count(one.left_out[why])) for why, words in left_out_words().items()]
    parts = "; ".join(session.say(t) for t in said)
    words = _("Lost within a year and still away, as of {date}. Not on it: {parts}")
    return session.say(Text(words, date=one.day.isoformat(), parts=parts))


def list_table(question: PageQuestion, one: ToAsk) -> Table:
    """The list: its first thousand rows on the page, all in the download, which goes on record."""
    known = {c for c in one.rows.columns if c in ("customer_id", "owner") or one.rows[c].is_not_null().any()}
    language = session.language()

    def told(rows: pl.DataFrame) -> pl.DataFrame:
        return spoken(rows, language).select(c for c in LABELS if c in known or (c == "how" and "strategy" in known))

    units = {"customer_id": "id", "lost_on": "date", "days_away": "count", "aum_lost": "money", "chance": "ratio", "expected": "money"}
    units |= {"contacted_on": "date", "last_contact": "date", "contacts": "count"}
    how, ds = session.say(LIST_HOW), question.ds

    def taken(kind: str) -> None:
        put(Records(ds.root), ds, one, kind)

    return Table(
        told(one.rows.head(_MOST)), f"win-back-{one.day}", LABELS, units, how=how, only=True, whole=lambda: told(one.rows), taken=taken
    )


def download(question: PageQuestion, one: ToAsk) -> None:
    """The button for the workbook, a sheet an owner; whoever takes it stands in the record."""
    language, ds = session.language(), question.ds
    who = handed_out.taker("win-back")

    def taken() -> bytes:
        made = workbook(one, language)
        put(Records(ds.root), ds, one, "xlsx", who)
        return made

    handed_out.button(_("Download Excel, a sheet an owner"), taken, f"win-back-{one.day}-v{ds.version}.xlsx", "winback-xlsx")


def handed_table(question: PageQuestion) -> Table:
    """The lists that left the house, newest first."""
    rows = [(e.made, e.who, e.n, e.day, e.version, None, e.kind) for e in handed(Records(question.ds.root))]
    return handed_out.rows_table(rows, "winback-exports")


LIST_HOW = _(
    "Chance: of customers lost before who had been away equally long (in steps of 30 days) and might be asked, the share back within "
    "90 days, by cause, drawn towards all causes by the weight of 50. Expected: balances before the loss times the chance. "
    "It says who comes back, not whom asking brings back."
)


def ids(one: ToAsk) -> Sequence[str]:
    """The customers of the list."""
    found_: Sequence[str] = one.rows["customer_id"].to_list()
    return found_
