"""What managers filled in, merged into the members of the list as a new data version; what cannot be is refused row by row, in words."""

import datetime
import hashlib
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import polars as pl

from churn_dash.access import Scope
from churn_dash.campaigns.groups.members import roster
from churn_dash.contract import TABLES
from churn_dash.contract.hold_outs import hold_out
from churn_dash.errors import BadInput
from churn_dash.intake.checks.personal import covered
from churn_dash.marks import _
from churn_dash.retention.loop.entries import Refused, entry, gathered, misdated, typed
from churn_dash.retention.loop.form import KEY, LIST, REACHED
from churn_dash.retention.loop.lists import ENTERED, known
from churn_dash.retention.loop.matching import Members, match
from churn_dash.retention.loop.publishing import published
from churn_dash.store import Dataset, Workspace
from churn_dash.store.reading import full_table
from churn_dash.words import Text


@dataclass(frozen=True)
class FollowUp:
    """What a file says of a list. ``rows`` are those of its members as they would stand; the counts are of customers.

    ``n_rows`` = empty rows + refused rows + rows of ``entered`` (for the first time), ``changed`` and ``same`` customers, repeats included.
    ``crossover``: members of the hold-out who were contacted. ``mended``: numbers whose lost zeros were proved.
    ``covered``: notes in which a number or an address of a person was hidden before they were kept.
    ``version``: the data version that holds it; None while it is only looked at.
    """

    list_id: str
    file: str
    n_rows: int
    empty: int
    entered: int
    changed: int
    same: int
    rows: pl.DataFrame
    refused: tuple[Refused, ...]
    crossover: tuple[str, ...]
    mended: tuple[str, ...]
    ignored: tuple[str, ...]
    covered: int = 0
    version: int | None = None

    def as_json(self, language: str = "en") -> dict[str, Any]:
        """As the command line prints it."""
        told = ("list_id", "file", "version", "n_rows", "empty", "entered", "changed", "same", "covered")
        return {name: getattr(self, name) for name in told} | {
            "refused": [r.as_json(language) for r in self.refused],
            "crossover": list(self.crossover),
            "mended": list(self.mended),
            "ignored_columns": list(self.ignored),
        }


def examined(
    ds: Dataset,
    sheets: Sequence[tuple[str, pl.DataFrame]],
    name: str,
    list_id: str | None = None,
    *,
    scope: Scope,
    today: datetime.date | None = None,
) -> FollowUp:
    """What the sheets of a file would change. ``list_id`` where the file does not say, or to make sure.

    Raises ``BadInput`` where the file is no follow-up or names no list, ``NotFound`` for a list that is not in these data.
    """
    found = gathered(sheets, name)
    chosen = known(ds, list_id or _named(found.rows, name))
    before = {r["customer_id"]: r for r in roster(ds, chosen, scope).iter_rows(named=True)}
    customers = full_table(ds, "customers")
    members = Members.of(chosen, before, customers["customer_id"] if customers is not None else ())
    latest = max(today or datetime.date.today(), ds.data_end or datetime.date.min)
    told = _sorted(found.rows, before, members, latest)
    refused = [*told.refused, *_twice(told.taken)]
    after = {c: before[c] | said[0].said for c, said in told.taken.items()}
    fresh = [c for c, row in after.items() if row != before[c]]
    first = [c for c in fresh if all(before[c][column] is None for column in ENTERED)]
    columns = {c: column.dtype for c, column in TABLES["campaign_assignments"].columns.items()}
    crossed = [c for c, row in (before | after).items() if hold_out(row["arm"]) and row["contacted_at"] is not None]
    return FollowUp(
        list_id=chosen,
        file=name,
        n_rows=found.rows.height,
        empty=told.empty,
        entered=len(first),
        changed=len(fresh) - len(first),
        same=len(after) - len(fresh),
        rows=pl.DataFrame([after[c] for c in fresh], schema=columns),
        refused=tuple(sorted(refused, key=lambda r: (r.sheet, r.row))),
        crossover=tuple(sorted(crossed)),
        mended=tuple(sorted({c for c, said in told.taken.items() if any(t.mended for t in said)})),
        ignored=found.ignored,
        covered=sum(1 for note in found.rows["note"].drop_nulls() if covered(note) != note),
    )


@dataclass(frozen=True)
class _Taken:
    """What one row says of a member, and where it stands."""

    place: Refused
    said: dict[str, Any]
    mended: bool


@dataclass(frozen=True)
class _Sorted:
    """The rows of a form: those taken over by customer, those refused, and how many say nothing."""

    taken: dict[str, list[_Taken]]
    refused: list[Refused]
    empty: int


def _sorted(rows: pl.DataFrame, before: Mapping[str, dict[str, Any]], members: Members, latest: datetime.date) -> _Sorted:
    taken: dict[str, list[_Taken]] = defaultdict(list)
    refused, empty = [], 0
    read, wrong = typed(rows)
    for row, unread in zip(read.iter_rows(named=True), wrong, strict=True):
        who, said = match(row["customer_id"], row[KEY], members), entry(row)
        why = _elsewhere(row, members.list_id) or who.why or unread or _undated(said, before.get(who.customer_id or ""), latest)
        if why is None and who.customer_id is not None and not said:
            empty += 1
        elif why is None and who.customer_id is not None:
            taken[who.customer_id].append(_Taken(Refused(row["sheet"], row["row"], row["customer_id"], Text("")), said, who.mended))
        elif why is not None:
            refused.append(Refused(row["sheet"], row["row"], row["customer_id"], why))
    return _Sorted(taken, refused, empty)


def _elsewhere(row: dict[str, Any], list_id: str) -> Text | None:
    if row[LIST] in (None, list_id):
        return None
    return Text(_("The row is of another list, {other}; this one is {list}."), other=row[LIST], list=list_id)


def _undated(said: dict[str, Any], old: dict[str, Any] | None, latest: datetime.date) -> Text | None:
    """Why the day of a contact cannot be; None where it can."""
    if old is None:
        return None
    if said.get("result") in REACHED and (said.get("contacted_at") or old["contacted_at"]) is None:
        return Text(_("The day of the contact is missing."))
    return misdated(said.get("contacted_at"), old["assigned_at"], latest)


def _named(rows: pl.DataFrame, name: str) -> str:
    """The list that most rows name."""
    named = Counter(rows[LIST].drop_nulls())
    if not named:
        raise BadInput(_("{name} does not say which list it belongs to: the hidden column was deleted. Name the list."), name=name)
    return str(named.most_common(1)[0][0])


def _twice(taken: dict[str, list[_Taken]]) -> list[Refused]:
    """Rows of one customer that say different things are refused, all of them; where they say the same, once is enough."""
    found = []
    for customer in [c for c, rows in taken.items() if any(r.said != rows[0].said for r in rows)]:
        places = [t.place for t in taken.pop(customer)]
        where = ", ".join(f"{p.sheet} {p.row}" for p in places)
        why = Text(_("The customer stands in several rows that say different things: {where}."), where=where)
        found += [replace(p, why=why) for p in places]
    return found


def take_over(workspace: Workspace, ds: Dataset, found: FollowUp) -> FollowUp:
    """Publish what a file changes; where it changes nothing, nothing is published. Raises ``NotPossible`` upon older data."""
    if not found.rows.height:
        return replace(found, version=ds.version)
    digest = hashlib.sha256(found.rows.sort("customer_id").write_json().encode()).hexdigest()
    after = published(workspace, ds, {"campaign_assignments": found.rows}, f"{found.list_id} {found.file}", digest)
    return replace(found, version=after.version)
