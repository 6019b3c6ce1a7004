"""What is expected to leave: each customer's risk times what he holds and what he is worth. Source: METHODS B9, A1 1.2."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import polars as pl

from churn_dash.measures.money.assumptions import Held
from churn_dash.measures.money.held import present
from churn_dash.measures.money.lifetime_value import multiple, value_at_risk
from churn_dash.measures.question import Question


@dataclass(frozen=True)
class Stakes:
    """Of ``n`` customers with a risk and known balances: how many are expected to leave within the model's window, with what balances,
    with what value (the lifetime value of METHODS B9; None where no yearly retention is known). What can be saved of it is less."""

    n: int
    expected: float
    balances: float
    value: float | None

    def as_json(self) -> dict[str, Any]:
        """As the command line prints it."""
        return asdict(self)


def stakes(question: Question, scores: pl.DataFrame, assumed: Mapping[str, Held], retention: float | None) -> Stakes:
    """The value at risk of a panel's customers; ``scores``: customer_id and probability (0–1), as ``risk.score`` gives them.

    ``retention`` is that of a year (0–1). Customers without a score, or whose balances are not known, count nothing.
    """
    there = values(question, assumed, retention)
    rows = scores.select("customer_id", "probability").join(there, on="customer_id").drop_nulls("balance")
    worth = None if retention is None or rows["value"].null_count() else value_at_risk(rows["probability"], rows["value"])
    return Stakes(len(rows), float(rows["probability"].sum()), value_at_risk(rows["probability"], rows["balance"]), worth)


def values(question: Question, assumed: Mapping[str, Held], retention: float | None) -> pl.DataFrame:
    """What each customer of a panel holds and is worth: customer_id, balance, value (CNY; null where unknown). METHODS B9.

    The value is the margin of a year, less the cost of serving, over the years counted from a year later on; below 0 for who costs more
    than he brings. ``retention`` is that of a year (0–1); None: no value is known.
    """
    a = {name: h.value for name, h in assumed.items()}
    times = None if retention is None else multiple(retention, a["discount"], int(a["horizon_years"]))
    yearly = pl.col("held") * a["spread"] + pl.col("fees").fill_null(0.0) - a["servicing_cost"]
    value = pl.lit(None, dtype=pl.Float64) if times is None else yearly * times
    return present(question).rows.select("customer_id", balance="held", value=value)
