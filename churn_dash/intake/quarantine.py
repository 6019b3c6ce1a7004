"""Rows set aside: where they stand, what is wrong, their cells as they were, and how the reason is said in a language."""

from collections.abc import Mapping, Sequence

import polars as pl

from churn_dash.intake.checks.rows import Checked
from churn_dash.intake.files.parts import Part, Rows
from churn_dash.intake.mapping.headers import plain
from churn_dash.intake.origins import stood
from churn_dash.intake.recognition import Form
from churn_dash.words import Text, _, say
from churn_dash.words.stored import read, written

QUARANTINE = {
    "file": pl.String,
    "source_row": pl.Int64,
    "table": pl.String,
    "column": pl.String,
    "value": pl.String,
    "code": pl.String,
    "why": pl.String,
}
"""The list of rows set aside. ``why`` is a sentence as ``words.stored`` writes it: ``spoken`` says it in a language."""

ADDED = ("file", "source_row", "reason")
"""Columns before the original cells in what is downloaded; a file that has them all is one that comes back corrected."""

CODES = {
    "The value is neither yes nor no.": "not_yes_or_no",
    "The value is not a month such as 2024-03.": "not_a_month",
    "The value is not a date such as 2024-03-05.": "not_a_date",
    "The value is not a whole number.": "not_a_whole_number",
    "The value is not a number.": "not_a_number",
    "The month lies over two years away from all others: is the year right?": "stray_month",
    "The same {key} comes again with other values.": "key_duplicated",
    "A value that must not be missing is missing.": "missing_needed",
    "The account is closed before it was opened.": "closed_before_opened",
    "The value is below {least}.": "below_least",
    "The value is above {most}.": "above_most",
    "The value breaks the rule {rule}.": "breaks_rule",
    "The row has {found} cells, the header has {n}.": "cells_shifted",
    "Already published with other values; use replace-months to correct a month.": "published_differently",
}
"""Template of a reason → its code; a reason that is not here is ``other``."""


def code(reason: Text) -> str:
    """The code of a reason, the same in every language.

    >>> code(Text("The value is below {least}.", least="0"))
    'below_least'
    """
    return CODES.get(reason.template, "other")


def spoken(quarantine: pl.DataFrame, language: str = "en") -> pl.DataFrame:
    """The frame with the column ``reason`` in a language in the place of ``why``; codes are left out.

    Works for the list, for the rows with their cells, and for files kept by older versions, which hold English sentences already.
    """
    if "why" not in quarantine.columns or "reason" in quarantine.columns:
        return quarantine
    known = quarantine["why"].unique().drop_nulls().to_list()
    said = pl.col("why").replace_strict(known, [say(read(w), language) for w in known], default=None, return_dtype=pl.String)
    return quarantine.with_columns(said.alias("why")).rename({"why": "reason"}).drop("code", strict=False)


def by_reason(quarantine: pl.DataFrame, language: str = "en") -> pl.DataFrame:
    """How many rows each reason set aside, most first: code, reason, n."""
    counted = quarantine.group_by("code", "why").agg(pl.len().cast(pl.Int64).alias("n")).sort(["n", "why"], descending=[True, False])
    return spoken(counted.with_columns(pl.col("code").alias("kind")), language).select(pl.col("kind").alias("code"), "reason", "n")


