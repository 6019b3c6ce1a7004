"""Numbers as people write them: 1,234.50, 1.234,50, 12.3万, ￥, %, (123), 123-, full-width digits."""

import polars as pl

from churn_dash.intake.values.missing import blanked
from churn_dash.intake.values.scripts import simplified

_WRITTEN = (
    r"^(?P<open>\()?\s*(?P<sign>[+-])?\s*(?:¥|\$|€|£|cny|rmb|usd|eur|人民币)?\s*(?P<sign2>[+-])?"
    r"(?P<number>[1-9]\d{0,2}(?:,\d{3})+(?:\.\d*)?|[1-9]\d{0,2}(?:'\d{3})+(?:\.\d*)?|\d+(?:\.\d*)?|\.\d+)(?P<power>e[+-]?\d{1,3})?"
    r"\s*(?P<unit>%|‰|万亿|千万|百万|亿|万|千)?\s*(?:元|cny|rmb|usd|eur|¥|\$|€|£)?(?P<sign3>[+-])?\s*(?P<close>\))?$"
)
_UNITS = {"%": 1e-2, "‰": 1e-3, "千": 1e3, "万": 1e4, "百万": 1e6, "千万": 1e7, "亿": 1e8, "万亿": 1e12}
_EDGE = r"(?:^|[^\d.,])"
_COMMA_SAID = _EDGE + r"(?:\d{1,3}(?:\.\d{3})+,\d+|\d+,\d{1,2}|\d+,\d{4,}|0,\d+|\d{1,3}(?:\.\d{3}){2,})(?:$|[^\d.,])"
"""Numbers that can only be read with a decimal comma."""
_POINT_SAID = _EDGE + r"(?:\d{1,3}(?:,\d{3})+\.\d*|\d+\.\d{1,2}|\d+\.\d{4,}|0?\.\d+|\d{1,3}(?:,\d{3}){2,})(?:$|[^\d.,])"
"""Numbers that can only be read with a decimal point."""
_THOUSANDS = r"^\s*-?[1-9]\d{0,2}(?:,\d{3})+(?:\.\d+)?\s*$"
_EITHER = _EDGE + r"[1-9]\d{0,2}[.,]\d{3}(?:$|[^\d.,])"
_CLEAR = 0.1
"""Share of the cells with a comma or a point that must show a decimal comma before the column is read so."""
_STRAY = 0.01
"""Share of such cells up to which they are mistypes in a column of decimal points."""
_FULL = _EDGE + r"(?:\d{1,3}(?:\.\d{3})+,\d+|\d{1,3}(?:\.\d{3}){2,})(?:$|[^\d.,])"
_ENOUGH = 3
"""Different cells such as 12,5 that must show a decimal comma where none shows points between thousands beside it."""


def numbers(values: pl.Series, factor: float = 1.0) -> tuple[pl.Series, pl.Series | None]:
    """Values as Float64, and which cells hold something that is no number (None: none do).

    Commas count only between groups of three digits, unless the column as a whole shows decimal commas; a column that shows both
    keeps only what can be read one way. Percentages become shares: 9.98% is 0.0998. ``factor`` is the header's unit: a cell
    that says its own is not multiplied again.

    >>> numbers(pl.Series(["1,234.50", "12.3万", "￥5", "(7)", "9.98%", " "]))[0].round(4).to_list()
    [1234.5, 123000.0, 5.0, -7.0, 0.0998, None]
    >>> numbers(pl.Series(["1.234,50", "0,5", "1.234"]))[0].to_list()
    [1234.5, 0.5, 1234.0]
    >>> numbers(pl.Series(["1.5", "12.3万"]), factor=1e4)[0].to_list()
    [15000.0, 123000.0]
    """
    if values.dtype == pl.Boolean or values.dtype.is_integer():
        return values.cast(pl.Float64) * factor, None
    if values.dtype.is_float():
        infinite = values.is_infinite().fill_null(False)
        return values.cast(pl.Float64).fill_nan(None) * factor, infinite if infinite.any() else None
    texts = values.cast(pl.String)
    quick = texts.cast(pl.Float64, strict=False)
    rest = (quick.is_null() & texts.is_not_null()) | ~quick.is_finite().fill_null(True)
    if rest.any():
        quick, rest = _grouped(texts, quick, rest)
    quick = quick if factor == 1 else quick * factor
    if not rest.any():
        return quick, None
    places = rest.arg_true()
    if _says_comma(texts.gather(places)):
        dialect, both_ways = _decimals(texts)
        if dialect == "comma":
            swapped = texts.str.replace_all(".", "", literal=True).str.replace_all(",", ".", literal=True)
            return numbers(swapped, factor)
        if both_ways is not None:
            found, bad = numbers(texts.set(both_ways, None), factor)
            return found, both_ways if bad is None else both_ways | bad
    left = blanked(texts.gather(places), numeric=True)
    read = _written(left, factor)
    quick = quick.scatter(places, read)
    wrong = (read.is_null() & left.is_not_null()).arg_true()
    if not len(wrong):
        return quick, None
    return quick, pl.repeat(False, len(values), eager=True).scatter(places.gather(wrong), True)


