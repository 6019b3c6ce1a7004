"""Words for coded values and dimensions in the reader's language."""

from churn_dash.behind import levels
from churn_dash.behind.levels import CODES
from churn_dash.store import Dimension
from churn_dash.ui import session

__all__ = ["CODES", "dimension_words", "value_words"]


def value_words(dimension: Dimension, value: str | None) -> str:
    """A level of a dimension as people read it; undefined levels are "not known"."""
    return levels.level_words(dimension, value, session.language())


def dimension_words(dimension: Dimension) -> str:
    """The dimension's label: from the catalogue, or the header of the bank's own column."""
    return levels.dimension_words(dimension, session.language())
