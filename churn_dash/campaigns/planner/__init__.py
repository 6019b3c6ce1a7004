"""A campaign before it starts: how many are needed, what a hold-out costs, when the answer comes."""

from churn_dash.campaigns.planner.base import Base, base_rate
from churn_dash.campaigns.planner.plan import Plan, Point, Terms, plan

__all__ = ["Base", "Plan", "Point", "Terms", "base_rate", "plan"]
