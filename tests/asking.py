"""What tests ask, as somebody who may see everything."""

from typing import Any

from churn_dash.access import Scope
from churn_dash.measures import Question
from churn_dash.store import Dataset

ALL = Scope.everything()


def asked(ds: Dataset, scope: Scope = ALL, **parts: Any) -> Question:
    """The question of filters, period and definition, those that are told."""
    return Question(ds, scope, **parts)
