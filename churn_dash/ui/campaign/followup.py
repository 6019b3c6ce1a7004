"""What the page Lists and follow-up does: freeze the worklist, hand the managers' file out, take it back."""

import datetime
import hashlib

import streamlit as st

from churn_dash.campaigns.groups.measured import OUTCOMES
from churn_dash.errors import ChurnDashError
from churn_dash.intake import Source, read_sheets
from churn_dash.report import follow_up_file
from churn_dash.retention import Worklist
from churn_dash.retention.loop.follow_up import FollowUp, examined, take_over
from churn_dash.retention.loop.freezing import LEAST_HELD, LONGEST, MOST_HELD, STRATA, Terms, freeze
from churn_dash.retention.loop.lists import STATES, FrozenList, lists
from churn_dash.risk import Model
from churn_dash.store import Records
from churn_dash.ui import address, cache, session
from churn_dash.ui.campaign.registered import looks_control
from churn_dash.ui.lists import play_choice, worklist
from churn_dash.ui.parts import controls
from churn_dash.ui.parts.headings import badges
from churn_dash.ui.parts.markdown import safe
from churn_dash.ui.problems import errors_shown, shown
from churn_dash.ui.question import PageQuestion
from churn_dash.words import Count, Text, _

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_NAME, _SHARE, _SEED, _DAYS, _OUTCOME, _STRATA, _WHO, _PLAY, _START, _FIXED, _LOOKS = (
    f"freeze-{k}" for k in ("name", "share", "seed", "days", "outcome", "strata", "who", "play", "start", "fixed", "looks")
)
_TOLD = "_frozen_told"


def known(question: PageQuestion) -> list[FrozenList]:
    """The frozen lists that the viewer may see, newest last."""
    records = Records(question.ds.root)
    return cache.worked_out(
        question.ds, question.scope, lambda _n: lists(question.ds, records, question.scope), records.stamp, name="frozen"
    )


def answer(found: list[FrozenList]) -> Text | str:
    """The page's sentence."""
    if not found:
        return _(
            "No list is frozen yet: freeze the worklist before the first call, and later it can be told whether the calls kept anybody."
        )
    due = sum(o.state == "due" for o in found)
    if due:
        return Text(_("{n} lists frozen, {due} of them can be judged"), n=Count(len(found)), due=Count(due))
    last = found[-1]
    return Text(
        _("{name} is judged on {day}: {n} of {all} calls have been entered"),
        name=last.settings.name,
        day=last.due_on.isoformat(),
        n=Count(last.followed),
        all=Count(last.called),
    )


def freeze_form(question: PageQuestion, kept: Model) -> None:
    """The worklist as it would be frozen, and the form; freezes when pressed and opens the new list."""
    one = worklist.found(question, kept)
    gain = Text(_("{n} customers are on the worklist; the hold-out is drawn from them and is not called."), n=Count(one.rows.height))
    st.caption(safe(session.say(gain)))
    with st.form("freeze", border=False):
        with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
            name = st.text_input(session.say(_("Name of the list")), key=_NAME, width=260)
            share = st.number_input(session.say(_("Held out, %")), 100 * LEAST_HELD, 100 * MOST_HELD, 20.0, 1.0, key=_SHARE, width=130)
            days = st.number_input(session.say(_("Judged after, days")), 1, LONGEST, 90, key=_DAYS, width=150)
            names = {c: session.say(o.label) for c, o in OUTCOMES.items()}
            outcome = st.selectbox(session.say(_("Outcome")), list(names), format_func=names.__getitem__, key=_OUTCOME, width=220)
        with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
            strata = st.selectbox(
                session.say(_("Drawn within")), list(STRATA), format_func=lambda s: session.say(STRATA[s]), key=_STRATA, width=220
            )
            hint = session.say(_("The same seed gives the same hold-out."))
            seed = st.number_input(session.say(_("Seed of the draw")), 0, 1_000_000, 1, key=_SEED, width=150, help=hint)
            who = st.text_input(session.say(_("Your name")), key=_WHO, placeholder=session.say(_("kept with the registration")), width=220)
        with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
            play = _play_control(question)
            end = question.ds.data_end
            first = end + datetime.timedelta(days=1) if end is not None else None
            start = st.date_input(session.say(_("First day")), first, min_value=first, key=_START, width=160)
            fixed = st.number_input(session.say(_("Fixed cost, ¥")), 0.0, None, 0.0, 1_000.0, key=_FIXED, width=150)
            looks = looks_control(_LOOKS)
        pressed = st.form_submit_button(session.say(_("Freeze the list")), icon=":material/ac_unit:")
    if pressed:
        day = start if isinstance(start, datetime.date) else None
        terms = Terms(name, share / 100, int(seed), day, int(days), outcome, strata, play or "call", float(fixed), looks)
        _frozen(question, kept, one, terms, who.strip() or None, play)


def _play_control(question: PageQuestion) -> str | None:
    """Everybody, or only the customers for whom a play is the first."""
    titles = {n: session.say(p.title) for n, p in play_choice.in_force(question).items()}
    every = session.say(_("Every play"))
    return st.selectbox(
        session.say(_("Only for the play")), [None, *titles], format_func=lambda n: titles.get(n or "", every), key=_PLAY, width=260
    )


