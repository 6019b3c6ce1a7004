"""What the Plays page shows: what to do about each kind of reason, the own products, and the forms to edit both."""

import polars as pl
import streamlit as st

from churn_dash.contract.lifecycle import LABELS as STAGES
from churn_dash.errors import ChurnDashError
from churn_dash.retention.effects.save_rate import SaveRate, by_play
from churn_dash.retention.plays import APPETITES, PLAY_KINDS, THEMES, OwnProduct, Play, plays, products, put_play, put_product
from churn_dash.risk import GROUPS
from churn_dash.segments.groups.orientation import LABELS as ORIENTATIONS
from churn_dash.segments.groups.orientation import SIGNS
from churn_dash.store import Records
from churn_dash.ui import session
from churn_dash.ui.amounts import assumptions
from churn_dash.ui.parts import controls
from churn_dash.ui.parts.cards import Table, card, shown
from churn_dash.ui.problems import shown as told
from churn_dash.ui.question import PageQuestion
from churn_dash.words import Count, Ratio, Text, _

RISKS = {"low": _("low"), "medium": _("medium"), "high": _("high")}
_NEW = "+"


def answer(question: PageQuestion) -> str:
    """The page's sentence: how many plays and products there are."""
    records = Records(question.ds.root)
    offered = sum(p.offered for p in products(records).values())
    return session.say(
        Text(
            _("{n} plays answer the reasons; {products} own products may be suggested."),
            n=Count(len(plays(records))),
            products=Count(offered),
        )
    )


def _origin(one: Play | OwnProduct) -> str:
    if one.who is None or one.made is None:
        return session.say(_("default"))
    return session.say(Text(_("set by {who} on {day}"), who=one.who, day=one.made[:10]))


def _measured(rate: SaveRate | None) -> str:
    if rate is None:
        return "—"
    return session.say(
        Text(_("{value} ({low} to {high}), {name}"), value=Ratio(rate.value), low=Ratio(rate.low), high=Ratio(rate.high), name=rate.name)
    )


def _theme(name: str) -> str:
    return session.say(THEMES.get(name, name))


def plays_table(question: PageQuestion) -> Table:
    """The plays as rows, each with the share of leavers that a list of it was measured to keep."""
    rates = by_play(assumptions.measured(question))
    rows = [
        (
            session.say(p.title), session.say(PLAY_KINDS[p.kind]), session.say(p.do), session.say(p.avoid),
            ", ".join([*map(_theme, p.themes), *(session.say(GROUPS[g]) for g in p.groups)]), _origin(p), _measured(rates.get(p.name)),
        )
        for p in plays(Records(question.ds.root)).values()
    ]  # fmt: skip
    names = ("title", "kind", "do", "avoid", "answers", "origin", "measured")
    frame = pl.DataFrame(rows, schema=dict.fromkeys(names, pl.String), orient="row")
    labels = {
        "title": _("Play"),
        "kind": _("Kind"),
        "do": _("What to do"),
        "avoid": _("What not to say"),
        "answers": _("Answers reasons about"),
        "origin": _("Where it comes from"),
        "measured": _("Measured: leavers kept"),
    }
    return Table(frame, "plays", labels, only=True)


def products_table(question: PageQuestion) -> Table:
    """The products as rows."""
    anybody = session.say(_("all"))
    rows = [
        (
            session.say(p.title),
            session.say(RISKS[p.risk]),
            p.term_months,
            ", ".join(session.say(ORIENTATIONS[o]) for o in p.orientations) or anybody,
            ", ".join(session.say(STAGES["plan"][s]) for s in p.stages) or anybody,
            session.say(_("yes") if p.offered else _("no")),
            _origin(p),
        )
        for p in products(Records(question.ds.root)).values()
    ]
    names = ("title", "risk", "term", "orientations", "stages", "offered", "origin")
    kinds = {n: pl.Int64 if n == "term" else pl.String for n in names}
    labels = {
        "title": _("Product"),
        "risk": _("Risk"),
        "term": _("Term, months"),
        "orientations": _("For the orientations"),
        "stages": _("For the stages"),
        "offered": _("Offered"),
        "origin": _("Where it comes from"),
    }
    return Table(pl.DataFrame(rows, schema=kinds, orient="row"), "own-products", labels, {"term": "count"}, only=True)


def plays_card(question: PageQuestion) -> None:
    """The card of the plays with the form to edit one."""
    caption = _("By the theme of the reason, else by its group; never for age or gender")
    with card(_("What to do about a reason"), caption, plays_table(question), key="plays"):
        shown(plays_table(question))
        with st.expander(session.say(_("Edit a play")), icon=":material/edit:"):
            _play_form(question)


