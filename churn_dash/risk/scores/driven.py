"""What drives the risk in each group of customers: the sample of the model, by a dimension of the measures. Source: METHODS D5."""

from churn_dash.measures import Period
from churn_dash.measures.question import Question
from churn_dash.risk.explained.sampled import Drivers, drivers
from churn_dash.risk.kept.registry import Model
from churn_dash.segments import members


def driven(question: Question, model: Model, by: str) -> tuple[Drivers, ...]:
    """By level of the dimension, riskiest first: of the customers whom filters and scope leave, as they stood at the start of the last
    month. Levels of which the model's sample holds fewer than thirty are left out."""
    last = question.ds.measurable[-1:]
    found = members(question.over(Period(last[0], last[0]) if last else None)).drop_nulls(by)
    levels = dict(zip(found["customer_id"].to_list(), found[by].to_list(), strict=True))
    return drivers(model.sample(), model.design.features, levels)
