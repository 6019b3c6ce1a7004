"""The worklist: of the customers at risk those whom calling is expected to pay, so many a manager. Sources: METHODS B9, D8, A2 (002).

Keep or let go: a call is expected to bring p · γ · (value − offer) − (1 − p) · offer − contact, with the risk p, the share γ of leavers
whom a contact keeps, and everybody who would have stayed taking the offer. It is the value of acting (B9) with uplift p · γ and acceptance
p · γ + 1 − p, and summed over a list it is the profit by which the threshold is chosen. Who is not expected to bring more than he costs
is let go, and the list says why. Who follows the rate is worth a year only. Who was on a list within 60 days is on one again only at a
higher grade (METHODS B4).
"""

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import polars as pl

from churn_dash.access import Scope
from churn_dash.care.contacts import CAP, Cap
from churn_dash.care.standing import Standing
from churn_dash.errors import BadInput
from churn_dash.marks import _
from churn_dash.measures.money.assumptions import Held
from churn_dash.measures.money.costs import yearly_retention
from churn_dash.measures.money.lifetime_value import multiple
from churn_dash.measures.question import Question
from churn_dash.retention.threshold.policy import Cuts
from churn_dash.retention.warnings.alerts import GRADES as ALERT_GRADES
from churn_dash.retention.worklists import standing
from churn_dash.retention.worklists.again import NOBODY, too_soon
from churn_dash.retention.worklists.at_stake import values
from churn_dash.retention.worklists.expected import COLUMNS as GAINS
from churn_dash.retention.worklists.expected import Expected, expected, gains
from churn_dash.retention.worklists.hoppers import hoppers
from churn_dash.retention.worklists.running import running
from churn_dash.risk import Model, score
from churn_dash.risk.scores.grades import GRADES
from churn_dash.store import Dataset

CAPACITY = 20
"""Calls a manager, while nobody has said how many."""
VERDICTS = {
    "listed": _("On the list"),
    "below": _("Not at enough risk"),
    "refused": _("No marketing contact: has not agreed, or asked to be left alone"),
    "running": _("On a list that still runs, or held out of a campaign that does"),
    "capped": _("Contacted enough of late"),
    "repeated": _("On a list less than 60 days before, and at no higher grade since"),
    "unprofitable": _("Let go: costs more to serve than the customer brings"),
    "hopper": _("Let go: follows the rate, and what a year more brings is less than the call and the offer cost"),
    "not_worth_a_call": _("Let go: the call and the offer cost more than they are expected to keep"),
    "beyond_capacity": _("Worth a call, but beyond what the manager can do"),
}
"""What becomes of a customer, the first that holds in the order of ``_verdict``."""
LET_GO = ("unprofitable", "hopper", "not_worth_a_call")
COLUMNS = (
    "customer_id",
    "owner",
    "branch_id",
    "grade",
    "probability",
    "balance",
    "value",
    "stake",
    *GAINS,
    "tier",
    "last_contact",
    "contacts",
    "refused",
    "hopper",
    "listed_on",
    "reasons",
    "verdict",
)


