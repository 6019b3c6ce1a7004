"""The page of the care lists: which list, of which day, whose; its finding, its rows, and how much every list holds."""

import datetime
from functools import partial

import polars as pl

from churn_dash.care import CAP, COLUMNS, Cap, CareList, CareSettings, Total, default_day, totals
from churn_dash.care.holidays import ARRANGED, NAMES, following, window
from churn_dash.store import month_end
from churn_dash.ui import cache, session
from churn_dash.ui.lists.owners import owner_control
from churn_dash.ui.parts import controls, list_words
from churn_dash.ui.parts.cards import Table
from churn_dash.ui.parts.tiles import Tile, money_tile
from churn_dash.ui.question import PageQuestion
from churn_dash.words import Count, Money, Text, _

_MOST = 1_000
_CAPS = {"2-30": CAP, "1-7": Cap(1, 7), "1-30": Cap(1, 30), "4-90": Cap(4, 90)}
_KINDS = {"service": _("Service"), "care": _("Care"), "marketing": _("Marketing")}
_LAST = ("holding_id", "txn_id", "complaint_id")
_AMOUNTS = ("amount", "lost", "balance")


def day_control(question: PageQuestion) -> datetime.date:
    """Choose the day; by default the last of the period looked at."""
    ds = question.ds
    last = default_day(ds)
    usual = month_end(question.period.end) if question.period is not None else last
    first = month_end(ds.months[0]) if ds.months else last - datetime.timedelta(days=366)
    return controls.day(session.say(_("As of")), key="day", default=usual, first=first, last=last + datetime.timedelta(days=366))


def cap_control() -> Cap:
    """Choose after how many contacts a customer has heard enough."""
    spoken = {code: session.say(Text(_("{n} in {days} days"), n=cap.contacts, days=cap.days)) for code, cap in _CAPS.items()}
    code = controls.choice(session.say(_("Contacts at most")), list(_CAPS), key="cap", words=spoken.__getitem__, width=150)
    return _CAPS[code]


def found(question: PageQuestion, day: datetime.date, cap: Cap, settings: CareSettings) -> list[Total]:
    """Every list of the day within the reader's filters, or why it cannot be told."""
    asked = (str(day), cap, settings, question.filters.where, question.definition)
    work = partial(totals, question, day, cap, None, settings)
    return cache.worked_out(question.ds, question.scope, lambda *_asked: work(), *asked, name="care-lists")


def list_control(known: list[Total]) -> Total:
    """Choose a list, each with its count."""
    by = {t.trigger.name: t for t in known}
    first = next((t.trigger.name for t in known if t.found is not None and t.found.n), known[0].trigger.name)
    spoken = {
        name: session.say(Text(_("{list} · {n}"), list=session.say(t.trigger.label), n=Count(t.found.n) if t.found is not None else "—"))
        for name, t in by.items()
    }
    chosen = controls.choice(session.say(_("List")), list(by), key="list", words=spoken.__getitem__, default=first, width=270)
    return by[chosen]


def owned(one: CareList) -> CareList:
    """Choose whose rows: everybody's, one owner's, or those that nobody owns."""
    everybody, owner = owner_control(one.rows["owner"], _("Owner"), _("All owners"), _("Without an owner"), 150)
    return one if everybody else one.unowned() if owner is None else one.of(owner=owner)


def where(question: PageQuestion, day: datetime.date) -> str:
    """The small line above the answer: the page and the day."""
    return session.say(Text(_("{page} · as of {date}"), page=session.say(_("Care lists")), date=day.isoformat()))


def answer(one: CareList) -> Text:
    """The page's sentence: whom the list holds."""
    name, until = one.trigger.name, window(one.day, one.settings.ahead_days).isoformat()
    if name == "holiday":
        return _holiday(one, until)
    if not one.n:
        return Text(_("Nobody is on this list: {list}, {date}"), list=one.trigger.label, date=one.day.isoformat())
    values = {"n": Count(one.n), "customers": Count(one.customers), "amount": Money(_amount(one)), "until": until}
    if name == "near_downgrade":
        watched = int(one.rows["on_watch"].sum()) if "on_watch" in one.rows.columns else None
        if watched is None:
            return Text(_("{customers} customers are near a downgrade"), **values)
        return Text(
            _("{customers} customers are near a downgrade, {watched} of them below their threshold"), watched=Count(watched), **values
        )
    if name == "satisfaction_drop":
        core = Count(int(one.rows["core"].sum()))
        return Text(_("{customers} customers are less satisfied than last time, {core} of them core customers"), core=core, **values)
    return one.settings.said(_ANSWERS[name], **values)


