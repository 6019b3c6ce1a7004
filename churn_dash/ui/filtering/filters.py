"""The shared filters: period, branch, everything else; drawn once by the frame, valid on every page, held in the address."""

import datetime
from collections.abc import Callable, Mapping, Sequence

import polars as pl
import streamlit as st

from churn_dash.behind import SPLITS, people
from churn_dash.errors import ChurnDashError
from churn_dash.measures import Dimension, Filters, Period
from churn_dash.measures.conditions.among import among
from churn_dash.measures.conditions.saved_segments import IN, PREFIX
from churn_dash.measures.question import Question
from churn_dash.store import Dataset, shifted
from churn_dash.ui import address, cache, session
from churn_dash.ui.filtering import chips, limits
from churn_dash.ui.filtering.limits import ALL
from churn_dash.ui.parts import controls
from churn_dash.ui.parts.markdown import safe
from churn_dash.ui.parts.values import dimension_words, value_words
from churn_dash.ui.problems import errors_shown
from churn_dash.words import Count, Month, Text, _

BRANCH = "branch_id"
_USUAL = "12m"
_LENGTHS = {"1m": 1, "3m": 3, "12m": 12, "24m": 24}


def _period_words(ds: Dataset, language: str) -> Callable[[str], str]:
    last = Month(ds.measurable[-1]).in_(language)
    texts = {
        "1m": Text(_("{month} alone"), month=last),
        "3m": Text(_("3 months to {month}"), month=last),
        "ytd": Text(_("January to {month}"), month=last),
        "12m": Text(_("Year to {month}"), month=last),
        "24m": Text(_("2 years to {month}"), month=last),
        "all": Text(_("All months to {month}"), month=last),
        "custom": Text(_("Other months…")),
    }
    return lambda code: session.say(texts[code])


def period(ds: Dataset, *apart: str) -> Period | None:
    """The chosen months, or those clicked in a chart other than ``apart``; None for a cross-section and for a panel too short to
    measure."""
    if not ds.measurable:
        return None
    clicked = limits.moment(ds)
    if clicked is not None and limits.WHEN not in limits.picks(*apart):
        return Period(*clicked)
    first, last = ds.measurable[0], ds.measurable[-1]
    code = (address.held("period") or (_USUAL,))[0]
    if code == "custom":
        start, end = (_month(address.held(key), usual) for key, usual in (("from", first), ("to", last)))
        return Period(min(start, end), max(start, end))
    if code == "ytd":
        return Period(max(first, last.replace(month=1)), last)
    return Period(max(first, shifted(last, 1 - _LENGTHS.get(code, 10_000))), last)


def _month(codes: tuple[str, ...], usual: datetime.date) -> datetime.date:
    return datetime.date.fromisoformat(f"{codes[0]}-01") if codes else usual


def filters(ds: Dataset, *apart: str) -> Filters:
    """The chosen customers. Only dimensions, values and segments that these data know.

    ``apart`` are charts: what was clicked in them is left out, since it limits all others and not themselves.
    """
    found: dict[str, tuple[str, ...]] = {}
    for limit in limits.held(ds):
        if limit.dimension not in limits.picks(*apart):
            found[limit.dimension] = (*found.get(limit.dimension, ()), limit.value)
    narrowing = [c for c in limits.cells() if SPLITS[c.split].narrows and c.split not in apart]
    others = Filters(tuple(found.items()))
    return Filters((*others.where, *((_named(ds, c, others, apart), (IN,)) for c in narrowing)))


def _named(ds: Dataset, cell: limits.Cell, others: Filters, apart: tuple[str, ...]) -> str:
    """The customers of a clicked cell as a filter, among ``others`` where that decides; nobody where the months chosen cannot tell."""
    among_whom = others if SPLITS[cell.split].within else Filters()
    question = Question(ds, session.scope(), among_whom, period(ds, *apart), definition(ds))
    return among(in_cells(question, cell.split, cell.how).filter(pl.col("cell") == cell.cell)["customer_id"])


def in_cells(question: Question, split: str, how: str) -> pl.DataFrame:
    """``behind.people``, remembered; no rows where it cannot be told, which the list of the customers says."""
    q = question

    def work(*_asked: object) -> pl.DataFrame:
        return people(q, split, how)

    try:
        return cache.worked_out(q.ds, q.scope, work, split, how, q.filters, str(q.period), q.definition, name="in-cells")
    except ChurnDashError:
        return pl.DataFrame(schema={"customer_id": pl.String, "cell": pl.String})


def definition(ds: Dataset) -> str:
    """The chosen churn definition; the data's own where none was chosen or they cannot answer it."""
    codes = address.held("definition")
    return codes[0] if codes and codes[0] in ds.definitions else ds.default_definition


def words(ds: Dataset) -> str:
    """The filters in words, for the footer and for exports; "all customers" where there are none."""
    known = limits.groupings(ds)
    cells = [c.words for c in limits.cells()]
    chosen = [_limit_words(known[name], values) for name, values in filters(ds).where if name in known]
    return " · ".join([*chosen, *cells]) or session.say(_("all customers"))


def _limit_words(dimension: Dimension, values: Sequence[str]) -> str:
    spoken = ", ".join(value_words(dimension, v) for v in values)
    if dimension.name.startswith(PREFIX):
        return spoken
    return session.say(Text(_("{what}: {words}"), what=dimension_words(dimension), words=spoken))


