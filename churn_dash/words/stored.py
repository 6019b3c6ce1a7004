"""Sentences as data, so that what is stored today is spoken tomorrow in the reader's language. ADR 0004."""

import datetime
import json
from typing import Any

from churn_dash.words.catalogue import Text
from churn_dash.words.numbers import Count, Money, Month, Number, Points, Ratio

_FORMATS = {c.__name__: c for c in (Count, Money, Number, Points, Ratio)}


def written(text: Text | str) -> str:
    """A sentence as JSON: its template and its values, number formats kept.

    >>> written(Text("{n} rows of {name}", n=Count(3), name="a.csv"))
    '{"template": "{n} rows of {name}", "params": {"n": {"format": "Count", "value": 3}, "name": "a.csv"}}'
    """
    return json.dumps(_data(text if isinstance(text, Text) else Text(text)), ensure_ascii=False)


def read(stored: str) -> Text:
    """The sentence that ``written`` wrote.

    >>> read(written(Text("{month}: {n}", month=Month(datetime.date(2024, 3, 1)), n=Count(1234)))).in_("en")
    'Mar 2024: 1,234'
    """
    found = _value(json.loads(stored))
    return found if isinstance(found, Text) else Text(str(found))


def _data(value: object) -> Any:
    if isinstance(value, Text):
        return {"template": value.template, "params": {k: _data(v) for k, v in value.params.items()}}
    if isinstance(value, Month):
        return {"format": "Month", "value": value.value.isoformat() if value.value else None}
    if type(value).__name__ in _FORMATS:
        return {"format": type(value).__name__, "value": getattr(value, "value", None)}
    return value if value is None or isinstance(value, bool | int | float | str) else str(value)


def _value(data: Any) -> object:
    if not isinstance(data, dict):
        return data
    if "template" in data:
        return Text(data["template"], **{k: _value(v) for k, v in data["params"].items()})
    if data["format"] == "Month":
        return Month(datetime.date.fromisoformat(data["value"]) if data["value"] else None)
    return _FORMATS[data["format"]](data["value"])
