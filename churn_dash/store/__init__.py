"""Versions of the bank's rows, the catalogue of versions, the derived month table and cube."""

from churn_dash.intake import Attribute
from churn_dash.store.dataset import Dataset
from churn_dash.store.dimensions import Dimension
from churn_dash.store.grains import GRAINS, month_end, shifted
from churn_dash.store.merging import MODES
from churn_dash.store.publishing import Loaded, publish
from churn_dash.store.workspace import Workspace

__all__ = ["GRAINS", "MODES", "Attribute", "Dataset", "Dimension", "Loaded", "Workspace", "month_end", "publish", "shifted"]
