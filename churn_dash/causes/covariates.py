"""What is tested of the plan's hypotheses, a row a customer a month: values as they stood four months before. Source: METHODS A1 6.1."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from churn_dash.causes.reading import Asked, begun, customer_months
from churn_dash.marks import _
from churn_dash.store.reading import full_table, some_columns

LAG = 4
"""Months before the month of leaving at which a customer is looked at: later, who leaves has begun to move out, and that is no cause."""
HIGHER = ("bachelor", "master", "doctor", "phd", "本科", "硕士", "博士", "研究生", "graduate", "doctorate")
_BEFORE = ("aum_avg", "aum_end", "product_count", "txn_count", "card_txn_count", "loan_balance")


@dataclass(frozen=True)
class Covariate:
    """One thing that may drive leaving: its group of the plan, what one step of it is, which way the plan says it goes (0: either)."""

    name: str
    label: str
    step: str
    group: str
    direction: int
    needs: str
    months: int = 0
    """Of the market: fewer months than this cannot tell, since customers of a month share it; more where it is one figure for all
    cities."""
    forms: tuple[str, ...] = ()
    """Forms of leaving that are defined by it, so that they prove nothing."""


GROUPS = {"customer": _("Customer (6.1.1)"), "bank": _("Bank (6.1.2)"), "market": _("Market (6.1.3)")}
COVARIATES = (
    Covariate("age", _("Age"), _("ten years older"), "customer", -1, "customers.birth_date"),
    Covariate("gender", _("Gender"), _("women against men"), "customer", 0, "customers.gender"),
    Covariate("education", _("Education"), _("a degree against none"), "customer", 0, "customers.education"),
    Covariate("income", _("Income"), _("twice the income"), "customer", -1, "customers.income_monthly"),
    Covariate("aum", _("Balances"), _("twice the balances"), "bank", -1, "customer_month.aum_avg", forms=("asset_out",)),
    Covariate("products", _("Products held"), _("one product more"), "bank", -1, "customer_month.product_count"),
    Covariate("transactions", _("Transactions"), _("twice the transactions"), "bank", -1, "customer_month.txn_count"),
    Covariate("credit", _("Use of credit"), _("a loan or card in use"), "bank", 0, "customer_month.card_txn_count"),
    Covariate("rate_gap", _("Competitors' rates"), _("one point more than ours"), "market", 1, "market_month.competitor_rate", 24),
    Covariate("competition", _("Competition"), _("0.01 less concentration"), "market", 1, "market_month.hhi", 24),
    Covariate("unemployment", _("Unemployment"), _("one point more"), "market", 0, "market_month.unemployment", 24),
    Covariate("prices", _("Consumer prices"), _("one point more"), "market", 0, "market_month.cpi", 60),
)
"""The hypotheses of the plan, with the directions that it states."""


MOST_CUSTOMERS = 100_000
"""Of more customers than these at the start so many are drawn, with all their months: a range of a logit over a million customer-months
is narrow, and it counts only those who were drawn."""


@dataclass(frozen=True)
class Panel:
    """The customer-months, those left out because the customer had stopped using the bank, and of how many customers those were drawn
    who are in it (None: nobody was drawn, everybody is)."""

    rows: pl.DataFrame
    quiet: int
    drawn_of: int | None


def panel(asked: Asked) -> Panel:
    """The customer-months of the period.

    Columns: customer_id, month, left (in the month), and a number for each of ``COVARIATES`` (null where unknown): the bank's own
    as they stood ``LAG`` months before, the market's a month before. Left out are months before which the customer made no transaction
    where transactions are known: dormancy is defined by them.
    """
    whole = begun(asked)
    share = min(1.0, MOST_CUSTOMERS / whole) if whole else 1.0
    rows = customer_months(asked, ("gender", "education", "city"), _BEFORE, lag=LAG, share=share).filter("active")
    about = {"customer_id": pl.String, "birth_date": pl.Date, "income_monthly": pl.Float64}
    people = some_columns(asked.ds, "customers", *about)
    rows = rows.join(people if people is not None else pl.DataFrame(schema=about), on="customer_id", how="left", maintain_order="left")
    market = _market(asked)
    rows = rows.join(market, on=["month", "city"], how="left") if market.height else _lacking(rows)
    used = rows.filter(pl.col("txn_count").is_null() | (pl.col("txn_count") > 0))
    aum = pl.coalesce("aum_avg", "aum_end")
    card, loan = pl.col("card_txn_count"), pl.col("loan_balance")
    credit = pl.when(card.is_null() & loan.is_null()).then(None).otherwise((card.fill_null(0) > 0) | (loan.fill_null(0) > 0))
    degree = pl.col("education").str.to_lowercase().is_in(HIGHER)
    made = used.select(
        "customer_id",
        "month",
        left=(pl.col("end_day") < pl.col("month").dt.offset_by("1mo")).fill_null(value=False),
        age=(pl.col("month") - pl.col("birth_date")).dt.total_days() / 3652.5,
        gender=pl.when(pl.col("gender").is_in(["F", "M"])).then((pl.col("gender") == "F").cast(pl.Float64)),
        education=pl.when(pl.col("education").is_not_null()).then(degree.cast(pl.Float64)),
        income=pl.when(pl.col("income_monthly") > 0).then(pl.col("income_monthly").log(2)),
        aum=(aum.clip(0) + 1).log(2),
        products=pl.col("product_count").cast(pl.Float64),
        transactions=(pl.col("txn_count") + 1).log(2),
        credit=credit.cast(pl.Float64),
        rate_gap=pl.col("competitor_rate") - pl.col("own_rate"),
        competition=-100 * pl.col("hhi"),
        unemployment=pl.col("unemployment"),
        prices=pl.col("cpi"),
    )
    return Panel(made, len(rows) - len(used), whole if share < 1 else None)


_MARKET = ("own_rate", "competitor_rate", "hhi", "unemployment", "cpi")


def _lacking(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.with_columns(pl.lit(None, dtype=pl.Float64).alias(c) for c in _MARKET)


def _market(asked: Asked) -> pl.DataFrame:
    """The market of the month before, by city; the country's figures stand for cities without their own."""
    frame = full_table(asked.ds, "market_month")
    if frame is None:
        return pl.DataFrame()
    moved = frame.select(pl.col("month").dt.offset_by("1mo"), "city", *_MARKET)
    cities = [v for d in asked.ds.dimensions if d.name == "city" for v in d.values]
    country = moved.filter(pl.col("city") == "all").drop("city")
    wide = country.join(pl.DataFrame({"city": cities}, schema={"city": pl.String}), how="cross").select(moved.columns)
    return pl.concat([moved.filter(pl.col("city") != "all"), wide]).unique(["month", "city"], keep="first", maintain_order=True)


def varies(values: pl.Series) -> bool:
    """Whether a column says anything: known for at least half of the rows, and not all the same."""
    known = values.drop_nulls()
    return len(known) >= len(values) / 2 and len(known) > 0 and bool(np.ptp(known.to_numpy()) > 0)
