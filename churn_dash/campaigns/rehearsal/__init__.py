"""A rehearsal: an effect that is known, planted in a copy of the bank's own data, and what each design finds."""

from churn_dash.campaigns.rehearsal.rehearse import ASSIGNMENTS, DESIGNS, Found, Planted, Rehearsal, rehearse

__all__ = ["ASSIGNMENTS", "DESIGNS", "Found", "Planted", "Rehearsal", "rehearse"]
