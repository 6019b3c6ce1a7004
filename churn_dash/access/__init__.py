"""Who may see what. Until accounts exist everybody sees everything; every measure asks all the same."""

from churn_dash.access.scope import Scope

__all__ = ["Scope"]
