"""Every churn figure a second way: a plain loop over customers (brute.py) against the cube and the month table."""

import importlib.util
import pathlib

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from churn_dash.measures import Filters, Period, dimensions, measure
from tests import asking

_spec = importlib.util.spec_from_file_location("brute", pathlib.Path(__file__).with_name("brute.py"))
brute = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(brute)

NAMES = [
    "customers",
    "customers_lost",
    "churn_rate",
    "net_churn_rate",
    "hazard",
    "aum_start",
    "aum_lost",
    "customers_new",
    "early_churn_rate",
]


def agree(row: dict, want: dict) -> None:
    assert row["customers"] == want["active_at_start"]
    assert row["customers_lost"] == want["churned"]
    assert row["customers_new"] == want["joiners"]
    assert row["aum_start"] == pytest.approx(want["aum_start_sum"], rel=1e-9)
    assert row["aum_lost"] == pytest.approx(want["aum_start_churned"], rel=1e-9)
    assert row["hazard"] == pytest.approx(want["events"] / want["exposure_days"] * 30.4375, rel=1e-9)
    if want["active_at_start"]:
        assert row["net_churn_rate"] == pytest.approx((want["churned"] - want["returned"]) / want["active_at_start"], abs=1e-9)
    else:
        assert row["net_churn_rate"] is None
    if want["joiners"]:
        assert row["early_churn_rate"] == pytest.approx(want["joiners_churned"] / want["joiners"], abs=1e-9)
    else:
        assert row["early_churn_rate"] is None


@pytest.mark.parametrize("definition", ["close", "absent", "dormant", "asset_out", "tier_down", "first"])
def test_every_period_agrees_with_a_plain_loop(bank, bank_data, definition):
    loop = brute.Brute(bank.tables, definition)
    months = bank_data.measurable
    for i in range(0, len(months), 3):
        for length in (1, 3, 5, 12):
            if i + length <= len(months):
                period = Period(months[i], months[i + length - 1])
                agree(
                    measure(asking.asked(bank_data, period=period, definition=definition), NAMES).to_dicts()[0],
                    loop.figures(period.start, period.end),
                )


def test_every_segment_agrees_with_a_plain_loop(bank, bank_data):
    loop = brute.Brute(bank.tables, "first")
    period = Period(bank_data.measurable[-6], bank_data.measurable[-1])
    rows = measure(asking.asked(bank_data, period=period, definition="first"), NAMES, by=["gender"]).to_dicts()
    assert [r["gender"] for r in rows] == ["F", "M", None]
    for row in rows:
        ids = set(bank.tables["customers"].filter(pl.col("gender").eq_missing(pl.lit(row["gender"])))["customer_id"])
        agree(row, loop.figures(period.start, period.end, ids))


def test_segments_add_up_to_the_total(bank_data):
    whole = measure(asking.asked(bank_data), NAMES).to_dicts()[0]
    for name in dimensions(bank_data):
        parts = measure(asking.asked(bank_data), NAMES, by=[name])
        for sum_name in ("customers", "customers_lost", "customers_new", "aum_start", "aum_lost"):
            assert parts[sum_name].sum() == pytest.approx(whole[sum_name], rel=1e-9), (name, sum_name)


def test_the_cube_and_the_month_table_say_the_same(bank_data, monkeypatch):
    asked = [(["month"], ()), (["quarter", "tier"], ()), ([], ()), (["tier"], (("age_band", ("35–44", "45–54")),))]
    cube = [measure(asking.asked(bank_data, filters=Filters(where)), NAMES, by=by) for by, where in asked]
    monkeypatch.setattr(type(bank_data), "cube_columns", ())
    for (by, where), want in zip(asked, cube, strict=True):
        got = measure(asking.asked(bank_data, filters=Filters(where)), NAMES, by=by)
        assert got.shape == want.shape and len(got)
        for column in got.columns:
            pairs = zip(got[column], want[column], strict=True)
            assert all(a == b or a == pytest.approx(b, rel=1e-9) for a, b in pairs), (by, column)


def test_a_narrower_filter_never_adds_customers(bank_data):
    wide = measure(asking.asked(bank_data, filters=Filters((("tier", ("mass", "gold")),))), ["customers"])["customers"][0]
    narrow = measure(asking.asked(bank_data, filters=Filters((("tier", ("mass",)), ("gender", ("F",))))), ["customers"])["customers"][0]
    assert 0 < narrow < wide


def test_the_order_of_rows_changes_nothing(bank, bank_data, tmp_path):
    from churn_dash.intake.typed import extract_of
    from churn_dash.store import Workspace, publish

    shuffled = {name: frame.sample(fraction=1.0, shuffle=True, seed=5) for name, frame in bank.tables.items()}
    workspace = Workspace.create(tmp_path)
    publish(workspace, extract_of(shuffled, "shuffled"))
    want = measure(asking.asked(bank_data), NAMES, by=["month", "tier"])
    got = measure(asking.asked(workspace.dataset()), NAMES, by=["month", "tier"])
    assert_frame_equal(got, want, rel_tol=1e-9)


def test_truncating_the_data_changes_no_settled_figure(bank, bank_data, tmp_path):
    from churn_dash.intake.typed import extract_of
    from churn_dash.store import Workspace, publish

    cut = bank_data.months[-4]
    tables = dict(bank.tables) | {"customer_month": bank.tables["customer_month"].filter(pl.col("month") <= cut)}
    workspace = Workspace.create(tmp_path)
    publish(workspace, extract_of(tables, "cut"))
    earlier = workspace.dataset()
    period = Period(earlier.measurable[0], earlier.measurable[-2])
    names = ["customers", "customers_lost", "net_churn_rate"]
    assert_frame_equal(
        measure(asking.asked(earlier, period=period), names, by=["month"]),
        measure(asking.asked(bank_data, period=period), names, by=["month"]),
        rel_tol=1e-9,
    )
