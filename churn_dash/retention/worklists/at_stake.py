"""What is expected to leave: each customer's risk times what he holds and what he is worth. Source: METHODS B9, A1 1.2."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import polars as pl

from churn_dash.access import Scope
from churn_dash.measures import Filters
from churn_dash.measures.money.assumptions import Held
from churn_dash.measures.money.held import present
from churn_dash.measures.money.lifetime_value import multiple, value_at_risk
from churn_dash.store import Dataset


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


def stakes(
    ds: Dataset,
    scores: pl.DataFrame,
    assumed: Mapping[str, Held],
    retention: float | None,
    definition: str,
    filters: Filters = Filters(),  # noqa: B008
    scope: Scope = Scope.everything(),  # noqa: B008
) -> Stakes:
    """The value at risk of a panel's customers; ``scores``: customer_id and probability (0–1), as ``risk.score`` gives them.

    ``retention`` is that of a year (0–1). Customers without a score, or whose balances are not known, count nothing.
    """
    values = {name: h.value for name, h in assumed.items()}
    rows = (
        scores.select("customer_id", "probability").join(present(ds, filters, definition, scope).rows, on="customer_id").drop_nulls("held")
    )
    yearly = rows["held"] * values["spread"] + rows["fees"].fill_null(0.0) - values["servicing_cost"]
    times = None if retention is None else multiple(retention, values["discount"], int(values["horizon_years"]))
    worth = None if times is None else value_at_risk(rows["probability"], yearly * times)
    return Stakes(len(rows), float(rows["probability"].sum()), value_at_risk(rows["probability"], rows["held"]), worth)
