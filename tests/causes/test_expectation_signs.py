"""What the data beside the survey items say of the expectations: a second way from the published tables, and what is lacking."""

import datetime
import statistics

import polars as pl
import pytest

from churn_dash.causes import adoption, expectation_signs
from churn_dash.errors import NotPossible
from churn_dash.intake.typed import extract_of
from churn_dash.measures import Filters, Period
from churn_dash.measures.statistics.intervals import wilson
from churn_dash.store import Workspace, publish, shifted
from tests.asking import asked

EVE = datetime.timedelta(days=1)


@pytest.fixture
def half(bank_data):
    return Period(bank_data.measurable[-6], bank_data.measurable[-1])


@pytest.fixture
def found(bank_data, half):
    return {s.name: s for s in expectation_signs(asked(bank_data, period=half)).signs}


@pytest.fixture
def in_month(spells):
    """Whether the customer was there on some day of the month of ``day``: at its start or from a later day of it."""

    def there(customer, day):
        first = day.replace(day=1)
        return any(start < shifted(first, 1) and end > first - EVE for start, end, _gone in spells.get(customer, ()))

    return there


def test_digital_use_is_the_share_of_logins_among_customers_there(bank_data, half, there):
    rows = bank_data.table("customer_month").filter(pl.col("month").is_between(half.start, half.end))
    mine = rows.filter(pl.Series([there(c, m) is not None for c, m in rows.select("customer_id", "month").iter_rows()]))
    got = adoption(asked(bank_data, period=half)).months
    for month, n, used, share, low, high in got.select("month", "n", "used", "share", "low", "high").iter_rows():
        known = (
            mine.filter(pl.col("month") == month)
            .select(u=pl.coalesce(pl.col("digital_active").cast(pl.Boolean), pl.col("login_count") > 0))["u"]
            .drop_nulls()
        )
        assert (n, used) == (len(known), int(known.sum()))
        assert share == pytest.approx(used / n)
        assert (low, high) == pytest.approx((wilson(used, n).low, wilson(used, n).high))
    assert len(got) == 6


@pytest.mark.parametrize("by", ["age_band", "tier", "loyalty"])
def test_groups_of_digital_use_add_up_to_the_last_month(bank_data, half, by):
    got = adoption(asked(bank_data, period=half), by=by)
    last = got.months.row(-1, named=True)
    assert got.groups["n"].sum() == last["n"] and got.groups["used"].sum() == last["used"]
    assert len(got.groups) > 2


def test_a_filter_limits_digital_use_and_complaints(bank_data, half):
    tier = Filters((("tier", ("mass",)),))
    mass = adoption(asked(bank_data, filters=tier, period=half)).months["n"].sum()
    assert 0 < mass < adoption(asked(bank_data, period=half)).months["n"].sum()
    a, b = ({s.name: s for s in expectation_signs(asked(bank_data, filters=f, period=half)).signs} for f in (tier, Filters()))
    assert a["service_complaints"].now.n < b["service_complaints"].now.n
    assert a["handling"].now == b["handling"].now and a["handling"].whole_bank


def test_complaints_and_fees_are_counted_from_the_tables(bank_data, half, found, in_month):
    made = bank_data.table("complaints").filter(pl.col("created_at").is_between(half.start, half.last_day))
    mine = [c for c, d, k in made.select("customer_id", "created_at", "category").iter_rows() if k == "service" and in_month(c, d)]
    one = found["service_complaints"].now
    assert one.value == pytest.approx(1_000 * len(mine) / one.n, rel=1e-3)
    fees = bank_data.table("fees").filter(pl.col("charged_at").is_between(half.start, half.last_day))
    charged = [
        (d, p) for c, at, d, p in fees.select("customer_id", "charged_at", "disputed_at", "published").iter_rows() if in_month(c, at)
    ]
    assert found["disputed"].now.n == len(charged)
    assert found["disputed"].now.value == pytest.approx(sum(d is not None for d, _p in charged) / len(charged))
    assert found["published"].now.value == pytest.approx(sum(bool(p) for _d, p in charged) / len(charged))


def test_times_are_weighted_by_cases_and_ages_run_from_the_first_sale(bank_data, half, found, in_month):
    rows = bank_data.table("process_month").filter(pl.col("month").is_between(half.start, half.end)).to_dicts()
    cases = sum(r["cases"] for r in rows)
    assert found["handling"].now.value == pytest.approx(sum(r["cases"] * r["handling_minutes"] for r in rows) / cases)
    assert found["electronic"].now.value == pytest.approx(sum(r["electronic_cases"] for r in rows) / cases)
    held = [r for r in bank_data.table("product_holdings").to_dicts() if r["bank"] == "own" and r["product_id"] and r["start_date"]]
    first = {}
    for r in held:
        first[r["product_id"]] = min(first.get(r["product_id"], r["start_date"]), r["start_date"])
    new = [r for r in held if half.start <= r["start_date"] <= half.last_day and in_month(r["customer_id"], r["start_date"])]
    ages = [(r["start_date"] - first[r["product_id"]]).days / 30.4375 for r in new]
    assert found["product_age"].now.value == pytest.approx(statistics.median(ages))


def test_the_figure_before_is_that_of_as_many_months_before(bank_data, half, found):
    earlier = Period(shifted(half.start, -6), shifted(half.end, -6))
    then = {s.name: s for s in expectation_signs(asked(bank_data, period=earlier)).signs}
    assert found["disputed"].before == then["disputed"].now
    whole = Period(bank_data.measurable[0], bank_data.measurable[-1])
    assert all(s.before.value is None for s in expectation_signs(asked(bank_data, period=whole)).signs)


def test_incidents_of_security_are_counted_where_complaints_name_them(bank, tmp_path):
    complaints = bank.tables["complaints"]
    named = pl.when(pl.int_range(pl.len()) % 50 == 0).then(pl.lit("security")).otherwise(pl.col("category"))
    tables = {"customer_month": bank.tables["customer_month"], "complaints": complaints.with_columns(category=named)}
    workspace = Workspace.create(tmp_path / "w")
    publish(workspace, extract_of(tables, "security"))
    got = {s.name: s for s in expectation_signs(asked(workspace.dataset())).signs}
    assert got["security_complaints"].about == "q_secure" and got["security_complaints"].now.value > 0


def test_what_the_data_lack_is_named_with_what_would_tell_it(only_months, bank_data, half):
    assert set(expectation_signs(asked(bank_data, period=half)).lacking) == {"security_complaints"}
    told = expectation_signs(asked(only_months))
    assert {s.name for s in told.signs} == {"digital"}
    assert "fees" in str(told.lacking["disputed"]) and "disputed_at" in str(told.lacking["disputed"])
    assert all("{" not in str(t) for t in told.lacking.values())


def test_without_logins_there_is_a_sentence(bank, tmp_path):
    workspace = Workspace.create(tmp_path / "w")
    publish(workspace, extract_of({"customer_month": bank.tables["customer_month"].drop("login_count", "digital_active")}, "plain"))
    with pytest.raises(NotPossible, match="login_count"):
        adoption(asked(workspace.dataset()))
