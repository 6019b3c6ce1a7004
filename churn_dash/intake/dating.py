"""Lists of customers without a column for their month: the month is what the person says, or what the name of file or sheet tells."""

import dataclasses
import datetime
from collections.abc import Sequence

import polars as pl

from churn_dash.errors import BadInput, ChurnDashError
from churn_dash.intake.files.monthnames import month_in
from churn_dash.intake.files.parts import Hints, Part, Rows
from churn_dash.intake.mapping.headers import matches
from churn_dash.intake.questions import Question
from churn_dash.intake.recognition import form
from churn_dash.intake.source import Options
from churn_dash.words import Month, Text, _

_TITLES = ("month", "月份", "data_month", "统计月份")


def dated(parts: Sequence[Part], options: Options, looking: bool = False) -> list[tuple[Part, Options]]:
    """The parts, those of a monthly list that lack a month with one, and the options that each is to be read with.

    A month in a name is used where lists of several months come together, or where the list has columns that only a monthly one has;
    it is said in a warning. ``looking`` adds questions where the month is not known. Raises BadInput where some of several lists have
    a month in their names and others have none.
    """
    asked = _said(options)
    lacking = [_lacks_month(p, options) for p in parts]
    months = [asked or month_in(*p.names) if lacks else None for p, lacks in zip(parts, lacking, strict=True)]
    several = len({m for m in months if m}) > 1
    out = []
    for part, lacks, month in zip(parts, lacking, months, strict=True):
        needed = lacks and (asked is not None or several or _monthly(part, options))
        if several and lacks and month is None:
            raise BadInput(
                _(
                    "{name}: neither a column nor the name tells its month, as the names of the other files do. "
                    "Put it in the name, or use --month."
                ),
                name=part.name,
            )
        if needed and month is not None:
            table = "customer_month" if several or asked else options.table
            out.append((_with_month(part, month, asked is not None, looking), dataclasses.replace(options, table=table)))
        elif lacks and looking and not _flagged(part, options):
            out.append((dataclasses.replace(part, questions=(*part.questions, _question(part, None, needed))), options))
        else:
            out.append((part, options))
    return out


def _said(options: Options) -> datetime.date | None:
    if options.month is None:
        return None
    found = month_in(options.month)
    if found is None:
        raise BadInput(_("{month} is no month. Write it as 2024-03."), month=options.month)
    return found


def _lacks_month(part: Part, options: Options) -> bool:
    """A list of customers without a month: no other table of the contract, and nobody left its month out on purpose."""
    if options.table not in (None, "customer_month"):
        return False
    fields = _fields(part, options)
    if "month" in fields or "customer_id" not in fields:
        return False
    try:
        table = form(part, options).table
    except ChurnDashError:
        return True
    return table in (None, "customers", "customer_month", "cross_section")


def _fields(part: Part, options: Options) -> set[str]:
    known = {h: f for h, f in options.mapping.items() if h in part.header}
    plain = dataclasses.replace(options, mapping={h: f if f == "customer_id" else None if f else f for h, f in known.items()})
    found = {m.field for m in matches(part.header, "customer_month", plain) if m.field}
    return found | {f for f in known.values() if f}


def _flagged(part: Part, options: Options) -> bool:
    """A list that says who has left is one cross-section, and needs no month."""
    try:
        found = form(part, options)
    except ChurnDashError:
        return False
    return found.table == "cross_section" and "churned" in found.fields


def _monthly(part: Part, options: Options) -> bool:
    """One list alone is monthly where it is named so or has columns that only a monthly table has, and no flag."""
    try:
        found = form(part, options)
    except ChurnDashError:
        return True
    if found.table == "cross_section" and "churned" in found.fields:
        return False
    measures = {m.field for m in matches(part.header, "customer_month", Options()) if m.field and m.table == "customer_month"}
    return found.table == "customer_month" or bool(measures - {"customer_id", "month", "churned"})


def _with_month(part: Part, month: datetime.date, said: bool, looking: bool) -> Part:
    column = next(t for t in (*_TITLES, f"month ({part.name})") if t not in part.header)
    value = f"{month:%Y-%m}"
    told = (
        Text(_("{name}: {month} is taken for its month, as you said."), name=part.name, month=Month(month))
        if said
        else Text(_("{name}: no column tells its month; {month} is taken from the name."), name=part.name, month=Month(month))
    )

    def rows(hints: Hints) -> Rows:
        return part.rows(hints).with_constant(column, value)

    return dataclasses.replace(
        part,
        header=(*part.header, column),
        sample=part.sample.with_columns(pl.lit(value).alias(column)),
        rows=rows,
        made=(*part.made, column),
        warnings=(*part.warnings, told),
        questions=(*part.questions, _question(part, month, needed=True)) if looking else part.questions,
    )


def _question(part: Part, month: datetime.date | None, needed: bool) -> Question:
    if month is not None:
        reason = Text(_("No column tells the month; the name does."))
    elif needed:
        reason = Text(_("Neither a column nor the name tells the month, and the file has amounts of one month."))
    else:
        reason = Text(_("Neither a column nor the name tells the month. Without it, nothing can be said of who leaves."))
    sentence = Text(_("Which month does {name} show?"), name=part.name)
    return Question("month", "", sentence, (), f"{month:%Y-%m}" if month else "", reason)
