"""Text cells to the types of the contract, column by column; cells that do not fit are named, never guessed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import dataframely as dy
import polars as pl

from churn_dash.contract import TABLES
from churn_dash.contract.attributes import Kind
from churn_dash.intake.source import Match
from churn_dash.intake.values.amounts import numbers, whole_numbers
from churn_dash.intake.values.dates import dates, months, open_ended
from churn_dash.intake.values.flags import coded, flags
from churn_dash.intake.values.missing import blanked, by_value, text
from churn_dash.intake.values.own import attribute
from churn_dash.words import Text, _


@dataclass(frozen=True)
class Misfit:
    """Cells of a column that its type does not hold, and why."""

    column: str
    cells: pl.Series
    reason: Text


@dataclass
class Typed:
    """Columns by their names in the contract (attributes: physical names), what did not fit, and the attributes' kinds."""

    frame: pl.DataFrame
    misfits: list[Misfit] = field(default_factory=list)
    kinds: dict[str, Kind] = field(default_factory=dict)


def typed(columns: list[pl.Series], matches: Mapping[str, Match]) -> Typed:
    """Type columns called as in the contract, ``matches`` giving each contract column's match. Empties the list as it goes."""
    found = Typed(pl.DataFrame())
    done = []
    while columns:
        cells = columns.pop(0)
        match = matches.get(cells.name)
        if match is None:
            values, found.kinds[cells.name] = attribute(cells)
        else:
            values, bad, reason = _typed(cells, match)
            if bad is not None:
                found.misfits.append(Misfit(cells.name, bad, reason))
        done.append(values.alias(cells.name))
    found.frame = pl.DataFrame(done)
    return found


def _typed(values: pl.Series, match: Match) -> tuple[pl.Series, pl.Series | None, Text]:
    spec = TABLES[match.table].columns[str(match.field)]
    about = spec.metadata or {}
    if isinstance(spec, dy.Bool):
        found, bad = flags(values, leaving=match.field == "churned")
        return found, bad, Text(_("The value is neither yes nor no."))
    if isinstance(spec, dy.Date):
        is_month = match.field == "month"
        day = months(values) if is_month else dates(values)
        bad = _not_dates(values, day)
        return (
            day,
            bad,
            Text(_("The value is not a month such as 2024-03.")) if is_month else Text(_("The value is not a date such as 2024-03-05.")),
        )
    if isinstance(spec, dy.Int64):
        found, bad = whole_numbers(values, match.factor)
        return found, bad, Text(_("The value is not a whole number."))
    if isinstance(spec, dy.Float64):
        found, bad = numbers(values)
        if about.get("unit") == "percent":
            found = _per_cent(values, found)
        return found if match.factor == 1 else found * match.factor, bad, Text(_("The value is not a number."))
    if about.get("unit") == "id" or str(match.field).endswith("_id"):
        return identifiers(values), None, Text(_("The value is not a number."))
    return coded(values, about.get("codes") or {}), None, Text(_("The value is not a number."))


def _per_cent(values: pl.Series, found: pl.Series) -> pl.Series:
    """Rates in per cent, however written: ``numbers`` makes a share of 1.85%.

    >>> _per_cent(pl.Series(["1.85%", "1.85"]), pl.Series([0.0185, 1.85])).round(6).to_list()
    [1.85, 1.85]
    """
    if values.dtype != pl.String:
        return found
    share = values.str.contains("[%％]").fill_null(False)
    return pl.select(pl.when(share).then(found * 100).otherwise(found).alias(found.name)).to_series() if share.any() else found


def _not_dates(values: pl.Series, day: pl.Series) -> pl.Series | None:
    """Cells that hold something, but no date and no end that has not come."""
    lost = (day.is_null() & values.is_not_null()).arg_true()
    if not len(lost):
        return None
    cells = values.gather(lost).cast(pl.String)
    wrong = blanked(cells, numeric=True).is_not_null() & ~open_ended(cells)
    return pl.repeat(False, len(values), eager=True).scatter(lost.filter(wrong), True) if wrong.any() else None


def identifiers(values: pl.Series) -> pl.Series:
    """Identifiers as text: leading zeros stay, blanks around go, full-width digits become plain, 12.0 of a number is 12.

    >>> identifiers(pl.Series([" 007", "１２"])).to_list(), identifiers(pl.Series([12.0])).to_list()
    (['007', '12'], ['12'])
    """
    if values.dtype.is_float():
        whole = values.cast(pl.Int64, strict=False)
        values = whole if bool((whole == values).all()) else values
    found = text(values)
    if not found.str.contains(r"^[\x21-\x7e]*$").all():
        found = by_value(found, lambda s: s.str.normalize("NFKC").str.strip_chars(), pl.String)
    if found.str.contains(r"^\d+\.0$").all() and found.null_count() < len(found):
        found = found.str.strip_suffix(".0")
    return found


def hints(sample: pl.DataFrame, matches: Sequence[Match]) -> dict[str, pl.DataType]:
    """Headers of number columns whose first rows all hold plain numbers, with the type to read them as at once."""
    found: dict[str, pl.DataType] = {}
    for match in matches:
        if not match.field or match.factor != 1:
            continue
        spec = TABLES[match.table].columns[match.field]
        dtype = pl.Int64() if isinstance(spec, dy.Int64) else pl.Float64() if isinstance(spec, dy.Float64) else None
        cells = sample[match.header]
        if dtype is not None and cells.null_count() < len(cells) and cells.cast(dtype, strict=False).null_count() == cells.null_count():
            found[match.header] = dtype
    return found
