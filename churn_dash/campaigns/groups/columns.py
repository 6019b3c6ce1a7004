"""Columns of an experiment file: group names as text, outcomes as numbers. A file may bring everything as text."""

from collections.abc import Collection

import polars as pl

from churn_dash.contract import TABLES
from churn_dash.errors import BadInput, NotFound
from churn_dash.words import _, nearest

MOST_GROUPS = 20
_NUMBERS = ("id", "uid", "user_id", "member_id", "customer", "用户号", "会员号")
"""Further headers of the column that tells customers apart in a file of an experiment."""
_LARGEST = 1e60
"""Of larger numbers neither squares nor their squares can be summed."""
_MISSING = ("", "na", "n/a", "nan", "null", "none", "-", "—")
_YES = ("yes", "y", "true", "t", "是", "有")
_NO = ("no", "n", "false", "f", "否", "无")


def column(rows: pl.DataFrame, name: str) -> pl.Series:
    """The named column. Raises NotFound with the nearest name."""
    if name not in rows.columns:
        like = nearest(name, rows.columns) or nearest(name.casefold(), [c.casefold() for c in rows.columns])
        found = next((c for c in rows.columns if c.casefold() == like.casefold()), "") if like else ""
        if found:
            raise NotFound(_("There is no column {name}; the nearest is {nearest}."), name=name, nearest=found)
        raise NotFound(_("There is no column {name}. The columns are {known}."), name=name, known=", ".join(rows.columns[:30]))
    return rows[name]


def customer_column(rows: pl.DataFrame, others: Collection[str]) -> str | None:
    """The column that holds the customer's number by its name, the columns ``others`` left aside; None where there is none.

    >>> customer_column(pl.DataFrame({"arm": [1], "Cust_ID": [1]}), ["arm"]), customer_column(pl.DataFrame({"id": [1]}), ["id"])
    ('Cust_ID', None)
    """
    known = [c for c in rows.columns if c not in others]
    by_word = {_bare(a): rank for rank, a in enumerate((*TABLES["customers"].aliases("customer_id"), *_NUMBERS))}
    found = sorted((by_word[_bare(c)], c) for c in known if _bare(c) in by_word)
    return found[0][1] if found else None


def _bare(header: str) -> str:
    return "".join(c for c in header.casefold() if c.isalnum())


def group_names(values: pl.Series) -> pl.Series:
    """Group names as text: a whole number without its decimals, flags as 1 and 0, an empty cell as null.

    >>> group_names(pl.Series([0.0, 1.0, None])).to_list()
    ['0', '1', None]
    """
    if values.dtype == pl.Boolean:
        return values.cast(pl.Int8).cast(pl.String)
    if values.dtype.is_float():
        whole = values.is_finite() & (values == values.round(0))
        text = pl.when(whole).then(pl.col("v").cast(pl.Int64, strict=False).cast(pl.String)).otherwise(pl.col("v").cast(pl.String))
        return values.fill_nan(None).to_frame("v").select(text.alias("v"))["v"]
    stripped = values.cast(pl.String).str.strip_chars()
    return stripped.to_frame("v").select(pl.when(pl.col("v") != "").then(pl.col("v")).alias("v"))["v"]


def folded(names: pl.Series) -> tuple[pl.Series, tuple[str, ...]]:
    """Group names with those that differ only by case or spaces made one, and the spellings that were read as another.

    The commonest spelling stands for all, the first by alphabet where two are as common.

    >>> folded(pl.Series(["Control", "control", "Control", "a"]))[1]
    ('control',)
    """
    ways: dict[str, list[tuple[int, str]]] = {}
    for name, n in names.drop_nulls().value_counts(name="n").iter_rows():
        ways.setdefault("".join(name.split()).casefold(), []).append((-n, name))
    meant = {name: min(alike)[1] for alike in ways.values() for _n, name in alike}
    return names.replace(meant), tuple(sorted(name for name, one in meant.items() if name != one))


def number_column(rows: pl.DataFrame, name: str) -> pl.Series:
    """A column as numbers, missing ones null. Raises NotFound, and BadInput for a text that is no number."""
    return outcome_numbers(column(rows, name))[0]


def same_group(name: str, arms: list[str], where: str) -> str:
    """The group that ``name`` means: as written, else without regard to case, else the same number. Raises NotFound.

    >>> same_group("0.0", ["0", "1"], "treat"), same_group("no e-mail", ["Mens E-Mail", "No E-Mail"], "segment")
    ('0', 'No E-Mail')
    """
    wanted = name.strip()
    number = _number(wanted)
    for arm in arms:
        if arm == wanted:
            return arm
    for arm in arms:
        if arm.casefold() == wanted.casefold() or (number is not None and _number(arm) == number):
            return arm
    raise NotFound(
        _("The column {where} holds no group {name}; it holds {known}. The nearest is {nearest}."),
        where=where,
        name=name,
        known=", ".join(arms[:MOST_GROUPS]),
        nearest=nearest(name, arms) or arms[0],
    )


def outcome_numbers(values: pl.Series) -> tuple[pl.Series, bool]:
    """The outcome as numbers, missing ones null, and whether it is a rate: nothing but 0 and 1, or yes and no.

    Raises BadInput for a text that is neither, naming it, for numbers too large to reckon with, and for a column without any value.
    """
    name = values.name
    if values.dtype == pl.String:
        numbers = _from_text(values)
    elif values.dtype == pl.Boolean or values.dtype.is_numeric():
        numbers = values.cast(pl.Float64)
    else:
        raise BadInput(_("The column {name} cannot be an outcome: it holds neither numbers nor yes and no."), name=name)
    largest = numbers.filter(numbers.is_finite()).abs().max()
    if isinstance(largest, float) and largest > _LARGEST:
        raise BadInput(_("The column {name} cannot be used: {example} is too large for an amount."), name=name, example=f"{largest:g}")
    numbers = numbers.to_frame("v").select(pl.when(pl.col("v").is_finite()).then(pl.col("v")).alias("v"))["v"]
    if numbers.null_count() == len(numbers):
        raise BadInput(_("The column {name} cannot be an outcome: it is empty."), name=name)
    return numbers, bool(numbers.drop_nulls().is_in([0.0, 1.0]).all())


def _from_text(values: pl.Series) -> pl.Series:
    text = values.str.strip_chars()
    words = text.str.to_lowercase()
    words = words.to_frame("w").select(pl.when(~pl.col("w").is_in(_MISSING)).then(pl.col("w")).alias("w"))["w"]
    read = words.to_frame("w").select(
        pl.when(pl.col("w").is_in(_YES))
        .then(1.0)
        .when(pl.col("w").is_in(_NO))
        .then(0.0)
        .otherwise(pl.col("w").str.replace_all(",", "").cast(pl.Float64, strict=False))
        .alias("v")
    )["v"]
    unread = text.filter(words.is_not_null() & read.is_null())
    if len(unread):
        raise BadInput(
            _("The column {name} cannot be an outcome: {example} is neither a number nor yes or no."),
            name=values.name,
            example=str(unread[0]),
        )
    return read


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
