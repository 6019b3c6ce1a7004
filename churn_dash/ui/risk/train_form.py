"""The form on the Risk page that trains the models, and in which somebody may overrule the choice among them."""

import streamlit as st

from churn_dash.errors import ChurnDashError
from churn_dash.risk import INTERACTIVE_ROWS, KINDS, Choice, train
from churn_dash.risk.rows.panel_tables import declared
from churn_dash.store import Workspace
from churn_dash.ui import session
from churn_dash.ui.problems import shown
from churn_dash.ui.question import PageQuestion
from churn_dash.words import Count, Ratio, Text, _

_TARGET, _DROP, _KEEP, _ROWS, _CHOICE, _WHY, _WHO, _STAYERS = (
    f"risk-{k}" for k in ("target", "drop", "keep", "rows", "choice", "why", "who", "stayers")
)
_SHARES = (1.0, 0.5, 0.2, 0.1, 0.05)
_SIZES = (INTERACTIVE_ROWS, 200_000, 1_000_000)


def train_form(question: PageQuestion) -> bool:
    """Choices for training and the button; trains when pressed and says by stages what happens. True when a model was kept."""
    found = session.workspace()
    if found is None:
        return False
    with st.form("train", border=False):
        columns = [a.label for a in question.ds.attributes]
        target = _target(question, columns)
        with st.container(horizontal=True, gap="medium"):
            none = session.say(_("None"))
            names = offered(question)
            drop = st.multiselect(
                session.say(_("Leave out columns")), list(names), key=_DROP, placeholder=none, format_func=names.__getitem__
            )
            left_out = session.say(_("Keep columns although they would be left out"))
            back = {"gender": session.say(_("Gender"))} | names
            keep = st.multiselect(left_out, list(back), key=_KEEP, placeholder=none, format_func=back.__getitem__)
        with st.container(horizontal=True, gap="medium"):
            sizes = {n: session.say(Text(_("{n} rows at most"), n=Count(n))) for n in _SIZES}
            help_ = session.say(_("More data are learnt from a random sample of customers; more rows take longer in proportion."))
            rows = st.selectbox(session.say(_("Learn from")), _SIZES, format_func=sizes.__getitem__, key=_ROWS, help=help_, width=240)
            stayers = _stayers()
            choice = _choice(question)
        pressed = st.form_submit_button(session.say(_("Train the models")), icon=":material/model_training:")
    return pressed and _trained(question, found, target, drop, keep, rows, choice, stayers)


def offered(question: PageQuestion) -> dict[str, str]:
    """What may be left out, by name with its words: of months every declared feature, age and gender first, else the bank's columns."""
    if question.timeless:
        return {a.label: a.label for a in question.ds.attributes}
    found = sorted(declared(question.ds), key=lambda f: not f.sensitive)
    return {f.name: f.label if f.own_words else session.say(f.label) for f in found}


def _target(question: PageQuestion, columns: list[str]) -> str | None:
    if not question.timeless:
        return None
    options = ["", *columns] if "flag" in question.ds.definitions else columns
    words = {c: c or session.say(_("the churn flag of the extract")) for c in options}
    return st.selectbox(session.say(_("Who left is told by")), options, format_func=words.__getitem__, key=_TARGET, width=320) or None


def _stayers() -> float:
    words = {s: session.say(_("all") if s == 1 else Text("{share}", share=Ratio(s))) for s in _SHARES}
    help_ = session.say(
        _(
            "Fewer of those who stayed make training quicker where few leave. The risks are put right for it: by calibration on everybody, "
            "else by p = β·p / (β·p − p + 1) with this share β."
        )
    )
    chosen = st.selectbox(
        session.say(_("Of those who stayed")), _SHARES, format_func=words.__getitem__, key=_STAYERS, help=help_, width=160
    )
    return float(chosen)


def _choice(question: PageQuestion) -> Choice | None:
    names = ["", *(k.name for k in KINDS.values() if not (question.timeless and k.needs_months))]
    words = {n: session.say(KINDS[n].label if n else _("the simplest within chance of the best")) for n in names}
    name = st.selectbox(session.say(_("Use")), names, format_func=words.__getitem__, key=_CHOICE, width=320)
    why = st.text_input(session.say(_("Why, if you choose")), key=_WHY, placeholder=session.say(_("kept with your name and the day")))
    who = st.text_input(session.say(_("Your name")), key=_WHO, width=200)
    return Choice(name, why, who.strip() or None) if name else None


def _trained(
    question: PageQuestion,
    space: Workspace,
    target: str | None,
    drop: list[str],
    keep: list[str],
    rows: int,
    choice: Choice | None,
    stayers: float,
) -> bool:
    progress = st.progress(0.0, session.say(_("Starting")))

    def told(stage: Text, share: float) -> None:
        progress.progress(min(max(share, 0.0), 1.0), session.say(stage))

    definition = None if question.timeless else question.definition
    try:
        train(
            question.ds,
            space.models,
            target=target,
            drop=drop,
            keep=keep,
            definition=definition,
            progress=told,
            rows=rows,
            choice=choice,
            stayers=stayers,
        )
    except ChurnDashError as problem:
        shown(problem)
        return False
    finally:
        progress.empty()
    return True
