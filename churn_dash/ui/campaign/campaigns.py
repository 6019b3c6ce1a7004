"""What the Campaigns page shows: the verdict on one campaign, its evidence, its money, and the register of all."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import streamlit as st

from churn_dash.campaigns import (
    BADGES,
    OUTCOMES,
    STATUSES,
    BalanceRow,
    BeforeAfter,
    Evaluation,
    Prices,
    balance,
    before_after,
    campaign_ids,
    evaluate,
)
from churn_dash.errors import ChurnDashError
from churn_dash.ui import address, cache, frame, session
from churn_dash.ui.amounts.assumptions import held
from churn_dash.ui.campaign import strata
from churn_dash.ui.campaign.flat_file import from_file
from churn_dash.ui.parts import controls
from churn_dash.ui.parts.headings import badges
from churn_dash.ui.parts.markdown import safe
from churn_dash.ui.parts.progress import long_work
from churn_dash.ui.question import PageQuestion
from churn_dash.words import Count, Text, _

LOADED, FILE = "loaded", "file"
DECLARED = "declared"


@dataclass(frozen=True)
class Chosen:
    """What is judged: a campaign of the data (by id) or a flat file, with what was declared."""

    evaluation: Evaluation
    campaign_id: str | None
    title: str


def ids(question: PageQuestion) -> tuple[str, ...]:
    """The campaigns of the data, by start."""
    found: tuple[str, ...] = cache.worked_out(question.ds, question.scope, lambda: campaign_ids(question.ds), name="campaign ids")
    return found


def source_control(known: Sequence[str]) -> str:
    """Choose between the campaigns of the data and a file."""
    options = [LOADED, FILE] if known else [FILE]
    labels = {LOADED: _("Campaigns of these data"), FILE: _("A file of an experiment")}
    return controls.choice(
        session.say(_("What to judge")), options, key="judge", words=lambda code: session.say(labels[code]), kind="segments", hidden=True
    )


def judged(question: PageQuestion, known: Sequence[str]) -> tuple[Chosen | None, str]:
    """What the reader asked to be judged, of the data or of a file; where nothing can be, a sentence that says why."""
    try:
        chosen = loaded(question, known) if source_control(known) == LOADED else _of_file()
    except ChurnDashError as problem:
        return None, session.say(problem)
    empty = _("To see whether a campaign worked, load the list of customers it contacted.")
    return chosen, session.say(empty if known else _("No campaign has been loaded yet."))


def _of_file() -> Chosen | None:
    found = from_file()
    return None if found is None else Chosen(found[0], None, found[1])


def loaded(question: PageQuestion, known: Sequence[str]) -> Chosen:
    """Choose a campaign of the data and judge it; by the declared outcome or by another."""
    names = _names(question)
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
        chosen = controls.choice(
            session.say(_("Campaign")),
            list(known),
            key="campaign",
            words=lambda i: f"{names.get(i) or i} · {i}",
            default=known[-1],
            width=360,
        )
        declared = _judged(question, chosen)
        others = [name for name in OUTCOMES if name != declared.outcome.name]
        asked = controls.choice(
            session.say(_("Judged by")),
            [DECLARED, *others],
            key="by",
            words=lambda name: _outcome_words(name, declared),
            default=DECLARED,
            width=300,
        )
    drawn = (None, None) if declared.control is None else strata.choices(question, chosen)
    found = _judged(question, chosen, None if asked == DECLARED else asked, *drawn)
    return Chosen(found, chosen, found.name or chosen)


def _outcome_words(name: str, declared: Evaluation) -> str:
    if name != DECLARED:
        return session.say(OUTCOMES[name].label)
    return session.say(Text(_("{outcome}, as declared"), outcome=declared.outcome.label))


def _names(question: PageQuestion) -> dict[str, str | None]:
    table = question.ds.table("campaigns")
    return {} if table is None else dict(table.select("campaign_id", "name").iter_rows())


def _judged(
    question: PageQuestion, campaign_id: str, outcome: str | None = None, within: str | None = None, cluster: str | None = None
) -> Evaluation:
    priced = Prices.of(held(question))

    def work(told: Callable[[Text, float], None]) -> Evaluation:
        return evaluate(
            question.ds,
            campaign_id,
            definition=question.definition,
            prices=priced,
            scope=question.scope,
            outcome=outcome,
            strata=within,
            cluster=cluster,
            told=told,
        )

    return long_work(
        question.ds, question.scope, work, campaign_id, outcome, within, cluster, question.definition, priced, name="one campaign"
    )


def where(chosen: Chosen) -> str:
    """The small line above the verdict."""
    e = chosen.evaluation
    page = session.say(_("Campaigns"))
    if e.start is None:
        return f"{page} · {chosen.title}"
    when = Text(
        _("{page} · {name}, from {start}, judged after {n} days"), page=page, name=chosen.title, start=e.start.isoformat(), n=e.horizon_days
    )
    return session.say(when)


def headline(chosen: Chosen) -> str:
    """The page's sentence: the verdict's first word, short; the whole verdict stands below."""
    e = chosen.evaluation
    if len(e.findings) == 1:
        return session.say(Text(_("{status}: {name}"), status=STATUSES[e.status], name=chosen.title))
    worked = sum(1 for f in e.findings if f.status == "worked")
    return session.say(Text(_("{n} of {all} groups worked: {name}"), n=worked, all=len(e.findings), name=chosen.title))


def facts(chosen: Chosen) -> None:
    """Draw the badges: evidence, whether a conclusion may be drawn, how many were in each group."""
    e = chosen.evaluation
    sure = e.evidence.may_claim
    ready = e.status in ("worked", "worse")
    sizes = " · ".join(
        session.say(Text(_("{group} {n}"), group=g.label if isinstance(g.label, str) else session.say(g.label), n=Count(g.n)))
        for g in e.groups
    )
    beside = [(session.say(_("Not the declared outcome")), "visibility", "orange")] if e.declared is not None else []
    badges(
        (session.say(BADGES[e.grade]), "verified" if sure else "visibility", "blue" if sure else "orange"),
        (
            session.say(_("Ready to conclude") if ready else STATUSES[e.status]),
            "check_circle" if ready else "pending",
            "blue" if ready else "gray",
        ),
        (sizes, "group", "gray"),
        *beside,
    )


def verdict(chosen: Chosen) -> None:
    """Draw the verdict in whole sentences, why the evidence has its grade, and what to do next."""
    e = chosen.evaluation
    st.markdown(safe(session.say(e.verdict)))
    for step in e.next_steps:
        st.markdown(f":material/arrow_forward: {safe(session.say(step))}")
    st.caption(safe(" ".join(session.say(n) for n in (*((e.evidence.why,) if e.grade in ("A", "C") else ()), *e.beside))))


def table_of(question: PageQuestion, campaign_id: str) -> BeforeAfter:
    """The eight indicators before and after."""

    def work(name: str, definition: str, prices: Prices) -> BeforeAfter:
        return before_after(question.ds, name, definition=definition, prices=prices, scope=question.scope)

    asked = (campaign_id, question.definition, Prices.of(held(question)))
    return cache.worked_out(question.ds, question.scope, work, *asked, name="before and after")


def balance_of(question: PageQuestion, campaign_id: str) -> tuple[BalanceRow, ...]:
    """How alike the groups were beforehand; empty without a hold-out."""
    return cache.worked_out(
        question.ds, question.scope, lambda name: balance(question.ds, name, scope=question.scope), campaign_id, name="balance"
    )


def to_register() -> None:
    """Draw the way to what all campaigns came to."""
    label = session.say(_("What all campaigns came to"))
    st.page_link(frame.page("register"), label=label, icon=":material/history:", query_params=address.link())
