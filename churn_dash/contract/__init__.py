"""What a bank's data mean: tables, columns, units, headers; churn definitions as frozen settings."""

from churn_dash.contract.definitions import DEFINITIONS, REASONS, ChurnDefinition
from churn_dash.contract.tables import TABLES, Table

__all__ = ["DEFINITIONS", "REASONS", "TABLES", "ChurnDefinition", "Table"]