def _grouped(texts: pl.Series, quick: pl.Series, rest: pl.Series) -> tuple[pl.Series, pl.Series]:
    """The plain 1,234.50 read at once, and what is left; nothing where a cell may have a decimal comma: 1,234 is then no thousand."""
    places = rest.arg_true()
    cells = texts.gather(places)
    plain = cells.str.contains(_THOUSANDS).fill_null(False)
    if not plain.any() or _says_comma(cells.filter(~plain)):
        return quick, rest
    at = places.filter(plain)
    read = cells.filter(plain).str.replace_all(",", "", literal=True).str.strip_chars().cast(pl.Float64, strict=False)
    return quick.scatter(at, read), rest.scatter(at, False)


def _says_comma(cells: pl.Series) -> bool:
    """Whether cells that are no plain numbers show a decimal comma at all: one in full form, or several different short ones."""
    normal = cells.filter(cells.str.contains(r"[,，]|[.．].*[.．]").fill_null(False)).str.normalize("NFKC")
    comma = normal.filter(normal.str.contains(_COMMA_SAID).fill_null(False))
    return bool(len(comma)) and (bool(comma.str.contains(_FULL).any()) or comma.n_unique() >= _ENOUGH)


def _decimals(texts: pl.Series) -> tuple[str, pl.Series | None]:
    """Whether the column as a whole writes decimals with a comma or a point; where it does both, the cells that may be either."""
    normal = texts.str.normalize("NFKC").str.strip_chars()
    n_marked = int(normal.str.contains(r"\d[.,]\d").sum())
    comma, point = normal.str.contains(_COMMA_SAID).fill_null(False), normal.str.contains(_POINT_SAID).fill_null(False)
    n_comma, n_point = int(comma.sum()), int(point.sum())
    if n_comma <= _STRAY * n_marked:
        return "point", None
    if not n_point and n_comma >= _CLEAR * n_marked:
        return "comma", None
    return "both", normal.str.contains(_EITHER).fill_null(False) | comma


def decimals_mixed(values: pl.Series, bad: pl.Series) -> pl.Series | None:
    """Which of the bad cells are numbers, but with a decimal comma beside decimal points or readable both ways; None: none.

    >>> cells = pl.Series(["1,5", "1,7", "2,8", "1.5", "x"])
    >>> decimals_mixed(cells, numbers(cells)[1]).to_list()
    [True, True, True, False, False]
    """
    places = bad.arg_true()
    cells = values.gather(places).cast(pl.String).str.normalize("NFKC").str.strip_chars()
    found = (cells.str.contains(_EITHER) | cells.str.contains(_COMMA_SAID)).fill_null(False)
    return pl.repeat(False, len(values), eager=True).scatter(places.filter(found), True) if found.any() else None


def _written(texts: pl.Series, factor: float) -> pl.Series:
    plain = texts.str.to_lowercase()
    if plain.str.contains("[萬億幣]").any():
        plain = simplified(plain)
    parts = plain.str.extract_groups(_WRITTEN).struct.unnest()
    size = (
        (parts["number"].str.replace_all("[,']", "").to_frame("n").select(pl.concat_str(pl.col("n"), pl.lit(parts["power"].fill_null("")))))
        .to_series()
        .cast(pl.Float64, strict=False)
    )
    unit = parts["unit"].replace_strict(list(_UNITS), list(_UNITS.values()), default=factor, return_dtype=pl.Float64)
    both = parts["open"].is_not_null() & parts["close"].is_not_null()
    either = parts["open"].is_not_null() ^ parts["close"].is_not_null()
    signs = [parts[s] for s in ("sign", "sign2", "sign3")]
    negative = both
    for sign in signs:
        negative = negative ^ (sign.fill_null("") == "-")
    twice = sum((s.is_not_null().cast(pl.Int8) for s in signs[1:]), signs[0].is_not_null().cast(pl.Int8)) > 1
    value = (size * unit).to_frame("v").with_columns(negative.alias("m")).select(pl.when("m").then(-pl.col("v")).otherwise("v"))
    found = value.to_series()
    return found.set(twice | either | found.is_infinite().fill_null(False), None)


def whole_numbers(values: pl.Series, factor: float = 1.0) -> tuple[pl.Series, pl.Series | None]:
    """Values as Int64, and which cells hold something that is no whole number (None: none do).

    >>> whole_numbers(pl.Series(["4", "5.0", "1.5", "x"]))[1].to_list()
    [False, False, True, True]
    """
    if values.dtype == pl.Boolean or (values.dtype.is_integer() and factor == 1):
        return values.cast(pl.Int64, strict=False), None
    if values.dtype == pl.String and factor == 1:
        quick = values.cast(pl.Int64, strict=False)
        if quick.null_count() == values.null_count():
            return quick, None
    found, bad = numbers(values, factor)
    uneven = ((found.round() - found).abs() > 1e-6).fill_null(False) | (found.abs() >= 2**62).fill_null(False)
    whole = found.set(uneven, None).round().cast(pl.Int64)
    bad = uneven if bad is None else bad | uneven
    return whole, bad if bad.any() else None