@dataclass(frozen=True)
class Worklist:
    """``everybody`` scored, a row each with ``COLUMNS``: probability 0–1; refused: no marketing contact; balance, value (lifetime), stake
    (probability × value) and gain (what a call is expected to bring, its ends as in ``expected``) in CNY, null where unknown; hopper:
    follows the rate, and so is valued for a year; listed_on: the day of the last list he was on within 60 days; reasons as in the scores;
    verdict: of ``VERDICTS``. ``saved``: the share of leavers kept that the gain goes by."""

    everybody: pl.DataFrame
    cuts: Cuts
    capacity: int
    cap: Cap
    retention: float | None
    day: datetime.date
    saved: Held

    @property
    def rows(self) -> pl.DataFrame:
        """The customers on the list, by owner, most to gain first."""
        return self.everybody.filter(pl.col("verdict") == "listed")

    @property
    def counts(self) -> dict[str, int]:
        """How many customers got which verdict; they add up to everybody."""
        found = dict(self.everybody["verdict"].value_counts().iter_rows())
        return {v: int(found.get(v, 0)) for v in VERDICTS}

    @property
    def n_let_go(self) -> int:
        """Customers let go, for whatever of the three reasons."""
        return sum(self.counts[v] for v in LET_GO)

    @property
    def n_unvalued(self) -> int:
        """Customers on the list of whom it is not known what they are worth: kept by risk alone."""
        return int(self.rows["gain"].null_count())

    @property
    def stake(self) -> float | None:
        """Risk × value over the list, CNY; None where the value is not known of anybody."""
        known = self.rows["stake"].drop_nulls()
        return float(known.sum()) if len(known) else None

    @property
    def expected(self) -> Expected:
        """What calling the list is expected to bring, with its range."""
        return expected(self.rows, self.saved)

    @property
    def worth_calling(self) -> pl.DataFrame:
        """The customers on the list, and those whom only the capacity keeps off it."""
        return self.everybody.filter(pl.col("verdict").is_in(["listed", "beyond_capacity"]))

    def without_limit(self) -> "Worklist":
        """The list of everybody worth a call, whatever a manager can do."""
        worth = pl.col("verdict") == "beyond_capacity"
        return replace(
            self, everybody=self.everybody.with_columns(pl.when(worth).then(pl.lit("listed")).otherwise("verdict").alias("verdict"))
        )

    def without(self, customers: Iterable[str]) -> "Worklist":
        """The list as if these customers were not there: the capacity goes to the others."""
        left = self.everybody.filter(~pl.col("customer_id").is_in(list(customers)))
        worth = pl.col("verdict").is_in(["listed", "beyond_capacity"])
        place = pl.int_range(pl.len()).over(["owner", worth])
        anew = pl.when(place < self.capacity).then(pl.lit("listed")).otherwise(pl.lit("beyond_capacity"))
        return replace(self, everybody=left.with_columns(pl.when(worth).then(anew).otherwise("verdict").alias("verdict")))

    def as_json(self, language: str = "en") -> dict[str, Any]:
        """As the command line prints it, without the rows."""
        return {
            "n": self.rows.height,
            "of": self.everybody.height,
            "counts": self.counts,
            "capacity": self.capacity,
            "cap": {"contacts": self.cap.contacts, "days": self.cap.days},
            "cuts": self.cuts.as_json(),
            "retention": self.retention,
            "without_known_value": self.n_unvalued,
            **self.expected.as_json(language),
            "stake": self.stake,
        }


def worklist(
    question: Question,
    kept: Model,
    cuts: Cuts,
    assumed: Mapping[str, Held],
    capacity: int = CAPACITY,
    grades: tuple[str, ...] = ("high",),
    *,
    cap: Cap = CAP,
    before: pl.DataFrame | None = None,
) -> Worklist:
    """Everybody with a score within filters and scope, each with his verdict; at most ``capacity`` a manager (else branch) are listed.

    ``before``: who was on a list that was handed out (``exports.listed_before``); None: nobody.

    Raises ``BadInput`` for a capacity below 1 or an unknown grade.
    """
    ds = question.ds
    if capacity < 1:
        raise BadInput(_("At least one customer must be called; {n} is no capacity."), n=capacity)
    unknown = [g for g in grades if g not in GRADES]
    if unknown or not grades:
        raise BadInput(_("There is no risk grade {name}; there are: {known}."), name=", ".join(unknown) or "—", known=", ".join(GRADES))
    definition = kept.card.definition
    there = standing.touched(standing.standing(question.by_definition(definition)), cap)
    rows = score(ds, kept, scope=question.scope).join(there.people, on="customer_id", maintain_order="left").with_columns(cuts.grade)
    worth, retention = worths(ds, kept, assumed, question.scope)
    rows = rows.join(worth, on="customer_id", how="left", maintain_order="left")
    rows = _followed(rows, there, assumed, retention, NOBODY if before is None else before)
    rows = rows.with_columns((pl.col("probability") * pl.col("value")).alias("stake"), *gains(assumed))
    busy = pl.col("customer_id").is_in(running(ds, there.day).implode())
    rows = (
        rows.with_columns(busy.alias("busy"))
        .with_columns(_verdict(grades))
        .sort(["gain", "probability", "customer_id"], descending=[True, True, False], nulls_last=True)
    )
    place = pl.int_range(pl.len()).over(["owner", "verdict"])
    beyond = (pl.col("verdict") == "listed") & (place >= capacity)
    rows = rows.with_columns(pl.when(beyond).then(pl.lit("beyond_capacity")).otherwise("verdict").alias("verdict"))
    rows = rows.sort("owner", nulls_last=True, maintain_order=True).select(COLUMNS)
    return Worklist(rows, cuts, capacity, cap, retention, there.day, assumed["save_rate"])


