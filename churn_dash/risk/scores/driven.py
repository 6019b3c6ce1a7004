"""What drives the risk in each group of customers: the sample of the model, by a dimension of the measures. Source: METHODS D5."""

from churn_dash.access import Scope
from churn_dash.measures import Filters, Period
from churn_dash.risk.explained.sampled import Drivers, drivers
from churn_dash.risk.kept.registry import Model
from churn_dash.segments import members
from churn_dash.store import Dataset


def driven(
    ds: Dataset,
    model: Model,
    by: str,
    filters: Filters = Filters(),  # noqa: B008
    definition: str | None = None,
    scope: Scope = Scope.everything(),  # noqa: B008
) -> tuple[Drivers, ...]:
    """By level of the dimension, riskiest first: of the customers whom filters and scope leave, as they stood at the start of the last
    month. Levels of which the model's sample holds fewer than thirty are left out."""
    last = ds.measurable[-1:]
    found = members(ds, filters, Period(last[0], last[0]) if last else None, definition, scope).drop_nulls(by)
    levels = dict(zip(found["customer_id"].to_list(), found[by].to_list(), strict=True))
    return drivers(model.sample(), model.design.features, levels)
