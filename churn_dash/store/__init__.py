"""Versions of the bank's rows, the catalogue of versions, the derived month table and cube."""

from churn_dash.contract.calendar import month_end, shifted
from churn_dash.store.dataset import Dataset
from churn_dash.store.derive.dimensions import Dimension
from churn_dash.store.derive.grains import GRAINS
from churn_dash.store.versions.merging import MODES
from churn_dash.store.versions.publishing import Loaded, publish
from churn_dash.store.workspace import Workspace

__all__ = ["GRAINS", "MODES", "Dataset", "Dimension", "Loaded", "Workspace", "month_end", "publish", "shifted"]
