import datetime

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from churn_dash.contract.calendar import month_end
from churn_dash.risk.features.feature import Feature
from churn_dash.risk.features.panel import PANEL_FEATURES
from churn_dash.risk.features.ratios import RELATIVE
from churn_dash.risk.rows.held import Held
from churn_dash.risk.rows.snapshot import Panel, snapshot
from churn_dash.risk.rows.treatment import untreated
from churn_dash.risk.rows.windows import windows

DAY = datetime.date
MONTHS = [DAY(2023, 7 + i, 1) if i < 6 else DAY(2024, i - 5, 1) for i in range(12)]
T = DAY(2024, 2, 29)
"""Eight months known, then a month of gap and three of outcome."""


def rows(customer: str, aum: list[float | None], **columns: list[object]) -> pl.DataFrame:
    return pl.DataFrame({"customer_id": customer, "month": MONTHS[: len(aum)], "aum_avg": aum, **columns}, strict=False)


def panel(
    months: pl.DataFrame, ids: tuple[str, ...] = ("a",), treated: pl.DataFrame | None = None, lag: int = 0, **tables: pl.DataFrame
) -> Panel:
    spells = pl.DataFrame(
        {"customer_id": list(ids), "start_date": DAY(2015, 1, 1), "end_date": None, "event": False}, schema_overrides={"end_date": pl.Date}
    )
    return Panel.of(windows(MONTHS), Held.of({"months": months, **tables}), spells, tables.get("customers"), treated, lag)


def at(found: Panel, *names: str, score_date: datetime.date = T) -> dict[str, object]:
    features = tuple(f for f in found.held.available(PANEL_FEATURES) if not names or f.name in names)
    return snapshot(found, features, score_date).row(0, named=True)


FALLING = [800.0, 1000.0, 1000.0, 1000.0, 1000.0, 500.0, 400.0, 380.0]


def test_changes_are_against_the_customers_own_past() -> None:
    found = at(panel(rows("a", FALLING)))
    assert found["aum_avg"] == 380
    assert found["aum_change_1m"] == pytest.approx(-0.05)
    assert found["aum_change_3m"] == pytest.approx(-0.62)
    assert found["aum_change_6m"] == pytest.approx(-0.62)
    assert found["aum_from_peak"] == pytest.approx(-0.62)


MONTHLY_CHANGES = [f for f in PANEL_FEATURES if f.source.measure in ("change", "mean_change", "difference") and not f.source.table]


@pytest.mark.parametrize("feature", MONTHLY_CHANGES, ids=lambda f: f.name)
def test_every_change_over_months_is_that_of_the_months_one_by_one(feature: Feature) -> None:
    s, series = feature.source, [7.0, 3.0, 4.0, 9.0, 2.0, 6.0, 8.0, 5.0]
    back = series[::-1]
    if s.measure == "mean_change":
        near, far = back[: s.months], back[s.months : 2 * s.months]
        want = (sum(near) / len(near)) / (sum(far) / len(far)) - 1
    else:
        want = back[0] - back[s.months] if s.measure == "difference" else back[0] / back[s.months] - 1
    assert at(panel(rows("a", series, **({} if s.column == "aum_avg" else {s.column: series}))))[feature.name] == pytest.approx(want)


def test_the_changes_are_there_for_one_three_and_six_months_of_what_the_months_say() -> None:
    spans: dict[str, set[int]] = {}
    for feature in MONTHLY_CHANGES:
        spans.setdefault(feature.source.column, set()).add(feature.source.months)
    # A month's salary against the one before tells of bonus months, and few come to a branch two months running.
    assert {c for c, n in spans.items() if n != {1, 3, 6}} == {"salary_in", "branch_visits"}
    assert {"login_count", "product_count", "fee_income", "deposit_avg", "card_txn_count", "autopay_count", "points"} <= set(spans)


def test_the_trend_is_the_least_squares_growth_a_month() -> None:
    import numpy as np

    x, y = np.arange(6), np.log1p(FALLING[2:])
    assert at(panel(rows("a", FALLING)))["aum_slope_6m"] == pytest.approx(np.expm1(np.polyfit(x, y, 1)[0]))


RATIOS = [f for f in PANEL_FEATURES if f.source.measure in RELATIVE and not f.source.table and f.source.measure != "market_change"]


