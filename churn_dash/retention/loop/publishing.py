"""Lists and what came of them become a data version like any other: planned, committed, and undone in the same way."""

from collections.abc import Mapping
from dataclasses import replace

import polars as pl

from churn_dash.errors import NotPossible
from churn_dash.intake.typed import extract_of
from churn_dash.marks import _
from churn_dash.risk import GOES_ON, Model, in_use
from churn_dash.store import Dataset, Workspace, commit, plan


class Ahead(Dataset):
    """A version as it will be once these rows are published upon it: for what is written down before that."""

    def __init__(self, ds: Dataset, tables: Mapping[str, pl.DataFrame]) -> None:
        super().__init__(ds.root, ds.info, ds.settings)
        self._added = dict(tables)

    def table(self, name: str) -> pl.DataFrame | None:
        """The table with the rows added."""
        found, added = super().table(name), self._added.get(name)
        if found is None or added is None:
            return added if found is None else found
        return pl.concat([found, added], how="diagonal_relaxed")


def published(
    workspace: Workspace, ds: Dataset, tables: Mapping[str, pl.DataFrame], name: str, digest: str, kept: Model | None = None
) -> Dataset:
    """The rows published upon the version that ``ds`` shows, which must be the newest; the model in use goes on being used,
    which is written with the version itself: a kill leaves both or neither.

    Raises ``NotPossible`` where another version was published meanwhile, or an older one is looked at.
    """
    used = kept.id if kept is not None else in_use(workspace.models, ds.state)
    change = plan(workspace, extract_of(tables, f"{name} {digest[:12]}"))
    if change.base is None or change.base.version != ds.version:
        raise NotPossible(_("Another version was published in the meantime; look at the newest data and try again."))
    commit(workspace, change if used is None else replace(change, also={GOES_ON: used}))
    return workspace.dataset()
