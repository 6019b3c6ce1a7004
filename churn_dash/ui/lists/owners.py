"""The control of whose rows of a list are shown; its choice stands in the address as ``owner``."""

import polars as pl

from churn_dash.ui import session
from churn_dash.ui.parts import controls

_EVERYBODY, _NOBODY = "all", "none"


def owner_control(owners: pl.Series, label: str, everybody: str, nobody: str, width: int) -> tuple[bool, str | None]:
    """Choose whose rows: everybody's (True), else one owner's, or those that nobody owns (None); the words are marked sentences."""
    codes = [_EVERYBODY, *(f"o.{o}" for o in owners.drop_nulls().unique().sort()), *([_NOBODY] if owners.null_count() else [])]
    fixed = {_EVERYBODY: everybody, _NOBODY: nobody}
    code = controls.choice(
        session.say(label),
        codes,
        key="owner",
        words=lambda c: session.say(fixed[c]) if c in fixed else c.removeprefix("o."),
        default=_EVERYBODY,
        width=width,
    )
    return code == _EVERYBODY, None if code in fixed else code.removeprefix("o.")