@pytest.mark.parametrize("feature", RATIOS, ids=lambda f: f.name)
@pytest.mark.parametrize(("before", "now", "end"), [(0.35, 8000.0, 9.0), (8000.0, 0.35, -0.9), (8000.0, 0.0, -0.9)])
def test_no_ratio_to_the_own_past_goes_beyond_tenfold_either_way(feature: Feature, before: float, now: float, end: float) -> None:
    s, months = feature.source, max(1, feature.source.months) if feature.source.measure == "mean_change" else 1
    series = [before] * (8 - months) + [now] * months
    if s.measure == "slope":
        series = [1e12 * (20.0 if end > 0 else 0.05) ** i for i in range(8)]
    found = at(panel(rows("a", series, **({} if s.column == "aum_avg" else {s.column: series}))))[feature.name]
    assert found == (0.0 if s.measure == "peak" and end > 0 else end)


def test_a_change_of_what_is_not_known_now_is_not_known() -> None:
    """SQL's ``greatest`` passes over a null: an end of the ratio must not stand for a gap."""
    assert at(panel(rows("a", [*FALLING[:7], 380.0], deposit_avg=[5.0] * 7 + [None])))["deposit_change_1m"] is None


def test_a_ratio_to_nothing_is_undefined_never_infinite() -> None:
    found = at(panel(rows("a", [0.0, 0, 0, 0, 0, 5, 5, 5])))
    assert found["aum_change_3m"] is None
    assert found["aum_change_1m"] == pytest.approx(0)


def test_what_comes_after_the_score_date_changes_nothing() -> None:
    known = at(panel(rows("a", FALLING)))
    assert at(panel(rows("a", [*FALLING, 1.0, 0.0, 0.0, 0.0]))) == known


def test_a_row_that_had_not_arrived_by_the_score_date_is_not_known_and_the_month_before_stands() -> None:
    arrived = [*(DAY(m.year, m.month, 28) for m in MONTHS[:7]), DAY(2024, 3, 3)]
    late = panel(rows("a", FALLING, available_ts=arrived))
    assert at(late, "aum_avg", "aum_change_1m") == {
        "customer_id": "a",
        "score_date": T,
        "fate": "stays",
        "aum_avg": 400,
        "aum_change_1m": pytest.approx(-0.2),
    }
    assert at(late, "aum_avg", score_date=DAY(2024, 3, 31))["aum_avg"] == 380


def test_the_gap_waits_for_rows_that_come_in_with_the_usual_lag_and_for_none_later() -> None:
    arrived = [*(month_end(m) + datetime.timedelta(days=3) for m in MONTHS[:7]), month_end(MONTHS[7]) + datetime.timedelta(days=20)]
    usual = panel(rows("a", FALLING, available_ts=arrived), lag=3)
    assert at(usual, "aum_avg", score_date=month_end(MONTHS[6]))["aum_avg"] == FALLING[6]
    assert at(usual, "aum_avg")["aum_avg"] == FALLING[6], "twenty days late is too late"


def test_counts_are_means_recency_is_months_since_and_products_differences() -> None:
    found = at(panel(rows("a", FALLING, txn_count=[6, 6, 6, 6, 6, 3, 0, 0], product_count=[3, 3, 3, 3, 3, 2, 2, 1])))
    assert found["txn_mean_3m"] == pytest.approx(1)
    assert found["txn_change_3m"] == pytest.approx(1 / 6 - 1)
    assert found["months_without_txn"] == 2
    assert (found["product_count"], found["product_change_3m"]) == (1, -2)


def test_a_changed_tier_is_seen_and_an_unknown_one_is_not_called_a_change() -> None:
    tiers = ["gold"] * 5 + ["mass"] * 3
    found = panel(pl.concat([rows("a", FALLING, tier=tiers), rows("b", FALLING, tier=[None] * 7 + ["gold"])]), ids=("a", "b"))
    features = tuple(f for f in PANEL_FEATURES if f.name in ("tier", "tier_changed_3m"))
    assert snapshot(found, features, T).select("tier", "tier_changed_3m").rows() == [("mass", 1.0), ("gold", None)]


def test_complaints_are_open_until_settled_and_only_those_made_by_then_count() -> None:
    made = pl.DataFrame(
        {
            "complaint_id": ["1", "2", "3"],
            "customer_id": "a",
            "created_at": [DAY(2024, 1, 10), DAY(2024, 2, 10), DAY(2024, 3, 1)],
            "resolved_at": [DAY(2024, 1, 20), DAY(2024, 3, 2), None],
        }
    )
    found = at(panel(rows("a", FALLING), complaints=made))
    assert (found["complaints_open"], found["complaints_12m"], found["months_since_complaint"]) == (1, 2, 0)


def test_a_customer_who_never_complained_has_no_complaints_not_an_unknown_number() -> None:
    made = pl.DataFrame(
        {"complaint_id": ["1"], "customer_id": "z", "created_at": [DAY(2024, 1, 10)], "resolved_at": None},
        schema_overrides={"resolved_at": pl.Date},
    )
    assert at(panel(rows("a", FALLING), complaints=made))["complaints_open"] == 0


