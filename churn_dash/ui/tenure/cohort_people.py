"""The customers of one cell of the retention triangle: chosen by a click or by controls, listed, downloaded, kept as a segment."""

import datetime
from dataclasses import dataclass
from functools import partial
from typing import Any

import polars as pl
import streamlit as st

from churn_dash.charts import CONFIG, Chart
from churn_dash.measures.tenure.cohorts import Triangle
from churn_dash.segments.lists.cohort_list import Who, cohort_customers
from churn_dash.segments.lists.members import WHOLE_LIST
from churn_dash.ui import address, cache, session
from churn_dash.ui.parts import cards, controls, saving
from churn_dash.ui.parts.cards import Table
from churn_dash.ui.parts.markdown import safe
from churn_dash.ui.parts.values import dimension_words, value_words
from churn_dash.ui.question import PageQuestion
from churn_dash.ui.tenure.cohorts import Asked, cohort_words, usual_age
from churn_dash.words import Count, Text, _

_MOST = 1_000
_CHART = "triangle"
_WHO = {"there": _("Still there"), "gone": _("No longer there"), "all": _("All of the cohort")}


@dataclass(frozen=True)
class Chosen:
    """One cell and which of its customers."""

    cohort: datetime.date
    age: int
    who: Who

    @property
    def key(self) -> tuple[str, int]:
        """The cell as the chart names it."""
        return f"{self.cohort:%Y-%m}", self.age


def picture(chart: Chart, as_table: bool, notes: list[str]) -> None:
    """The triangle; a click on a cell chooses it."""
    if as_table:
        return
    st.plotly_chart(chart.figure, theme=None, config=CONFIG, alt=chart.alt, key=_CHART, on_select=_clicked, selection_mode="points")
    st.caption(" · ".join(safe(n) for n in [*chart.notes, *notes]))


def _clicked() -> None:
    """Take over the cell that was clicked, before the page is drawn again."""
    event: Any = st.session_state.get(_CHART)
    points = event["selection"]["points"] if event else []
    if points and points[0].get("customdata"):
        cohort, age = points[0]["customdata"][:2]
        address.touched()
        st.session_state["cohort"], st.session_state["age"] = str(cohort), str(int(age))


def cell_controls(told: Triangle) -> Chosen:
    """Choose cohort, age and who; a cohort offers only the ages that it has reached."""
    cohorts = {f"{c:%Y-%m}": c for c in told.cohorts}
    reached = [c for c in cohorts if told.complete_until(cohorts[c]) >= usual_age(told)] or list(cohorts)
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        code = controls.choice(
            session.say(_("Cohort")),
            list(cohorts),
            key="cohort",
            words=lambda c: cohort_words(told, cohorts[c]),
            default=reached[-1],
            width=156,
        )
        ages = [str(a) for a in range(told.complete_until(cohorts[code]) + 1)]
        age = controls.choice(
            session.say(_("Months since")), ages, key="age", words=str, default=str(min(usual_age(told), len(ages) - 1)), width=130
        )
        who = controls.choice(session.say(_("Who")), list(_WHO), key="who", words=lambda w: session.say(_WHO[w]), kind="segments")
    return Chosen(cohorts[code], int(age), who)  # type: ignore[arg-type]


def listed(question: PageQuestion, asked: Asked, told: Triangle, chosen: Chosen) -> tuple[Table, int]:
    """The customers of the cell (the first thousand; all in the download), and how many there are."""
    q, known = question, question.dimensions
    spoken = {n: {v: value_words(d, v) for v in d.values} for n, d in known.items()}
    key = (asked.event, asked.grain, asked.mode, chosen, q.filters, q.definition, session.language())
    rows = cache.worked_out(q.ds, q.scope, lambda *_asked: _listed(q, asked, chosen, spoken, _MOST), *key, name="cohort people")
    labels = {
        "customer_id": _("Customer"),
        "began": _("Began in"),
        "there": _("Still there"),
        "left_on": _("Left on"),
        "balance": _("Balances, ¥"),
        **{n: dimension_words(d) for n, d in known.items()},
    }
    units = {"customer_id": "id", "began": "month", "left_on": "date", "balance": "money"}
    name = f"cohort-{chosen.cohort:%Y-%m}-{chosen.age}-{chosen.who}"
    everybody = partial(_listed, q, asked, chosen, spoken, WHOLE_LIST)
    return Table(rows, name, labels, units, is_list=True, only=True, whole=everybody), _size(told, chosen, rows, everybody)


def _size(told: Triangle, chosen: Chosen, rows: pl.DataFrame, everybody: Any) -> int:
    """How many there are: of the cell where it counts customers, else of the list itself."""
    if rows.height < _MOST:
        return rows.height
    cell = next(c for c in told.cells if (c.cohort, c.age) == (chosen.cohort, chosen.age))
    if told.count == "heads":
        whole = told.cohorts[chosen.cohort]
        return int({"there": cell.top, "gone": whole - cell.top, "all": whole}[chosen.who])
    return int(everybody().height)


def title(told: Triangle, chosen: Chosen) -> Text:
    """Over the list: the cell in words."""
    return Text(_("{cohort} after {n} months: {who}"), cohort=cohort_words(told, chosen.cohort), n=chosen.age, who=_WHO[chosen.who])


def caption(n: int) -> Text:
    """Under the title: how many there are, and that a download holds them all."""
    if n <= _MOST:
        return Text(_("{n} customers · characteristics as in the month of beginning · downloads as CSV or Excel"), n=Count(n))
    return Text(_("{n} customers · the first {shown} here, all in the download"), n=Count(n), shown=Count(_MOST))


def _listed(question: PageQuestion, asked: Asked, chosen: Chosen, spoken: dict[str, dict[str, str]], most: int) -> pl.DataFrame:
    """The rows with levels in words; columns in which nothing is known are left out."""
    q = question
    rows = cohort_customers(q, chosen.cohort, chosen.age, chosen.who, asked.event, asked.grain, asked.mode, most)
    kept = [
        c
        for c in rows.columns
        if c in ("customer_id", "began", *(["there"] if chosen.who == "all" else [])) or (c in spoken and rows[c].is_not_null().any())
    ]
    kept += [c for c in ("left_on", "balance") if rows[c].is_not_null().any()]
    order = [c for c in ("customer_id", "began", "there", "left_on", "balance") if c in kept] + [c for c in spoken if c in kept]
    return rows.select(order).with_columns(pl.col(n).replace(words) for n, words in spoken.items() if n in order)


def shown(question: PageQuestion, asked: Asked, chosen: Chosen, table: Table) -> None:
    """The list, and the button that keeps its customers as a segment."""
    code, age = chosen.key
    saving.offered(question.ds, None, key=f"cohort-{code}-{age}-{chosen.who}", ids=lambda: _numbers(question, asked, chosen))
    cards.shown(table, height=320)


def _numbers(question: PageQuestion, asked: Asked, chosen: Chosen) -> list[str]:
    """The customer numbers of the whole cell."""
    return _listed(question, asked, chosen, {}, WHOLE_LIST)["customer_id"].to_list()
