"""A derived file extended by a month is the one built from the ground up."""

import datetime
import pathlib
import tempfile

import duckdb
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from churn_dash import sample
from churn_dash.contract.definitions import Settings, TierDown
from churn_dash.store.derive import derived
from churn_dash.store.derive.extending import extend

TABLES = ("customers", "accounts", "churn_events")


def contents(path: pathlib.Path) -> dict[str, pl.DataFrame]:
    con = duckdb.connect(str(path), read_only=True)
    about = derived.described(con)
    names = about["definitions"]
    stands = ", ".join(
        f"s_{d}.active as a_{d}, s_{d}.end_day as e_{d}, s_{d}.why as w_{d}, s_{d}.exposure as x_{d}, s_{d}.events as n_{d}" for d in names
    )
    joins = " ".join(f"join states s_{d} on s_{d}.definition = '{d}' and s_{d}.code = m.s_{d}" for d in names)
    codes = ", ".join(f"s_{d}" for d in names)
    cube = ", ".join(["definition", "grain", "period", *about["cube"]])
    rows = f"month_rows m join people p on p.c = m.c {joins}"
    asked = {
        "months": f"select p.customer_id, m.* exclude (c, {codes}), {stands} from {rows} order by 1, m.month",
        "shown": "select * from months order by customer_id, month",
        "spells": "select * from spells order by definition, customer_id, spell",
        "returns": "select r.* exclude (c), p.customer_id from returns r join people p on p.c = r.c order by all",
        "people": "select customer_id from people order by 1",
        "cube": f"select * from cube order by {cube}",
    }
    # The type of a level is called otherwise where levels were added.
    found = {name: pl.DataFrame(con.sql(sql).to_arrow_table()) for name, sql in asked.items()}
    con.close()
    return found | {"about": pl.DataFrame({k: [str(v)] for k, v in about.items() if k != "extended"})}


def agree(extended: pathlib.Path, built: pathlib.Path) -> None:
    got, want = contents(extended), contents(built)
    for name, frame in want.items():
        assert got[name].columns == frame.columns and got[name].height == frame.height, name
        for column in frame.columns:
            a, b = got[name][column], frame[column]
            # Sums of money depend in the last digit on the order in which the rows come.
            same = a.equals(b) or (
                a.dtype.is_float() and a.is_null().equals(b.is_null()) and bool(((a - b).abs() <= 1e-9 * (b.abs() + 1)).all())
            )
            assert same, (name, column)


def attempt(
    bank: sample.Bank,
    until: datetime.date,
    months: pl.DataFrame,
    later: dict[str, pl.DataFrame] | None = None,
    own: Settings = Settings(),  # noqa: B008
) -> bool:
    """Extend the months up to ``until`` by the rest, and compare where that was possible."""
    before = {t: bank.tables[t] for t in TABLES if t in bank.tables}
    after = before | (later or {})
    old, new = months.filter(pl.col("month") <= until), months.filter(pl.col("month") > until)
    with tempfile.TemporaryDirectory() as folder:
        first, extended, built = (pathlib.Path(folder) / f"{n}.duckdb" for n in ("first", "extended", "built"))
        derived.build(first, "panel", before | {"customer_month": old}, (), settings=own)
        done = extend(first, extended, new, after, before.get("customers"), (), settings=own)
        assert extended.exists() is done
        if done:
            derived.build(built, "panel", after | {"customer_month": months}, (), settings=own)
            agree(extended, built)
    return done


@pytest.fixture(scope="module")
def small() -> sample.Bank:
    return sample.generate(5, 160, 15)


def axis(bank: sample.Bank) -> list[datetime.date]:
    return bank.tables["customer_month"]["month"].unique().sort().to_list()


@pytest.mark.parametrize("left", [1, 2])
def test_appended_months_give_what_a_build_gives(small, left):
    assert attempt(small, axis(small)[-1 - left], small.tables["customer_month"])


def test_with_a_banks_own_tiers_an_extension_is_a_build_too(small):
    own = Settings(tier_down=TierDown("ccb", 0, (("gold", 60_000.0), ("platinum", 250_000.0)), "30"))
    assert attempt(small, axis(small)[-2], small.tables["customer_month"], own=own)


def test_customers_who_come_and_customers_who_return_are_followed(small):
    months, ids = small.tables["customer_month"], small.tables["customer_month"]["customer_id"].unique().sort()
    last = axis(small)[-3:]
    newcomers = pl.col("customer_id").is_in(ids[:5].implode()) & (pl.col("month") < last[2])
    returning = pl.col("customer_id").is_in(ids[5:12].implode()) & pl.col("month").is_in(last[:2])
    assert attempt(small, last[1], months.filter(~newcomers & ~returning))


def test_a_late_correction_of_customers_and_accounts_reaches_their_earlier_months(small):
    customers, accounts = small.tables["customers"], small.tables["accounts"]
    branch = pl.when(pl.int_range(pl.len()) < 4).then(pl.col("branch_id").last()).otherwise("branch_id").alias("branch_id")
    closed = pl.when(pl.int_range(pl.len()) < 4).then(pl.lit(axis(small)[6])).otherwise("close_date").alias("close_date")
    later = {"customers": customers.with_columns(branch), "accounts": accounts.with_columns(closed)}
    assert attempt(small, axis(small)[-2], small.tables["customer_month"], later)


def test_what_is_not_a_later_month_of_the_same_columns_is_built(small):
    months = small.tables["customer_month"]
    with tempfile.TemporaryDirectory() as folder:
        first, path = pathlib.Path(folder) / "first.duckdb", pathlib.Path(folder) / "second.duckdb"
        old = months.filter(pl.col("month") < axis(small)[-1])
        derived.build(first, "panel", {"customer_month": old}, ())
        correction = old.filter(pl.col("month") == axis(small)[-2])
        wider = months.filter(pl.col("month") == axis(small)[-1]).with_columns(x_more=1)
        for new in (correction, wider, old.clear()):
            assert not extend(first, path, new, {}, None, ()) and not path.exists()
        assert not extend(path, first.with_name("third.duckdb"), wider, {}, None, ())
        assert [f.name for f in pathlib.Path(folder).iterdir()] == ["first.duckdb"]


def test_a_new_year_is_built_since_the_years_of_joining_go_back_from_it(small):
    december = next(m for m in axis(small)[1:-1] if m.month == 12)
    until_january = pl.col("month") <= december.replace(year=december.year + 1, month=1)
    assert not attempt(small, december, small.tables["customer_month"].filter(until_january))


@pytest.mark.slow
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_whatever_rows_are_missing_an_extension_is_a_build(small, data):
    months = small.tables["customer_month"]
    missing = data.draw(st.sets(st.integers(0, len(months) - 1), max_size=400))
    unknown = data.draw(st.sets(st.integers(0, len(months) - 1), max_size=60))
    i = pl.int_range(pl.len())
    months = months.with_columns(
        pl.when(i.is_in(list(unknown))).then(None).otherwise(pl.col(c)).alias(c)
        for c in ("tier", "aum_end", "txn_count")
        if c in months.columns
    ).filter(~i.is_in(list(missing)))
    dates = months["month"].unique().sort().to_list()
    attempt(small, dates[-1 - data.draw(st.integers(1, 3))], months)