def test_satisfaction_is_the_last_answer_by_then() -> None:
    asked = pl.DataFrame(
        {
            "survey_id": ["1", "2", "3", "4"],
            "customer_id": "a",
            "answered_at": [DAY(2023, 9, 1), DAY(2023, 12, 1), None, DAY(2024, 3, 1)],
            "csat": [5, 2, None, 1],
            "nps": [9, 3, None, 0],
        }
    )
    found = at(panel(rows("a", FALLING), surveys=asked))
    assert (found["csat_last"], found["csat_change"], found["nps_last"]) == (2, -3, 3)


def test_a_single_answer_is_no_change() -> None:
    asked = pl.DataFrame({"survey_id": ["1"], "customer_id": "a", "answered_at": [DAY(2023, 9, 1)], "csat": [5], "nps": [9]})
    assert at(panel(rows("a", FALLING), surveys=asked))["csat_change"] is None


def test_the_market_is_the_city_else_the_whole_bank() -> None:
    sums = pl.DataFrame(
        {
            "city": ["X", "X", None, None],
            "month": [DAY(2023, 11, 1), DAY(2024, 2, 1)] * 2,
            "aum_avg": [100.0, 80.0, 1000.0, 1010.0],
        }
    )
    months = pl.concat([rows("a", FALLING, city=["X"] * 8), rows("b", FALLING, city=[None] * 8)])
    features = tuple(f for f in PANEL_FEATURES if f.name == "market_change_3m")
    found = snapshot(panel(months, ids=("a", "b"), balances=sums), features, T)["market_change_3m"]
    assert found.to_list() == [pytest.approx(-0.2), pytest.approx(0.01)]


def test_attributes_are_as_they_stood_not_as_they_are_today() -> None:
    months = rows("a", FALLING, education=["school"] * 7 + ["degree"])
    today = pl.DataFrame({"customer_id": ["a"], "education": ["doctorate"]})
    found = panel(months, customers=today)
    assert at(found, "education")["education"] == "degree"
    assert at(found, "education", score_date=DAY(2024, 1, 31))["education"] == "school"


def test_a_feature_without_its_column_does_not_exist() -> None:
    names = {f.name for f in panel(rows("a", FALLING)).held.available(PANEL_FEATURES)}
    assert "aum_avg" in names and "tenure_months" in names
    assert not names & {"txn_mean_3m", "age", "complaints_open", "csat_last", "market_change_3m"}


def test_the_order_of_the_rows_changes_nothing() -> None:
    months = pl.concat([rows("a", FALLING), rows("b", FALLING[::-1])])
    features = panel(months, ids=("a", "b")).held.available(PANEL_FEATURES)
    first = snapshot(panel(months, ids=("a", "b")), features, T)
    second = snapshot(panel(months.reverse(), ids=("b", "a")), features, T)
    assert_frame_equal(first, second)


def test_a_customer_treated_between_score_date_and_outcome_is_no_example() -> None:
    treated = pl.DataFrame({"customer_id": ["a", "b", "c", "d"], "day": [T, DAY(2024, 3, 1), DAY(2024, 6, 30), DAY(2024, 7, 1)]})
    seen = pl.DataFrame({"customer_id": ["a", "b", "c", "d"], "score_date": [T] * 4, "fate": "stays"})
    kept, counted = untreated(seen, panel(rows("a", FALLING), treated=treated))
    assert kept["customer_id"].to_list() == ["a", "d"] and counted == {"treated": 2, "would_be_treated": 0}


def test_what_falls_due_is_seen_ahead_and_what_was_closed_later_still_counts() -> None:
    holdings = pl.DataFrame(
        {
            "holding_id": ["1", "2", "3", "4", "5"],
            "customer_id": "a",
            "amount": [10.0, 20.0, 40.0, 80.0, 160.0],
            "start_date": [DAY(2023, 1, 1)] * 4 + [DAY(2024, 3, 1)],
            "maturity_date": [DAY(2024, 3, 31), DAY(2024, 5, 31), DAY(2024, 2, 15), DAY(2025, 1, 1), DAY(2024, 4, 1)],
            "closed_date": [DAY(2024, 3, 5), None, None, DAY(2024, 2, 1), None],
            "bank": ["own", "own", None, "own", "own"],
        }
    )
    found = at(panel(rows("a", FALLING), product_holdings=holdings))
    assert (found["due_1m"], found["due_3m"], found["fell_due_1m"], found["holdings"]) == (10, 30, 40, 2)
    assert found["due_share_3m"] == 1