def period_words(ds: Dataset) -> str:
    """The period in words; empty for a cross-section."""
    chosen = period(ds)
    if chosen is None:
        return ""
    if chosen.start == chosen.end:
        return session.say(Text(_("{month}"), month=Month(chosen.end)))
    return session.say(Text(_("{start} to {end}"), start=Month(chosen.start), end=Month(chosen.end)))


def take_over(ds: Dataset) -> None:
    """Accept what the address says about the shared filters, on whatever page it arrived."""
    for name, dimension in limits.filterable(ds).items():
        address.share(limits.key(name), [*dimension.values, ALL] if name == BRANCH else dimension.values)
    months = [m.isoformat()[:7] for m in ds.measurable]
    address.share("period", [*_LENGTHS, "ytd", ALL, "custom"])
    address.share("from", months)
    address.share("to", months)
    address.share("definition", ds.definitions)
    names = list(limits.segments(ds))
    address.share(limits.INSIDE, names)
    address.share(limits.OUTSIDE, names)
    address.share(limits.WHEN, limits.moments(ds))
    limits.take_over_cells()
    address.share(limits.PICKED, [f"{chart}.{name}" for chart in limits.CHARTS for name in (*limits.groupings(ds), limits.WHEN)])


def bar(ds: Dataset) -> None:
    """Draw the filter bar."""
    known = limits.filterable(ds)
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="filters"):
        if ds.measurable:
            _periods(ds)
        if BRANCH in known:
            _branches(known[BRANCH])
        rest = {name: d for name, d in known.items() if name != BRANCH and len(d.values) > 1}
        if rest or limits.segments(ds):
            _popover(ds, rest)
        _left(ds)
        keys = [*map(limits.key, known), "period", "from", "to", limits.INSIDE, limits.OUTSIDE, limits.WHEN, limits.PICKED, limits.CELL]
        if any(address.held(key) for key in keys):
            st.button(
                session.say(_("Clear all")),
                type="tertiary",
                icon=":material/close:",
                on_click=address.forget,
                args=(keys,),
                key="clear-filters",
            )
    if address.rejected():
        left_out = Text(
            _("The address names something these data do not hold; it was left out: {what}"), what=", ".join(address.rejected())
        )
        st.caption(f":orange[:material/info:] {safe(session.say(left_out))}")
    with errors_shown():
        chips.row(ds, filters(ds))


def _periods(ds: Dataset) -> None:
    n = len(ds.measurable)
    codes = [c for c, months in _LENGTHS.items() if n >= months or c in ("1m", _USUAL)]
    codes = [*codes, *(["ytd"] if ds.measurable[-1].month not in (1, 12) else []), ALL, "custom"]
    code = controls.choice(
        session.say(_("Period")),
        codes,
        key="period",
        words=_period_words(ds, session.language()),
        default=_USUAL,
        shared=True,
        hidden=True,
        icon=":material/calendar_month:",
        width=212,
    )
    if code == "custom":
        months = [m.isoformat()[:7] for m in ds.measurable]
        spoken = {m: Month(datetime.date.fromisoformat(f"{m}-01")).in_(session.language()) for m in months}
        for key, label, usual in (("from", _("First month"), months[0]), ("to", _("Last month"), months[-1])):
            controls.choice(
                session.say(label), months, key=key, words=spoken.__getitem__, default=usual, shared=True, hidden=True, width=132
            )


def _branches(branch: Dimension) -> None:
    controls.choice(
        session.say(_("Branch")),
        [ALL, *branch.values],
        key=limits.key(BRANCH),
        words=lambda v: session.say(_("All branches")) if v == ALL else v,
        default=ALL,
        shared=True,
        hidden=True,
        icon=":material/account_balance:",
        width=170,
    )


def _popover(ds: Dataset, rest: Mapping[str, Dimension]) -> None:
    spoken = {name: dimension_words(one.dimension) for name, one in limits.segments(ds).items()}
    names = list(spoken)
    on = sum(1 for key in (*map(limits.key, rest), limits.INSIDE, limits.OUTSIDE) if address.held(key))
    label = session.say(Text(_("Filters · {n}"), n=on)) if on else session.say(_("Filters"))
    with st.popover(label, icon=":material/tune:", key="more-filters"):
        if names:
            for key, label in ((limits.INSIDE, _("In all of these segments")), (limits.OUTSIDE, _("In none of these segments"))):
                controls.choices(
                    session.say(label), names, key=key, words=spoken.__getitem__, shared=True, placeholder=session.say(_("Choose segments"))
                )
        for name, dimension in rest.items():
            controls.choices(
                safe(dimension_words(dimension)),
                list(dimension.values),
                key=limits.key(name),
                words=lambda v, d=dimension: value_words(d, v),  # type: ignore[misc]
                shared=True,
                placeholder=session.say(_("All")),
            )


def _left(ds: Dataset) -> None:
    """The gray badge: how many customers the filters leave, at the start of the last month."""
    chosen = period(ds)
    with errors_shown():
        asked = Period(chosen.end, chosen.end) if chosen else None
        rows = cache.measured(Question(ds, session.scope(), filters=filters(ds), period=asked, definition=definition(ds)), ["customers"])
        n = rows["customers"][0] if len(rows) else 0
        words = Text(_("{n} customers"), n=Count(n))
        if asked is not None:
            words = Text(_("{n} customers at the start of {month}"), n=Count(n), month=Month(asked.start))
        st.badge(session.say(words), icon=":material/group:", color="gray")
