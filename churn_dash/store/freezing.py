"""Make a churn definition the official one: build what follows from its settings, then record it."""

import datetime
from collections.abc import Callable
from dataclasses import replace

from churn_dash.contract.definitions import Settings
from churn_dash.errors import BadInput
from churn_dash.marks import _
from churn_dash.store.dataset import Dataset
from churn_dash.store.lacking import answerable
from churn_dash.store.official import Official, official, record
from churn_dash.store.workspace import Workspace
from churn_dash.words import Text

_LONGEST = 40


def freeze(
    workspace: Workspace,
    definition: str,
    title: str,
    settings: Settings,
    who: str | None = None,
    progress: Callable[[Text, float], None] | None = None,
) -> Official:
    """Every number is by this definition from now on, unless another is asked for, and carries its title.

    Raises ``NotPossible`` where the data cannot answer the definition, ``BadInput`` for a title that is empty or too long,
    ``WorkspaceProblem`` where somebody else writes.
    """
    title = " ".join(title.split())
    if not title or len(title) > _LONGEST:
        raise BadInput(_("Give the official definition a name of at most {n} characters, such as 2026-Q3."), n=_LONGEST)
    settings = replace(settings, decided=())
    with workspace.writing():
        ds = Dataset(workspace.root, workspace.dataset().info, settings)
        answerable(ds.prepared(progress), definition)
        before = official(workspace.root)
        if before is not None and (before.definition, before.title, before.settings) == (definition, title, settings):
            return before
        return record(workspace.root, definition, title, settings, datetime.date.today().isoformat(), who)
