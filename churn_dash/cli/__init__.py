"""The command line: whatever a page shows, as text or JSON. Documented in docs/CLI.md.

One module a family of verbs. What only some verbs need (models, statistics, the server) is imported inside them: it takes seconds.
"""

import sys

from churn_dash.cli import (
    acting,
    behind,
    bridging,
    campaign,
    care,
    causes,
    checks,
    cohorts,
    comparing,
    costing,
    data,
    definitions,
    drawing,
    evaluating,
    explaining,
    exporting,
    fairness,
    grouping,
    inbox,
    indexing,
    looping,
    measuring,
    modelling,
    planning,
    playing,
    portrait,
    preview,
    reconcile,
    registering,
    rehearsing,
    risk,
    saved,
    serving,
    staying,
    tiers,
    trends,
    uplifting,
    versions,
    warnings,
    whatif,
    winback,
)
from churn_dash.cli.common import app
from churn_dash.errors import BadInput, ChurnDashError
from churn_dash.marks import _

__all__ = [
    "acting",
    "app",
    "behind",
    "bridging",
    "campaign",
    "care",
    "causes",
    "checks",
    "cohorts",
    "comparing",
    "costing",
    "data",
    "definitions",
    "drawing",
    "evaluating",
    "explaining",
    "exporting",
    "fairness",
    "grouping",
    "inbox",
    "indexing",
    "looping",
    "main",
    "measuring",
    "modelling",
    "planning",
    "playing",
    "portrait",
    "preview",
    "reconcile",
    "registering",
    "rehearsing",
    "risk",
    "saved",
    "serving",
    "staying",
    "tiers",
    "trends",
    "uplifting",
    "versions",
    "warnings",
    "whatif",
    "winback",
]


def main() -> None:
    """Run a command: exit 0, 1 with one sentence on stderr for what the user can mend, 2 for wrong usage."""
    try:
        for given in sys.argv[1:]:
            if given.encode("utf-8", "surrogatepass") != given.encode("utf-8", "ignore"):
                raise BadInput(_("{given} is not text in UTF-8, so it could be kept nowhere."), given=ascii(given))
        app()
    except ChurnDashError as problem:
        print(problem, file=sys.stderr)
        sys.exit(1)
