"""Which rows of the month table a question is about: the reader's filters and the viewer's scope, as SQL with bound values."""

from dataclasses import dataclass

from churn_dash.access import Scope
from churn_dash.measures.filters import Filters, dimension
from churn_dash.store import Dataset


@dataclass(frozen=True)
class Condition:
    """A condition over the month table ``m``: ``sql`` with a placeholder for each value in ``bound``; empty where every row counts.

    ``columns`` are the columns of the month table that it touches.
    """

    sql: str
    bound: tuple[str, ...]
    columns: frozenset[str]

    @property
    def and_sql(self) -> str:
        """The condition to follow another one.

        >>> Condition("m.d_tier in (?)", ("gold",), frozenset({"d_tier"})).and_sql
        ' and m.d_tier in (?)'
        """
        return f" and {self.sql}" if self.sql else ""


def condition(ds: Dataset, filters: Filters, scope: Scope) -> Condition:
    """The filters and the scope together. A scope by branch on data without branches shows nothing; raises ``NotFound`` for an
    unknown dimension."""
    where = [(dimension(ds, name), values) for name, values in filters.where]
    if scope.branches is not None:
        where.append((dimension(ds, "branch_id"), tuple(sorted(scope.branches))))
    parts = [f"m.{d.column} in ({', '.join('?' for _v in values)})" if values else "1 = 0" for d, values in where]
    return Condition(" and ".join(parts), tuple(v for _d, values in where for v in values), frozenset(d.column for d, _v in where))
