"""The views of the Risk page, one drawn at a time."""

from collections.abc import Callable

import streamlit as st

from churn_dash.risk import Model
from churn_dash.ui import session
from churn_dash.ui.parts import cards, controls
from churn_dash.ui.parts.markdown import safe
from churn_dash.ui.question import PageQuestion
from churn_dash.ui.risk import compared, explained, fairness, registry, risk, threshold, train_form
from churn_dash.words import _


def _whom_view(asked: PageQuestion, kept: Model) -> None:
    """Whom to call first, how risks lie, and from which risk on one calls."""
    table = risk.worklist(asked, kept)
    with cards.card(_("Whom to call first"), risk.worklist_caption(asked), table, key="calls"):
        cards.shown(table, height=380)
    left, right = st.columns([3, 2], gap="small")
    with left, cards.card(threshold.finding(kept), threshold.caption(kept), threshold.table(asked, kept), key="cuts") as as_table:
        cut = threshold.seen(asked, kept)
        st.markdown(safe(session.say(threshold.told(cut))))
        if (chart := threshold.chart(kept, cut)) is not None:
            cards.picture(chart, as_table, threshold.notes(cut))
        with st.expander(session.say(_("Set the cuts")), icon=":material/edit:"):
            if threshold.form(asked, kept, cut):
                st.rerun()
    caption, table = _("Customers by predicted risk"), risk.scores_table(asked, kept)
    with right, cards.card(risk.scores_finding(asked, kept), caption, table, key="scores") as as_table:
        cards.picture(risk.scores_chart(asked, kept), as_table)


def _drivers_view(asked: PageQuestion, kept: Model) -> None:
    """What moves the risk most, how, and in which group of customers."""
    explained.importance_card(kept)
    left, right = st.columns(2, gap="small")
    with left:
        explained.dependence_card(asked, kept)
    with right:
        explained.drivers_card(asked, kept)


def _models_view(asked: PageQuestion, kept: Model) -> None:
    """The models side by side, how right they are, what can be read of them, and those kept."""
    table = compared.comparison(asked, kept)
    with cards.card(compared.comparison_finding(kept), compared.comparison_caption(asked, kept), table, key="models"):
        cards.shown(table)
        if left_out := risk.left_out(kept):
            with st.expander(session.say(_("Columns left out")), icon=":material/visibility_off:"):
                st.text("\n".join(left_out))
        with st.expander(session.say(_("What the model looks at")), icon=":material/visibility:"):
            cards.shown(risk.looked_at(kept), height=380)
        with st.expander(session.say(_("Train again, or choose another model")), icon=":material/model_training:"):
            if train_form.train_form(asked):
                st.rerun()
    left, right = st.columns([3, 2], gap="small")
    caption, table = _("Leavers reached on the tests; dashed lines are rules that need no model"), compared.reach_table(kept)
    with left, cards.card(compared.reach_finding(kept), caption, table, key="reach") as as_table:
        cards.picture(compared.reach_chart(kept), as_table)
    caption, table = _("Predicted against observed, with 95% ranges"), risk.calibration_table(kept)
    with right, cards.card(risk.calibration_finding(kept), caption, table, key="calibration") as as_table:
        cards.picture(risk.calibration_chart(kept), as_table)
    with cards.card(_("Rules, points and weights, to be read"), key="read"):
        name = compared.read_choice(kept)
        table = compared.read_table(kept, name)
        st.caption(session.say(compared.read_caption(kept, name)))
        cards.shown(table, height=380)
    registry.kept_card(asked)


_NAMES = {"whom": _("Whom to call"), "drivers": _("What drives it"), "models": _("Models"), "fair": _("Fair treatment")}
_VIEWS: dict[str, Callable[[PageQuestion, Model], None]] = {
    "whom": _whom_view,
    "drivers": _drivers_view,
    "models": _models_view,
    "fair": fairness.fairness_card,
}


def view_control() -> Callable[[PageQuestion, Model], None]:
    """Choose what the page shows; the view, to be drawn."""
    return _VIEWS[controls.view(_NAMES, key="risk-view")]
