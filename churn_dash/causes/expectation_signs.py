"""What the data beside the survey items say of each expectation and each deficit: use, incidents, times, fees, products.

Source: METHODS A1 2.1, 2.2.
"""

from collections.abc import Callable
from dataclasses import dataclass

import polars as pl

from churn_dash.causes.adoption import used_digital
from churn_dash.causes.complaints import SLA_DAYS, complaint_rate, settled
from churn_dash.causes.presence import exposure_of
from churn_dash.causes.reading import Asked, placed, resolved
from churn_dash.contract import TABLES
from churn_dash.contract.calendar import shifted
from churn_dash.marks import _
from churn_dash.measures.filters import Period
from churn_dash.measures.metrics import MEAN_MONTH_DAYS
from churn_dash.measures.question import Question
from churn_dash.measures.statistics.estimates import NOTHING, Estimate, rate
from churn_dash.store.reading import some_columns
from churn_dash.words import Text


@dataclass(frozen=True)
class Sign:
    """One figure: what it is a sign of (a survey item or a deficit), its unit (ratio, number), in the period and over as many months
    directly before it (undefined where the data do not reach back). ``whole_bank``: it cannot be told for the customers chosen.
    """

    name: str
    about: str
    label: str
    unit: str
    now: Estimate
    before: Estimate
    whole_bank: bool = False


@dataclass(frozen=True)
class Signs:
    """The figures in the order of the plan, and one sentence for each that these data cannot tell, by name."""

    signs: tuple[Sign, ...]
    lacking: dict[str, Text]


@dataclass(frozen=True)
class _Kind:
    name: str
    about: str
    label: str
    unit: str
    table: str
    columns: tuple[str, ...]
    work: Callable[[Asked, pl.DataFrame, Period], Estimate]
    whole_bank: bool = False


def expectation_signs(question: Question) -> Signs:
    """What the data say of each expectation and deficit. Complaints, contacts and fees count of customers there in that month.

    Raises what ``measure`` raises.
    """
    ds = question.ds
    asked = resolved(question, leaving=False)
    whole = asked.whole
    length = (whole.end.year - whole.start.year) * 12 + whole.end.month - whole.start.month + 1
    earlier = Period(shifted(whole.start, -length), shifted(whole.end, -length))
    known = set(ds.measurable)
    back = all(shifted(earlier.start, i) in known for i in range(length))
    found, lacking = [], {}
    for kind in KINDS:
        # The months are summed by the engine and never read whole.
        frame = pl.DataFrame() if kind.table == "customer_month" else some_columns(ds, kind.table, *kind.columns)
        now = kind.work(asked, frame, whole) if frame is not None else NOTHING
        if now.value is None:
            lacking[kind.name] = _lacking(kind)
            continue
        assert frame is not None
        before = kind.work(asked, frame, earlier) if back else NOTHING
        found.append(Sign(kind.name, kind.about, kind.label, kind.unit, now, before, kind.whole_bank))
    return Signs(tuple(found), lacking)


def _lacking(kind: _Kind) -> Text:
    need = TABLES[kind.table]
    if kind.name == "security_complaints":
        return Text(_("Incidents of security cannot be counted: no complaint of these months has the category security (安全, 盗刷)."))
    columns = ", ".join(c for c in kind.columns if c not in need.key and c not in ("customer_id", "bank"))
    return Text(
        _("{label}: this needs {columns} of these months in the table {table} ({name})."),
        label=kind.label, columns=columns, table=need.label, name=kind.table,
    )  # fmt: skip


def _there(asked: Asked, rows: pl.DataFrame, day: str, period: Period) -> pl.DataFrame:
    """The rows of the period from customers who were there in the month of ``day``."""
    inside = rows.filter(pl.col(day).is_between(period.start, period.last_day))
    return placed(asked, inside, day, period=period)


def _contacted(asked: Asked, rows: pl.DataFrame, period: Period) -> Estimate:
    mine = _there(asked, rows, "ts", period)
    if mine.is_empty():
        return NOTHING
    return rate(mine["customer_id"].n_unique(), exposure_of(asked, period).customers)


def _digital(asked: Asked, _rows: pl.DataFrame, period: Period) -> Estimate:
    found = used_digital(asked, Period(period.end, period.end))
    return rate(int(found["used"].sum()), int(found["n"].sum())) if len(found) else NOTHING


def _months(rows: pl.DataFrame, period: Period) -> pl.DataFrame:
    return rows.filter(pl.col("month").is_between(period.start, period.end))


def _electronic(_question: Asked, rows: pl.DataFrame, period: Period) -> Estimate:
    told = _months(rows, period).drop_nulls(["cases", "electronic_cases"]).filter(pl.col("electronic_cases") <= pl.col("cases"))
    return rate(int(told["electronic_cases"].sum()), int(told["cases"].sum()))


def _minutes(column: str) -> Callable[[Asked, pl.DataFrame, Period], Estimate]:
    def work(_question: Asked, rows: pl.DataFrame, period: Period) -> Estimate:
        told = _months(rows, period).drop_nulls(["cases", column])
        cases = int(told["cases"].sum())
        return Estimate(float((told["cases"] * told[column]).sum()) / cases, n=cases) if cases else NOTHING

    return work


