"""The frame around every page: sections, language, sample-data ribbon, workspace switch, filters, foot."""

import pathlib

import streamlit as st

from churn_dash.errors import ChurnDashError
from churn_dash.ui import address, footer, session, versions
from churn_dash.ui.filtering import clicks, filters, limits
from churn_dash.ui.home import HOME
from churn_dash.ui.kinds import drill
from churn_dash.ui.parts import cards, controls
from churn_dash.ui.parts.headings import heading
from churn_dash.ui.places import places
from churn_dash.ui.problems import errors_shown, shown
from churn_dash.words import LANGUAGES, _

SECTIONS: dict[str, tuple[tuple[str, str, str], ...]] = {
    _("Management"): (
        ("overview", _("Overview"), "dashboard"),
        ("trends", _("Trends"), "show_chart"),
        ("changes", _("Why it moved"), "waterfall_chart"),
        ("growth", _("Growth"), "waterfall_chart"),
        ("market", _("Season and market"), "calendar_month"),
        ("costs", _("What it costs"), "payments"),
        ("evaluation", _("Evaluation"), "fact_check"),
    ),
    _("Who leaves"): (
        ("segments", _("Segments"), "grid_view"),
        ("behaviour", _("Behaviour"), "footprint"),
        ("value", _("Value and stage"), "diamond"),
        ("tiers", _("Tiers"), "stairs"),
        ("branches", _("Branches"), "account_balance"),
        ("saved", _("Saved segments"), "bookmark"),
    ),
    _("When and why"): (
        ("definitions", _("Definitions"), "tune"),
        ("cohorts", _("Cohorts"), "stacked_line_chart"),
        ("survival", _("Survival"), "hourglass_bottom"),
        ("causes", _("Why they left"), "logout"),
        ("satisfaction", _("Satisfaction"), "sentiment_satisfied"),
    ),
    _("Action"): (
        ("risk", _("Risk"), "radar"),
        ("worklist", _("Worklist"), "phone_in_talk"),
        ("index", _("Risk index"), "balance"),
        ("warnings", _("Early warning"), "notifications_active"),
        ("lists", _("Care lists"), "checklist"),
        ("customer", _("Customer"), "person_search"),
        ("plays", _("Plays"), "sports_score"),
        ("whatif", _("What-if"), "tune"),
    ),
    _("Did it work"): (
        ("planner", _("Plan a campaign"), "edit_calendar"),
        ("followup", _("Lists and follow-up"), "assignment_turned_in"),
        ("campaigns", _("Campaigns"), "campaign"),
        ("register", _("Campaigns so far"), "history"),
        ("winback", _("Win-back"), "undo"),
    ),
    _("Data"): (("data", _("Data"), "database"),),
}
FILTERED = (
    "overview",
    "trends",
    "changes",
    "growth",
    "market",
    "costs",
    "segments",
    "behaviour",
    "value",
    "tiers",
    "branches",
    "saved",
    "definitions",
    "cohorts",
    "survival",
    "causes",
    "satisfaction",
    "risk",
    "worklist",
    "followup",
    "index",
    "warnings",
    "lists",
    "winback",
    "planner",
)
"""Pages that show the shared filters; the others keep them for the way back."""
_DATA = "_own_data"


def draw(root: pathlib.Path) -> None:
    """The whole frame, then the page; ``root`` is the folder of app.py."""
    st.set_page_config("Churn Dash", str(root / "static" / "favicon.png"), layout="wide", initial_sidebar_state=232)
    st.logo(str(root / "static" / "logo.svg"), size="large")
    address.arrive(st.context.url.partition("?")[0] if st.context.url else "")
    _language_codes()
    pages = {slug: _page(root, slug, title, icon) for part in SECTIONS.values() for slug, title, icon in part}
    st.session_state["_pages"] = pages
    sections = {session.say(part): [pages[slug] for slug, _title, _icon in listed] for part, listed in SECTIONS.items()}
    chosen = st.navigation(sections, expanded=True)
    with st.sidebar:
        _languages()
        _workspaces()
    slug = next(s for s, p in pages.items() if p == chosen)
    try:
        found = session.workspace()
        versions.arrive(found)
        ds = session.dataset()
    except ChurnDashError as problem:
        shown(problem)
        return
    if found is not None and found.sample:
        _ribbon()
    versions.ribbon(found)
    if ds is None and slug != "data":
        _nothing_loaded(slug)
        return
    st.session_state[limits.PAGE] = slug
    clicks.start_page()
    if ds is not None:
        filters.take_over(ds)
    address.show_shared()
    if ds is not None and slug in FILTERED:
        with errors_shown():
            filters.bar(ds)
    chosen.run()
    if ds is not None and slug in FILTERED:
        drill.card()
    footer.footer()


def _nothing_loaded(slug: str) -> None:
    title = next(t for part in SECTIONS.values() for s, t, _icon in part if s == slug)
    heading(session.say(title), session.say(_("No data have been loaded here yet.")))
    cards.empty(
        "database",
        session.say(_("Load the extract of your core banking system")),
        session.say(_("CSV, Excel or Parquet: one row a customer a month, or one row a customer with a churn flag")),
    )


def _page(root: pathlib.Path, slug: str, title: str, icon: str) -> st.Page:
    return st.Page(
        root / "pages" / f"{slug}_page.py", title=session.say(title), icon=f":material/{icon}:", url_path=slug, default=slug == HOME
    )


def page(slug: str) -> st.Page:
    """A page, for a link to it."""
    found: dict[str, st.Page] = st.session_state["_pages"]
    return found[slug]


def _language_codes() -> None:
    """The language is needed before its control is drawn: every word of the frame depends on it."""
    picked = st.session_state.get("lang")
    if picked in LANGUAGES:
        address.hold("lang", (picked,), (session.usual_language(),), shared=True)
    else:
        address.accepted("lang", LANGUAGES)


def _languages() -> None:
    controls.choice(
        "Language / 语言",
        list(LANGUAGES),
        key="lang",
        words=LANGUAGES.__getitem__,
        default=session.usual_language(),
        kind="segments",
        shared=True,
        hidden=True,
        width=0,
    )


def _workspaces() -> None:
    """Sample bank or own data; no choice where there is no sample bank."""
    if places().sample is None:
        return
    controls.choice(
        session.say(_("Data shown")),
        ["sample", "own"],
        key="data",
        words=lambda code: session.say(_("My data") if code == "own" else _("Sample")),
        default="sample",
        kind="segments",
        shared=True,
        hidden=True,
        width=0,
    )
    if st.session_state.get(_DATA, session.own()) != session.own():
        address.forget(["version"])
    st.session_state[_DATA] = session.own()


def _ribbon() -> None:
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute", key="ribbon"):
        st.badge(session.say(_("Sample data: an invented bank, nobody real")), icon=":material/science:", color="orange")
        st.button(session.say(_("Use my data")), type="tertiary", icon=":material/upload:", key="use-own", on_click=_use_own)


def _use_own() -> None:
    address.touched()
    st.session_state["data"] = "own"
    address.hold("data", ("own",), ("sample",), shared=True)


def _use_sample() -> None:
    address.touched()
    st.session_state["data"] = "sample"
    address.hold("data", ("sample",), ("sample",), shared=True)


def sample_button() -> None:
    """Back to the sample bank, where there is one."""
    if places().sample is not None and session.own():
        st.button(session.say(_("Use sample data")), key="use-sample", on_click=_use_sample)


def load_link() -> None:
    """To the page that loads a file."""
    st.page_link(page("data"), label=session.say(_("Load a file")), icon=":material/upload:", query_params=address.link())
