"""What a list without months says: near a downgrade, dormant, balances; and what a second list makes of it."""

import datetime

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from churn_dash.care.maturities import maturing
from churn_dash.care.standing import default_day
from churn_dash.contract.attributes import Attribute
from churn_dash.contract.tiers import FLOORS
from churn_dash.errors import BadInput, NotPossible
from churn_dash.intake import Source, extract
from churn_dash.intake.typed import extract_of
from churn_dash.measures import measure
from churn_dash.segments import members
from churn_dash.store import Workspace, publish
from churn_dash.store.derive.listing import listing, stock
from churn_dash.words import say
from tests.asking import ALL, asked


def ids(n: int) -> list[str]:
    return [f"{i:03d}" for i in range(n)]


def of(values, **more) -> pl.DataFrame:
    return pl.DataFrame({"customer_id": ids(len(values)), "aum_avg": pl.Series(values, dtype=pl.Float64), **more})


def test_near_a_downgrade_is_at_most_ten_percent_above_the_threshold():
    found = stock(of([49_999, 50_000, 55_000, 55_001, 330_000, 999_000, 6_600_000, None]), ())["near_downgrade"]
    assert found.to_list() == [False, True, True, False, True, False, True, None]


def test_who_is_below_the_own_tier_is_near_a_downgrade_too():
    frame = of([280_000, 340_000, 20_000, 52_000], tier=["金卡", "gold", "大众", "unheard of"])
    assert stock(frame, ())["near_downgrade"].to_list() == [True, False, False, True]


@given(st.lists(st.floats(0, 1e8) | st.none(), min_size=1, max_size=30))
def test_near_a_downgrade_agrees_with_a_loop(values):
    def near(x):
        floor = max(f for f in FLOORS.values() if f <= x)
        return floor > 0 and x <= floor * 1.1

    assert stock(of(values), ())["near_downgrade"].to_list() == [None if x is None else near(x) for x in values]


def test_dormant_is_no_transaction_for_180_days_and_at_most_100_left():
    days = [datetime.date(2024, 6, 30), datetime.date(2024, 1, 2), datetime.date(2024, 1, 2), datetime.date(2024, 1, 3), None]
    frame = pl.DataFrame({"customer_id": ids(5), "x_last": days, "x_left": [5.0, 100.0, 101.0, 0.0, 0.0]})
    own = (Attribute("cross_section", "x_last", "最近交易日", "date"), Attribute("cross_section", "x_left", "账户余额", "number"))
    assert stock(frame, own)["dormant"].to_list() == [False, True, False, False, None]


def test_who_has_a_loan_is_not_dormant_in_a_list_either():
    frame = pl.DataFrame({"customer_id": ids(3), "x_idle": [6, 6, 6], "loan_balance": [0.0, 5_000.0, None]})
    own = (Attribute("cross_section", "x_idle", "Months_Inactive_12_mon", "number"),)
    assert stock(frame, own)["dormant"].to_list() == [True, False, True]


def test_months_without_use_tell_dormancy_too_and_without_balances_they_alone():
    frame = pl.DataFrame({"customer_id": ids(2), "x_idle": [6, 5]})
    own = (Attribute("cross_section", "x_idle", "Months_Inactive_12_mon", "number"),)
    assert stock(frame, own)["dormant"].to_list() == [True, False]


def test_a_single_month_beside_its_customers_is_a_list_and_two_months_are_none():
    monthly = pl.DataFrame({"customer_id": ["1", "2"], "month": [datetime.date(2024, 5, 1)] * 2, "aum_end": [1.0, 2.0]})
    people = pl.DataFrame({"customer_id": ["2", "3"], "gender": ["F", "M"]})
    found = listing({"customer_month": monthly, "customers": people})
    assert found.to_dicts() == [{"customer_id": "1", "aum_end": 1.0, "gender": None}, {"customer_id": "2", "aum_end": 2.0, "gender": "F"}]
    more = pl.concat([monthly, monthly.with_columns(month=pl.lit(datetime.date(2024, 6, 1)))])
    assert listing({"customer_month": more, "customers": people}) is None
    assert listing({"customers": people}).equals(people) and listing({}) is None


def loaded(place, text: str, name: str = "export.csv"):
    done = publish(Workspace.create(place), extract([Source(name, text.encode())]))
    return Workspace.open(place).dataset(), done


