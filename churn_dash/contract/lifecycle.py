"""Lifecycle stages: their order, both sets of labels, and the rule. Source: METHODS A2 (004), A3."""

from dataclasses import dataclass
from enum import IntEnum

from churn_dash.marks import _


class Stage(IntEnum):
    """The stages of a customer who is there, in the order of a lifecycle; lost is not among them: the definition tells who is."""

    EXPLORING = 0
    GROWING = 1
    MATURE = 2
    DECLINING = 3

    @property
    def code(self) -> str:
        """The level of the dimension ``lifecycle``."""
        return self.name.lower()


STAGES = tuple(stage.code for stage in Stage)
LABELS = {
    "plan": {"exploring": _("Exploring"), "growing": _("Growing"), "mature": _("Mature"), "declining": _("Declining")},
    "lifecycle": {"exploring": _("Acquisition"), "growing": _("Growth stage"), "mature": _("Maturity"), "declining": _("Retention")},
}
"""The words of the management plan, and those of the lifecycle paper, which stand for the same stages."""


@dataclass(frozen=True)
class StageRule:
    """Ratios of three months to the three before: below ``declining``, at least ``growing``; tenure in months, ``exploring_months`` at
    most to explore, ``least_tenure`` at least to decline."""

    declining: float = 0.7
    growing: float = 1.1
    exploring_months: int = 6
    least_tenure: int = 6
