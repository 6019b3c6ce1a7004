"""Versions of the bank's rows, the catalogue of versions, the derived month table and cube."""

from churn_dash.store.dataset import Dataset
from churn_dash.store.derive.dimensions import Dimension
from churn_dash.store.derive.grains import GRAINS, month_end, shifted
from churn_dash.store.records import Record, Records
from churn_dash.store.remembering import Recalled, recall, remember, remembered, stopped
from churn_dash.store.versions.merging import MODES
from churn_dash.store.versions.publishing import Loaded, publish
from churn_dash.store.workspace import Workspace

__all__ = [
    "GRAINS",
    "MODES",
    "Dataset",
    "Dimension",
    "Loaded",
    "Recalled",
    "Record",
    "Records",
    "Workspace",
    "month_end",
    "publish",
    "recall",
    "remember",
    "remembered",
    "shifted",
    "stopped",
]