def _in_time(asked: Asked, rows: pl.DataFrame, period: Period) -> Estimate:
    """Complaints settled within the days allowed, of those old enough when the data end."""
    end = asked.ds.data_end or asked.whole.last_day
    old = settled(_there(asked, rows, "created_at", period), end).filter(pl.col("age") >= SLA_DAYS)
    return rate(int((old["settled"] & (old["days"] <= SLA_DAYS)).sum()), len(old))


def _complaints(category: str) -> Callable[[Asked, pl.DataFrame, Period], Estimate]:
    def work(asked: Asked, rows: pl.DataFrame, period: Period) -> Estimate:
        told = rows.filter(pl.col("created_at").is_between(period.start, period.last_day))
        # None of this category all the time is not none happened: the bank may not keep it apart.
        if not (rows["category"] == category).any() or told.is_empty():
            return NOTHING
        mine = _there(asked, told.filter(pl.col("category") == category), "created_at", period)
        return complaint_rate(len(mine), exposure_of(asked, period).days)

    return work


def _fees(column: str) -> Callable[[Asked, pl.DataFrame, Period], Estimate]:
    def work(asked: Asked, rows: pl.DataFrame, period: Period) -> Estimate:
        if rows[column].null_count() == len(rows):
            return NOTHING
        mine = _there(asked, rows, "charged_at", period)
        if column == "disputed_at":
            return rate(int(mine[column].is_not_null().sum()), len(mine))
        told = mine[column].drop_nulls()
        return rate(int(told.sum()), len(told))

    return work


def _product_age(asked: Asked, rows: pl.DataFrame, period: Period) -> Estimate:
    """Median months since a product was first sold, over the holdings begun in the period."""
    own = rows.filter((pl.col("bank").fill_null("own") == "own") & pl.col("product_id").is_not_null() & pl.col("start_date").is_not_null())
    first = own.group_by("product_id").agg(pl.col("start_date").min().alias("_first"))
    mine = _there(asked, own, "start_date", period).join(first, on="product_id")
    ages = (mine["start_date"] - mine["_first"]).dt.total_days()
    middle = ages.median()
    return Estimate(float(middle) / MEAN_MONTH_DAYS, n=len(ages)) if isinstance(middle, int | float) else NOTHING


_COMPLAINT = ("customer_id", "complaint_id", "created_at", "category")
_FEE = ("customer_id", "charged_at")
KINDS = (
    _Kind("contacted", "q_personal", _("Customers contacted"), "ratio", "contacts", ("customer_id", "ts"), _contacted),
    _Kind("digital", "q_convenient", _("Customers with digital logins, last month"), "ratio", "customer_month", ("login_count",), _digital),
    _Kind(
        "electronic", "q_convenient", _("Cases done without a branch"), "ratio", "process_month", ("month", "cases", "electronic_cases"),
        _electronic, whole_bank=True,
    ),
    _Kind(
        "handling", "q_efficient", _("Minutes to handle a case, mean"), "number", "process_month", ("month", "cases", "handling_minutes"),
        _minutes("handling_minutes"), whole_bank=True,
    ),
    _Kind(
        "waiting", "q_efficient", _("Minutes that customers wait, mean"), "number", "process_month", ("month", "cases", "waiting_minutes"),
        _minutes("waiting_minutes"), whole_bank=True,
    ),
    _Kind(
        "in_time", "q_efficient", _("Complaints settled in time"), "ratio", "complaints", (*_COMPLAINT, "resolved_at"), _in_time,
    ),
    _Kind(
        "security_complaints", "q_secure", _("Incidents of security a month per 1,000 customers"), "number", "complaints", _COMPLAINT,
        _complaints("security"),
    ),
    _Kind(
        "product_age", "innovation", _("Months since a product was first sold, median of new holdings"), "number", "product_holdings",
        ("customer_id", "product_id", "start_date", "bank"), _product_age,
    ),
    _Kind(
        "service_complaints", "service_quality", _("Complaints of service a month per 1,000 customers"), "number", "complaints", _COMPLAINT,
        _complaints("service"),
    ),
    _Kind(
        "price_complaints", "opaque_price", _("Complaints of rates and fees a month per 1,000 customers"), "number", "complaints",
        _COMPLAINT, _complaints("price"),
    ),
    _Kind("disputed", "opaque_price", _("Fees disputed"), "ratio", "fees", (*_FEE, "disputed_at"), _fees("disputed_at")),
    _Kind(
        "published", "opaque_price", _("Fees charged that stand in the price list"), "ratio", "fees", (*_FEE, "published"),
        _fees("published"),
    ),
    _Kind(
        "value_added_complaints", "value_added", _("Complaints of value-added services a month per 1,000 customers"), "number",
        "complaints", _COMPLAINT, _complaints("value_added"),
    ),
)  # fmt: skip
"""The closed list of figures, in the order of the plan."""
