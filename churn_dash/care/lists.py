"""One list a trigger: its rows with owner, last contact and marks, and how many rows each list has."""

import dataclasses
import datetime
from dataclasses import dataclass, field
from functools import cached_property

import polars as pl

from churn_dash.care.columns import COLUMNS
from churn_dash.care.contacts import CAP, Cap, touches
from churn_dash.care.settings import CareSettings, in_force
from churn_dash.care.standing import Standing, standing
from churn_dash.care.triggers import TRIGGERS, Trigger
from churn_dash.errors import ChurnDashError, NotFound
from churn_dash.marks import _
from churn_dash.measures.question import Question
from churn_dash.store import Dataset, Records
from churn_dash.words import Text, nearest

_PEOPLE = ("balance", "tier", "owner", "branch_id")
_MARKS = ("last_contact", "contacts", "capped", "no_marketing")


@dataclass(frozen=True)
class CareList:
    """The rows of one trigger on a day, the most urgent first, every one of them.

    ``rows`` begin with customer_id and the trigger's own columns and end with balance, tier, owner (the relationship manager, else
    the branch; null for neither), branch_id, last_contact, contacts (in the days of the cap), capped, no_marketing. Customers who
    have heard enough stay on it, marked. ``withheld``: rows left out of a marketing list, because the customer has not agreed to
    marketing contact or has asked to be left alone; None where the data do not tell who has.
    """

    trigger: Trigger
    day: datetime.date
    rows: pl.DataFrame
    left_out: pl.DataFrame | None
    cap: Cap = field(default=CAP)
    settings: CareSettings = field(default_factory=CareSettings)

    @property
    def meaning(self) -> Text:
        """Who is on the list, by its settings."""
        return self.settings.said(self.trigger.meaning)

    @property
    def n(self) -> int:
        """Rows of the list."""
        return self.rows.height

    @cached_property
    def customers(self) -> int:
        """Customers on the list."""
        return self.rows["customer_id"].n_unique()

    @cached_property
    def capped(self) -> int | None:
        """Customers on the list who have heard enough; None without a table of contacts."""
        if self.rows["capped"].null_count() and self.rows.height:
            return None
        return self.rows.filter("capped")["customer_id"].n_unique()

    @property
    def withheld(self) -> int | None:
        """Rows that the list leaves out; None where ``left_out`` is."""
        return None if self.left_out is None else self.left_out.height

    @cached_property
    def by(self) -> pl.DataFrame:
        """Rows, customers and their amount (CNY: of the rows, else of the customers) by what the list is worked by."""
        keys = [c for c in self.trigger.by if c in self.rows.columns]
        money = next((c for c in ("amount", "lost", "balance") if c in self.rows.columns), "balance")
        total = pl.when(pl.col(money).is_not_null().any()).then(pl.col(money).sum())
        found = self.rows.group_by(keys).agg(
            pl.len().cast(pl.Int64).alias("n"), pl.col("customer_id").n_unique().cast(pl.Int64).alias("customers"), total.alias("amount")
        )
        order = ["n", *keys] if keys == ["owner"] else keys
        return found.sort(order, descending=[c == "n" for c in order], nulls_last=True)

    def unowned(self) -> "CareList":
        """The rows that nobody owns."""
        left_out = self.left_out.filter(pl.col("owner").is_null()) if self.left_out is not None else None
        return dataclasses.replace(self, rows=self.rows.filter(pl.col("owner").is_null()), left_out=left_out)

    def of(self, owner: str | None = None, branch: str | None = None, strict: bool = True) -> "CareList":
        """The rows of one owner, of one branch; ``strict``: raises ``NotFound`` for one whom the list does not name."""
        rows, left_out = self.rows, self.left_out
        for column, wanted in (("owner", owner), ("branch_id", branch)):
            if wanted is None:
                continue
            known = sorted(rows[column].drop_nulls().unique().to_list())
            if strict and wanted not in known:
                near = nearest(wanted, known) or ", ".join(known[:12]) or "—"
                what = COLUMNS[column].label
                raise NotFound(_("Nobody on this list has {what} {name}; the nearest is {near}."), what=what, name=wanted, near=near)
            rows = rows.filter(pl.col(column) == wanted)
            left_out = left_out.filter(pl.col(column) == wanted) if left_out is not None else None
        return dataclasses.replace(self, rows=rows, left_out=left_out)


