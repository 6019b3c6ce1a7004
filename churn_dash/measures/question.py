"""What every number is asked for: the data, whose customers the viewer may see, and which of them, when, by which definition."""

from dataclasses import dataclass, replace
from typing import Self

from churn_dash.access import Scope
from churn_dash.contract import DEFINITIONS
from churn_dash.errors import NotFound, NotPossible
from churn_dash.marks import _
from churn_dash.measures.filters import Filters, Period, covered, last_12
from churn_dash.store import Dataset
from churn_dash.store.lacking import Answering, answerable
from churn_dash.words import nearest


def definition_of(ds: Answering, name: str | None) -> str:
    """The churn definition to use: the one asked for, else the data's own default.

    Raises ``NotFound`` for an unknown one, ``NotPossible`` where these data cannot answer it.
    """
    chosen = name or ds.default_definition
    if chosen not in DEFINITIONS:
        near = nearest(chosen, DEFINITIONS) or ", ".join(DEFINITIONS)
        raise NotFound(_("There is no churn definition {name}; the nearest is {near}."), name=chosen, near=near)
    if ds.shape == "empty":
        raise NotPossible(_("These data hold no customers by month yet; load that table (customer_month) beside the others."))
    answerable(ds, chosen)
    return chosen


@dataclass(frozen=True)
class Question:
    """Everything a number depends on. ``scope`` has no default: whoever asks says what the viewer may see.

    ``period`` None: the last twelve complete months, or none where the data hold no months. ``definition`` None: the data's own.
    """

    ds: Dataset
    scope: Scope
    filters: Filters = Filters()  # noqa: RUF009
    period: Period | None = None
    definition: str | None = None

    @property
    def chosen(self) -> str:
        """The churn definition asked for, else the data's own. Raises what ``definition_of`` raises."""
        return definition_of(self.ds, self.definition)

    @property
    def months(self) -> Period:
        """The months asked for, else the last twelve complete ones. Raises ``NotPossible`` where the data do not reach."""
        return covered(self.ds, self.period) if self.period is not None else last_12(self.ds)

    @property
    def everybody(self) -> "Question":
        """The plain question about all customers in the scope: what is kept of them is kept by it, whoever asks."""
        return Question(self.ds, self.scope, period=self.period, definition=self.chosen)

    def over(self, period: Period | None) -> Self:
        """The same question about other months."""
        return replace(self, period=period)

    def of(self, filters: Filters) -> Self:
        """The same question about other customers."""
        return replace(self, filters=filters)

    def by_definition(self, name: str | None) -> Self:
        """The same question by another definition of churn."""
        return replace(self, definition=name)
