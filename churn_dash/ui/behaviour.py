"""What the Behaviour page shows of everything together: whether there are months enough, and each customer with its groups."""

from functools import partial

import polars as pl

from churn_dash.errors import NotPossible
from churn_dash.segments import rfm as scores
from churn_dash.segments.behaviour import LEAST
from churn_dash.segments.standing import counted
from churn_dash.ui import cache, clusters, orientation, session
from churn_dash.ui.cards import Table
from churn_dash.ui.question import Question
from churn_dash.words import Count, Text, _

_SHOWN = 1_000


def too_short(question: Question) -> str:
    """Why there are not months enough before the months chosen; empty where there are."""
    try:
        counted(question.ds, question.period, LEAST)
    except NotPossible as problem:
        return session.say(problem)
    return ""


def people(question: Question, k: int | None) -> Table:
    """The customers asked for with kind, group and orientation; what the data cannot tell is left out."""
    asked = (question.filters.where, str(question.period), question.definition, k, session.language())
    rows = cache.worked_out(question.ds, question.scope, lambda *_asked: _people(question, k), *asked, name="behaviour-people")
    labels = {
        "customer_id": _("Customer"),
        "kind": _("Kind"),
        "group": _("Group"),
        "orientation": _("Orientation"),
        "balance": _("Balances, ¥"),
        "left": _("Left"),
    }
    units = {"customer_id": "id", "balance": "money"}
    return Table(
        rows.head(_SHOWN), "customers-by-behaviour", labels, units, is_list=True, only=True, whole=partial(pl.DataFrame.clone, rows)
    )


def people_caption(table: Table) -> Text:
    """Under the title of the list."""
    n = len(table.every_row())
    if n <= _SHOWN:
        return Text(_("{n} customers at the start of the period · the list downloads as CSV or Excel"), n=Count(n))
    return Text(
        _("{n} customers at the start of the period · the first {shown} here, all in the download"), n=Count(n), shown=Count(_SHOWN)
    )


def _people(question: Question, k: int | None) -> pl.DataFrame:
    q, found, known = question, None, {}
    unknown = session.say(_("Not known"))
    for name in ("kind", "group", "orientation"):
        try:
            groups, words = _groups(q, name, k)
        except NotPossible:
            continue
        spoken = groups.filter("asked").select(
            "customer_id", pl.col("group").replace(words).fill_null(unknown).alias(name), "balance", "left"
        )
        known[name] = spoken
        found = (
            spoken if found is None else found.join(spoken.select("customer_id", name), on="customer_id", how="left", maintain_order="left")
        )
    if found is None:
        raise NotPossible(_("These data tell nothing of how customers behave."))
    return found.select("customer_id", *known, "balance", "left")


def _groups(question: Question, name: str, k: int | None) -> tuple[pl.DataFrame, dict[str, str]]:
    if name == "group":
        groups = clusters.seen(question, k)
        return groups.found.people, groups.names
    if name == "orientation":
        oriented = orientation.seen(question)
        return oriented.found.people, oriented.names
    q = question
    return scores.rfm(q.ds, q.filters, q.period, q.definition, q.scope).people, {
        c: session.say(label) for c, label in scores.LABELS.items()
    }
