"""One of something, in English: sentences are written for several. Chinese needs none of this."""

import re
from collections.abc import Mapping

_NOUNS = (
    "answers", "branches", "campaigns", "causes", "cells", "characteristics", "characters", "cohorts", "columns", "combinations",
    "complaints", "contacts", "costs", "customers", "days", "departures", "digits", "files", "findings", "groups", "headers", "levels",
    "lists", "members", "minutes", "models", "months", "points", "products", "questionnaires", "referrals", "rows", "seconds", "segments",
    "steps", "tests", "things", "times", "units", "values", "versions", "waves", "years",
)  # fmt: skip
_BETWEEN = "complete|core|data|different|later|lost|more|new|other|saved|settled|valuable|whole|working"
_VERBS = {
    "are": "is", "cost": "costs", "differ": "differs", "have": "has", "hold": "holds", "leave": "leaves", "meet": "meets", "need": "needs",
    "were": "was",
}  # fmt: skip
_COUNTED = re.compile(rf"\{{(\w+)\}}((?: (?:{_BETWEEN}))?) ({'|'.join(_NOUNS)})\b(?:( (?:lost|chosen|there))?( (?:{'|'.join(_VERBS)}))\b)?")


def numbered(template: str, spoken: Mapping[str, object]) -> str:
    """The template with the singular where a count is written as 1.

    >>> numbered("{n} customers are lost, {m} months", {"n": "1", "m": "2"})
    '{n} customer is lost, {m} months'
    """

    def one(found: re.Match[str]) -> str:
        name, between, noun, after, verb = found.groups()
        if str(spoken.get(name)) != "1":
            return found[0]
        singular = noun[:-2] if noun.endswith("ches") else noun[:-1]
        return f"{{{name}}}{between} {singular}{after or ''}{' ' + _VERBS[verb[1:]] if verb else ''}"

    return _COUNTED.sub(one, template)