_ANSWERS = {
    "asset_fall": _("{customers} customers took out {fall} or more of their balances, {amount} in all"),
    "maturity_own": _("{amount} of {customers} customers falls due here by {until}"),
    "maturity_other": _("{customers} customers have {amount} that falls due at other banks by {until}"),
    "large_booking": _("{customers} customers have booked {amount} to take out by {until}"),
    "complaint_open": _("{n} complaints have waited for more than {waits_days} working days"),
    "silence": _("{customers} customers with {amount} have been silent for {silent_months} whole months"),
    "core_uncontacted": _("{customers} core customers with {amount} have not been contacted for {uncontacted_days} days"),
    "special_care": _("{customers} customers in need of care have not been contacted for {care_days} days"),
    "birthday": _("{customers} customers have their birthday by {until}"),
}


def _holiday(one: CareList, until: str) -> Text:
    if one.n:
        first = one.rows.row(0, named=True)
        return Text(
            _("{customers} customers to greet for {holiday}, which begins on {date}"),
            customers=Count(one.customers),
            holiday=NAMES[first["holiday"]],
            date=first["first_day"].isoformat(),
        )
    following_one = following(one.day)
    if following_one is None:
        return Text(_("No public holiday begins by {until}"), until=until)
    name, date = NAMES[following_one.name], following_one.first.isoformat()
    return Text(_("No public holiday begins by {until}; the next is {holiday} on {date}"), until=until, holiday=name, date=date)


def _amount(one: CareList) -> float | None:
    column = next(c for c in _AMOUNTS if c in one.rows.columns)
    rows = one.rows if column != "balance" else one.rows.unique("customer_id")
    return float(rows[column].sum()) if rows[column].is_not_null().any() else None


def tiles(one: CareList) -> list[Tile]:
    """The row of figures: customers, money, owners, those contacted enough, those left out of a marketing list."""
    look = session.look()
    column = next(c for c in _AMOUNTS if c in one.rows.columns)
    shown = [
        Tile(_("Customers"), look.show(one.customers, "count"), note=session.say(Text(_("{n} rows"), n=Count(one.n)))),
        money_tile(session.say(_("Amount") if column != "balance" else _("Balances")), _amount(one)),
        Tile(_("Owners"), look.show(one.rows["owner"].n_unique() - bool(one.rows["owner"].null_count()), "count"), note=_unowned(one)),
    ]
    hint = session.say(
        Text(
            _("Customers with at least {n} contacts in {days} days; they stay on the list, marked."), n=one.cap.contacts, days=one.cap.days
        )
    )
    note = session.say(_("no contacts are loaded")) if one.capped is None else ""
    shown.append(Tile(_("Contacted enough"), look.show(one.capped, "count"), help=hint, note=note))
    if one.trigger.kind == "marketing":
        hint = session.say(_("They have not agreed to marketing contact, or have asked to be left alone: left out of the list."))
        note = session.say(_("consent is not known")) if one.withheld is None else ""
        shown.append(Tile(_("Left out"), look.show(one.withheld, "count"), help=hint, note=note))
    return shown


def _unowned(one: CareList) -> str:
    n = one.rows["owner"].null_count()
    return session.say(Text(_("{n} rows without an owner"), n=Count(n))) if n else ""


def table(one: CareList) -> Table:
    """The list: its first thousand rows on the page, every row in the download."""
    rows = list_words.spoken(one.rows)
    # Two tiers beside one another would ask which holds: the one in force does.
    aside = {"customer_id", "owner", *_LAST, *(["tier"] if "own_tier" in rows.columns else [])}
    told = [c for c in rows.columns if c not in aside and rows[c].is_not_null().any()]
    kept = ["customer_id", "owner", *told, *(c for c in _LAST if c in rows.columns)]
    rows = rows.select(kept)
    labels = {c: COLUMNS[c].label for c in kept}
    units = {c: COLUMNS[c].unit for c in kept}
    name = f"{one.trigger.name}-{one.day.isoformat()}"
    how = session.say(one.meaning)
    how += " " + session.say(Text(_CALENDAR, year=ARRANGED)) if one.trigger.calendar else ""
    return Table(rows.head(_MOST), name, labels, units, is_list=True, how=how, only=True, whole=lambda: rows)


