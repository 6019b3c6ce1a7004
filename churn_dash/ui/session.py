"""Who is looking at what: language, theme, workspace, data version. One place to ask."""

import streamlit as st

from churn_dash.access import Scope
from churn_dash.charts import Look
from churn_dash.store import Dataset, Workspace
from churn_dash.ui import address, cache
from churn_dash.ui.language import language, say, usual_language
from churn_dash.ui.places import opened, places

__all__ = ["dataset", "language", "look", "older", "on_phone", "own", "say", "scope", "usual_language", "workspace"]


def look() -> Look:
    """Language and theme, for charts."""
    return Look(language(), "dark" if st.context.theme.type == "dark" else "light")


def on_phone() -> bool:
    """Whether the reader's browser calls itself one of a telephone: how wide the screen is, nobody tells the server."""
    return "Mobi" in (st.context.headers.get("User-Agent") or "")


def scope() -> Scope:
    """The rows that the viewer may see. Everything, until accounts exist."""
    return Scope.everything()


def own() -> bool:
    """Whether the reader looks at the bank's own data rather than the sample bank."""
    return address.held("data") == ("own",) or places().sample is None


def workspace() -> Workspace | None:
    """The workspace looked at; None while it does not exist. Raises ``WorkspaceProblem``."""
    return opened(places().folder(own()))


def older() -> int | None:
    """The older data version that the reader opened, to look at only; None: the newest."""
    codes = address.held("version")
    return int(codes[0]) if codes and codes[0].isdigit() else None


def dataset() -> Dataset | None:
    """The published data, or the older version that was opened; None while nothing is loaded. Raises ``WorkspaceProblem``."""
    found = workspace()
    current = found.current() if found is not None else None
    if found is None or current is None:
        return None
    number = older()
    return cache.dataset(found, current if number is None else found.dataset(number).info)
