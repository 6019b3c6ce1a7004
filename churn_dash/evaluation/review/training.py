"""Hours of training by month and by kind of course. Sources: METHODS A1 9.2, 10.3.3."""

import datetime
from dataclasses import dataclass
from typing import Any

import polars as pl

from churn_dash.access import Scope
from churn_dash.errors import NotPossible
from churn_dash.marks import _
from churn_dash.measures.filters import Period
from churn_dash.store import Dataset, month_end, shifted
from churn_dash.store.reading import full_table

COURSES = {
    "business": _("Banking business"),
    "communication": _("Communication"),
    "crm": _("Customer relations"),
    "cases": _("Sharing of cases"),
}


@dataclass(frozen=True)
class Training:
    """Hours of the period. ``months``: month, hours, n (members of staff trained); ``kinds``: kind, hours, n; ``staff``: those employed at
    the end of the period, None where not known."""

    months: pl.DataFrame
    kinds: pl.DataFrame
    hours: float
    n_trained: int
    staff: int | None
    unknown_hours: int

    @property
    def hours_each(self) -> float | None:
        """Hours a member of staff; None where the staff is not known."""
        return self.hours / self.staff if self.staff else None

    def as_json(self) -> dict[str, Any]:
        """As the command line prints it."""
        return {
            "hours": self.hours,
            "staff_trained": self.n_trained,
            "staff": self.staff,
            "hours_each": self.hours_each,
            "records_without_hours": self.unknown_hours,
            "months": [{"month": f"{m:%Y-%m}", "hours": h, "staff_trained": n} for m, h, n in self.months.iter_rows()],
            "kinds": [{"kind": k, "hours": h, "staff_trained": n} for k, h, n in self.kinds.iter_rows()],
        }


def training(ds: Dataset, period: Period | None, scope: Scope) -> Training:
    """The training of the period (None: all there is). Raises ``NotPossible`` without records of training."""
    rows = full_table(ds, "training_records")
    if rows is None or rows.is_empty():
        raise NotPossible(_("Training needs the table training_records: who attended which course, on which day, for how many hours."))
    staff = full_table(ds, "staff")
    if scope.branches is not None:
        staff = None if staff is None else staff.filter(pl.col("branch_id").is_in(list(scope.branches)))
        rows = rows.clear() if staff is None else rows.join(staff, on="staff_id", how="semi")
    known = rows.drop_nulls("trained_at")
    if period is not None:
        known = known.filter(pl.col("trained_at").is_between(period.start, period.last_day))
    summed = [pl.col("hours").fill_null(0.0).sum(), pl.col("staff_id").n_unique().alias("n")]
    by_month = known.group_by(pl.col("trained_at").dt.truncate("1mo").alias("month")).agg(summed).sort("month")
    by_kind = known.with_columns(kind=pl.col("course_kind").cast(pl.String).fill_null("")).group_by("kind").agg(summed)
    return Training(
        _whole(by_month, period),
        by_kind.sort("hours", "kind", descending=[True, False]),
        float(known["hours"].fill_null(0.0).sum()),
        known["staff_id"].n_unique(),
        _employed(staff, period),
        known["hours"].null_count(),
    )


def _whole(months: pl.DataFrame, period: Period | None) -> pl.DataFrame:
    """Every month of the period: one without a course had no hours."""
    if period is None:
        return months
    every = pl.DataFrame({"month": [shifted(period.start, i) for i in range(period.n_months)]}, schema={"month": pl.Date})
    return every.join(months, on="month", how="left", maintain_order="left").with_columns(
        pl.col("hours").fill_null(0.0), pl.col("n").fill_null(0)
    )


def _employed(staff: pl.DataFrame | None, period: Period | None) -> int | None:
    if staff is None:
        return None
    day = month_end(period.end) if period is not None else datetime.date.max
    there = (pl.col("start_date").is_null() | (pl.col("start_date") <= day)) & (pl.col("end_date").is_null() | (pl.col("end_date") > day))
    return staff.filter(there).height