def _frozen(question: PageQuestion, kept: Model, one: Worklist, terms: Terms, who: str | None, play: str | None) -> None:
    space = session.workspace()
    if space is None:
        return
    to_do = worklist.to_do(question, one if play is None else one.without_limit(), kept)
    first = {c: t.plays[0].name if t.plays else None for c, t in to_do.items()}
    one = one if play is None else one.without(c for c, p in first.items() if p != play)
    try:
        made = freeze(space, question.ds, kept, one, terms, first, who)
    except ChurnDashError as problem:
        shown(problem)
        return
    address.touched()
    st.session_state["list"] = made.list_id
    address.hold("list", (made.list_id,))
    told = Text(
        _("{list} is frozen as data version {version}: {called} to call, {held} held out."),
        list=made.list_id,
        version=made.version,
        called=Count(made.sizes["treated"]),
        held=Count(made.sizes["control"]),
    )
    st.session_state[_TOLD] = told
    st.rerun()


def just_done() -> None:
    """Say once what was frozen or taken over in the run before."""
    told = st.session_state.pop(_TOLD, None)
    if told is not None:
        st.success(safe(session.say(told)), icon=":material/check:")


def chosen(found: list[FrozenList]) -> FrozenList:
    """Choose a list; the newest to begin with."""
    by = {o.list_id: o for o in found}
    picked = controls.choice(
        session.say(_("List")), list(by), key="list", words=lambda i: f"{by[i].settings.name} · {i}", default=found[-1].list_id, width=360
    )
    return by[picked]


def facts(one: FrozenList) -> None:
    """Badges: the state, the sizes, and whether the registration stands."""
    r = one.registration
    sizes = Text(
        _("{called} to call, {held} held out, {entered} entered"),
        called=Count(one.called),
        held=Count(one.held_out),
        entered=Count(one.followed),
    )
    labels = [
        (session.say(STATES[one.state]), "check_circle" if one.state == "due" else "pending", "blue" if one.state == "due" else "gray"),
        (session.say(Text(_("judged on {day}"), day=one.due_on.isoformat())), "event", "gray"),
        (session.say(sizes), "group", "gray"),
    ]
    if r is None:
        labels.append((session.say(_("Not registered")), "warning", "orange"))
    elif r.changed_after or not r.in_time:
        labels.append((session.say(_("Changed after the fact") if r.in_time else _("Registered after the fact")), "warning", "orange"))
    else:
        labels.append((session.say(Text(_("Registered {day}, {hash}"), day=r.made[:10], hash=r.digest[:8])), "verified", "blue"))
    badges(*labels)


def hand_out(question: PageQuestion, one: FrozenList) -> None:
    """Buttons for the managers' file; who takes it is recorded."""
    space, language = session.workspace(), session.language()
    if space is None:
        return
    key, who = (
        one.list_id,
        st.text_input(session.say(_("Your name")), key="list-who", placeholder=session.say(_("kept with the list you take")), width=260),
    )

    def made(kind: str) -> bytes:
        rows = follow_up_file.rows(space, question.ds, one, question.scope, language)
        data = follow_up_file.workbook(rows, one, language) if kind == "xlsx" else follow_up_file.csv(rows, language)
        follow_up_file.recorded(question.ds, one, question.scope, kind, who.strip() or None)
        return data

    with st.container(horizontal=True, gap="small"):
        st.download_button(
            session.say(_("Download Excel, a sheet a manager")), lambda: made("xlsx"), file_name=f"{key}.xlsx", mime=_XLSX,
            icon=":material/table_view:", on_click="ignore", key="list-xlsx",
        )  # fmt: skip
        st.download_button(
            session.say(_("Download CSV")), lambda: made("csv"), file_name=f"{key}.csv", mime="text/csv",
            icon=":material/download:", on_click="ignore", key="list-csv", type="tertiary",
        )  # fmt: skip


def returned(question: PageQuestion, one: FrozenList) -> FollowUp | None:
    """Take a file back: what it would change, and the button; None while there is none, or where it cannot be read."""
    label = session.say(_("The file as the managers filled it in: Excel or CSV"))
    uploaded = st.file_uploader(label, type=["xlsx", "xls", "csv"], key="follow-up")
    if uploaded is None:
        return None
    data, name = uploaded.getvalue(), uploaded.name
    digest, q = hashlib.sha256(data).hexdigest(), question

    def work(*_asked: str) -> FollowUp:
        return examined(q.ds, read_sheets(Source(name, data)), name, one.list_id, scope=q.scope)

    try:
        return cache.worked_out(q.ds, q.scope, work, digest, name, one.list_id, name="follow-up")
    except ChurnDashError as problem:
        shown(problem)
        return None


def taken_over(question: PageQuestion, found: FollowUp) -> None:
    """What the file says in a sentence, and the button that publishes it."""
    counts = {"entered": found.entered, "changed": found.changed, "same": found.same, "empty": found.empty, "refused": len(found.refused)}
    told = _("{entered} calls are new, {changed} changed, {same} known already; {empty} rows are empty, {refused} cannot be taken over.")
    st.markdown(safe(session.say(Text(told, **{k: Count(v) for k, v in counts.items()}))))
    if found.crossover:
        crossed = _(
            "{n} customers of the hold-out were contacted: {who}. They stay in the hold-out, and the difference understates the effect."
        )
        said = Text(crossed, n=Count(len(found.crossover)), who=", ".join(found.crossover[:20]))
        st.markdown(f":orange[:material/warning:] {safe(session.say(said))}")
    if found.covered:
        words = Text(_("In {n} notes a telephone, identity or card number or an e-mail address was hidden."), n=Count(found.covered))
        st.caption(safe(session.say(words)))
    if found.mended:
        st.caption(
            safe(session.say(Text(_("Lost zeros were put back where it is proved who is meant: {who}."), who=", ".join(found.mended[:20]))))
        )
    space = session.workspace()
    if space is not None and found.rows.height and st.button(session.say(_("Take over")), icon=":material/check:", key="take-over"):
        with errors_shown():
            after = take_over(space, question.ds, found)
            st.session_state[_TOLD] = Text(_("Taken over as data version {version}."), version=after.version)
            st.rerun()
