"""The points of a change to the workspace at which it can be interrupted; tests interrupt it at each."""

from collections.abc import Callable

STEPS = (
    "upgraded",
    "tidied",
    "begun",
    "restored",
    "rows",
    "built",
    "written",
    "named",
    "set aside",
    "listed",
    "ended",
)
"""In the order in which a load comes by them; ``rows`` and ``built`` happen beside each other, ``rows`` once a table."""

listener: Callable[[str], None] | None = None
"""Told of every step just done. Whatever it raises stops the change there, as a crash would."""


def done(step: str) -> None:
    """A step on the file system has just been done.

    >>> done("tidied")
    """
    assert step in STEPS, step
    if listener is not None:
        listener(step)
