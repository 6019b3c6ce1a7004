"""The published versions: what was loaded when, by whom, from what, and the way back."""

import polars as pl

from churn_dash.ui import session
from churn_dash.ui.cards import Table
from churn_dash.words import _


def versions() -> Table | None:
    """The published versions, newest first; None while there is none."""
    found = session.workspace()
    listed = found.versions() if found is not None else []
    if not listed:
        return None
    rows = pl.DataFrame(
        [
            (
                v.version,
                v.created[:16].replace("T", " "),
                v.who,
                ", ".join(v.files),
                v.counts.get("rows_good"),
                v.counts.get("rows_quarantined"),
            )
            for v in listed
        ],
        schema={"version": pl.Int64, "created": pl.String, "who": pl.String, "files": pl.String, "good": pl.Int64, "aside": pl.Int64},
        orient="row",
    )
    labels = {
        "version": _("Version"),
        "created": _("Loaded on"),
        "who": _("By"),
        "files": _("Files"),
        "good": _("Rows good"),
        "aside": _("Set aside"),
    }
    return Table(rows, "versions", labels, {"good": "count", "aside": "count"}, only=True)


def kept_aside() -> Table | None:
    """The rows that the newest version set aside; None where there are none."""
    found = session.workspace()
    current = found.current() if found is not None else None
    if found is None or current is None or not current.quarantine:
        return None
    path = found.root / "quarantine" / current.quarantine
    return Table(pl.read_parquet(path), "rows-set-aside", is_list=True, only=True) if path.exists() else None
