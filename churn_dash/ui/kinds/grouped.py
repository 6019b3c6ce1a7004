"""A list of the customers with the groups that a page shows, of all or of one group, to download and to save as a segment."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import polars as pl
import streamlit as st

from churn_dash.ui import cache, session
from churn_dash.ui.parts import cards, controls, saving
from churn_dash.ui.parts.cards import Table
from churn_dash.ui.question import PageQuestion
from churn_dash.words import Count, Text, _

_SHOWN = 1_000
_ALL = "all"


@dataclass(frozen=True)
class Split:
    """One way to group: its code, its header, the customers (columns of ``standing`` and ``group``), and the words of its groups."""

    name: str
    label: str
    people: pl.DataFrame
    words: Mapping[str, str]


@dataclass(frozen=True)
class Listed:
    """The first rows of a list and how many it has: all that the page shows, so that the list itself need not be kept."""

    first: pl.DataFrame
    n: int


def list_card(question: PageQuestion, splits: Sequence[Split], key: str, *made_by: object, height: int = 260) -> None:
    """The card: choose a group, look at its customers, download or save them. Nothing where there are no groups.

    ``made_by``: what the splits rest on beside the question.
    """
    if not splits:
        return
    q = question
    rests_on = (key, q.filters.where, str(q.period), q.definition, session.language(), [s.name for s in splits], *made_by)
    there = cache.worked_out(q.ds, q.scope, lambda *_asked: _there(splits), *rests_on, name="groups of a list")
    options = {_ALL: session.say(_("All customers counted here"))}
    for s in splits:
        options |= {f"{s.name}:{g}": f"{session.say(s.label)}: {w}" for g, w in s.words.items() if g in there[s.name]}
    with st.container(border=True, height="stretch", gap="xsmall", key=f"card-{key}"):
        with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
            picked = controls.choice(session.say(_("Customers of")), list(options), key=f"of-{key}", words=options.__getitem__, width=300)
            rows = cache.worked_out(q.ds, q.scope, lambda *_asked: _listed(splits, picked), picked, *rests_on, name="list by groups")
            whole = partial(chosen, splits, picked)
            saving.offered(q.ds, None, key=key, ids=(lambda: whole()["customer_id"].to_list()) if picked != _ALL else None)
            table = as_table(splits, rows.first, key, whole)
            cards.menu(table, f"list-{key}")
        st.caption(session.say(_caption(rows.n)))
        cards.shown(table, height=height)


def _there(splits: Sequence[Split]) -> dict[str, frozenset[str]]:
    """The groups of each split that somebody is in."""
    return {s.name: frozenset(s.people.filter("asked")["group"].drop_nulls().unique().to_list()) for s in splits}


def _listed(splits: Sequence[Split], picked: str) -> Listed:
    rows = chosen(splits, picked)
    return Listed(rows.head(_SHOWN), rows.height)


def chosen(splits: Sequence[Split], picked: str) -> pl.DataFrame:
    """The customers asked for, of one group or of all: customer_id, a column a split in words, balance, left."""
    unknown = session.say(_("Unknown"))
    found: pl.DataFrame | None = None
    for s in splits:
        spoken = pl.col("group").replace(dict(s.words)).fill_null(unknown).alias(s.name)
        mine = s.people.filter("asked")
        if picked.startswith(f"{s.name}:"):
            kept = mine.filter(pl.col("group") == picked.partition(":")[2])["customer_id"].implode()
            limit = pl.col("customer_id").is_in(kept)
        else:
            limit = pl.lit(value=True)
        rows = mine.select("customer_id", spoken, "balance", "left").filter(limit)
        found = (
            rows
            if found is None
            else found.join(
                rows.select("customer_id", s.name),
                on="customer_id",
                how="inner" if picked.startswith(s.name) else "left",
                maintain_order="left",
            )
        )
    assert found is not None
    return found.select("customer_id", *(s.name for s in splits), "balance", "left")


def as_table(splits: Sequence[Split], first: pl.DataFrame, key: str, whole: Callable[[], pl.DataFrame]) -> Table:
    """The list as a table whose download holds everybody: ``whole``."""
    labels = {"customer_id": _("Customer"), **{s.name: s.label for s in splits}, "balance": _("Balances, ¥"), "left": _("Left")}
    units = {"customer_id": "id", "balance": "money"}
    return Table(first, f"customers-by-{key}", labels, units, is_list=True, only=True, whole=whole)


def _caption(n: int) -> Text:
    if n <= _SHOWN:
        return Text(_("{n} customers at the start of the period · the list downloads as CSV or Excel"), n=Count(n))
    return Text(
        _("{n} customers at the start of the period · the first {shown} here, all in the download"), n=Count(n), shown=Count(_SHOWN)
    )
