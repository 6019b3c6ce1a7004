"""What a column may be, from its values alone: proposals below 0.7, which a person confirms."""

from collections.abc import Sequence

import polars as pl

from churn_dash.contract import TABLES
from churn_dash.intake.mapping.fields import fields
from churn_dash.intake.source import Match
from churn_dash.intake.values.amounts import numbers
from churn_dash.intake.values.codes import coded
from churn_dash.intake.values.dates import dated, readable
from churn_dash.intake.values.flags import flags
from churn_dash.intake.values.missing import text
from churn_dash.words import Ratio, Text, _

SURE = 0.7
"""From this confidence on a match is applied; below, it is a proposal."""
_LEAST = 20
_ID_WORDS = r"(?i)(?:id|no|num|number|code|key|nr)$|号$|號$|编号|編號|编码|編碼|代码|代碼|标识|標識"
_SERIAL = r"^[A-Za-z]{1,4}[-_]?\d{3,}$|^0\d{3,}$|^[0-9a-fA-F]{8}-[0-9a-fA-F-]{27}$|^[0-9a-fA-F]{32,64}$|^\d{4,}-[A-Z]{3,}$"
_GENDER = {"F": ("female", "女", "女性", "f"), "M": ("male", "男", "男性", "m")}
_MOST_MONTHS = 240
_LEAVE_LOW, _LEAVE_HIGH = 0.002, 0.6
_ADULT, _OLDEST = 16, 105


def proposals(sample: pl.DataFrame, headers: Sequence[str], table: str) -> tuple[Match, ...]:
    """What these columns look like, the likeliest first; nothing for a column that looks like nothing known.

    >>> cells = pl.DataFrame({"a": [f"C{i:05}" for i in range(30)], "b": ["男", "女"] * 15})
    >>> [(m.header, m.field, m.confidence) for m in proposals(cells, ["a", "b"], "cross_section")]
    [('a', 'customer_id', 0.6), ('b', 'gender', 0.6)]
    """
    known = fields(table)
    found = []
    for header in headers:
        for look in (_identifier, _month, _gender, _leaving, _birth):
            match = look(header, sample[header], table)
            if match is not None and match.field in known:
                found.append(match)
    return tuple(sorted(found, key=lambda m: -m.confidence))


def _proposal(header: str, field: str, table: str, confidence: float, why: Text) -> Match:
    return Match(header, field, table, confidence, why)


def _identifier(header: str, cells: pl.Series, table: str) -> Match | None:
    words = text(cells).drop_nulls()
    if len(words) < _LEAST or len(words) < len(cells) or words.n_unique() < 0.02 * len(words) or words.n_unique() < _LEAST:
        return None
    named = bool(pl.Series([header]).str.contains(_ID_WORDS)[0])
    serial = bool(words.str.contains(_SERIAL).all())
    digits = bool(words.str.contains(r"^\d{5,20}$").all()) and words.str.len_chars().n_unique() == 1
    if serial or (digits and named):
        return _proposal(header, "customer_id", table, 0.65 if named else 0.6, Text(_("The values look like numbers of customers")))
    return _proposal(header, "customer_id", table, 0.4, Text(_("The values look like numbers of customers"))) if digits else None


def _month(header: str, cells: pl.Series, table: str) -> Match | None:
    if "month" not in TABLES[table].columns:
        return None
    words = text(cells).drop_nulls()
    if not len(words) or not 2 <= words.n_unique() <= _MOST_MONTHS or words.str.contains(r"^\d{5}(?:\.\d+)?$").any():
        return None
    if not readable(words).all():
        return None
    days = dated(words).days.drop_nulls().unique()
    one_each = len(days) == days.dt.month_start().n_unique()
    if not one_each:
        return None
    return _proposal(header, "month", table, 0.6, Text(_("The values are one day of each month")))


def _gender(header: str, cells: pl.Series, table: str) -> Match | None:
    words = coded(cells, _GENDER).drop_nulls()
    known = words.filter(~words.is_in(["Unknown", "unknown", "未知", "U"]))
    if len(known) < _LEAST or set(known.unique()) != {"F", "M"}:
        return None
    return _proposal(header, "gender", table, 0.6, Text(_("The values are female and male")))


def _leaving(header: str, cells: pl.Series, table: str) -> Match | None:
    words = text(cells)
    if words.drop_nulls().n_unique() != 2 or len(words.drop_nulls()) < _LEAST:
        return None
    found, bad = flags(words, leaving=True)
    if bad is not None or found.n_unique() - int(found.null_count() > 0) != 2:
        return None
    share = float(found.cast(pl.Int64).mean() or 0)  # type: ignore[arg-type]
    if not _LEAVE_LOW <= share <= _LEAVE_HIGH:
        return None
    spoken = flags(words)[1] is not None
    told = _("The values say who has left: {share} have") if spoken else _("Yes and no, {share} yes: it may say who has left")
    return _proposal(header, "churned", table, 0.65 if spoken else 0.3, Text(told, share=Ratio(share)))


def _birth(header: str, cells: pl.Series, table: str) -> Match | None:
    words = text(cells).drop_nulls()
    if len(words) < _LEAST or words.n_unique() < _LEAST or words.str.contains(r"^\d{5}(?:\.\d+)?$").any():
        return None
    found = dated(words)
    years = found.days.drop_nulls().dt.year()
    if len(years) < len(words) or float(years.median() or 0) > 2000 or int(years.min() or 0) < 1900:  # type: ignore[arg-type]
        return None
    return _proposal(header, "birth_date", table, 0.5, Text(_("The values are dates like days of birth")))


def looks(cells: pl.Series) -> str:
    """What the values look like, in one word: number, age, date, flag, id, category or text.

    >>> looks(pl.Series(["34", "71"] * 20)), looks(pl.Series(["2024-01-05"])), looks(pl.Series(["1,200.50"]))
    ('age', 'date', 'number')
    """
    words = text(cells).drop_nulls()
    if not len(words):
        return "text"
    if _identifier("", words, "cross_section") is not None:
        return "id"
    n_levels = words.n_unique()
    if n_levels == 2 and flags(words)[1] is None:
        return "flag"
    found, bad = numbers(words)
    if bad is None and found.null_count() < len(found) and not words.str.contains(r"^(?:18|19|20)\d{6}$").all():
        low, high = float(found.min() or 0), float(found.max() or 0)  # type: ignore[arg-type]
        whole = bool((found == found.round()).fill_null(True).all())
        return "age" if whole and low >= _ADULT and high <= _OLDEST and high - low > 20 else "number"
    if readable(words).all():
        return "date"
    return "category" if 2 * n_levels <= max(len(words), 20) else "text"