def _followed(
    rows: pl.DataFrame, there: Standing, assumed: Mapping[str, Held], retention: float | None, before: pl.DataFrame
) -> pl.DataFrame:
    """The rows with hopper, the value of a hopper for a year only, and when and at what grade he was last on a list."""
    year = _year_of_lifetime(assumed, retention)
    hops = pl.col("customer_id").is_in(hoppers(there)["customer_id"].to_list())
    rows = rows.with_columns(hopper=hops).with_columns(value=pl.when("hopper").then(pl.col("value") * year).otherwise("value"))
    rows = rows.join(too_soon(before, there.day), on="customer_id", how="left", maintain_order="left")
    height = pl.col("grade").replace_strict({g: i for i, g in enumerate(ALERT_GRADES)}, return_dtype=pl.Int64)
    return rows.with_columns(repeated=(height <= pl.col("listed_rank")).fill_null(False))


def _year_of_lifetime(assumed: Mapping[str, Held], retention: float | None) -> float:
    """The share of a lifetime's value that one year makes."""
    if retention is None:
        return 1.0
    discount, years = assumed["discount"].value, int(assumed["horizon_years"].value)
    whole, one = multiple(retention, discount, years), multiple(retention, discount, 1)
    return one / whole if one is not None and whole else 1.0


def worths(
    ds: Dataset,
    kept: Model,
    assumed: Mapping[str, Held],
    scope: Scope,
) -> tuple[pl.DataFrame, float | None]:
    """What each customer is worth (customer_id, value in CNY; no rows where the data tell no lifetime), and the yearly retention (0–1) of
    the whole bank behind it."""
    definition = kept.card.definition
    if ds.shape != "panel" or definition is None or len(ds.measurable) < 2:
        return pl.DataFrame(schema={"customer_id": pl.String, "value": pl.Float64}), None
    retention = yearly_retention(Question(ds, Scope.everything(), definition=definition))[0]
    return values(Question(ds, scope, definition=definition), assumed, retention).select("customer_id", "value"), retention


def _verdict(grades: tuple[str, ...]) -> pl.Expr:
    return (
        pl.when(~pl.col("grade").is_in(list(grades)))
        .then(pl.lit("below"))
        .when(pl.col("refused"))
        .then(pl.lit("refused"))
        .when(pl.col("busy"))
        .then(pl.lit("running"))
        .when(pl.col("capped").fill_null(False))
        .then(pl.lit("capped"))
        .when(pl.col("repeated"))
        .then(pl.lit("repeated"))
        .when(pl.col("value") <= 0)
        .then(pl.lit("unprofitable"))
        .when(pl.col("hopper") & (pl.col("gain") <= 0))
        .then(pl.lit("hopper"))
        .when(pl.col("gain") <= 0)
        .then(pl.lit("not_worth_a_call"))
        .otherwise(pl.lit("listed"))
        .alias("verdict")
    )
