"""The features of a cross-section: every column that is no identifier. Source: METHODS D1, D7."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from churn_dash.contract import TABLES
from churn_dash.marks import _
from churn_dash.risk.features.feature import Feature, Source, Unit
from churn_dash.risk.features.left_out import LeftOut
from churn_dash.words import Text

MOST_LEVELS = 50
_NEARLY_ALL = 0.95

_IDENTIFIER = re.compile(
    r"(^|_)(id|ids|rownumber|row_number|row_no|index|surname|first_?name|last_?name|full_?name|name|phone|mobile|email|address|ssn|uuid)$"
    r"|^(customerid|customer_?num(ber)?|clientnum|unnamed.*|column_?\d*|_?row|)$|姓名|手机|电话|邮箱|身份证|编号|序号|客户号|行号"
)
_SENSITIVE = re.compile(r"(^|_)(gender|sex|age|senior_?citizen|birth|birth_date|dob|race|ethnicity|religion)(_|$)|性别|年龄|出生|民族")
_GENDER = re.compile(r"(^|_)(gender|sex)$|性别")
_LASTING = re.compile(
    r"(^|_)(tenure|seniority|months?_on_book|open_date|education|marital|married|dependents?|dependent_count|partner|country|geography|city|region|"
    r"job|occupation|income_category|address|employ|ed)(_|$)|工龄|教育|学历|婚姻|开户|地址|城市|职业|入网|在网"
)
_ACTIONS = {
    "complaints": r"(^|_)(complain(ed|ts?)?|complaints?_open)(_|$)|投诉",
    "products": r"(^|_)(num_of_products|products?(_count|_held|_number)?|total_relationship_count)$|产品数|持有产品",
    "contacts": r"(^|_)contacts?(_|$)|联系次数|接触次数|回访",
    "digital": r"(^|_)(logins?|digital|online|mobile_bank(ing)?|internet_bank(ing)?|e_?bank(ing)?)(_|$)|电子银行|手机银行|网银|登录",
    "payments": r"(^|_)(auto_?pay|standing_(orders?|payments?)|direct_debits?)(_|$)|代扣",
    "rate": r"(^|_)rate_gap(_|$)|利差",
}
"""What in a header tells that a bank can act on it, by the sort of lever. METHODS D5."""


def action(label: str) -> str | None:
    """Which sort of lever a header speaks of; None for most.

    >>> action("NumOfProducts"), action("Balance"), action("EstimatedSalary")
    ('products', None, None)
    """
    return next((sort for sort, words in _ACTIONS.items() if re.search(words, plain(label))), None)


@dataclass(frozen=True)
class Column:
    """A column of a cross-section: its physical name, its header, and what its values are (number, category, flag, date, text)."""

    column: str
    label: str
    kind: str
    own_words: bool = True


def plain(label: str) -> str:
    """A header in small letters with underscores, so that names can be compared.

    >>> plain("NumOfProducts"), plain("Customer Age")
    ('num_of_products', 'customer_age')
    """
    split = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", label.strip())
    return re.sub(r"[\s\-.]+", "_", split).lower()


def gender(feature: Feature) -> bool:
    """Whether a feature is the customer's gender, whatever the header."""
    return bool(_GENDER.search(plain(feature.label)) or feature.name == "gender")


def readable(frame: pl.DataFrame, columns: Sequence[Column]) -> pl.DataFrame:
    """The frame with text columns that hold numbers (blanks allowed) as numbers, and days as days since 1970."""
    casts = []
    for c in columns:
        values = frame[c.column]
        if values.dtype == pl.String:
            text = values.str.strip_chars()
            text = text.set(text == "", None)
            numbers = text.cast(pl.Float64, strict=False)
            filled = text.len() - text.null_count()
            numeric = filled > 0 and numbers.drop_nulls().len() == filled
            casts.append((numbers if numeric else text).alias(c.column))
        elif values.dtype.is_temporal():
            casts.append(values.cast(pl.Date).cast(pl.Int32).cast(pl.Float64).alias(c.column))
        elif values.dtype in (pl.Categorical, pl.Enum):
            casts.append(values.cast(pl.String).alias(c.column))
    return frame.with_columns(casts)


def features_of(frame: pl.DataFrame, columns: Sequence[Column]) -> tuple[tuple[Feature, ...], list[LeftOut]]:
    """The features among the columns of a ``readable`` frame, and the columns left out with the reason.

    Left out: identifiers (by name, or by being nearly all different), texts of more than fifty levels, columns of one value.
    """
    kept, left = [], []
    for c in columns:
        why = _why_not(frame[c.column], c)
        if why is None:
            kept.append(_feature(frame[c.column], c))
        else:
            left.append(LeftOut(c.label, why))
    return tuple(kept), left


def _why_not(values: pl.Series, column: Column) -> Text | None:
    levels, filled = values.drop_nulls().n_unique(), values.len() - values.null_count()
    if levels <= 1 and not 0 < filled < values.len():
        return Text(_("it has a single value"))
    if _IDENTIFIER.search(plain(column.label)) and (levels > MOST_LEVELS or levels > _NEARLY_ALL * filled):
        return Text(_("it names the customer or the row"))
    if values.dtype == pl.String and levels > _NEARLY_ALL * filled and levels > 2:
        return Text(_("nearly every customer has another value"))
    if values.dtype == pl.String and levels > MOST_LEVELS:
        return Text(_("a text with {n} different values"), n=levels)
    if values.dtype.is_integer() and levels == filled and _counts_rows(values):
        return Text(_("it numbers the rows"))
    return None


def _counts_rows(values: pl.Series) -> bool:
    ordered = values.drop_nulls().sort()
    return ordered.len() > MOST_LEVELS and int(ordered[-1]) - int(ordered[0]) == ordered.len() - 1


def _feature(values: pl.Series, column: Column) -> Feature:
    name = plain(column.label)
    sensitive, lasting = bool(_SENSITIVE.search(name)), bool(_LASTING.search(name))
    number = values.dtype.is_numeric()
    unit: Unit = "flag" if values.dtype == pl.Boolean else "days" if column.kind == "date" else "number" if number else "category"
    whole = number and bool((values.drop_nulls() == values.drop_nulls().round(0)).all())
    return Feature(
        column.label if column.own_words else column.column,
        column.label,
        "customer" if sensitive or lasting else "banking",
        column.column,
        unit,
        Source("column", column.column),
        column.label,
        immutable=sensitive or lasting,
        sensitive=sensitive,
        integer=whole,
        own_words=column.own_words,
    )


def mapped_columns(frame: pl.DataFrame) -> list[Column]:
    """Columns of the contract in a cross-section, beside the id and the flag: they are features too."""
    known = {**TABLES["customers"].columns, **TABLES["customer_month"].columns}
    kinds = {pl.Boolean: "flag", pl.Date: "date", pl.String: "category"}
    skipped = ("customer_id", "churned", "month", "source_row", "available_ts")
    return [
        Column(c, known[c].description or c, kinds.get(type(frame.schema[c]), "number"), own_words=False)
        for c in frame.columns
        if c in known and c not in skipped
    ]
