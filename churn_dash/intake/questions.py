"""What a file leaves open for a person to decide."""

import dataclasses
from dataclasses import dataclass
from typing import Any

from churn_dash.intake.source import Options
from churn_dash.words import Text, say


@dataclass(frozen=True)
class Question:
    """One question about a file.

    ``option`` is a field of ``Options``; ``header`` the column concerned, "" where the file as a whole is. ``choices`` are values of
    that field with the words shown for them; empty where anything may be typed. ``proposal`` is what holds if nobody answers, None
    where nothing can be loaded without an answer. ``reason`` says why it is asked. A choice of ``mapping`` is COLUMN=FIELD as the
    command line has it; "" is no such column, or for ``missing`` that the value is a number like any other.
    """

    option: str
    header: str
    sentence: Text
    choices: tuple[tuple[str, Text], ...]
    proposal: str | None
    reason: Text

    def as_json(self, language: str = "en") -> dict[str, Any]:
        """As the command line prints it; documented in docs/CLI.md."""
        return {
            "option": self.option,
            "header": self.header,
            "question": say(self.sentence, language),
            "choices": [{"value": value, "words": say(words, language)} for value, words in self.choices],
            "proposal": self.proposal,
            "reason": say(self.reason, language),
        }


def answered(options: Options, question: Question, answer: str) -> Options:
    """The options with one answer more; the same where the answer changes nothing.

    >>> asked = Question("missing", "income", Text("?"), (("-1", Text("missing")),), "", Text("!"))
    >>> answered(Options(), asked, "-1").missing, answered(Options(), asked, "").missing
    ({'income': ('-1',)}, {})
    """
    if question.option == "missing":
        said = {h: v for h, v in options.missing.items() if h != question.header}
        kept = tuple(v for v in options.missing.get(question.header, ()) if v not in dict(question.choices))
        values = (*kept, answer) if answer else kept
        return dataclasses.replace(options, missing=said | ({question.header: values} if values else {}))
    if question.option == "mapping":
        column, _equals, field = answer.rpartition("=")
        return dataclasses.replace(options, mapping={**options.mapping, column: field}) if column else options
    if question.option == "mask":
        return dataclasses.replace(options, mask=(*options.mask, question.header)) if answer else options
    changed: dict[str, Any] = {question.option: answer or None}
    return dataclasses.replace(options, **changed)
