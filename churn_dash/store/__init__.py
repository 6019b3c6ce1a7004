"""Versions of the bank's rows, the catalogue of versions, the derived month table and cube."""

from churn_dash.contract.calendar import month_end, shifted
from churn_dash.store.catalogue import Version
from churn_dash.store.dataset import Dataset
from churn_dash.store.derive.dimensions import Dimension
from churn_dash.store.derive.grains import GRAINS
from churn_dash.store.freezing import freeze
from churn_dash.store.health import Health, examined, repaired
from churn_dash.store.official import Official, official
from churn_dash.store.records import Record, Records
from churn_dash.store.remembering import Recalled, recall, remember, remembered, stopped
from churn_dash.store.versions.compare import Comparison, compare, planned
from churn_dash.store.versions.history import redo, redoable, undo, undoable
from churn_dash.store.versions.merging import MODES
from churn_dash.store.versions.planning import Change, plan
from churn_dash.store.versions.publishing import Loaded, Prepared, commit, discard, prepare, publish
from churn_dash.store.versions.retention import Retention, keep, retention
from churn_dash.store.workspace import Workspace

__all__ = [
    "GRAINS",
    "MODES",
    "Change",
    "Comparison",
    "Dataset",
    "Dimension",
    "Health",
    "Loaded",
    "Official",
    "Prepared",
    "Recalled",
    "Record",
    "Records",
    "Retention",
    "Version",
    "Workspace",
    "commit",
    "compare",
    "discard",
    "examined",
    "freeze",
    "keep",
    "month_end",
    "official",
    "plan",
    "planned",
    "prepare",
    "publish",
    "recall",
    "redo",
    "redoable",
    "remember",
    "remembered",
    "repaired",
    "retention",
    "shifted",
    "stopped",
    "undo",
    "undoable",
]
