"""Text cells to the types of the contract, column by column; cells that do not fit are named, never guessed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import dataframely as dy
import polars as pl

from churn_dash.contract import TABLES
from churn_dash.contract.attributes import Kind
from churn_dash.intake.source import DayOrder, Match
from churn_dash.intake.values.amounts import decimals_mixed, numbers, whole_numbers
from churn_dash.intake.values.codes import coded
from churn_dash.intake.values.dates import dated, open_ended
from churn_dash.intake.values.flags import flags
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


def typed(columns: list[pl.Series], matches: Mapping[str, Match], day_order: DayOrder | None = None) -> Typed:
    """Type columns called as in the contract, ``matches`` giving each contract column's match. Empties the list as it goes.

    ``day_order`` holds for dates such as 03/04/2024 in columns that do not show it.
    """
    found = Typed(pl.DataFrame())
    done = []
    while columns:
        cells = columns.pop(0)
        match = matches.get(cells.name)
        if match is None:
            values, found.kinds[cells.name] = attribute(cells, day_order)
        else:
            values, misfits = _typed(cells, match, day_order)
            found.misfits += [Misfit(cells.name, bad, reason) for bad, reason in misfits if bad is not None]
        done.append(values.alias(cells.name))
    found.frame = pl.DataFrame(done)
    return found


_Misfits = list[tuple[pl.Series | None, Text]]


def _typed(values: pl.Series, match: Match, day_order: DayOrder | None) -> tuple[pl.Series, _Misfits]:
    spec = TABLES[match.table].columns[str(match.field)]
    about = spec.metadata or {}
    if isinstance(spec, dy.Bool):
        found, bad = flags(values, leaving=match.field == "churned")
        return found, [(bad, Text(_("The value is neither yes nor no.")))]
    if isinstance(spec, dy.Date):
        return _dated(values, match.field == "month", day_order)
    if isinstance(spec, dy.Int64):
        found, bad = whole_numbers(values, match.factor)
        return found, [*_mixed(values, bad), (bad, Text(_("The value is not a whole number.")))]
    if isinstance(spec, dy.Float64):
        in_percent = about.get("unit") == "percent"
        found, bad = numbers(values, 1.0 if in_percent else match.factor)
        found = _per_cent(values, found) if in_percent else found
        return found, [*_mixed(values, bad), (bad, Text(_("The value is not a number.")))]
    if about.get("unit") == "id" or str(match.field).endswith("_id"):
        return identifiers(values), []
    return coded(values, about.get("codes") or {}), []


def _mixed(values: pl.Series, bad: pl.Series | None) -> _Misfits:
    if bad is None or values.dtype != pl.String:
        return []
    told = _("The column writes decimals with a comma and with a point: this number cannot be told. Write all of them one way.")
    return [(decimals_mixed(values, bad), Text(told))]


def _dated(values: pl.Series, is_month: bool, day_order: DayOrder | None) -> tuple[pl.Series, _Misfits]:
    found = dated(values, day_order)
    days = found.days.dt.month_start() if is_month else found.days
    form = Text(_("The value is not a month such as 2024-03.")) if is_month else Text(_("The value is not a date such as 2024-03-05."))
    return days, [
        (found.unsure, Text(_("Day and month of this date cannot be told apart. Say which comes first with --day-order."))),
        (found.short_year, Text(_("The year of this date has two digits. Write it with four."))),
        (_not_dates(values, found.days), form),
    ]


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
