"""Values that a column's own rows or its name make unlikely. What the contract forbids is set aside instead."""

import polars as pl

from churn_dash.intake.checks.load import Load, examples
from churn_dash.intake.findings import Finding
from churn_dash.intake.mapping.headers import plain
from churn_dash.words import Count, Text, _

_AGES = {"age", "年龄", "客户年龄", "customerage"}
_OLDEST = 110
_FEW = 0.01
_ENOUGH = 100


def ranges(load: Load) -> list[Finding]:
    """Ages nobody has, and a few negative values in columns of the bank's own that are otherwise positive."""
    found = []
    for a in load.attributes:
        frame = load.tables.get(a.table)
        if frame is None or a.column not in frame.columns or not frame[a.column].dtype.is_numeric():
            continue
        values = frame[a.column]
        if plain(a.label) in _AGES:
            wrong = values.filter((values < 0) | (values > _OLDEST))
            if len(wrong):
                told = Text(_("{n} values of {column} are no age of a person."), n=Count(len(wrong)), column=a.label)
                found.append(_finding("age_out_of_range", told, a.table, a.label, wrong, frame.height))
            continue
        low = values.min()
        if not isinstance(low, int | float) or low >= 0 or frame.height < _ENOUGH:
            continue
        negative = values.filter(values < 0)
        if len(negative) <= _FEW * frame.height:
            told = Text(_("{n} values of {column} are below zero, all others are not."), n=Count(len(negative)), column=a.label)
            found.append(_finding("few_negative", told, a.table, a.label, negative, frame.height))
    return found


def _finding(code: str, told: Text, table: str, title: str, wrong: pl.Series, of: int) -> Finding:
    advice = Text(
        _("If the value stands for missing, load with --missing {column}={value}; otherwise correct it."), column=title, value=wrong[0]
    )
    return Finding(code, "warning", told, advice, table, title, len(wrong), len(wrong) / of, examples(wrong))
