"""Save as segment: a small button that any page may put beside a group of customers."""

from collections.abc import Callable, Sequence

import streamlit as st

from churn_dash.segments import Rule, Segment, save_list, save_rule, saved
from churn_dash.segments.lists.saved import LONGEST_NAME
from churn_dash.store import Dataset
from churn_dash.ui import address, session
from churn_dash.ui.parts.markdown import safe
from churn_dash.ui.problems import errors_shown
from churn_dash.words import Count, Text, _

_DONE = "_saved_segment"
_KINDS = {
    "rule": _("Whoever matches, now and later"),
    "list": _("Exactly these customers"),
}


def offered(ds: Dataset, rule: Rule | None, *, key: str, ids: Callable[[], Sequence[str]] | None = None) -> None:
    """Draw the button and its popover: a name, what to save, save.

    ``ids`` gives customer numbers, and is asked only when somebody saves. With both a rule and ``ids`` the reader chooses between
    whoever meets the rule and exactly those customers; with neither there is nothing to save. ``key`` tells the buttons of a page apart.
    """
    kinds = [k for k, given in (("rule", rule is not None), ("list", ids is not None)) if given]
    if not kinds:
        return
    with st.popover(session.say(_("Save as segment")), icon=":material/bookmark_add:", type="tertiary", key=f"save-{key}"):
        name = st.text_input(session.say(_("Name of the segment")), key=f"save-name-{key}", max_chars=LONGEST_NAME)
        kind = kinds[0]
        if len(kinds) > 1:
            spoken = {k: session.say(_KINDS[k]) for k in kinds}
            said = session.say(_("What to save"))
            kind = st.radio(said, kinds, format_func=spoken.__getitem__, key=f"save-kind-{key}", label_visibility="collapsed") or kind
        tag = kind == "rule" and st.checkbox(session.say(_("Also a tag")), key=f"save-tag-{key}", help=session.say(TAG_MEANS))
        taken = " ".join(name.split()) in saved(ds)
        if taken:
            st.caption(session.say(_("There is a segment of this name; saving makes its next version.")))
        if st.button(session.say(_("Save")), key=f"save-now-{key}", icon=":material/save:", disabled=not name.strip()):
            with errors_shown():
                st.session_state[_DONE] = (key, _kept(ds, name, kind, rule, ids, tag))
                address.touched()
                st.rerun()
        done = st.session_state.get(_DONE)
        if done is not None and done[0] == key and " ".join(name.split()) == done[1].name:
            st.badge(safe(session.say(confirmed(done[1]))), icon=":material/check:", color="blue")


def _kept(ds: Dataset, name: str, kind: str, rule: Rule | None, ids: Callable[[], Sequence[str]] | None, tag: bool) -> Segment:
    if kind == "rule" and rule is not None:
        return save_rule(ds, name, rule, tag=tag)
    assert ids is not None
    return save_list(ds, name, ids())


TAG_MEANS = _("A tag is a rule whose mark stands beside every customer who meets it.")


def confirmed(one: Segment) -> Text:
    """What was saved, in words."""
    if one.n_listed is not None:
        return Text(_("Saved: {name}, version {version}, {n} customers"), name=one.name, version=one.version, n=Count(one.n_listed))
    return Text(_("Saved: {name}, version {version}"), name=one.name, version=one.version)
