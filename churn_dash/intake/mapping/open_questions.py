"""What a file leaves open: order of day and month, numbers that stand for missing, columns that are needed, closed customers."""

from collections.abc import Collection

import dataframely as dy
import polars as pl

from churn_dash.contract import TABLES
from churn_dash.intake.mapping.asked import found
from churn_dash.intake.mapping.by_values import SURE, proposals
from churn_dash.intake.mapping.form import Form
from churn_dash.intake.questions import Question
from churn_dash.intake.source import Options
from churn_dash.intake.values.dates import months
from churn_dash.intake.values.day_order import undecided
from churn_dash.intake.values.sentinels import sentinels
from churn_dash.words import Text, _

_DATE_WORDS = ("date", "day", "日", "time", "时间", "month", "月")
_NO_NUMBERS = ("customer_id", "account_id", "month")
_MOST = 6


def open_questions(sample: pl.DataFrame, form: Form, options: Options, tables: Collection[str] = ()) -> tuple[Question, ...]:
    """The questions about one part, by its first rows; ``tables`` are all tables that are loaded together."""
    if form.table is None:
        return ()
    return (
        *_needed(sample, form),
        *_day_order(sample, form, options),
        *_missing(sample, form, options),
        *closed(sample, form, options, tables or (form.table,)),
    )


def _needed(sample: pl.DataFrame, form: Form) -> list[Question]:
    """Columns that were assumed, or that a snapshot lacks: who has left."""
    out = []
    for match in form.matches:
        if match.field and match.confidence < SURE:
            words = ((f"{match.header}={match.field}", Text(_("{column} is {field}"), column=match.header, field=match.field)),)
            told = Text(_("No header names {field}. Is it {column}?"), field=match.field, column=match.header)
            nothing = (f"{match.header}=", Text(_("No, leave {column} out"), column=match.header))
            out.append(Question("mapping", match.header, told, (*words, nothing), words[0][0], match.reason))
    if form.table == "cross_section" and "churned" not in form.fields:
        free = [m.header for m in form.matches if m.field is None]
        likely = [m for m in proposals(sample, free, "cross_section") if m.field == "churned"][:_MOST]
        choices = tuple((f"{m.header}=churned", m.reason) for m in likely)
        if choices:
            why = Text(_("No header says it; without it there is no churn rate."))
            nobody = ("", Text(_("None of them")))
            out.append(Question("mapping", "", Text(_("Which column says who has left?")), (*choices, nobody), "", why))
    return out


def _day_order(sample: pl.DataFrame, form: Form, options: Options) -> list[Question]:
    if options.day_order is not None:
        return []
    for match in form.matches:
        spec = TABLES[match.table].columns.get(match.field) if match.field else None
        if not isinstance(spec, dy.Date) and (match.field is not None or not any(w in match.header.casefold() for w in _DATE_WORDS)):
            continue
        example = undecided(sample[match.header])
        if example is None:
            continue
        return [
            Question(
                "day_order",
                match.header,
                Text(_("Which comes first in dates such as {example}?"), example=example),
                (("day-first", Text(_("The day"))), ("month-first", Text(_("The month")))),
                None,
                Text(
                    _("{column} has no date in its first rows that shows it. Unanswered, rows with such dates are set aside."),
                    column=match.header,
                ),
            )
        ]
    return []


def _missing(sample: pl.DataFrame, form: Form, options: Options) -> list[Question]:
    said = {found(h, sample.columns): values for h, values in options.missing.items()}
    out = []
    for match in form.matches:
        if match.field in _NO_NUMBERS or match.field == "" or _is_text(match.field, match.table):
            continue
        for value in sentinels(sample[match.header]):
            if match.header in said:
                continue
            out.append(
                Question(
                    "missing",
                    match.header,
                    Text(_("Does {value} stand for missing in {column}?"), value=value, column=match.header),
                    ((value, Text(_("It stands for missing"))), ("", Text(_("It is a number like any other")))),
                    "",
                    Text(_("It comes again and again, far from all other values.")),
                )
            )
    return out


def _is_text(field: str | None, table: str) -> bool:
    return bool(field) and not isinstance(TABLES[table].columns[str(field)], dy.Int64 | dy.Float64)


def closed(sample: pl.DataFrame, form: Form, options: Options, tables: Collection[str]) -> list[Question]:
    """What becomes of customers who leave; asked of months where neither accounts nor a flag tell it."""
    if form.table != "customer_month" or "churned" in form.fields or "accounts" in tables or options.closed is not None:
        return []
    gone = _vanished(sample, form)
    if gone is None:
        why = Text(_("The rows looked at do not show it. Unanswered, absence counts as leaving."))
    elif gone:
        why = Text(_("Customers are missing from later months of the rows looked at: they drop out."))
    else:
        why = Text(_("No customer is missing from a later month of the rows looked at: closed customers may keep their rows."))
    choices = (
        ("drop-out", Text(_("They drop out: absence means leaving"))),
        ("status", Text(_("They keep a row, and a column says that they left"))),
        ("unknown", Text(_("Not known: absence is not counted as leaving"))),
    )
    return [Question("closed", "", Text(_("What becomes of customers who leave?")), choices, "drop-out", why)]


def _vanished(sample: pl.DataFrame, form: Form) -> bool | None:
    """Whether customers of one whole month are missing from all later ones of the sample; None where it shows too little.

    The sample may end in the middle of its last two months, or of its last customer.
    """
    number, month = form.header("customer_id"), form.header("month")
    if number is None or month is None:
        return None
    rows = sample.select(pl.col(number).alias("c"), months(sample[month]).alias("m")).drop_nulls()
    known = rows["m"].unique().sort()
    if len(known) < 3:
        return None
    last = rows.filter(pl.col("c") != rows["c"][-1]).group_by("c").agg(pl.max("m").alias("last"))
    return bool((last["last"] < known[-2]).any())
