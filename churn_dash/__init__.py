"""Churn Dash: why customers leave a bank, who is about to, and what keeps them."""

__version__ = "0.1.0"
