"""The card in which an expert compares the indicators two by two: weights and consistency at once, saved as a record."""

import itertools

import polars as pl
import streamlit as st

from churn_dash.risk import INDICATORS, RiskIndex
from churn_dash.risk.index.ahp import Pairs
from churn_dash.risk.index.judged import SCALE, Expert, Judged, Panel, judge, spoken
from churn_dash.ui import session
from churn_dash.ui.parts.cards import Table, card, shown
from churn_dash.ui.parts.markdown import safe
from churn_dash.ui.problems import errors_shown
from churn_dash.ui.question import PageQuestion
from churn_dash.words import Text, _

_WRITTEN = {spoken(s): s for s in SCALE}
_MOST_ROWS = 18
_CAPTION = _("3: three times as important as the second, 1/3: a third as important. All experts count alike, by geometric mean")


def judging_card(question: PageQuestion, one: RiskIndex) -> None:
    """Draw the grid of pairs, the weights that follow, and save; the table of the experts so far."""
    with card(_("Compare the indicators two by two"), _CAPTION, key="judging"):
        with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
            known = [e.name for e in one.panel.experts]
            hint = session.say(_("Your name, or an expert of the list"))
            name = st.selectbox(
                session.say(_("Expert")), known, index=None, accept_new_options=True, key="expert-name", placeholder=hint, width=300
            )
            usual = list(one.judged.names) or [i.name for i in one.indicators[:5]]
            spoken_names = {i.name: session.say(i.label) for i in one.indicators}
            chosen = st.multiselect(
                session.say(_("Indicators compared")),
                [i.name for i in one.indicators],
                [n for n in usual if n in spoken_names],
                format_func=spoken_names.__getitem__,
                key="expert-indicators",
            )
        names = tuple(i.name for i in one.indicators if i.name in chosen)
        if len(names) < 2:
            st.caption(session.say(_("Choose at least two indicators.")))
            return
        before = next((e for e in one.panel.experts if e.name == name), None)
        pairs = _grid(names, before, name or "")
        judged = Panel((Expert(name or "", pairs),)).judged(names)
        _outcome(judged)
        with st.container(horizontal=True, gap="small"):
            save = st.button(
                session.say(_("Save the judgements")),
                icon=":material/save:",
                key="expert-save",
                disabled=not name or judged.weights is None,
            )
            withdraw = before is not None and st.button(
                session.say(Text(_("Leave out the judgements of {name}"), name=safe(before.name))),
                icon=":material/person_remove:",
                key="expert-withdraw",
                type="tertiary",
            )
        if (save or withdraw) and name:
            with errors_shown():
                judge(question.ds, name, {} if withdraw else pairs)
                st.rerun()
        if one.panel.experts:
            shown(_experts(one))


def _grid(names: tuple[str, ...], before: Expert | None, name: str) -> Pairs:
    """The pairs as rows; starts from what the expert judged last, else from equal."""
    asked = list(itertools.combinations(names, 2))
    start = [_was(before, a, b) for a, b in asked]
    frame = pl.DataFrame(
        {
            "a": [session.say(INDICATORS[a].label) for a, _b in asked],
            "score": [spoken(s) for s in start],
            "b": [session.say(INDICATORS[b].label) for _a, b in asked],
        }
    )
    edited = st.data_editor(
        frame,
        hide_index=True,
        disabled=["a", "b"],
        height="content" if len(asked) <= _MOST_ROWS else 420,
        column_config={
            "a": st.column_config.TextColumn(session.say(_("First"))),
            "score": st.column_config.SelectboxColumn(session.say(_("times as important as")), options=list(_WRITTEN), required=True),
            "b": st.column_config.TextColumn(session.say(_("Second"))),
        },
        key=f"pairs-{name}-{'-'.join(names)}-{session.language()}",
    )
    return {pair: _WRITTEN.get(str(s), 1.0) for pair, s in zip(asked, edited["score"].to_list(), strict=True)}


def _was(before: Expert | None, a: str, b: str) -> float:
    said = before.pairs if before is not None else {}
    exact = said.get((a, b), 1 / said[b, a] if (b, a) in said else 1.0)
    return min(SCALE, key=lambda s: abs(s - exact) / s)


def _outcome(judged: Judged) -> None:
    """The weights that follow from the grid, or why it is refused."""
    if judged.why_not is not None:
        st.markdown(f":orange[:material/error:] {safe(session.say(judged.why_not))}")
        return
    assert judged.found is not None and judged.weights is not None
    weights = [
        session.say(Text(_("{label} {share}%"), label=INDICATORS[n].label, share=f"{100 * w:.1f}"))
        for n, w in sorted(judged.weights.items(), key=lambda x: -x[1])
    ]
    ratio = session.say(Text(_("Consistency ratio {ratio}: the judgements can be used"), ratio=f"{judged.found.ratio:.3f}"))
    st.markdown(f":blue[:material/check_circle:] {safe(ratio)}")
    st.caption(safe(" · ".join(weights)))


def _experts(one: RiskIndex) -> Table:
    """Who has judged, how consistently, and since when."""
    came = session.say(_("with the data"))
    rows = [(e.name, len(e.names), e.ratio, f"{e.recorded[0]} · {e.recorded[1][:10]}" if e.recorded else came) for e in one.panel.experts]
    kinds = {"expert": pl.String, "n": pl.Int64, "ratio": pl.Float64, "since": pl.String}
    frame = pl.DataFrame(rows, schema=kinds, orient="row")
    labels = {"expert": _("Expert"), "n": _("Indicators compared"), "ratio": _("Consistency ratio"), "since": _("Entered by")}
    return Table(frame, "experts", labels, {"n": "count", "ratio": "score"}, only=True)
