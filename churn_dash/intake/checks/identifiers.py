"""Customer numbers that a spreadsheet has already spoilt. PLATFORM 2.4."""

import polars as pl

from churn_dash.intake.findings import Finding
from churn_dash.words import Text, _

_LONG = r"^\d{16,}$"
_POWER = r"^\d(?:\.\d+)?[eE]\+?\d{2}$"
_LOOK = 2_000


def spoilt(cells: pl.Series, name: str, column: str, from_excel: bool) -> list[Finding]:
    """Findings about numbers whose last digits are lost: written as 6.2E+17, or long ones that Excel kept as numbers.

    A workbook holds 15 digits exactly. Long identifiers that are all exactly what a floating-point number can hold were numbers.

    >>> [len(spoilt(pl.Series([cell]), "a.xlsx", "id", True)) for cell in ("622200001234567936", "622200001234567890")]
    [1, 0]
    """
    texts = cells.drop_nulls().cast(pl.String).head(_LOOK)
    powers = texts.filter(texts.str.contains(_POWER))
    if len(powers):
        told = Text(
            _("{name}: {column} holds numbers such as {value}: their digits are lost. Format the column as text and export it again."),
            name=name,
            column=column,
            value=powers[0],
        )
        return [Finding("digits_lost", "error", told, None, "", column, len(powers), len(powers) / len(texts), tuple(powers.head(3)))]
    long = texts.filter(texts.str.contains(_LONG)) if from_excel else texts.clear()
    if len(long) and all(int(t) == int(float(t)) for t in long):
        told = Text(
            _("{name}: {column} holds numbers of {n} digits, of which Excel keeps 15. Format the column as text and export it again."),
            name=name,
            column=column,
            n=len(long[0]),
        )
        return [Finding("digits_lost", "error", told, None, "", column, len(long), len(long) / len(texts), tuple(long.head(3)))]
    return []
