"""Numbers as people write them: 1,234.50, 12.3万, ￥, %, (123), full-width digits."""

import polars as pl

from churn_dash.intake.values.missing import blanked

_WRITTEN = (
    r"^(?P<open>\()?\s*(?P<sign>[+-])?\s*(?:¥|\$|€|£|cny|rmb|usd|eur|人民币)?\s*(?P<sign2>[+-])?"
    r"(?P<number>\d{1,3}(?:,\d{3})+(?:\.\d*)?|\d+(?:\.\d*)?|\.\d+)(?P<power>e[+-]?\d{1,3})?"
    r"\s*(?P<unit>%|‰|万亿|千万|百万|亿|万|千)?\s*(?:元|cny|rmb)?\s*(?P<close>\))?$"
)
_UNITS = {"%": 1e-2, "‰": 1e-3, "千": 1e3, "万": 1e4, "百万": 1e6, "千万": 1e7, "亿": 1e8, "万亿": 1e12}


def numbers(values: pl.Series) -> tuple[pl.Series, pl.Series | None]:
    """Values as Float64, and which cells hold something that is no number (None: none do).

    Commas count only between groups of three digits. Percentages become shares: 9.98% is 0.0998.

    >>> numbers(pl.Series(["1,234.50", "12.3万", "￥5", "(7)", "9.98%", " "]))[0].round(4).to_list()
    [1234.5, 123000.0, 5.0, -7.0, 0.0998, None]
    """
    if values.dtype == pl.Boolean or values.dtype.is_integer():
        return values.cast(pl.Float64), None
    if values.dtype.is_float():
        infinite = values.is_infinite().fill_null(False)
        return values.cast(pl.Float64).fill_nan(None), infinite if infinite.any() else None
    texts = values.cast(pl.String)
    quick = texts.cast(pl.Float64, strict=False)
    rest = (quick.is_null() & texts.is_not_null()) | ~quick.is_finite().fill_null(True)
    if not rest.any():
        return quick, None
    places = rest.arg_true()
    left = blanked(texts.gather(places), numeric=True)
    read = _written(left)
    quick = quick.scatter(places, read)
    wrong = (read.is_null() & left.is_not_null()).arg_true()
    if not len(wrong):
        return quick, None
    return quick, pl.repeat(False, len(values), eager=True).scatter(places.gather(wrong), True)


def _written(texts: pl.Series) -> pl.Series:
    parts = texts.str.to_lowercase().str.extract_groups(_WRITTEN).struct.unnest()
    size = (
        (
            parts["number"]
            .str.replace_all(",", "", literal=True)
            .to_frame("n")
            .select(pl.concat_str(pl.col("n"), pl.lit(parts["power"].fill_null(""))))
        )
        .to_series()
        .cast(pl.Float64, strict=False)
    )
    unit = parts["unit"].replace_strict(list(_UNITS), list(_UNITS.values()), default=1.0, return_dtype=pl.Float64)
    both = parts["open"].is_not_null() & parts["close"].is_not_null()
    either = parts["open"].is_not_null() ^ parts["close"].is_not_null()
    negative = both ^ (parts["sign"].fill_null("") == "-") ^ (parts["sign2"].fill_null("") == "-")
    twice = parts["sign"].is_not_null() & parts["sign2"].is_not_null()
    value = (size * unit).to_frame("v").with_columns(negative.alias("m")).select(pl.when("m").then(-pl.col("v")).otherwise("v"))
    found = value.to_series()
    return found.set(twice | either | found.is_infinite().fill_null(False), None)


def whole_numbers(values: pl.Series, factor: float = 1.0) -> tuple[pl.Series, pl.Series | None]:
    """Values as Int64, and which cells hold something that is no whole number (None: none do).

    >>> whole_numbers(pl.Series(["4", "5.0", "1.5", "x"]))[1].to_list()
    [False, False, True, True]
    """
    if values.dtype == pl.Boolean or values.dtype.is_integer():
        return values.cast(pl.Int64, strict=False), None
    if values.dtype == pl.String and factor == 1:
        quick = values.cast(pl.Int64, strict=False)
        if quick.null_count() == values.null_count():
            return quick, None
    found, bad = numbers(values)
    found = found if factor == 1 else found * factor
    uneven = ((found.round() - found).abs() > 1e-6).fill_null(False) | (found.abs() >= 2**62).fill_null(False)
    whole = found.set(uneven, None).round().cast(pl.Int64)
    bad = uneven if bad is None else bad | uneven
    return whole, bad if bad.any() else None