def products_card(question: PageQuestion) -> None:
    """The card of the products with the form to edit one."""
    caption = _("By appetite for risk, orientation, stage and whether money falls due; never above the appetite for risk")
    with card(_("Own products that may be suggested"), caption, products_table(question), key="own-products"):
        shown(products_table(question))
        with st.expander(session.say(_("Edit a product")), icon=":material/edit:"):
            _product_form(question)


def _play_form(question: PageQuestion) -> None:
    found = plays(Records(question.ds.root))
    words = {name: session.say(p.title) for name, p in found.items()} | {_NEW: session.say(_("A new play"))}
    name = controls.choice(session.say(_("Play")), [*found, _NEW], key="play", words=words.__getitem__)
    one = found.get(name) or Play("", "care", "", "", "")
    key = f"{name}-{one.version}-{session.language()}"
    with st.form(f"play-{key}", border=False):
        typed = st.text_input(session.say(_("Name, in letters and digits")), key=f"play-name-{key}") if name == _NEW else name
        kinds = {k: session.say(v) for k, v in PLAY_KINDS.items()}
        before = {"title": session.say(one.title), "do": session.say(one.do), "avoid": session.say(one.avoid)}
        kind = st.selectbox(session.say(_("Kind")), list(kinds), list(kinds).index(one.kind), kinds.__getitem__, key=f"play-kind-{key}")
        texts = {
            "title": st.text_input(session.say(_("Title")), before["title"], key=f"play-title-{key}"),
            "do": st.text_area(session.say(_("What to do")), before["do"], key=f"play-do-{key}"),
            "avoid": st.text_area(session.say(_("What not to say")), before["avoid"], key=f"play-avoid-{key}"),
        }
        known, label = list(dict.fromkeys([*THEMES, *one.themes])), session.say(_("Themes of reasons"))
        none = session.say(_("None"))
        themes = st.multiselect(
            label, known, list(one.themes), format_func=_theme, key=f"play-themes-{key}", placeholder=none, accept_new_options=True
        )
        who = st.text_input(session.say(_("Your name")), key="play-who", placeholder=session.say(_("kept with what you set")))
        pressed = st.form_submit_button(session.say(_("Set")), icon=":material/edit:")
    if not pressed:
        return
    changed = {f: t for f, t in texts.items() if t != before[f]} | {"kind": kind, "themes": themes}
    try:
        put_play(Records(question.ds.root), typed.strip(), changed, who.strip() or None)
    except ChurnDashError as problem:
        told(problem)
        return
    _chosen_anew("play")


def _product_form(question: PageQuestion) -> None:
    found = products(Records(question.ds.root))
    words = {name: session.say(p.title) for name, p in found.items()} | {_NEW: session.say(_("A new product"))}
    name = controls.choice(session.say(_("Product")), [*found, _NEW], key="product", words=words.__getitem__)
    one = found.get(name) or OwnProduct("", "", "low")
    key = f"{name}-{one.version}-{session.language()}"
    with st.form(f"product-{key}", border=False):
        typed = st.text_input(session.say(_("Name, in letters and digits")), key=f"product-name-{key}") if name == _NEW else name
        before = session.say(one.title)
        title = st.text_input(session.say(_("Title")), before, key=f"product-title-{key}")
        risks = {r: session.say(RISKS[r]) for r in APPETITES}
        aims = {o: session.say(ORIENTATIONS[o]) for o in SIGNS}
        stages = {s: session.say(w) for s, w in STAGES["plan"].items()}
        changed = {
            "risk": st.selectbox(
                session.say(_("Risk")), APPETITES, APPETITES.index(one.risk), risks.__getitem__, key=f"product-risk-{key}"
            ),
            "term_months": st.number_input(session.say(_("Term, months")), 0, 600, one.term_months, key=f"product-term-{key}"),
            "orientations": st.multiselect(
                session.say(_("For the orientations")), list(aims), list(one.orientations), format_func=aims.__getitem__,
                key=f"product-aims-{key}", placeholder=session.say(_("all")),
            ),
            "stages": st.multiselect(
                session.say(_("For the stages")), list(stages), list(one.stages), format_func=stages.__getitem__,
                key=f"product-stages-{key}", placeholder=session.say(_("all")),
            ),
            "offered": st.toggle(session.say(_("Offered")), one.offered, key=f"product-offered-{key}"),
        }  # fmt: skip
        who = st.text_input(session.say(_("Your name")), key="product-who", placeholder=session.say(_("kept with what you set")))
        pressed = st.form_submit_button(session.say(_("Set")), icon=":material/edit:")
    if not pressed:
        return
    try:
        put_product(Records(question.ds.root), typed.strip(), changed | ({"title": title} if title != before else {}), who.strip() or None)
    except ChurnDashError as problem:
        told(problem)
        return
    _chosen_anew("product")


def _chosen_anew(key: str) -> None:
    """Draw the page again with the same choice: a browser keeps showing the words that were chosen, though they are other now."""
    st.session_state.pop(key, None)
    st.rerun()
