"""What happened to one customer and what the bank did, every kind on one list in order of time. Source: METHODS A1 7.1.1, E1."""

import datetime
import itertools
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from churn_dash.contract.alarm_words import alarm_rule
from churn_dash.contract.causes import COMPLAINT_LABELS, REASON_LABELS, reason_codes
from churn_dash.contract.contact_words import CHANNELS, PURPOSES, RESULTS
from churn_dash.contract.tiers import LABELS as TIER_LABELS
from churn_dash.marks import _
from churn_dash.segments.portrait.rows import rows_about
from churn_dash.store import Dataset
from churn_dash.words import Money, Number, Ratio, Text, say

KINDS: Mapping[str, str] = {
    "contact": _("Contacts"),
    "campaign": _("Campaigns"),
    "intervention": _("Interventions"),
    "survey": _("Surveys"),
    "complaint": _("Complaints"),
    "warning": _("Warnings"),
    "tier": _("Changes of tier"),
    "amount": _("Large amounts out"),
    "salary": _("Salary"),
    "left": _("Departure"),
}
"""What a happening is, in the order in which they are drawn: what the bank did, what the customer said, what was seen."""
_NO_SALARY_MONTHS = 2
_CODES: Mapping[str, Mapping[str, str]] = {
    "channel": CHANNELS,
    "purpose": PURPOSES,
    "result": RESULTS,
    "category": COMPLAINT_LABELS,
    "grade": {"high": _("high risk"), "medium": _("medium risk"), "low": _("low risk")},
    "action": {
        "care": _("care"),
        "value_added": _("Value-added services"),
        "offer": _("offer"),
        "online_offline": _("online and in person"),
    },
    "feedback": {
        "retained": _("kept"),
        "declined": _("declined"),
        "not_reached": _("not reached"),
        "false_alarm": _("false alarm"),
        "confirmed": _("true alarm"),
    },
    "change": {
        "joined": _("joined"),
        "up": _("up"),
        "down": _("down"),
        "watch": _("on watch"),
        "cleared": _("no longer on watch"),
    },
    "form": {
        "close": _("closed"),
        "dormant": _("fell asleep"),
        "asset_out": _("took the money out"),
        "absent": _("no longer in the list"),
    },
    "arm": {"control": _("held out"), "treated": _("treated")},
    "tier": TIER_LABELS,
}


@dataclass(frozen=True)
class Happening:
    """One thing on one day: its kind (of ``KINDS``) and the facts about it, each to be said in the reader's language."""

    day: datetime.date
    kind: str
    facts: tuple[str | Text, ...] = ()

    def words(self, language: str = "en") -> str:
        """The facts side by side.

        >>> Happening(datetime.date(2026, 3, 2), "contact", ("Telephone", "care")).words()
        'Telephone · care'
        """
        return " · ".join(say(f, language) for f in self.facts)

    def as_json(self, language: str = "en") -> dict[str, Any]:
        """Day, kind, and the facts in words."""
        return {"day": self.day.isoformat(), "kind": self.kind, "what": self.words(language)}


@dataclass(frozen=True)
class Happened:
    """All happenings, ascending by day, and the tables (names) that would tell more and that the bank did not bring."""

    rows: tuple[Happening, ...]
    lacking: tuple[str, ...]


def happened(ds: Dataset, customer_id: str, months: pl.DataFrame) -> Happened:
    """Everything that the tables tell of the customer, and from ``months`` (of ``History``) when the salary stopped; where there is no
    table of tier changes, the changes of the tier in force too. Rows without a day are in no order of time and left out."""
    found: list[Happening] = []
    lacking = []
    for table, told in _TOLD.items():
        rows = rows_about(ds, table, customer_id)
        if rows is None:
            lacking.append(table)
            continue
        found += [h for r in rows for h in told(r) if h is not None]
    found += [h for h in _campaigns(ds, customer_id) if h is not None]
    if "campaign_assignments" not in ds.info.tables:
        lacking.append("campaign_assignments")
    if "tier_history" in lacking:
        found += _tier_path(months)
    found += _salary(months)
    order = list(KINDS)
    return Happened(tuple(sorted(found, key=lambda h: (h.day, order.index(h.kind), h.words()))), tuple(lacking))


def _of(kind: str, day: object, *facts: object) -> Happening | None:
    if not isinstance(day, datetime.date):
        return None
    return Happening(day, kind, tuple(f for f in facts if isinstance(f, str | Text) and f != ""))


def _code(row: Mapping[str, Any], column: str, words: str = "") -> str | None:
    value = row[column]
    return None if value is None else _CODES[words or column].get(value, str(value))


