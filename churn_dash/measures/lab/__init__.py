"""The definition lab: definitions of churn, with any settings, side by side on the same customers."""

from churn_dash.measures.lab.comparison import HORIZON, Judged, Lab, Overlap, Share, compare_definitions
from churn_dash.measures.lab.lost import lost_before, lost_by

__all__ = ["HORIZON", "Judged", "Lab", "Overlap", "Share", "compare_definitions", "lost_before", "lost_by"]