LIST = "客户号,性别,城市,月末资产\n1,女,上海,52000\n2,男,上海,400000\n3,女,杭州,10\n"


def test_a_list_answers_stock_by_any_dimension_and_says_what_churn_needs(tmp_path):
    ds, _done = loaded(tmp_path / "w", LIST)
    rows = measure(asked(ds), ["customers", "aum_start", "customers_near_downgrade"], ["city"]).to_dicts()
    assert {r["city"]: (r["customers"], r["aum_start"], r["customers_near_downgrade"]) for r in rows} == {
        "上海": (2, 452_000.0, 1),
        "杭州": (1, 10.0, 0),
    }
    assert members(asked(ds), only="near_downgrade")["customer_id"].to_list() == ["1"]
    with pytest.raises(NotPossible, match="load last month's list too"):
        measure(asked(ds), ["churn_rate"])
    with pytest.raises(NotPossible, match="last transaction"):
        measure(asked(ds), ["customers_dormant"])
    with pytest.raises(NotPossible, match="near a downgrade or dormant"):
        members(asked(ds), only="dormant")


def test_a_cross_section_without_a_flag_says_on_loading_what_to_do(tmp_path):
    _ds, done = loaded(tmp_path / "w", "CustomerId,Age,Balance\n1,30,52000\n2,40,10\n")
    assert any("load last month's list too" in say(w) for w in done.warnings)
    month = "客户号,月份,月末资产,交易笔数\n1,2024-05,52000,3\n2,2024-05,7,1\n"
    with pytest.raises(BadInput, match="load last month's and this month's together"):
        loaded(tmp_path / "w", month)


def month(when: str, customers: range) -> str:
    return "客户号,月份,月末资产,交易笔数\n" + "".join(f"{i},{when},{i * 7000},3\n" for i in customers)


def test_a_list_of_customers_becomes_a_panel_when_two_months_follow(tmp_path):
    ds, _done = loaded(tmp_path / "w", LIST)
    assert (ds.shape, ds.flagged, ds.months) == ("cross_section", False, ())
    ds, _done = loaded(tmp_path / "w", month("2024-05", range(1, 11)))
    assert (ds.shape, ds.flagged) == ("cross_section", False)
    assert measure(asked(ds), ["customers", "customers_near_downgrade"]).row(0)[0] == 10
    ds, _done = loaded(tmp_path / "w", month("2024-06", range(2, 11)))
    assert (ds.shape, ds.flagged) == ("panel", True)
    assert measure(asked(ds, definition="absent"), ["customers_lost"])["customers_lost"][0] == 1
    with pytest.raises(NotPossible, match="list without months"):
        measure(asked(ds), ["customers_near_downgrade"])


def test_a_single_month_with_a_flag_still_tells_churn(tmp_path):
    ds, _done = loaded(tmp_path / "w", "客户号,月份,月末资产,交易笔数,流失标志\n1,2024-05,52000,3,否\n2,2024-05,400000,1,是\n")
    assert measure(asked(ds), ["churn_rate"])["churn_rate"][0] == 0.5


def test_what_falls_due_is_what_is_held_and_due_within_ninety_days(tmp_path):
    start = datetime.date(2024, 5, 1)
    due = [start + datetime.timedelta(days=d) for d in (0, 90, 91, 30, 10)]
    held = pl.DataFrame(
        {
            "holding_id": ids(5),
            "customer_id": ["1", "1", "2", "2", "3"],
            "amount": [1.0, 2.0, 4.0, 8.0, 16.0],
            "start_date": [start] * 5,
            "maturity_date": due,
            "closed_date": [None, None, None, start, None],
        }
    )
    workspace = Workspace.create(tmp_path / "w")
    publish(workspace, extract_of({"customers": pl.DataFrame({"customer_id": ["1", "2", "3"]}), "product_holdings": held}, "held"))
    ds = workspace.dataset()
    assert default_day(ds) == start
    found = maturing(ds, scope=ALL)
    assert found["amount"].to_list() == [1.0, 16.0, 2.0] and found["product_id"].null_count() == 3
    assert maturing(loaded(tmp_path / "plain", LIST)[0], scope=ALL) is None
