"""Groups of customers as lists of people: who is in a cell, and what one customer did month by month."""

from churn_dash.segments.history import History, history
from churn_dash.segments.members import members

__all__ = ["History", "history", "members"]
