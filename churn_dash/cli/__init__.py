"""The command line: whatever a page shows, as text or JSON. Documented in docs/CLI.md.

One module a family of verbs, named after its first or most used.
What only some verbs need (models, statistics, the server) is imported inside them: it takes seconds.
"""

import sys

from churn_dash.cli import (
    behind,
    bridge,
    campaign,
    causes,
    checks,
    cohorts,
    compare,
    costs,
    customer,
    data,
    definitions,
    drawn,
    evaluation,
    export,
    fairness,
    follow_up,
    importance,
    inbox,
    index,
    lists,
    measure,
    models,
    plan,
    plays,
    preview,
    reconcile,
    register,
    rehearse,
    risk,
    saved,
    segments,
    serve,
    survival,
    tiers,
    trends,
    uplift,
    versions,
    warnings,
    whatif,
    winback,
    worklist,
)
from churn_dash.cli.common import app
from churn_dash.errors import BadInput, ChurnDashError
from churn_dash.marks import _

__all__ = [
    "app",
    "behind",
    "bridge",
    "campaign",
    "causes",
    "checks",
    "cohorts",
    "compare",
    "costs",
    "customer",
    "data",
    "definitions",
    "drawn",
    "evaluation",
    "export",
    "fairness",
    "follow_up",
    "importance",
    "inbox",
    "index",
    "lists",
    "main",
    "measure",
    "models",
    "plan",
    "plays",
    "preview",
    "reconcile",
    "register",
    "rehearse",
    "risk",
    "saved",
    "segments",
    "serve",
    "survival",
    "tiers",
    "trends",
    "uplift",
    "versions",
    "warnings",
    "whatif",
    "winback",
    "worklist",
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