def set_aside(
    members: Sequence[tuple[Part, Form]], read_rows: Sequence[Rows], verdict: Checked, names: Mapping[str, str], masked: Sequence[str] = ()
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The list of rows set aside (columns of QUARANTINE) and their original cells, one line a row each, in the order of the files.

    ``names`` gives the physical name of each own column; cells under ``masked`` headers are left empty.
    """
    lists, cells, start = [], [], 0
    labels = {physical: label for label, physical in names.items()}
    whys, codes = [written(r) for r in verdict.reasons], [code(r) for r in verdict.reasons]
    for (part, form), rows in zip(members, read_rows, strict=True):
        here = verdict.aside.filter(pl.col("place").is_between(start, start + rows.height - 1))
        places = here["place"] - start
        start += rows.height
        if here.height:
            original = _masked(rows.cells(places), masked)
            headers = {m.field: m.header for m in form.matches if m.field}
            titles = [headers.get(c) or labels.get(c) or c for c in here["column"]]
            listed = pl.DataFrame(
                {
                    "file": pl.repeat(part.name, here.height, eager=True),
                    "source_row": rows.number(places),
                    "table": pl.repeat(form.table, here.height, dtype=pl.String, eager=True),
                    "column": titles,
                    "value": _cells(original, titles),
                    "code": [codes[c] for c in here["reason"]],
                    "why": [whys[c] for c in here["reason"]],
                },
                schema=QUARANTINE,
            )
            lists.append(listed)
            cells.append(beside(listed, original))
        if rows.ragged:
            listed, original = _ragged(part, str(form.table), rows)
            lists.append(listed)
            cells.append(beside(listed, _masked(original, masked)))
    if not lists:
        return pl.DataFrame(schema=QUARANTINE), pl.DataFrame(schema={"file": pl.String, "source_row": pl.Int64, "why": pl.String})
    return pl.concat(lists), pl.concat(cells, how="diagonal")


def _masked(original: pl.DataFrame, masked: Sequence[str]) -> pl.DataFrame:
    return original.with_columns(pl.lit(None, dtype=pl.String).alias(c) for c in original.columns if plain(c) in {plain(m) for m in masked})


def _cells(original: pl.DataFrame, titles: Sequence[str]) -> pl.Series:
    """The cell at fault of each row; missing where the row as a whole is at fault."""
    title = pl.Series("title of the cell at fault", titles)
    picked = [pl.when(pl.lit(title) == t).then(pl.col(t)) for t in dict.fromkeys(titles) if t in original.columns]
    return (
        original.select(pl.coalesce(*picked).alias("value"))["value"]
        if picked
        else pl.repeat(None, len(titles), dtype=pl.String, eager=True)
    )


def _ragged(part: Part, table: str, rows: Rows) -> tuple[pl.DataFrame, pl.DataFrame]:
    header = [h for h in part.header if h not in part.made]
    reasons = [Text(_("The row has {found} cells, the header has {n}."), found=len(r.cells), n=len(header)) for r in rows.ragged]
    listed = pl.DataFrame(
        {
            "file": [part.name] * len(reasons),
            "source_row": [r.number for r in rows.ragged],
            "table": [table] * len(reasons),
            "column": [None] * len(reasons),
            "value": [None] * len(reasons),
            "code": [code(r) for r in reasons],
            "why": [written(r) for r in reasons],
        },
        schema=QUARANTINE,
    )
    widest = max(len(r.cells) for r in rows.ragged)
    titles = [*header, *(f"column {i + 1}" for i in range(len(header), widest))]
    table_of = {t: [r.cells[i] if i < len(r.cells) else None for r in rows.ragged] for i, t in enumerate(titles)}
    return listed, pl.DataFrame(table_of, schema=dict.fromkeys(titles, pl.String))


def beside(listed: pl.DataFrame, original: pl.DataFrame) -> pl.DataFrame:
    """Place and reason in front of the original cells; columns of the file with the names of these are called so."""
    clash = {c: f"{c} (file)" for c in original.columns if c in (*ADDED, "why")}
    return pl.concat([listed.select("file", "source_row", "why"), original.rename(clash)], how="horizontal")


def published_differently(
    rows: pl.DataFrame, conflicts: pl.DataFrame, key: Sequence[str], runs: pl.DataFrame, headers: Mapping[str, str]
) -> pl.DataFrame:
    """Rows of an extract whose key is published with other values, as rows set aside: place, reason, and cells under the files' headers.

    ``runs`` are the origins of ``rows``; places that are not known stay empty.
    """
    again = rows.with_row_index("place").join(conflicts.select(key), on=list(key), how="semi", maintain_order="left")
    why = written(Text(_("Already published with other values; use replace-months to correct a month.")))
    called = {c: h for c, h in headers.items() if c in rows.columns and h != c and h not in rows.columns}
    cells = again.drop("place").select(pl.all().cast(pl.String)).rename(called)
    return beside(stood(runs, again["place"]).with_columns(pl.lit(why).alias("why")), cells)
