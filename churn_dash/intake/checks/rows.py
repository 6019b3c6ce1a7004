"""Typed rows to good ones, and those set aside with the reason. Rows in = good + set aside + repeated."""

from collections.abc import Sequence
from dataclasses import dataclass

import dataframely as dy
import numpy as np
import numpy.typing as npt
import polars as pl

from churn_dash.contract import TABLES
from churn_dash.contract.calendar import month_number
from churn_dash.contract.tables.columns import MOST_MONEY
from churn_dash.intake.values.known import Typed
from churn_dash.words import Text, _

_PLACE = "place_in_file"
_FAR = 24
"""Months without a row between one month and the next."""
_FEW = 0.1
"""Rows of a stray month, as a share of the usual month's."""


@dataclass(frozen=True)
class Checked:
    """``good`` rows; how many repeat another; rows set aside: their places, the column at fault, and the reason's number.

    ``kept`` says of every row whether it is good; None where all are.
    """

    good: pl.DataFrame
    n_repeated: int
    aside: pl.DataFrame
    reasons: tuple[Text, ...]
    kept: pl.Series | None = None


class _Verdicts:
    """Why each row is set aside: the first reason found; 0 where none was."""

    def __init__(self, n: int) -> None:
        self.codes: npt.NDArray[np.int16] = np.zeros(n, dtype=np.int16)
        self.known: list[tuple[str, Text]] = [("", Text(""))]

    def add(self, places: npt.NDArray[np.intp], column: str, reason: Text) -> None:
        if not len(places):
            return
        self.known.append((column, reason))
        fresh = places[self.codes[places] == 0]
        self.codes[fresh] = len(self.known) - 1


def checked(table: str, typed: Typed, also: Sequence[str] = (), numbered: bool = False, distinct: bool = True) -> Checked:
    """Check typed rows against a table of the contract (and, for wide files, the columns of the tables in ``also``).

    ``numbered`` rows have no key of their own: equal rows are different customers and none is repeated, unless they are said not to
    be ``distinct``. PLATFORM 6.
    """
    frame = typed.frame
    verdicts = _Verdicts(frame.height)
    for misfit in typed.misfits:
        verdicts.add(misfit.cells.arg_true().to_numpy(), misfit.column, misfit.reason)
    if TABLES[table].has_month and "month" in frame.columns:
        verdicts.add(_stray(frame["month"]), "month", Text(_("The month lies over two years away from all others: is the year right?")))
    key = list(TABLES[table].key)
    repeated = _copies(frame, key, distinct) if numbered else _repeats(frame, key, verdicts)
    _broken_rules(table, also, frame, repeated, verdicts)
    keep = verdicts.codes == 0
    keep[repeated] = False
    aside = np.flatnonzero(verdicts.codes)
    codes = verdicts.codes[aside]
    good = frame if keep.all() else frame.filter(pl.Series(keep))
    out = Checked(
        good,
        len(repeated),
        pl.DataFrame(
            {"place": aside, "column": [verdicts.known[c][0] for c in codes], "reason": codes},
            schema={"place": pl.UInt32, "column": pl.String, "reason": pl.Int32},
        ),
        tuple(reason for _column, reason in verdicts.known),
        None if keep.all() else pl.Series(keep),
    )
    assert frame.height == out.good.height + out.n_repeated + out.aside.height
    return out


def _stray(month: pl.Series) -> npt.NDArray[np.intp]:
    """Places of rows whose months lie far from the rest and hold next to no rows: each month in between would stand empty."""
    counts = month.drop_nulls().value_counts().sort("month")
    if len(counts) < 2:
        return np.empty(0, dtype=np.intp)
    at = month_number(pl.col("month"))
    runs = counts.with_columns((at.diff().fill_null(0) > _FAR).cum_sum().alias("run"))
    main = runs.group_by("run").agg(pl.sum("count")).sort("count", "run")["run"][-1]
    usual = runs.filter(pl.col("run") == main)["count"].median() or 0
    stray = runs.filter((pl.col("run") != main) & (pl.col("count") < _FEW * pl.lit(usual)))["month"]
    return month.is_in(stray.implode()).fill_null(False).arg_true().to_numpy().astype(np.intp)


