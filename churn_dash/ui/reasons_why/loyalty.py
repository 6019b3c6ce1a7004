"""What the page Satisfaction shows of loyalty and word of mouth."""

import polars as pl
import streamlit as st

from churn_dash.causes import assigned, referrals, standing
from churn_dash.causes.loyalty import CLASSES, COMPONENTS, rules, set_rules
from churn_dash.causes.loyalty_classes import Standing
from churn_dash.causes.referrals import EARLY_MONTHS, Referrals
from churn_dash.charts import Bar, Chart, bars
from churn_dash.charts.groups.effects import written
from churn_dash.contract.few import TOO_FEW
from churn_dash.errors import ChurnDashError
from churn_dash.ui import cache, session
from churn_dash.ui.answers import answered
from churn_dash.ui.filtering import clicks
from churn_dash.ui.parts import saving
from churn_dash.ui.parts.cards import Table
from churn_dash.ui.parts.tables import RANGE_LABELS
from churn_dash.ui.problems import shown
from churn_dash.ui.question import PageQuestion
from churn_dash.words import Count, Number, Ratio, Text, _

_CLASSES = {
    "promoter": _("promoters (9–10)"),
    "passive": _("passives (7–8)"),
    "detractor": _("detractors (0–6)"),
    "not_known": _("no answer in the year before"),
}


def found(question: PageQuestion) -> Standing:
    """The classes of loyalty when the period began, by the rules in force."""
    return answered(question, standing, rules(question.ds))


def finding(s: Standing) -> str:
    """Title: churn of the loyal and of the loose."""
    known = {r["group"]: r for r in s.classes.iter_rows(named=True) if r["n"] >= TOO_FEW}
    if "loyal" not in known or "loose" not in known:
        return session.say(_("Loyalty and churn"))
    named = {"loyal": Ratio(known["loyal"]["churn"]), "loose": Ratio(known["loose"]["churn"])}
    return session.say(Text(_("Of the loyal {loyal} left, of the loosely attached {loose}"), **named))


def caption(s: Standing) -> Text:
    """Under the title: the index, of enough customers for a mean, and when the classes were taken."""
    if s.index.n < TOO_FEW:
        return Text(_("Classes of the loyalty index as the period began · churn in it"))
    return Text(_("Classes of the loyalty index (mean {index} of 100) as the period began · churn in it"), index=Number(s.index.value))


def chart(s: Standing) -> Chart:
    """Churn of each class of loyalty."""
    rows = s.classes.filter(pl.col("n") > 0)
    total, left = int(rows["n"].sum()), int(rows["left"].sum())
    marks = [
        Bar(session.say(CLASSES[g]), c if n >= TOO_FEW else None, n, lo, hi)
        for g, c, n, lo, hi in rows.select("group", "churn", "n", "churn_low", "churn_high").iter_rows()
    ]
    bank = left / total if total else None
    return cache.chart(
        bars,
        marks,
        unit="ratio",
        look=session.look(),
        what=session.say(_("churn by loyalty")),
        bank=bank,
        line=session.say(_("all classes")),
    )


def levels(s: Standing) -> list[dict[str, str] | None]:
    """What a click on each class means."""
    return clicks.of_split("loyalty", s.classes.filter(pl.col("n") > 0)["group"].to_list())


def table(s: Standing) -> Table:
    """Every class with its share and churn."""
    rows = s.classes.with_columns(
        pl.Series("group", [session.say(CLASSES[g]) for g in s.classes["group"]], dtype=pl.String),
        pl.Series("from", [s.rules.cuts.get(g) for g in s.classes["group"]], dtype=pl.Float64),
    )
    labels = {
        "group": _("Class"), "from": _("Index from"), "n": _("Customers"), "share": _("Share"), "low": RANGE_LABELS["low"],
        "high": RANGE_LABELS["high"], "left": _("Left"), "churn": _("Churn rate"),
        "churn_low": session.say(Text(_("{metric}, 95% range from"), metric=session.say(_("Churn rate")))),
        "churn_high": session.say(Text(_("{metric}, 95% range to"), metric=session.say(_("Churn rate")))),
    }  # fmt: skip
    ratios = dict.fromkeys(("share", "low", "high", "churn", "churn_low", "churn_high"), "ratio")
    parts = [f"{session.say(meaning)} ({100 * s.rules.weights[name]:g})" for name, _weight, meaning in COMPONENTS]
    how = session.say(
        _(
            "The index is the weighted mean of what is known of a customer, 0–100 between fixed bounds; below 60% of the "
            "weight it is not known. Parts and weights:"
        )
    )
    return Table(
        rows.select(list(labels)),
        "loyalty",
        labels,
        {**ratios, "n": "count", "left": "count"},
        how=f"{how} {'; '.join(parts)}.",
    )


