"""How many lost customers came back, of those asked and of the others, how many stayed, and what they brought. Source: METHODS B6, T6."""

import datetime
import functools
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import polars as pl

from churn_dash.access import Scope
from churn_dash.campaigns.groups.extract import Extract, data_end, spells
from churn_dash.campaigns.outcomes.naive import Naive
from churn_dash.campaigns.winback.durability import BONUS_DAYS, Durability, durability
from churn_dash.campaigns.winback.known import known
from churn_dash.campaigns.winback.losses import LEFT_OUT, RETURN_DAYS, SUSTAINED_DAYS, counted, losses
from churn_dash.campaigns.winback.strategies import fitting
from churn_dash.causes.settings import ReasonMap, reason_map
from churn_dash.errors import BadInput
from churn_dash.measures.question import definition_of
from churn_dash.measures.statistics.estimates import NOTHING, Estimate, combination, rate
from churn_dash.measures.statistics.intervals import ends, ratio_of_sums
from churn_dash.store import Dataset
from churn_dash.words import Text, _

WORTH = 0.5
"""Who brings back at least this share of the balances lost, and stays, is won back in earnest."""
ASSOCIATION = _(
    "The bank chose whom to contact, and who came back at once could not be contacted any more: "
    "the difference between the two is an association, not what contacting does."
)


@dataclass(frozen=True)
class WinBack:
    """Win-back by one definition. ``rows``: every loss, one row each, with what is known of it (see ``losses`` and ``known``).

    ``n`` losses count; ``left_out`` says how many do not and why. Rates are by Wilson; a rate without cases is ``NOTHING``.
    """

    definition: str
    first: datetime.date | None
    last: datetime.date | None
    end: datetime.date
    rows: pl.DataFrame
    left_out: Mapping[str, int]
    rate: Estimate
    contacted: Estimate
    spontaneous: Estimate
    difference: Estimate
    """Contacted less not contacted: an association."""
    sustained: Estimate
    in_earnest: Estimate
    value: Estimate
    aum_lost: float | None
    aum_regained: float | None
    cost: float | None
    """Of the losses counted; None where no cost is recorded."""
    durability: Durability
    contacts_told: bool
    notes: tuple[Text, ...] = ()

    @property
    def lost(self) -> int:
        """All losses, counted or not."""
        return self.rows.height

    @property
    def n(self) -> int:
        """Losses that count."""
        return self.rate.n

    @functools.cached_property
    def counted(self) -> pl.DataFrame:
        """The losses that count."""
        return self.rows.filter(pl.col("left_out").is_null())

    @functools.cached_property
    def back(self) -> int:
        """Of the losses that count, those who came back."""
        return int(self.counted["returned"].sum())

    @functools.cached_property
    def by_cause(self) -> pl.DataFrame:
        """The losses that count by ``cause_class``, as ``by`` gives them."""
        return by(self.counted, "cause_class")

    @functools.cached_property
    def by_strategy(self) -> pl.DataFrame:
        """The losses that count by ``strategy`` used, as ``by`` gives them."""
        return by(self.counted, "strategy")

    @property
    def cost_per_return(self) -> float | None:
        """Cost a customer who came back, whoever brought that about; None without either."""
        return self.cost / self.back if self.cost is not None and self.back else None

    @property
    def naive(self) -> Naive:
        """What a count of those who were asked and came back would claim: all of them had left before, so none was there."""
        if self.contacted.value is None:
            return Naive(None, None, 0, Text(_("Nobody is known to have been asked, so not even a naive figure can be told.")))
        why = Text(_("Everybody had left before. Whoever was asked and came back counts, also who would have come anyway."))
        return Naive(0.0, self.contacted.value, self.contacted.n, why)

    def as_json(self, language: str = "en") -> dict[str, Any]:
        """As the command line prints it."""
        names = ("rate", "contacted", "spontaneous", "difference", "sustained", "in_earnest", "value")
        return {
            "from": self.first and self.first.isoformat(),
            "to": self.last and self.last.isoformat(),
            "lost": self.lost,
            "left_out": dict(self.left_out),
            "n": self.n,
            **{name: asdict(getattr(self, name)) for name in names},
            "grade": "D",
            "why": Text(ASSOCIATION).in_(language),
            "naive": self.naive.as_json(language),
            "contacts_told": self.contacts_told,
            "aum_lost": self.aum_lost,
            "aum_regained": self.aum_regained,
            "cost": self.cost,
            "cost_per_return": self.cost_per_return,
            "durability": self.durability.as_json(),
            "by_cause": self.by_cause.to_dicts(),
            "by_strategy": self.by_strategy.to_dicts(),
            "notes": [n.in_(language) for n in self.notes],
        }