@dataclass(frozen=True)
class Total:
    """How much one trigger has on a day; ``problem`` says why it cannot be told."""

    trigger: Trigger
    found: CareList | None = None
    problem: ChurnDashError | None = None
    settings: CareSettings = field(default_factory=CareSettings)

    @property
    def meaning(self) -> Text:
        """Who is on the list, by its settings."""
        return self.settings.said(self.trigger.meaning)


def trigger(name: str) -> Trigger:
    """The trigger by name; raises ``NotFound`` with the nearest known one."""
    if name in TRIGGERS:
        return TRIGGERS[name]
    near = nearest(name, TRIGGERS) or ", ".join(TRIGGERS)
    raise NotFound(_("There is no list {name}; the nearest is {near}."), name=name, near=near)


def care_list(
    question: Question,
    name: str,
    day: datetime.date | None = None,
    cap: Cap = CAP,
    rule: str | None = None,
    settings: CareSettings | None = None,
) -> CareList:
    """The list of one trigger on a day, by default the last of the data; ``rule``: the tier rule, by default the bank's own;
    ``settings``: from when a customer is on it, by default those in force.

    Raises ``NotFound`` for an unknown trigger, ``NotPossible`` where these data cannot give it.
    """
    wanted = trigger(name)
    at = standing(question, day, rule, settings or in_force(Records(question.ds.root)).settings)
    wanted.told(at)
    return _made(wanted, at, cap, touches(at, cap))


def totals(
    question: Question, day: datetime.date | None = None, cap: Cap = CAP, rule: str | None = None, settings: CareSettings | None = None
) -> list[Total]:
    """Every trigger with its list, or why these data cannot give it."""
    at = standing(question, day, rule, settings or in_force(Records(question.ds.root)).settings)
    heard, found = touches(at, cap), []
    for one in TRIGGERS.values():
        try:
            one.told(at)
        except ChurnDashError as problem:
            found.append(Total(one, problem=problem, settings=at.settings))
        else:
            found.append(Total(one, _made(one, at, cap, heard), settings=at.settings))
    return found


def refuse_unknown(ds: Dataset, found: list[Total], owner: str | None, branch: str | None) -> None:
    """Raise ``NotFound`` for an owner or a branch that neither a list nor the data name, with the nearest that they do."""
    named = {d.column.removeprefix("d_"): set(d.values) for d in ds.dimensions}
    units = {"branch_id": named.get("branch_id", set()), "owner": named.get("rm_id", set()) | named.get("branch_id", set())}
    for column, wanted in (("owner", owner), ("branch_id", branch)):
        known = units[column].union(*(t.found.rows[column].drop_nulls() for t in found if t.found is not None))
        if wanted is not None and wanted not in known:
            near = nearest(wanted, sorted(known)) or ", ".join(sorted(known)[:12]) or "—"
            what = COLUMNS[column].label
            raise NotFound(_("Nobody on these lists has {what} {name}; the nearest is {near}."), what=what, name=wanted, near=near)


def _made(one: Trigger, at: Standing, cap: Cap, heard: pl.DataFrame) -> CareList:
    own = one.rows(at)
    about = at.people.select("customer_id", *(c for c in _PEOPLE if c not in own.columns)).hstack(heard.drop("customer_id"))
    rows = own.join(about, on="customer_id", how="inner", maintain_order="left")
    first = [c for c in own.columns if c not in _PEOPLE]
    rows = rows.select(*first, *_PEOPLE, *_MARKS)
    if one.kind != "marketing":
        return CareList(one, at.day, rows, None, cap, at.settings)
    told = at.people["consent_marketing"].null_count() < at.people.height
    refused = rows["no_marketing"].fill_null(False)
    return CareList(one, at.day, rows.filter(~refused), rows.filter(refused) if told else None, cap, at.settings)
