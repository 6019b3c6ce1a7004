import datetime as dt
import itertools

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from churn_dash.access import Scope
from churn_dash.errors import NotPossible
from churn_dash.intake.typed import extract_of
from churn_dash.measures import Filters, Period, dimensions, measure
from churn_dash.segments.groups import rfm
from churn_dash.segments.groups.behaviour import Behaviour
from churn_dash.segments.groups.quantiles import parts
from churn_dash.segments.groups.starters import standing
from churn_dash.store import Workspace, publish
from tests.asking import ALL, asked


def place(tables, folder):
    workspace = Workspace.create(folder)
    publish(workspace, extract_of(tables, "test"))
    return workspace.dataset()


def test_scores_and_kinds_agree_with_a_plain_loop_over_customers(loops, bank_data):
    found = rfm.rfm(asked(bank_data))
    at = found.behaviour.at
    rows = {c: loops.before(c, at) for c in found.people["customer_id"]}
    frequency = {c: loops.mean(r, "txn_count") for c, r in rows.items() if r}
    money = {c: loops.mean(r, "aum_avg") for c, r in rows.items() if r}
    for one in found.people.iter_rows(named=True):
        mine = rows[one["customer_id"]]
        if not mine:
            assert one["group"] == "unknown"
            continue
        silent = 0
        for row in reversed(mine):
            if row["txn_count"] > 0:
                break
            silent += 1
        r = 5 if silent == 0 else 4 if silent == 1 else 3 if silent == 2 else 2 if silent < 6 else 1
        f = loops.part(frequency[one["customer_id"]], list(frequency.values()))
        m = loops.part(money[one["customer_id"]], list(money.values()))
        assert (one["r"], one["f"], one["m"]) == (r, f, m)
        assert one["group"] == expected(r, f, m)


def expected(r, f, m):
    if r == 1:
        return "asleep"
    if r < 5:
        return "valuable_silent" if m >= 4 else "silent"
    if m >= 4:
        return "core" if f >= 4 else "quiet_money" if f <= 2 else "everyday"
    if m <= 2:
        return "small_busy" if f >= 4 else "small_quiet" if f <= 2 else "everyday"
    return "everyday"


def test_every_customer_stands_in_one_cell_and_the_cells_add_up_to_the_bank(bank_data):
    found = rfm.rfm(asked(bank_data))
    bank = measure(asked(bank_data), ["churn_rate", "customers", "customers_lost", "aum_start", "aum_lost"]).row(0, named=True)
    assert found.people["customer_id"].n_unique() == len(found.people)
    for cells in (found.groups(), found.cells(), found.grid("r", "f"), found.grid("f", "m"), found.grid("r", "m")):
        assert cells["customers"].sum() == bank["customers"]
        assert cells["customers_lost"].sum() == bank["customers_lost"]
        assert cells["aum_start"].sum() == pytest.approx(bank["aum_start"])
        assert cells["aum_lost"].sum() == pytest.approx(bank["aum_lost"])
        assert ((cells["churn_rate_low"] <= cells["churn_rate"]) & (cells["churn_rate"] <= cells["churn_rate_high"])).all()


def test_a_filter_moves_nobody_into_another_cell_and_its_parts_add_up(bank_data):
    whole = dict(rfm.rfm(asked(bank_data)).people.select("customer_id", "group").iter_rows())
    total = 0
    for tier in dimensions(bank_data)["tier"].values:
        found = rfm.rfm(asked(bank_data, filters=Filters((("tier", (tier,)),))))
        assert dict(found.people.select("customer_id", "group").iter_rows()) == whole
        total += found.groups()["customers"].sum()
    assert total == len(whole)


def test_the_viewer_of_a_branch_gets_its_customers_alone(bank_data):
    branch = dimensions(bank_data)["branch_id"].values[0]
    found = rfm.rfm(asked(bank_data, scope=Scope(frozenset({branch}))))
    n = measure(asked(bank_data, scope=Scope(frozenset({branch}))), ["customers"])["customers"][0]
    assert len(found.people) == n == found.groups()["customers"].sum()
    assert rfm.rfm(asked(bank_data, scope=Scope(frozenset()))).groups().is_empty()


def test_nothing_of_the_months_in_which_they_leave_tells_how_they_behaved(bank, tmp_path):
    period = Period(dt.date(bank.tables["customer_month"]["month"].max().year, 1, 1), bank.tables["customer_month"]["month"].max())
    later = dict(bank.tables)
    frame = later["customer_month"]
    changed = frame.with_columns(
        pl.when(pl.col("month") >= period.start).then(pl.col("txn_count") + 50).otherwise("txn_count").alias("txn_count")
    )
    first = rfm.rfm(asked(place(bank.tables, tmp_path / "a"), period=period, definition="close")).people
    second = rfm.rfm(asked(place(later | {"customer_month": changed}, tmp_path / "b"), period=period, definition="close")).people
    assert first.select("customer_id", "r", "f", "m").equals(second.select("customer_id", "r", "f", "m"))


