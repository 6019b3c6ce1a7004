"""Whom to ask back: lost customers who may be asked, by what they took along and how likely they are to return. Source: METHODS A1 8.2."""

import datetime
from dataclasses import dataclass
from typing import Any

import polars as pl

from churn_dash.campaigns.groups.extract import Extract
from churn_dash.campaigns.winback.losses import barred, may_be_asked
from churn_dash.campaigns.winback.rates import WinBack
from churn_dash.campaigns.winback.strategies import fitting
from churn_dash.care.contacts import CAP, Cap, touches
from churn_dash.care.standing import Standing, described
from churn_dash.errors import BadInput, NotFound
from churn_dash.words import _, nearest

AHEAD_DAYS = 90
"""The chance is that of coming back within so many days from now."""
BAND_DAYS = 30
"""Customers away equally long, in steps of so many days, are compared."""
LONGEST_DAYS = 365
"""Who has been away longer is not on the list: too few ever come back after that to say how likely it is."""
WEIGHT = 50
"""As many customers of every cause together stand beside those of one cause, so that few of a cause do not decide."""
FEWEST = 30
"""Below so many customers to learn from, no chance is given."""


@dataclass(frozen=True)
class ToAsk:
    """The list. ``rows``: customer_id, owner, branch_id, lost_on, days_away, reason, cause_class, strategy, aum_lost, chance,
    expected (aum_lost × chance), contacted_on, last_contact, contacts, capped; the largest expectation first. ``left_out``: lost,
    still away, and not on it, by why."""

    rows: pl.DataFrame
    day: datetime.date
    left_out: dict[str, int]

    @property
    def n(self) -> int:
        """Customers on the list."""
        return self.rows.height

    def of(self, owner: str | None) -> "ToAsk":
        """The rows of one owner; ``None`` is everybody's. Raises ``NotFound`` with the nearest name."""
        if owner is None:
            return self
        known = self.rows["owner"].drop_nulls().unique().to_list()
        if owner not in known:
            raise NotFound(
                _("Nobody on this list belongs to {name}; the nearest is {near}."), name=owner, near=nearest(owner, known) or "—"
            )
        return ToAsk(self.rows.filter(pl.col("owner") == owner), self.day, self.left_out)

    def as_json(self) -> dict[str, Any]:
        """As the command line prints it."""
        return {"as_of": self.day.isoformat(), "n": self.n, "left_out": self.left_out, "rows": self.rows.to_dicts()}


def to_ask(ds: Extract, found: WinBack, longest: int = LONGEST_DAYS, cap: Cap = CAP) -> ToAsk:
    """The losses of ``found`` still away whose customers may be asked back, on the last day of the data.

    Raises ``BadInput`` for a longest absence of no days.
    """
    if longest < 1:
        raise BadInput(_("A customer has been away for at least one day; {n} is no such number."), n=longest)
    away = found.rows.filter(pl.col("returned_on").is_null())
    away = away.sort("lost_on").unique("customer_id", keep="last", maintain_order=True)
    now = may_be_asked(ds, away.drop("no_marketing"), found.end).with_columns(out=barred())
    now = now.with_columns(out=pl.coalesce("out", pl.when(pl.col("days_away") > longest).then(pl.lit("too_long"))))
    listed = now.filter(pl.col("out").is_null())
    strategy = pl.Series("strategy", [fitting(c) for c in listed["cause_class"]], dtype=pl.String)
    listed = listed.with_columns(strategy).with_columns(band=pl.col("days_away") // BAND_DAYS)
    listed = listed.join(chances(found.rows, found.end), on=["band", "cause_class"], how="left", maintain_order="left")
    listed = listed.with_columns(expected=pl.col("aum_lost") * pl.col("chance"))
    rows = _with_people(ds, listed, found.end, cap).sort(
        ["expected", "aum_lost", "customer_id"], descending=[True, True, False], nulls_last=True
    )
    counts = {why: int((now["out"] == why).sum()) for why in ("deceased", "bank", "refused", "too_long")}
    return ToAsk(rows, found.end, counts)


def chances(rows: pl.DataFrame, end: datetime.date) -> pl.DataFrame:
    """How likely a customer away so long (band of 30 days) for such a cause is to come back within the next 90 days.

    Of losses that may be asked back, still away at the beginning of the band and followed for 90 days from there: the share that
    came back in them, by cause drawn towards that of all causes by the weight of 50 customers. Columns: band, cause_class, chance.
    """
    may = rows.filter(barred().is_null()).with_columns(followed=(pl.lit(end) - pl.col("lost_on")).dt.total_days())
    bands = pl.DataFrame({"band": range(LONGEST_DAYS // BAND_DAYS + 1)}, schema={"band": pl.Int64})
    start = pl.col("band") * BAND_DAYS
    seen = may.join(bands, how="cross").filter((pl.col("days_away") >= start) & (pl.col("followed") >= start + AHEAD_DAYS))
    came = pl.col("returned_on").is_not_null() & (pl.col("days_away") <= start + AHEAD_DAYS)
    own = seen.group_by("band", "cause_class").agg(pl.len().alias("n"), came.sum().alias("k"))
    everyone = (
        own.group_by("band").agg(pl.col("n").sum().alias("all_n"), pl.col("k").sum().alias("all_k")).filter(pl.col("all_n") >= FEWEST)
    )
    grid = everyone.join(may.select("cause_class").unique(), how="cross").join(own, on=["band", "cause_class"], how="left")
    n, k, base = pl.col("n").fill_null(0), pl.col("k").fill_null(0), pl.col("all_k") / pl.col("all_n")
    return grid.select("band", "cause_class", chance=(k + WEIGHT * base) / (n + WEIGHT))


def _with_people(ds: Extract, listed: pl.DataFrame, day: datetime.date, cap: Cap) -> pl.DataFrame:
    """The rows with owner, branch, and the contacts up to the day."""
    plain = listed.select("customer_id", pl.col("aum_lost").alias("balance"), pl.lit(None, dtype=pl.String).alias("tier"))
    people = described(ds, plain)  # type: ignore[arg-type]
    calls = touches(Standing(ds, day, people, None), cap)  # type: ignore[arg-type]
    about = people.select("customer_id", "owner", "branch_id").join(calls.drop("no_marketing"), on="customer_id", how="left")
    return listed.join(about, on="customer_id", how="left", maintain_order="left").select(
        "customer_id",
        "owner",
        "branch_id",
        "lost_on",
        "days_away",
        "reason",
        "cause_class",
        "strategy",
        "aum_lost",
        "chance",
        "expected",
        "contacted_on",
        "last_contact",
        "contacts",
        "capped",
    )