def test_large_amounts_are_of_the_last_months_and_what_is_announced_is_not_yet_done() -> None:
    moved = pl.DataFrame(
        {
            "txn_id": ["1", "2", "3", "4"],
            "customer_id": "a",
            "booked_at": [None, None, DAY(2024, 2, 20), None],
            "txn_date": [DAY(2024, 2, 1), DAY(2023, 12, 1), DAY(2024, 3, 4), DAY(2024, 3, 4)],
            "amount": [1.0, 2.0, 4.0, 8.0],
            "direction": "out",
        }
    )
    found = at(panel(rows("a", FALLING), large_transactions=moved))
    assert (found["large_out_1m"], found["large_out_3m"], found["large_out_booked"], found["months_since_large_out"]) == (1, 3, 4, 0)


def test_the_rate_gap_is_that_of_the_city_by_what_was_known() -> None:
    market = pl.DataFrame(
        {
            "month": [DAY(2023, 11, 1), DAY(2024, 1, 1), DAY(2024, 2, 1), DAY(2024, 1, 1)],
            "city": ["X", "X", "X", "all"],
            "own_rate": [1.0, 1.0, 1.0, 2.0],
            "competitor_rate": [1.25, 1.5, 2.0, 2.0],
            "available_ts": [DAY(2023, 12, 5), DAY(2024, 2, 5), DAY(2024, 3, 5), DAY(2024, 2, 5)],
        }
    )
    months = pl.concat([rows("a", FALLING, city=["X"] * 8), rows("b", FALLING, city=["Y"] * 8)])
    features = tuple(f for f in PANEL_FEATURES if f.name == "rate_gap")
    assert snapshot(panel(months, ids=("a", "b"), market_month=market), features, T)["rate_gap"].to_list() == [0.5, 0]


def test_contacts_campaigns_and_cards_by_what_had_happened() -> None:
    tables = {
        "contacts": pl.DataFrame(
            {
                "contact_id": ["1", "2", "3"],
                "customer_id": "a",
                "ts": [DAY(2024, 2, 1), DAY(2023, 11, 1), DAY(2024, 3, 1)],
                "result": ["declined", "reached", "declined"],
            }
        ),
        "campaign_answers": pl.DataFrame(
            {
                "customer_id": "a",
                "campaign_id": ["1", "2"],
                "contacted_at": [DAY(2023, 10, 1), DAY(2024, 2, 1)],
                "accepted": [True, True],
                "end_date": [DAY(2023, 12, 31), DAY(2024, 3, 31)],
            }
        ),
        "cards": pl.DataFrame(
            {
                "card_id": ["1", "2"],
                "customer_id": "a",
                "issued_date": [DAY(2023, 1, 1)] * 2,
                "activated_date": [DAY(2024, 3, 1), DAY(2023, 1, 2)],
            }
        ),
    }
    found = at(panel(rows("a", FALLING), **tables))
    assert (found["contacts_3m"], found["contacts_reached_12m"], found["contacts_declined_12m"], found["months_since_contact"]) == (
        1,
        2,
        1,
        0,
    )
    assert (found["campaigns_12m"], found["campaigns_accepted_12m"]) == (2, 1)
    assert (found["cards_held"], found["cards_idle"]) == (2, 1)


def test_who_has_no_row_of_a_table_has_none_of_it_and_not_an_unknown_number() -> None:
    calls = pl.DataFrame({"contact_id": ["1"], "customer_id": "z", "ts": [DAY(2024, 2, 1)], "result": ["reached"]})
    found = at(panel(rows("a", FALLING), contacts=calls))
    assert found["contacts_3m"] == 0 and found["months_since_contact"] is None


def test_contacts_are_compared_with_those_of_as_many_months_before() -> None:
    days = [DAY(2024, 2, 1), DAY(2024, 2, 9), DAY(2024, 1, 3), DAY(2023, 11, 5), DAY(2023, 10, 1), DAY(2023, 8, 31), DAY(2024, 3, 1)]
    calls = pl.DataFrame({"contact_id": [str(i) for i in range(7)], "customer_id": "a", "ts": days, "result": "reached"})
    found = at(panel(rows("a", FALLING), contacts=calls))
    # Since December: three; in the three months before, two. In six months to February: five; before, the one of August.
    assert (found["contacts_change_3m"], found["contacts_change_6m"]) == (3 - 2, 5 - 1)


def test_what_the_data_lack_is_named_by_table_and_column() -> None:
    held = panel(rows("a", FALLING), customers=pl.DataFrame({"customer_id": ["a"], "gender": ["F"]})).held
    asked = [f for f in PANEL_FEATURES if f.name in ("aum_avg", "age", "gender", "complaints_open", "csat_last", "txn_mean_3m")]
    assert held.lacking(asked) == ["customers.birth_date", "months.txn_count", "complaints", "surveys"]