def win_back(
    ds: Extract,
    scope: Scope,
    definition: str | None = None,
    first: datetime.date | None = None,
    last: datetime.date | None = None,
    keep: pl.DataFrame | None = None,
    bonus_days: int = BONUS_DAYS,
) -> WinBack:
    """Win-back of the losses from ``first`` to ``last`` (None: as far as the data reach).

    ``keep``: only losses that stand there (customer_id, lost_on).

    Raises ``NotPossible`` without months, ``NotFound`` for an unknown definition, ``BadInput`` for a bonus of no days.
    """
    if not 1 <= bonus_days <= 3_660:
        raise BadInput(_("A bonus runs for 1 to 3,660 days; {n} is no such number."), n=bonus_days)
    if first is not None and last is not None and last < first:
        raise BadInput(_("The period ends before it starts: {start} to {end}."), start=first.isoformat(), end=last.isoformat())
    end, chosen = data_end(ds), definition_of(ds, definition)
    every = losses(spells(ds, chosen, scope), end, first, last)
    every = every if keep is None else every.join(keep, on=["customer_id", "lost_on"], how="semi")
    found = known(ds, counted(ds, every, end, mapping(ds)), end, scope)
    rows = found.rows.with_columns(stayed=stayed(end))
    n = rows.filter(pl.col("left_out").is_null())
    followed = n.filter(pl.col("lost_on") <= end - datetime.timedelta(days=RETURN_DAYS + SUSTAINED_DAYS))
    asked, others = n.filter(pl.col("contacted_on").is_not_null()), n.filter(pl.col("contacted_on").is_null())
    contacted, spontaneous = (_share(asked), _share(others)) if found.contacts_told else (NOTHING, NOTHING)
    value, lost, back = _value(n)
    cost = n["cost"].drop_nulls()
    return WinBack(
        definition=chosen,
        first=first,
        last=last,
        end=end,
        rows=rows,
        left_out={why: int((rows["left_out"] == why).sum()) for why in LEFT_OUT},
        rate=_share(n),
        contacted=contacted,
        spontaneous=spontaneous,
        difference=combination([(1, contacted), (-1, spontaneous)]) if contacted.n and spontaneous.n else NOTHING,
        sustained=rate(int(followed["stayed"].sum()), followed.height),
        in_earnest=_in_earnest(followed),
        value=value,
        aum_lost=lost,
        aum_regained=back,
        cost=float(cost.sum()) if len(cost) else None,
        durability=durability(n.filter("returned"), end, bonus_days),
        contacts_told=found.contacts_told,
        notes=found.notes,
    )


def returned(ds: Extract, lost: pl.DataFrame, spell: pl.DataFrame, end: datetime.date) -> pl.DataFrame:
    """Of the customers lost (``left``, ``left_on``), the losses that a win-back rate counts, with ``returned``."""
    gone = lost.filter("left").select("customer_id", pl.col("left_on").alias("lost_on"))
    rows = losses(spell, end).join(gone, on=["customer_id", "lost_on"], how="semi")
    return counted(ds, rows, end, mapping(ds)).filter(pl.col("left_out").is_null()).select("customer_id", "lost_on", "returned")


def stayed(end: datetime.date) -> pl.Expr:
    """Whether who returned was still a customer 90 days after; null where the data end before."""
    until = pl.col("returned_on").dt.offset_by(f"{SUSTAINED_DAYS}d")
    there = pl.col("left_again").is_null() | (pl.col("left_again") > until)
    return pl.when(~pl.col("returned")).then(pl.lit(value=False)).when(until <= end).then(there)


def mapping(ds: Extract) -> ReasonMap:
    """The reason map in force."""
    return reason_map(ds) if isinstance(ds, Dataset) else ReasonMap()


def by(rows: pl.DataFrame, name: str) -> pl.DataFrame:
    """Losses that count by cause_class or strategy (null: none recorded), the largest first.

    Columns: the name, fitting (the strategy that answers the cause), n, returned, rate, low, high, aum_lost, aum_regained, cost.
    """
    kinds: dict[str, Any] = {name: pl.String, "fitting": pl.String, "n": pl.Int64, "returned": pl.Int64}
    amounts = dict.fromkeys(("rate", "low", "high", "aum_lost", "aum_regained", "cost"), pl.Float64)
    found = []
    for (level,), part in rows.group_by(name, maintain_order=True):
        e, (_part, lost, back) = _share(part), _value(part)
        cost = part["cost"].drop_nulls()
        strategy = fitting(str(level)) if name == "cause_class" else level
        spent = float(cost.sum()) if len(cost) else None
        found.append((level, strategy, e.n, int(part["returned"].sum()), e.value, e.low, e.high, lost, back, spent))
    out = pl.DataFrame(found, schema=kinds | amounts, orient="row")
    return out.sort(["n", name], descending=[True, False], nulls_last=True)


def _share(rows: pl.DataFrame) -> Estimate:
    return rate(int(rows["returned"].sum()), rows.height)


def _in_earnest(rows: pl.DataFrame) -> Estimate:
    known_rows = rows.drop_nulls(["aum_lost", "aum_regained"]).filter(pl.col("aum_lost") > 0)
    enough = known_rows["stayed"] & (known_rows["aum_regained"] >= WORTH * known_rows["aum_lost"])
    return rate(int(enough.sum()), known_rows.height)


def _value(rows: pl.DataFrame) -> tuple[Estimate, float | None, float | None]:
    """Σ min(regained, lost) / Σ lost of the losses whose amounts are known, with its interval; and the two sums."""
    sure = rows.drop_nulls(["aum_lost", "aum_regained"])
    if sure.is_empty():
        return NOTHING, None, None
    lost = sure["aum_lost"].to_numpy()
    back = sure.select(pl.min_horizontal("aum_lost", "aum_regained")).to_series().to_numpy()
    whole, part = float(lost.sum()), float(back.sum())
    if not whole:
        return Estimate(n=sure.height), whole, part
    squares = (float((back**2).sum()), float((back * lost).sum()), float((lost**2).sum()))
    limits = ratio_of_sums(part, whole, *squares, sure.height, within=(0.0, 1.0))
    return Estimate(part / whole, *ends(limits), sure.height), whole, part
