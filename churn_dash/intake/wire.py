"""What passes between the process that reads files and the one that asked: JSON through a closed list of types, frames as Arrow files.

The list is drawn from the fields of the dataclasses that are passed, so that a new field, or a new dataclass in one, needs nothing here.
Nothing is ever unpickled.
"""

import dataclasses
import datetime
import functools
import math
import os
import pathlib
import typing
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa

from churn_dash import errors
from churn_dash.intake.extraction import Extract
from churn_dash.intake.previewing import Preview
from churn_dash.intake.source import Options, Source
from churn_dash.words import LANGUAGES, Count, Money, Month, Number, Points, Ratio, Text
from churn_dash.words.catalogue import Spoken

_ROOTS = (Extract, Preview, Options, Source)
_SPOKEN = (Count, Money, Month, Number, Points, Ratio)
_ERRORS = {n: c for n, c in vars(errors).items() if isinstance(c, type) and issubclass(c, errors.ChurnDashError)}
_MAPPED = (pl.String, pl.Boolean, pl.Date, pl.Float64, pl.Int64)


@dataclass(frozen=True)
class Said:
    """A value of a sentence as it is written in each language, for values whose type is not passed on."""

    words: dict[str, str]

    def in_(self, language: str) -> str:
        return self.words.get(language, self.words["en"])

    def __str__(self) -> str:
        return self.words["en"]


def _reached(annotation: object, found: dict[str, type]) -> None:
    """Every dataclass in an annotation, in its fields, and so on."""
    for argument in typing.get_args(annotation):
        _reached(argument, found)
    if isinstance(annotation, type) and dataclasses.is_dataclass(annotation) and annotation.__name__ not in found:
        found[annotation.__name__] = annotation
        for hint in typing.get_type_hints(annotation).values():
            _reached(hint, found)


@functools.cache
def known() -> Mapping[str, type]:
    """The dataclasses that may be passed, by name.

    >>> {"Extract", "Preview", "Options", "Match", "Attribute", "Finding", "Question", "Month"} <= set(known())
    True
    """
    found: dict[str, type] = {}
    for root in (*_ROOTS, *_SPOKEN, Said):
        _reached(root, found)
    return found


def written(value: object, folder: pathlib.Path) -> object:
    """The value as JSON can write it; frames become files in ``folder``. Raises TypeError for what is not on the list."""
    match value:
        case None | bool() | str():
            return value
        case np.generic():
            return written(value.item(), folder)
        case int():
            return value
        case float():
            return value if math.isfinite(value) else {"float": str(value)}
        case list():
            return [written(v, folder) for v in value]
        case tuple():
            return {"tuple": [written(v, folder) for v in value]}
        case frozenset() | set():
            return {type(value).__name__: [written(v, folder) for v in value]}
        case Mapping():
            return {"dict": [[written(k, folder), written(v, folder)] for k, v in value.items()]}
        case datetime.datetime():
            return {"datetime": value.isoformat()}
        case datetime.date():
            return {"date": value.isoformat()}
        case pathlib.PurePath():
            return {"path": str(value)}
        case pl.DataFrame():
            return {"frame": _filed(value, folder)}
        case Text():
            return {"Text": {"template": value.template, "params": written(value.params, folder)}}
        case errors.ChurnDashError():
            return {"error": {"class": type(value).__name__, "template": value.template, "params": written(value.params, folder)}}
    name = type(value).__name__
    if known().get(name) is type(value):
        fields = {f.name: written(getattr(value, f.name), folder) for f in dataclasses.fields(typing.cast(Any, value))}
        return {"dataclass": {"class": name, "fields": fields}}
    if isinstance(value, Spoken):
        return written(Said({language: value.in_(language) for language in LANGUAGES}), folder)
    raise TypeError(f"{type(value).__qualname__} is not passed between processes: name it in a field of Extract or Preview, or in wire.py")


def read(value: object, folder: pathlib.Path) -> Any:
    """What ``written`` wrote. Frames are mapped into memory where that is possible, so the folder may go afterwards."""
    if isinstance(value, list):
        return [read(v, folder) for v in value]
    if not isinstance(value, dict):
        return value
    ((kind, inner),) = value.items()
    return _READERS[kind](inner, folder)


def _error(inner: dict[str, Any], folder: pathlib.Path) -> errors.ChurnDashError:
    again: errors.ChurnDashError = _ERRORS[inner["class"]](inner["template"], **read(inner["params"], folder))
    return again


def _dataclass(inner: dict[str, Any], folder: pathlib.Path) -> object:
    return known()[inner["class"]](**{name: read(v, folder) for name, v in inner["fields"].items()})


def _each(inner: list[Any], folder: pathlib.Path) -> Iterator[Any]:
    return (read(v, folder) for v in inner)


_READERS: dict[str, Callable[[Any, pathlib.Path], Any]] = {
    "float": lambda inner, _folder: float(inner),
    "tuple": lambda inner, folder: tuple(_each(inner, folder)),
    "set": lambda inner, folder: set(_each(inner, folder)),
    "frozenset": lambda inner, folder: frozenset(_each(inner, folder)),
    "dict": lambda inner, folder: {read(k, folder): read(v, folder) for k, v in inner},
    "datetime": lambda inner, _folder: datetime.datetime.fromisoformat(inner),
    "date": lambda inner, _folder: datetime.date.fromisoformat(inner),
    "path": lambda inner, _folder: pathlib.Path(inner),
    "frame": lambda inner, folder: _framed(inner, folder),
    "Text": lambda inner, folder: Text(inner["template"], **read(inner["params"], folder)),
    "error": _error,
    "dataclass": _dataclass,
}


def _filed(frame: pl.DataFrame, folder: pathlib.Path) -> str:
    mapped = all(t in _MAPPED for t in frame.dtypes)
    name = f"{len(list(folder.iterdir()))}.{'map' if mapped else 'arrow'}"
    frame.write_ipc(folder / name, compression="uncompressed")
    return name


def _framed(name: str, folder: pathlib.Path) -> pl.DataFrame:
    path = folder / pathlib.PurePath(name).name
    if path.suffix == ".arrow" or os.name == "nt":
        return pl.read_ipc(path)
    return typing.cast(pl.DataFrame, pl.from_arrow(pa.ipc.open_file(pa.memory_map(str(path))).read_all()))
