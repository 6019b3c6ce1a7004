"""Before and after any day or the start of a campaign."""

import datetime

import polars as pl
import streamlit as st

from churn_dash.campaigns import FOOTNOTE, campaign_ids
from churn_dash.evaluation.spans.around import LONGEST, NAIVE, Around
from churn_dash.evaluation.spans.around import around as sides
from churn_dash.store import month_end, shifted
from churn_dash.ui import address, frame, session
from churn_dash.ui.evaluation.asked import Asked
from churn_dash.ui.parts import controls
from churn_dash.ui.parts.cards import Table
from churn_dash.ui.parts.headings import badges
from churn_dash.ui.parts.markdown import safe
from churn_dash.words import Count, Month, Text, _

DIRECTIONS = {"better": _("▲ better"), "worse": _("▼ worse"), "unclear": _("within chance")}
_DAY = "day"
HEIGHT = 458
"""Pixels of a table in which every indicator is seen."""


def starts(one: Asked) -> dict[str, tuple[str, datetime.date]]:
    """The campaigns with a first day, by number."""
    table = one.question.ds.table("campaigns")
    if table is None:
        return {}
    known = {i: (name or i, day) for i, name, day in table.select("campaign_id", "name", "start_date").iter_rows()}
    return {i: known[i] for i in campaign_ids(one.question.ds) if known[i][1] is not None}


def chosen(one: Asked) -> tuple[datetime.date, str | None]:
    """Choose a day, or a campaign whose first day it is: the day and the campaign."""
    months, campaigns = one.question.ds.measurable, starts(one)
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
        about = controls.choice(
            session.say(_("Around")),
            [_DAY, *campaigns],
            key="around",
            words=lambda code: session.say(_("a day of my choice")) if code == _DAY else f"{campaigns[code][0]} · {code}",
            width=320,
        )
        if about != _DAY:
            return campaigns[about][1], about
        last = month_end(months[-1])
        return controls.day(session.say(_("Day")), key="on", default=shifted(months[-1], -5), first=months[0], last=last), None


def found(one: Asked, day: datetime.date) -> Around:
    """The table of a day. Raises ``NotPossible`` where a side has no month."""
    q = one.question
    return one.remembered(
        lambda _day: sides(q.ds, day, q.definition, one.prices, scope=q.scope, most=LONGEST), day.isoformat(), name="around"
    )


def finding(a: Around) -> Text:
    """Title: how many figures moved beyond chance."""
    better, worse = (sum(r.direction == way for r in a.rows) for way in ("better", "worse"))
    known = sum(r.change.value is not None for r in a.rows)
    if not better and not worse:
        return Text(_("None of {n} figures moved beyond chance"), n=Count(known))
    return Text(
        _("Of {n} figures {better} moved the right way and {worse} the wrong way"), n=Count(known), better=Count(better), worse=Count(worse)
    )


def caption(a: Around) -> Text:
    """Under the title: which months are compared."""
    spans = {"a": Month(a.before.start), "b": Month(a.before.end), "c": Month(a.after.start), "d": Month(a.after.end)}
    if a.left_out is not None:
        return Text(_("{a} to {b} against {c} to {d}; {month} belongs to neither"), **spans, month=Month(a.left_out))
    return Text(_("{a} to {b} against {c} to {d}"), **spans)


def warning(campaign: str | None) -> None:
    """Draw the grade, why it is no effect, and the way to the campaign's own table."""
    badges((session.say(_("Evidence D · description only")), "visibility", "orange"))
    st.markdown(safe(session.say(NAIVE)))
    if campaign is not None:
        label = session.say(_("The campaign's own table, target group and hold-out"))
        st.page_link(frame.page("campaigns"), label=label, icon=":material/campaign:", query_params=address.link(campaign=campaign))


def table(a: Around) -> Table:
    """A row an indicator, each figure in its own unit."""
    look, rows = session.look(), []
    for r in a.rows:
        unit = r.indicator.unit
        signed = "points" if unit == "ratio" and r.indicator.key != "roi" else unit
        e = r.change
        spread = "—" if e.low is None or e.high is None else f"{look.show(e.low, signed)} – {look.show(e.high, signed)}"
        why = next((f.why_not for f in (r.before, r.after) if f.estimate.value is None and f.why_not is not None), None)
        values = [look.show(f.estimate.value, unit) for f in (r.before, r.after)]
        direction = session.say(DIRECTIONS[r.direction]) if e.value is not None else "—"
        rows.append(
            (session.say(r.indicator.label), *values, look.show(e.value, signed), spread, direction, session.say(why) if why else "")
        )
    labels = {
        "indicator": _("Indicator"),
        "before": _("Before"),
        "after": _("After"),
        "change": _("Change"),
        "range": _("95% range"),
        "direction": _("Reading"),
        "note": _("Note"),
    }
    return Table(
        pl.DataFrame(rows, schema=dict.fromkeys(labels, pl.String), orient="row"), "around", labels, only=True, how=session.say(FOOTNOTE)
    )
