import datetime as dt

import polars as pl
import pytest

from churn_dash.errors import NotPossible
from churn_dash.intake.typed import extract_of
from churn_dash.measures import Period, measure
from churn_dash.segments.groups import service_tiers
from churn_dash.store import Workspace, publish
from tests.asking import ALL, asked


def place(tables, folder):
    workspace = Workspace.create(folder)
    publish(workspace, extract_of(tables, "x"))
    return workspace.dataset()


def test_kinds_follow_the_banks_tiers_and_add_up(bank_data):
    found = service_tiers.service_tiers(asked(bank_data))
    rates = {r["tier"]: r for r in measure(asked(bank_data), ["customers", "customers_lost"], ["tier"]).to_dicts()}
    groups = {r["group"]: r for r in found.groups().to_dicts()}
    for group, tiers in (("high", ("platinum", "private")), ("middle", ("affluent", "gold")), ("small", ("mass",))):
        assert groups[group]["customers"] == sum(rates[t]["customers"] for t in tiers if t in rates)
        assert groups[group]["customers_lost"] == sum(rates[t]["customers_lost"] for t in tiers if t in rates)


MONTHS = [dt.date(2024, m, 1) for m in (1, 2, 3)]


def few(managers, tiers=True):
    """Four rich customers and two others over three months."""
    balances = {"a": 2e6, "b": 1e6, "c": 7e6, "d": 3e6, "e": 60_000.0, "f": 100.0}
    names = {"a": "platinum", "b": "platinum", "c": "private", "d": "platinum", "e": "affluent", "f": "mass"}
    rows = [(c, m, b, b, 1, names[c]) for m in MONTHS for c, b in balances.items() if not (c == "d" and m == MONTHS[2])]
    frame = pl.DataFrame(rows, schema=["customer_id", "month", "aum_avg", "aum_end", "txn_count", "tier"], orient="row")
    frame = frame.with_columns(pl.col("aum_avg", "aum_end").cast(pl.Float64), pl.col("txn_count").cast(pl.Int64))
    customers = pl.DataFrame({"customer_id": list(balances), "rm_id": managers}, schema={"customer_id": pl.String, "rm_id": pl.String})
    return {"customer_month": frame if tiers else frame.drop("tier"), "customers": customers}


LAST = Period(MONTHS[2], MONTHS[2])


def test_the_share_of_top_customers_with_a_manager(tmp_path):
    ds = place(few(["R1", "R1", "R2", None, None, "R1"]), tmp_path)
    found = service_tiers.service_tiers(asked(ds, period=LAST))
    high = found.managed()[0]
    assert (high.group, high.n, high.n_managed, high.share) == ("high", 4, 3, 0.75)
    assert (high.lost_managed, high.lost_unmanaged) == (0, 1), "d had no manager and is missing from the last month"
    assert high.per_manager == 1.5 and found.portfolio == 2.0
    assert high.interval.low < 0.75 < high.interval.high and high.difference.low < -0.5


def test_a_manager_who_has_left_the_bank_or_serves_at_the_counter_is_none(tmp_path):
    staff = pl.DataFrame(
        {"staff_id": ["R1", "R2"], "role": ["manager", "teller"], "end_date": [dt.date(2024, 1, 15), None]},
        schema={"staff_id": pl.String, "role": pl.String, "end_date": pl.Date},
    )
    ds = place(few(["R1", "R1", "R2", None, None, "R1"]) | {"staff": staff}, tmp_path)
    found = service_tiers.service_tiers(asked(ds, period=LAST))
    assert found.by_staff and found.managed()[0].n_managed == 0


def test_without_tiers_balances_decide(tmp_path):
    tables = few(["R1"] * 6, tiers=False)
    ds = place(tables | {"customer_month": tables["customer_month"].drop("aum_avg")}, tmp_path)
    found = service_tiers.service_tiers(asked(ds, period=LAST))
    assert not found.by_tier
    assert dict(found.groups().select("group", "customers").iter_rows()) == {"high": 4, "middle": 1, "small": 1}
    assert dict(service_tiers.assigned(ds, None, None, ALL).iter_rows())["e"] == "middle"


def test_without_stated_tiers_those_in_force_by_month_averages_decide(tmp_path):
    found = service_tiers.service_tiers(asked(place(few(["R1"] * 6, tiers=False), tmp_path), period=LAST))
    assert found.by_tier
    assert dict(found.groups().select("group", "customers").iter_rows()) == {"high": 4, "middle": 1, "small": 1}


def test_data_that_name_no_manager_say_nothing_of_managers(tmp_path):
    tables = few([None] * 6)
    found = service_tiers.service_tiers(asked(place({"customer_month": tables["customer_month"]}, tmp_path), period=LAST))
    assert not found.has_managers and found.managed() == []


def test_data_with_neither_tiers_nor_balances_say_so(tmp_path):
    frame = few([None] * 6)["customer_month"].select("customer_id", "month", "txn_count")
    with pytest.raises(NotPossible, match="tiers or balances"):
        service_tiers.service_tiers(asked(place({"customer_month": frame}, tmp_path), period=LAST))
