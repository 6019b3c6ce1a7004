"""A watched folder: files are loaded as they arrive, then moved to done/ or failed/ with a report beside each."""

from churn_dash.inbox.watching import Plan, Tally, watch

__all__ = ["Plan", "Tally", "watch"]