def _copies(frame: pl.DataFrame, key: list[str], distinct: bool) -> npt.NDArray[np.intp]:
    """Places of rows without a key that equal an earlier one, where the person says that those are copies."""
    if distinct or frame.width <= len(key):
        return np.empty(0, dtype=np.intp)
    return (~frame.select(pl.struct(pl.exclude(key)).is_first_distinct().alias("first"))["first"]).arg_true().to_numpy().astype(np.intp)


def _repeats(frame: pl.DataFrame, key: list[str], verdicts: _Verdicts) -> npt.NDArray[np.intp]:
    """Places of rows that repeat an earlier one whole; keys that come again with other values get a verdict."""
    hashes = frame.select(key).hash_rows()
    twice = hashes.is_duplicated() & frame.select(pl.all_horizontal(pl.col(key).is_not_null()).alias("k"))["k"]
    places = twice.arg_true()
    if not len(places):
        return np.empty(0, dtype=np.intp)
    some = frame.select(pl.all().gather(places)).with_columns(pl.Series("_failed", verdicts.codes[places.to_numpy()] != 0))
    variants = some.unique().group_by(key).len("_variants")
    judged = some.with_columns(places.alias("_place")).join(variants, on=key, how="left", maintain_order="left")
    conflict = judged.filter(pl.col("_variants") > 1)["_place"].to_numpy()
    verdicts.add(conflict, key[-1], Text(_("The same {key} comes again with other values."), key=" + ".join(key)))
    same = judged.filter((pl.col("_variants") == 1) & ~pl.col("_failed"))
    return same.filter(~pl.struct(key).is_first_distinct())["_place"].to_numpy().astype(np.intp)


def _broken_rules(table: str, also: Sequence[str], frame: pl.DataFrame, repeated: npt.NDArray[np.intp], verdicts: _Verdicts) -> None:
    """Rows that break a rule of the contract, by dataframely. It drops foreign columns and names no rows: both are carried past it."""
    left = verdicts.codes == 0
    left[repeated] = False
    schema = _schema(table, also, frame.columns)
    absent = [pl.lit(None, dtype=c.dtype).alias(n) for n, c in schema.columns().items() if n not in frame.columns and n != _PLACE]
    rows = frame.select([c for c in frame.columns if c in schema.columns()]).with_columns(absent).with_row_index(_PLACE)
    rows = rows.with_columns(pl.col(_PLACE).cast(pl.UInt32))
    _good, failure = schema.filter(rows if left.all() else rows.filter(pl.Series(left)))
    if not len(failure):
        return
    details = failure.details()
    for rule in sorted(failure.counts(), key=lambda r: r == "primary_key"):
        broken = details.filter(pl.col(rule) == "invalid")[_PLACE].to_numpy()
        column, _bar, kind = rule.rpartition("|")
        verdicts.add(broken.astype(np.intp), column or _FAULT.get(kind, ""), _reason(schema, column, kind))


_FAULT = {"closed_not_before_opened": "close_date", "due_not_before_start": "maturity_date", "month_is_a_first_day": "month"}


def _schema(table: str, also: Sequence[str], present: Sequence[str]) -> type[dy.Schema]:
    """The table's schema with the rows' places, and those columns of further tables that are there."""
    extra: dict[str, object] = {_PLACE: dy.UInt32()}
    for other in also:
        extra |= {n: c for n, c in TABLES[other].columns.items() if n in present and n not in TABLES[table].columns}
    return type("Checked", (TABLES[table].schema,), extra)


def _reason(schema: type[dy.Schema], column: str, kind: str) -> Text:
    if kind in ("nullability", "min_length"):
        return Text(_("A value that must not be missing is missing."))
    if kind == "closed_not_before_opened":
        return Text(_("The account is closed before it was opened."))
    if kind == "due_not_before_start":
        return Text(_("The product falls due before it starts."))
    spec = schema.columns().get(column)
    if kind in ("min", "max") and abs(getattr(spec, kind, 0) or 0) == MOST_MONEY:
        return Text(_("The amount is beyond ¥{most}, more than all the money of the country."), most=f"{MOST_MONEY:,.0f}")
    if kind == "min":
        return Text(_("The value is below {least}."), least=f"{getattr(spec, 'min', 0):g}")
    if kind == "max":
        return Text(_("The value is above {most}."), most=f"{getattr(spec, 'max', 0):g}")
    return Text(_("The value breaks the rule {rule}."), rule=kind)
