"""What a file leaves open, for the person to decide: each question names the field of ``Options`` that answers it."""

from dataclasses import dataclass

from churn_dash.words import Text


@dataclass(frozen=True)
class Question:
    """One question about a file.

    ``option`` is a field of ``Options``; ``header`` the column concerned, "" where the file as a whole is. ``choices`` are values of
    that field with the words shown for them; empty where anything may be typed. ``proposal`` is what holds if nobody answers, None
    where nothing can be loaded without an answer. ``reason`` says why it is asked.
    """

    option: str
    header: str
    sentence: Text
    choices: tuple[tuple[str, Text], ...]
    proposal: str | None
    reason: Text
