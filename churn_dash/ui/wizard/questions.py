"""What a file leaves open, asked of the person: a question draws as a choice, its answer goes into the options."""

import dataclasses
from collections.abc import Sequence

import streamlit as st

from churn_dash.intake import questions as intake
from churn_dash.intake.questions import Question
from churn_dash.ui import session
from churn_dash.ui.parts.markdown import safe
from churn_dash.ui.wizard import state
from churn_dash.words import _

_OPEN = "·open"
_SAID = ("mask",)
"""Options whose proposal was read by the person and holds; of the others it is what happens anyway."""


def answered(upload: state.Upload, questions: Sequence[Question]) -> state.Upload:
    """Draw the questions; the upload with the answers given."""
    for question in questions:
        answer = _asked(upload, question)
        if answer:
            upload = dataclasses.replace(upload, options=intake.answered(upload.options, question, answer))
    return upload


def _asked(upload: state.Upload, question: Question) -> str:
    key = f"ask-{question.option}-{question.header}-{upload.key}"
    with st.container(gap=None):
        st.markdown(f"**{safe(session.say(question.sentence))}**")
        st.caption(safe(session.say(question.reason)))
    if not question.choices:
        return st.text_input(session.say(question.sentence), key=key, label_visibility="collapsed", width=260).strip()
    labels = {code: session.say(words) for code, words in question.choices}
    if question.proposal is None:
        labels = {_OPEN: session.say(_("Please choose")), **labels}
    usual = question.proposal if question.proposal in labels else _OPEN
    picked = st.selectbox(
        session.say(question.sentence),
        list(labels),
        index=list(labels).index(usual) if usual in labels else 0,
        format_func=labels.__getitem__,
        key=key,
        label_visibility="collapsed",
        width=360,
    )
    if picked == question.proposal and question.option not in _SAID:
        return ""
    return "" if picked == _OPEN else picked
