"""The card of the models kept: which is in use, how two compare, take another into use or go back."""

from typing import Any

import polars as pl
import streamlit as st

from churn_dash.errors import ChurnDashError
from churn_dash.risk import KINDS, Comparison, Entry, Model, carried, compared, entries, in_use, model_of, promote, roll_back, uses
from churn_dash.store import Workspace
from churn_dash.store.stamps import file_stamps
from churn_dash.ui import address, cache, session
from churn_dash.ui.parts.cards import Table, card, shown
from churn_dash.ui.parts.markdown import safe
from churn_dash.ui.problems import errors_shown
from churn_dash.ui.question import PageQuestion
from churn_dash.words import Text, _

_MEASURES = {"roc_auc": "ROC-AUC", "pr_auc": "PR-AUC", "brier": "Brier"}
_SHOWN = 20


def kept_card(question: PageQuestion) -> None:
    """Draw the models, the comparison of one with the model in use, and the two decisions, each with its reason."""
    space = session.workspace()
    if space is None or not entries(space.models):
        return
    table = _table(question, space)
    with card(_title(question, space), _("Training keeps a model; which one is used is decided here, and recorded"), table, key="kept"):
        shown(table, height="auto" if table.rows.height < 8 else 300)
        used = in_use(space.models, question.ds.state)
        others = [e.id for e in entries(space.models) if e.id != used]
        with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
            hint = session.say(_("Choose a model"))
            label = session.say(_("Compare with the model in use"))
            chosen = st.selectbox(label, others, index=None, key="kept-other", placeholder=hint, width=380)
            why = st.text_input(session.say(_("Why")), key="kept-why", width=380)
        if chosen is not None:
            with errors_shown():
                _compared(question, space, chosen, used)
        with st.container(horizontal=True, gap="small"):
            use = st.button(
                session.say(_("Use this model")), icon=":material/check:", key="kept-use", disabled=chosen is None or not why.strip()
            )
            back = st.button(
                session.say(_("Back to the model before")),
                icon=":material/undo:",
                key="kept-back",
                type="tertiary",
                disabled=not why.strip() or len(uses(space.models, question.ds.state)) < 2,
            )
        if (use and chosen is not None) or back:
            with errors_shown():
                _decided(question, space, None if back else chosen, why)
                address.touched()
                st.rerun()


def _decided(question: PageQuestion, space: Workspace, chosen: str | None, why: str) -> None:
    if chosen is None:
        roll_back(space.models, question.ds.state, why)
        return
    carried(question.ds, model_of(space.models, chosen))
    promote(space.models, chosen, question.ds.state, why)


def _opened(question: PageQuestion, space: Workspace, name: str) -> tuple[Model | None, ChurnDashError | None]:
    """The model, opened and checked once for the files that it has, or why it cannot be."""

    def work(*_files: object) -> tuple[Model | None, ChurnDashError | None]:
        try:
            return model_of(space.models, name), None
        except ChurnDashError as problem:
            return None, problem

    return cache.worked_out(question.ds, question.scope, work, name, file_stamps(space.models / name), name="opened model")


def _title(question: PageQuestion, space: Workspace) -> Text:
    found, used = entries(space.models), in_use(space.models, question.ds.state)
    if used is None:
        return Text(_("{n} models kept, none in use for these data"), n=len(found))
    one = next(e for e in found if e.id == used)
    if _opened(question, space, used)[1] is not None:
        return Text(_("{n} models kept; {model} of {day} was taken into use and cannot be opened here"), n=len(found), **_named(one))
    return Text(_("{n} models kept; {model} of {day} is in use"), n=len(found), **_named(one))


def _named(one: Entry) -> dict[str, str]:
    return {"model": KINDS[one.name].label, "day": one.made[:10]}


def _table(question: PageQuestion, space: Workspace) -> Table:
    """Every model, newest first: kind, data version, who, when, how good, and since when and why it is in use."""
    current = next(iter(uses(space.models, question.ds.state)), None)
    rows = []
    for e in entries(space.models)[:_SHOWN]:
        model, problem = _opened(question, space, e.id)
        said = session.say(problem) if problem is not None else ""
        if problem is None and current is not None and current.id == e.id:
            said = session.say(Text(_("in use since {day}, by {who}: {why}"), day=current.made[:10], who=current.who, why=current.why))
        tried = model.card.chosen if model is not None else None
        numbers: list[Any] = [getattr(tried, m) if tried is not None else None for m in _MEASURES]
        rows.append((session.say(KINDS[e.name].label), said, e.version, *numbers, e.made[:16].replace("T", " "), e.who, e.id))
    kinds: dict[str, Any] = {"model": pl.String, "state": pl.String, "version": pl.Int64, **dict.fromkeys(_MEASURES, pl.Float64)}
    kinds |= {"made": pl.String, "who": pl.String, "id": pl.String}
    labels = {"model": _("Model"), "state": _("State"), "version": _("Data version"), **_MEASURES}
    labels |= {"made": _("Trained"), "who": _("Trained by"), "id": _("Number of the model")}
    frame = pl.DataFrame(rows, schema=kinds, orient="row")
    return Table(frame, "models-kept", labels, dict.fromkeys(_MEASURES, "score"), only=True)


def _compared(question: PageQuestion, space: Workspace, chosen: str, used: str | None) -> None:
    """The chosen model beside the one in use, and what to know of it on these data."""
    other = model_of(space.models, chosen)
    for remark in carried(question.ds, other).remarks:
        st.caption(safe(session.say(remark)))
    if used is None:
        return

    def work(*_ids: str) -> Comparison:
        return compared(model_of(space.models, used), other)

    found = cache.worked_out(question.ds, question.scope, work, used, chosen, name="models-compared")
    st.caption(safe(session.say(found.how)))
    shown(_comparison(found))


def _comparison(found: Comparison) -> Table:
    verdict = {True: _("clearly better"), False: _("clearly worse"), None: _("no clear difference")}
    rows = []
    for x in found.lines:
        word = session.say(verdict[x.clear]) if found.n else ""
        rows.append((_MEASURES[x.measure], x.first, x.second, x.difference.value, x.difference.low, x.difference.high, word))
    numbers = ("first", "second", "difference", "low", "high")
    kinds: dict[str, Any] = {"measure": pl.String, **dict.fromkeys(numbers, pl.Float64), "verdict": pl.String}
    labels = {"measure": _("Measure"), "first": _("In use"), "second": _("The other"), "difference": _("Difference")}
    labels |= {"low": _("95% range from"), "high": _("95% range to"), "verdict": ""}
    return Table(pl.DataFrame(rows, schema=kinds, orient="row"), "models-compared", labels, dict.fromkeys(numbers, "score"), only=True)