def test_the_order_of_the_rows_changes_nothing(bank, tmp_path, bank_data):
    shuffled = {n: t.sample(fraction=1, shuffle=True, seed=5) for n, t in bank.tables.items()}
    names = ["customer_id", "r", "f", "m", "group", "left"]
    assert rfm.rfm(asked(place(shuffled, tmp_path))).people.select(names).equals(rfm.rfm(asked(bank_data)).people.select(names))


def test_groups_at_a_date_hold_everybody_active_then(bank_data):
    now = rfm.assigned(bank_data, None, None, ALL)
    assert now.columns == ["customer_id", "group"] and now["group"].null_count() == 0
    then = rfm.assigned(bank_data, bank_data.months[-6], None, ALL)
    assert set(then["customer_id"]) != set(now["customer_id"])
    assert len(then) == measure(asked(bank_data, period=Period(bank_data.months[-6], bank_data.months[-6])), ["customers"])["customers"][0]


def test_without_enough_months_before_the_period_it_starts_later_or_says_so(bank_data):
    first = bank_data.measurable[0]
    found = rfm.rfm(asked(bank_data, period=Period(first, bank_data.measurable[-1])))
    assert found.behaviour.period.start == bank_data.months[3] and found.behaviour.months == 3
    with pytest.raises(NotPossible, match="needs 3 months of data before"):
        rfm.rfm(asked(bank_data, period=Period(first, first)))


def test_data_without_transactions_or_months_say_so_in_a_sentence(bank, tmp_path, worked_tables):
    lacking = bank.tables["customer_month"].drop("txn_count")
    with pytest.raises(NotPossible, match="txn_count"):
        rfm.rfm(asked(place({"customer_month": lacking}, tmp_path / "a")))
    flat = bank.tables["customer_month"].unique("customer_id").select("customer_id", pl.lit(value=True).alias("churned"))
    with pytest.raises(NotPossible, match="one row a customer"):
        rfm.rfm(asked(place({"cross_section": flat}, tmp_path / "b")))


def test_money_may_be_the_amount_of_transactions(bank_data):
    by_amount = rfm.rfm(asked(bank_data), money="amount").people
    assert by_amount.filter(pl.col("m") == 5)["amount"].min() >= by_amount.filter(pl.col("m") == 4)["amount"].max()


@settings(deadline=None)
@given(st.lists(st.one_of(st.none(), st.integers(-5, 5)), min_size=1, max_size=60), st.integers(2, 10))
def test_equal_values_are_never_torn_apart_and_larger_ones_never_stand_lower(values, n):
    frame = pl.DataFrame({"v": values}, schema={"v": pl.Float64}).with_columns(parts(pl.col("v"), n).alias("p"))
    known = sorted(frame.drop_nulls().iter_rows())
    assert all(p is None for v, p in frame.iter_rows() if v is None)
    assert all(1 <= p <= n for _v, p in known)
    for (v, p), (w, q) in itertools.pairwise(known):
        assert p <= q and (v != w or p == q)
    if known:
        assert known[-1][1] == n
    for v, p in known:
        assert p == next(q for q in range(1, n + 1) if sum(x <= v for x, _p in known) * n <= q * len(known))


def test_the_score_of_recency_falls_with_every_limit_of_silence():
    """None 5, one month 4, two 3, three to five 2, six and more 1; unknown has none."""
    silent = [0, 1, 2, 3, 4, 5, 6, 7, None]
    frame = pl.DataFrame({"customer_id": [str(i) for i in range(9)], "recency": silent}, schema_overrides={"recency": pl.Float64})
    frame = frame.with_columns(pl.lit(1.0).alias("transactions"), pl.lit(1.0).alias("balances"))
    found = rfm.scored(Behaviour(frame, dt.date(2024, 1, 1), 12, ("recency", "transactions", "balances"), None)).people
    assert found["r"].to_list() == [5, 4, 3, 2, 2, 2, 1, 1, None]
    assert found["group"].to_list()[-1] == "unknown"


def test_who_leaves_on_the_day_after_the_period_has_not_left_in_it(worked_tables, tmp_path):
    moved = worked_tables["accounts"].with_columns(
        pl.when(pl.col("account_id") == "h1").then(pl.lit(dt.date(2024, 2, 1))).otherwise("close_date").alias("close_date")
    )
    ds = place(worked_tables | {"accounts": moved}, tmp_path)
    january, february = (standing(asked(ds, definition="close"), dt.date(2024, 1, 1), dt.date(2024, m, 1)) for m in (1, 2))
    assert january.filter("left")["customer_id"].to_list() == []
    assert february.filter("left")["customer_id"].to_list() == ["B", "H"]