def _contact(r: Mapping[str, Any]) -> Iterable[Happening | None]:
    yield _of("contact", r["ts"], _code(r, "channel"), _code(r, "purpose"), _code(r, "result"))


def _complaint(r: Mapping[str, Any]) -> Iterable[Happening | None]:
    settled = Text(_("settled on {day}"), day=r["resolved_at"]) if r["resolved_at"] is not None else _("not settled")
    yield _of("complaint", r["created_at"], _code(r, "category"), settled, _("opened again") if r["reopened"] else None)


def _survey(r: Mapping[str, Any]) -> Iterable[Happening | None]:
    csat = Text(_("satisfaction {n} of 5"), n=Number(r["csat"])) if r["csat"] is not None else None
    nps = Text(_("would recommend {n} of 10"), n=Number(r["nps"])) if r["nps"] is not None else None
    answered = r["answered_at"] is not None or csat is not None or nps is not None
    yield _of("survey", r["answered_at"] or r["sent_at"], csat, nps, None if answered else _("no answer"))


def _warning(r: Mapping[str, Any]) -> Iterable[Happening | None]:
    score = Text(_("score {share}"), share=Ratio(r["score"])) if r["score"] is not None else None
    rule = alarm_rule(r["rule_or_model"]) if r["rule_or_model"] else None
    yield _of("warning", r["ts"], _code(r, "grade"), rule, score)


def _intervention(r: Mapping[str, Any]) -> Iterable[Happening | None]:
    waits = None if r["done_at"] is not None else _("not done yet")
    yield _of("intervention", r["done_at"] or r["created_at"], _code(r, "action"), _code(r, "feedback"), waits)


def _tier(r: Mapping[str, Any]) -> Iterable[Happening | None]:
    yield _of("tier", r["valid_from"], _code(r, "change"), _code(r, "tier"))


def _amount(r: Mapping[str, Any]) -> Iterable[Happening | None]:
    if r["direction"] != "out" or r["internal"]:
        return
    booked = _("only booked") if r["txn_date"] is None else None
    yield _of("amount", r["txn_date"] or r["booked_at"], Text("{amount}", amount=Money(r["amount"])), r["counter_bank"], booked)


def _departure(r: Mapping[str, Any]) -> Iterable[Happening | None]:
    to = Text(_("to {bank}"), bank=r["destination"]) if r["destination"] else None
    reasons = [REASON_LABELS.get(code, code) for code in reason_codes(r["reason_code"])]
    yield _of("left", r["event_date"], _code(r, "form"), *reasons, to)


_TOLD: Mapping[str, Callable[[Mapping[str, Any]], Iterable[Happening | None]]] = {
    "contacts": _contact,
    "complaints": _complaint,
    "surveys": _survey,
    "warnings": _warning,
    "interventions": _intervention,
    "tier_history": _tier,
    "large_transactions": _amount,
    "churn_events": _departure,
}


def _campaigns(ds: Dataset, customer_id: str) -> Iterable[Happening | None]:
    rows = rows_about(ds, "campaign_assignments", customer_id) or []
    named = ds.columns("campaigns", "campaign_id", "name")
    names = dict(named.iter_rows()) if named is not None and rows else {}
    for r in rows:
        reached = None if r["contacted_at"] is not None or r["arm"] == "control" else _("not reached")
        took = _("took the offer") if r["accepted"] else None
        yield _of(
            "campaign",
            r["contacted_at"] or r["assigned_at"],
            names.get(r["campaign_id"]) or r["campaign_id"],
            _code(r, "arm"),
            reached,
            took,
        )


def _tier_path(months: pl.DataFrame) -> list[Happening]:
    """Moves of the tier in force from one month to the next."""
    ranks = list(_CODES["tier"])
    known = months.drop_nulls("tier").select("month", "tier").rows()
    found = []
    for (_before, was), (month, now) in itertools.pairwise(known):
        if was != now:
            moved = ("up" if ranks.index(now) > ranks.index(was) else "down") if {was, now} <= set(ranks) else None
            found.append(_of("tier", month, _CODES["change"].get(moved or ""), _CODES["tier"].get(now, now)))
    return [h for h in found if h is not None]


def _salary(months: pl.DataFrame) -> list[Happening]:
    """The first month without a salary after the last with one; nothing where it never came, still comes, or has been missing once."""
    known = months.drop_nulls("salary")
    paid = known.filter(pl.col("salary") > 0)
    after = known.filter(pl.col("month") > paid["month"][-1]) if paid.height else paid
    return [Happening(after["month"][0], "salary", (_("Salary stopped"),))] if after.height >= _NO_SALARY_MONTHS else []
