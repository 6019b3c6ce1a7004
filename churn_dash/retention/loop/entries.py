"""The rows of a form that came back, typed: what each says of a call, or why it cannot be understood."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from churn_dash.contract.contact_words import CHANNELS, RESULTS
from churn_dash.contract.tables.columns import MOST_MONEY
from churn_dash.errors import BadInput
from churn_dash.intake.checks.personal import covered
from churn_dash.intake.returned import ESCAPED
from churn_dash.intake.sheets import ROW
from churn_dash.intake.values.amounts import numbers
from churn_dash.intake.values.dates import dated
from churn_dash.marks import _
from churn_dash.retention.loop.form import ACCEPTED, HEADERS, KEY, LIST, LONGEST_NOTE, REACHED, codes, fields, plain
from churn_dash.retention.loop.lists import ENTERED
from churn_dash.words import LANGUAGES, Text, say

_YES = ("y", "true", "t", "1", "√", "✓")
_NO = ("n", "false", "f", "0", "×")


@dataclass(frozen=True)
class _Listed:
    """Words one after another, each said in the reader's language."""

    words: tuple[str, ...]

    def in_(self, language: str) -> str:
        return ", ".join(say(w, language) for w in self.words)

    def __str__(self) -> str:
        return self.in_("en")


ANSWERS = {"result": tuple(RESULTS.values()), "channel": tuple(CHANNELS.values()), "accepted": tuple(ACCEPTED.values())}


@dataclass(frozen=True)
class Refused:
    """A row that is not taken over: where it stands, whom it names as written, and why."""

    sheet: str
    row: int
    customer_id: str | None
    why: Text

    def as_json(self, language: str = "en") -> dict[str, Any]:
        """As the command line prints it."""
        return {"sheet": self.sheet, "row": self.row, "customer_id": self.customer_id, "why": say(self.why, language)}


@dataclass(frozen=True)
class Gathered:
    """Every row of the sheets of a form, as text: sheet, row, the two marks, and the columns of the form. ``ignored``: other headers."""

    rows: pl.DataFrame
    ignored: tuple[str, ...]


def gathered(sheets: Sequence[tuple[str, pl.DataFrame]], name: str) -> Gathered:
    """The sheets that are forms, one under another. Raises ``BadInput`` where none is, or one has lost a column that must be there."""
    known, wanted = fields(), (LIST, KEY, *HEADERS)
    found, ignored = [], []
    for sheet, frame in sheets:
        columns: dict[str, str] = {}
        for header in frame.columns:
            columns.setdefault(known.get(plain(header), ""), header)
        there = set(columns) & set(ENTERED)
        if "customer_id" not in columns:
            if len(there) > 1:
                raise BadInput(_("The sheet {sheet} has no column for the customer number; the file sent out has one."), sheet=sheet)
            continue
        if not there:
            continue
        ignored += [h for h in frame.columns if h != ROW and plain(h) not in known]
        cells = [pl.col(columns[c]).alias(c) if c in columns else pl.lit(None, dtype=pl.String).alias(c) for c in wanted]
        found.append(frame.select(pl.lit(sheet).alias("sheet"), pl.col(ROW).alias("row"), *cells))
    if not found:
        raise BadInput(
            _("{name} is no follow-up of a list: no sheet has the customer number and a column such as {column}."),
            name=name,
            column=say(HEADERS["result"]),
        )
    # A CSV that went out has a quote before what a spreadsheet would take for a formula; it is no part of the note.
    text = pl.concat(found).with_columns(pl.col(c).str.replace(ESCAPED, "${1}").str.strip_chars().replace("", None) for c in wanted)
    return Gathered(text, tuple(dict.fromkeys(ignored)))


def typed(rows: pl.DataFrame) -> tuple[pl.DataFrame, list[Text | None]]:
    """The entries with their types, and beside each row why it cannot be taken over, None where it can."""
    days, costs, offers = dated(rows["contacted_at"]), _amounts(rows["cost"]), _amounts(rows["incentive_cost"])
    out = {
        "result": _coded(rows["result"], "result"),
        "channel": _coded(rows["channel"], "channel"),
        "accepted": _accepted(rows["accepted"]),
        "contacted_at": days.days,
        "cost": costs,
        "incentive_cost": offers,
        "note": pl.Series([None if v is None else covered(v) for v in rows["note"]], dtype=pl.String),
    }
    read = rows.with_columns(pl.Series(name, values).alias(name) for name, values in out.items())
    return read, [_wrong(a, b) for a, b in zip(rows.iter_rows(named=True), read.iter_rows(named=True), strict=True)]


def _amounts(values: pl.Series) -> pl.Series:
    """Amounts; a share is none, whatever number stands in it."""
    return numbers(values)[0].set(values.str.contains("[%％‰]").fill_null(False), None)


def _coded(values: pl.Series, column: str) -> pl.Series:
    known = codes(column)
    return pl.Series(column, [None if v is None else known.get(plain(v)) for v in values], dtype=pl.String)


def _accepted(values: pl.Series) -> pl.Series:
    spoken = {answer: {plain(say(word, language)) for language in LANGUAGES} for answer, word in ACCEPTED.items()}
    yes, no = spoken[True] | set(_YES), spoken[False] | set(_NO)
    return pl.Series([True if plain(v or "") in yes else False if plain(v or "") in no else None for v in values], dtype=pl.Boolean)


def _wrong(written: dict[str, Any], read: dict[str, Any]) -> Text | None:
    """Why one row cannot be taken over; the first reason."""
    for column in (c for c in ENTERED if c != "note"):
        if written[column] is not None and read[column] is None:
            if column == "contacted_at":
                return Text(_("{value} is no day that can be read one way; write it as 2024-03-31."), value=written[column])
            if column in ANSWERS:
                said = _("{value} is not among the answers to {column}: {known}.")
                return Text(said, value=written[column], column=HEADERS[column], known=_Listed(ANSWERS[column]))
            return Text(_("{value} is no amount for: {column}."), value=written[column], column=HEADERS[column])
    for column in ("cost", "incentive_cost"):
        if read[column] is not None and not 0 <= read[column] <= MOST_MONEY:
            return Text(_("{column} cannot be {value}: a cost is 0 or more."), value=written[column], column=HEADERS[column])
    if read["note"] is not None and len(read["note"]) > LONGEST_NOTE:
        return Text(_("A note has at most {most} characters."), most=LONGEST_NOTE)
    if read["accepted"] and read["result"] in ("not_reached", "declined", "opted_out"):
        return Text(_("The offer cannot be accepted where the result is: {result}."), result=written["result"])
    return None


def misdated(day: datetime.date | None, assigned: datetime.date | None, latest: datetime.date) -> Text | None:
    """Why a contact cannot have been on the day; None where it can."""
    if day is None:
        return None
    if assigned is not None and day < assigned:
        return Text(_("The contact of {day} lies before the list was frozen, on {frozen}."), day=day, frozen=assigned)
    if day > latest:
        return Text(_("The contact of {day} lies in the future."), day=day)
    return None


def entry(read: dict[str, Any]) -> dict[str, Any]:
    """What a row enters: its filled cells, and what follows from the result. A contact that reached nobody has no day."""
    found = {c: read[c] for c in ENTERED if read[c] is not None}
    if found.get("accepted") and found.get("result") in (None, "reached", "interested"):
        found["result"] = "accepted"
    if found.get("result") == "accepted":
        found["accepted"] = True
    elif found.get("result") in REACHED and found["result"] in ("declined", "opted_out"):
        found["accepted"] = False
    if found.get("result") == "not_reached":
        found |= {"contacted_at": None, "accepted": False}
    return found