_CALENDAR = _("Holidays and working days: the yearly notices of the State Council up to {year}; after that the statutory days alone.")


def beyond(question: PageQuestion, day: datetime.date) -> Text | None:
    """What to say of a day after the end of the data; None for one that the data reach."""
    end = question.ds.data_end
    if end is None or day <= end:
        return None
    return Text(_("The data end on {date}: what has happened since is not known here."), date=end.isoformat())


def title(one: CareList) -> Text:
    """The title of the list: what stands out in it."""
    rows = one.rows
    if "rate_gap" in rows.columns and (compared := rows.drop_nulls("rate_gap")).height:
        more = compared.filter(pl.col("rate_gap") > 0).height
        return Text(_("Other banks pay more on {n} of {all} products that can be compared"), n=Count(more), all=Count(compared.height))
    if "to_bring" in rows.columns and (watched := rows.filter("on_watch")).height:
        amount = Money(float(watched["to_bring"].sum()))
        return Text(_("{amount} would bring {n} customers back above their threshold"), amount=amount, n=Count(watched.height))
    if "waits" in rows.columns and rows.height:
        return Text(_("The longest has waited for {n} working days"), n=Count(max(rows["waits"].to_list())))
    if "birthday" in rows.columns and (today := rows.filter(pl.col("days_left") == 0).height):
        return Text(_("{n} have their birthday on the day itself"), n=Count(today))
    return Text(one.trigger.label)


def caption(one: CareList) -> Text:
    """Under the title of the list: how many rows, and that a download holds them all."""
    if one.n <= _MOST:
        return Text(_("{meaning} {n} rows; the list downloads as CSV or Excel"), meaning=one.meaning, n=Count(one.n))
    return Text(
        _("{meaning} The first {shown} of {n} rows here, all in the download"),
        meaning=one.meaning,
        shown=Count(_MOST),
        n=Count(one.n),
    )


def by_table(one: CareList) -> Table:
    """How the list is shared out: by owner, or by branch and day."""
    labels = {"owner": COLUMNS["owner"].label, "branch_id": COLUMNS["branch_id"].label, "day": COLUMNS["day"].label}
    labels |= {"n": _("Rows"), "customers": _("Customers"), "amount": _("Amount, ¥")}
    units = {"owner": "text", "day": "date", "n": "count", "customers": "count", "amount": "money"}
    return Table(one.by, f"{one.trigger.name}-by-{one.trigger.by[0]}", labels, units, only=True)


def by_title(one: CareList) -> Text:
    """The title of the sharing out."""
    if one.trigger.by != ("owner",):
        return Text(_("By branch and day, for lobby and counter"))
    first = one.by.drop_nulls("owner").head(1)
    if first.is_empty():
        return Text(_("By owner"))
    return Text(_("{owner} has most: {n} rows"), owner=first["owner"][0], n=Count(first["n"][0]))


def every_table(known: list[Total]) -> Table:
    """Every list with its count, or why it cannot be told."""
    rows = pl.DataFrame(
        [
            {
                "list": session.say(t.trigger.label),
                "kind": session.say(_KINDS[t.trigger.kind]),
                "n": t.found.n if t.found is not None else None,
                "customers": t.found.customers if t.found is not None else None,
                "capped": t.found.capped if t.found is not None else None,
                "withheld": t.found.withheld if t.found is not None else None,
                "why": session.say(t.problem) if t.problem is not None else session.say(t.meaning),
            }
            for t in known
        ],
        schema={
            "list": pl.String,
            "kind": pl.String,
            **dict.fromkeys(("n", "customers", "capped", "withheld"), pl.Int64),
            "why": pl.String,
        },
    )
    labels = {
        "list": _("List"),
        "kind": _("Kind of list"),
        "n": _("Rows"),
        "customers": _("Customers"),
        "capped": _("Contacted enough"),
        "withheld": _("Left out"),
        "why": _("Who is on it, or what it needs"),
    }
    return Table(rows, "care-lists", labels, dict.fromkeys(("n", "customers", "capped", "withheld"), "count"), only=True)


def every_title(known: list[Total]) -> Text:
    """The title of all lists."""
    told = [t for t in known if t.found is not None]
    lacking = len(known) - len(told)
    if lacking:
        return Text(_("{n} lists can be told; lacking data: {lacking}"), n=len(told), lacking=lacking)
    return Text(_("All {n} lists of the day"), n=len(told))
