"""All checks of one load, in one list: what is wrong first."""

from collections.abc import Callable, Iterable

from churn_dash.contract import TABLES
from churn_dash.intake.checks.aside import aside
from churn_dash.intake.checks.dates import impossible_dates, late_months
from churn_dash.intake.checks.leaks import leaks
from churn_dash.intake.checks.load import Load
from churn_dash.intake.checks.missing import missing
from churn_dash.intake.checks.months import months
from churn_dash.intake.checks.orphans import orphans
from churn_dash.intake.checks.personal import personal
from churn_dash.intake.checks.ranges import ranges
from churn_dash.intake.checks.repeats import repeats
from churn_dash.intake.checks.scale import scale
from churn_dash.intake.checks.shape import constant, copies
from churn_dash.intake.findings import Finding

CHECKS: tuple[Callable[[Load], list[Finding]], ...] = (
    aside,
    repeats,
    orphans,
    ranges,
    impossible_dates,
    late_months,
    months,
    scale,
    leaks,
    personal,
    missing,
    constant,
    copies,
)
"""Every check of one load, in the order of their findings within a severity."""

_ORDER = {"error": 0, "warning": 1, "note": 2}


def findings(load: Load, also: Iterable[Finding] = ()) -> tuple[Finding, ...]:
    """What every check says of a load, and what was found while its files were read (``also``): errors, warnings, notes."""
    return ordered([*(f for check in CHECKS for f in check(load)), *also])


def ordered(found: Iterable[Finding]) -> tuple[Finding, ...]:
    """Errors first, then warnings, then notes, by table in each."""
    tables = list(TABLES)
    return tuple(sorted(found, key=lambda f: (_ORDER[f.severity], tables.index(f.table) if f.table in tables else -1)))