def mouth(question: PageQuestion) -> Referrals:
    """Word of mouth. Raises ``NotPossible`` where nothing says who referred whom."""
    return answered(question, referrals)


def mouth_finding(r: Referrals) -> str:
    """Title: referrals per 100 customers, and whether the referred stay."""
    d = r.difference
    named = {"rate": Number(r.rate.value)}
    if d.value is None or d.low is None or d.high is None or min(r.left_referred.n, r.left_others.n) < TOO_FEW:
        return session.say(Text(_("{rate} referrals per 100 customers"), **named))
    named["difference"] = written(d.value, "ratio", session.look())  # type: ignore[assignment]
    if d.low > 0:
        return session.say(Text(_("{rate} referrals per 100 customers; the referred leave sooner ({difference})"), **named))
    if d.high < 0:
        return session.say(Text(_("{rate} referrals per 100 customers; the referred stay longer ({difference})"), **named))
    return session.say(Text(_("{rate} referrals per 100 customers; the referred leave about as often as others"), **named))


def mouth_caption(r: Referrals) -> Text:
    """Under the title: new customers, those referred, and how many left early."""
    return Text(
        _(
            "{referred} of {joined} new customers were referred · left within {months} months: {left} of the referred, "
            "{others} of the others"
        ),
        referred=Count(r.referred),
        joined=Count(r.joined),
        months=EARLY_MONTHS,
        left=Ratio(r.left_referred.value),
        others=Ratio(r.left_others.value),
    )


def mouth_chart(r: Referrals) -> Chart:
    """Referrals per 100 customers by what they said of the bank."""
    marks = [
        Bar(session.say(_CLASSES[g]), v, n, lo, hi)
        for g, v, n, lo, hi in r.classes.select("group", "rate", "n", "low", "high").iter_rows()
        if n
    ]
    what = session.say(_("referrals per 100 customers"))
    return cache.chart(bars, marks, unit="number", look=session.look(), what=what, bank=r.rate.value, better="up")


def mouth_table(r: Referrals) -> Table:
    """Referrals by class as rows."""
    rows = r.classes.with_columns(pl.Series("group", [session.say(_CLASSES[g]) for g in r.classes["group"]], dtype=pl.String))
    labels = {
        "group": _("Would recommend"), "n": _("Customers"), "referrals": _("Referrals"), "rate": _("Per 100 customers"),
        "low": RANGE_LABELS["low"], "high": RANGE_LABELS["high"],
    }  # fmt: skip
    how = Text(
        _("New customers of the period whose referrer was a customer as it began; {n} were brought by somebody else."),
        n=Count(r.unknown_referrers),
    )
    units = {"rate": "score", "low": "score", "high": "score", "n": "count", "referrals": "count"}
    return Table(rows, "referrals", labels, units, how=session.say(how))


def save_form(question: PageQuestion) -> None:
    """Choose a class, and save the customers who are in it now as a segment."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        names = [n for n in CLASSES if n != "not_known"]
        chosen = st.selectbox(
            session.say(_("Customers of the class now")),
            names,
            format_func=lambda n: session.say(CLASSES[n]),
            key="loyalty-class",
            width=220,
        )
        saving.offered(question.ds, None, key="loyalty", ids=lambda: _now(question, chosen or names[0]))


def _now(question: PageQuestion, name: str) -> list[str]:
    everyone = assigned(question.ds, None, question.definition)
    return everyone.filter(pl.col("group") == name)["customer_id"].to_list()


def editor(question: PageQuestion) -> None:
    """Draw the weights and the limits of the classes under a heading that opens; a change is recorded and holds from then on."""
    force = rules(question.ds)
    with (
        st.expander(session.say(_("Weights and classes")), icon=":material/tune:"),
        st.form("loyalty", border=False),
    ):
        given: dict[str, float] = {}
        with st.grid(2, gap="small"):
            for name, _weight, meaning in COMPONENTS:
                label = session.say(meaning)
                given[name] = float(st.number_input(label, 0.0, 100.0, force.weights[name], 0.05, key=f"weight-{name}"))
        cuts: dict[str, float] = {}
        with st.grid(3, gap="small"):
            for name, cut in force.cuts.items():
                label = session.say(Text(_("{name}: index from"), name=session.say(CLASSES[name])))
                cuts[name] = float(st.number_input(label, 0.0, 100.0, cut, 1.0, key=f"cut-{name}"))
        if st.form_submit_button(session.say(_("Record")), icon=":material/save:"):
            try:
                set_rules(question.ds, given, cuts)
            except ChurnDashError as problem:
                shown(problem)
            else:
                st.rerun()
