import datetime

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from churn_dash.risk.features.panel import PANEL_FEATURES
from churn_dash.risk.rows.examples import untreated
from churn_dash.risk.rows.snapshot import Panel, available_features, snapshot
from churn_dash.risk.rows.windows import windows

DAY = datetime.date
MONTHS = [DAY(2023, 7 + i, 1) if i < 6 else DAY(2024, i - 5, 1) for i in range(12)]
T = DAY(2024, 2, 29)
"""Eight months known, then a month of gap and three of outcome."""


def rows(customer: str, aum: list[float | None], **columns: list[object]) -> pl.DataFrame:
    return pl.DataFrame({"customer_id": customer, "month": MONTHS[: len(aum)], "aum_avg": aum, **columns}, strict=False)


def panel(months: pl.DataFrame, ids: tuple[str, ...] = ("a",), **more: object) -> Panel:
    spells = pl.DataFrame(
        {"customer_id": list(ids), "start_date": DAY(2015, 1, 1), "end_date": None, "event": False}, schema_overrides={"end_date": pl.Date}
    )
    return Panel(windows(MONTHS), months, spells, **more)  # type: ignore[arg-type]


def at(found: Panel, *names: str, score_date: datetime.date = T, training: bool = True) -> dict[str, object]:
    features = tuple(f for f in available_features(found, PANEL_FEATURES) if not names or f.name in names)
    return snapshot(found, features, score_date, training).row(0, named=True)


FALLING = [800.0, 1000.0, 1000.0, 1000.0, 1000.0, 500.0, 400.0, 380.0]


def test_changes_are_against_the_customers_own_past() -> None:
    found = at(panel(rows("a", FALLING)))
    assert found["aum_avg"] == 380
    assert found["aum_change_1m"] == pytest.approx(-0.05)
    assert found["aum_change_3m"] == pytest.approx(-0.62)
    assert found["aum_change_6m"] == pytest.approx(-0.62)
    assert found["aum_from_peak"] == pytest.approx(-0.62)


def test_the_trend_is_the_least_squares_growth_a_month() -> None:
    import numpy as np

    x, y = np.arange(6), np.log1p(FALLING[2:])
    assert at(panel(rows("a", FALLING)))["aum_slope_6m"] == pytest.approx(np.expm1(np.polyfit(x, y, 1)[0]))


def test_a_ratio_to_nothing_is_undefined_never_infinite() -> None:
    found = at(panel(rows("a", [0.0, 0, 0, 0, 0, 5, 5, 5])))
    assert found["aum_change_3m"] is None
    assert found["aum_change_1m"] == pytest.approx(0)


def test_what_comes_after_the_score_date_changes_nothing() -> None:
    known = at(panel(rows("a", FALLING)))
    assert at(panel(rows("a", [*FALLING, 1.0, 0.0, 0.0, 0.0]))) == known


def test_a_row_that_arrived_late_is_not_used_in_training_and_is_when_scoring_today() -> None:
    arrived = [*(DAY(m.year, m.month, 28) for m in MONTHS[:7]), DAY(2024, 3, 20)]
    late = panel(rows("a", FALLING, available_ts=arrived), data_lag=3)
    assert at(late, "aum_avg")["aum_avg"] == 400
    assert at(late, "aum_avg", training=False)["aum_avg"] == 380


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
            "aum": [100.0, 80.0, 1000.0, 1010.0],
        }
    )
    months = pl.concat([rows("a", FALLING, d_city=["X"] * 8), rows("b", FALLING, d_city=[None] * 8)])
    features = tuple(f for f in PANEL_FEATURES if f.name == "market_change_3m")
    found = snapshot(panel(months, ids=("a", "b"), market=sums), features, T)["market_change_3m"]
    assert found.to_list() == [pytest.approx(-0.2), pytest.approx(0.01)]


def test_attributes_are_as_they_stood_not_as_they_are_today() -> None:
    months = rows("a", FALLING, d_education=["school"] * 7 + ["degree"])
    today = pl.DataFrame({"customer_id": ["a"], "education": ["doctorate"]})
    found = panel(months, customers=today)
    assert at(found, "education")["education"] == "degree"
    assert at(found, "education", score_date=DAY(2024, 1, 31))["education"] == "school"


def test_a_feature_without_its_column_does_not_exist() -> None:
    names = {f.name for f in available_features(panel(rows("a", FALLING)), PANEL_FEATURES)}
    assert "aum_avg" in names and "tenure_months" in names
    assert not names & {"txn_mean_3m", "age", "complaints_open", "csat_last", "market_change_3m"}


def test_the_order_of_the_rows_changes_nothing() -> None:
    months = pl.concat([rows("a", FALLING), rows("b", FALLING[::-1])])
    features = available_features(panel(months, ids=("a", "b")), PANEL_FEATURES)
    first = snapshot(panel(months, ids=("a", "b")), features, T)
    second = snapshot(panel(months.reverse(), ids=("b", "a")), features, T)
    assert_frame_equal(first, second)


def test_a_customer_treated_between_score_date_and_outcome_is_no_example() -> None:
    treated = pl.DataFrame({"customer_id": ["a", "b", "c", "d"], "day": [T, DAY(2024, 3, 1), DAY(2024, 6, 30), DAY(2024, 7, 1)]})
    seen = pl.DataFrame({"customer_id": ["a", "b", "c", "d"], "score_date": [T] * 4})
    assert untreated(seen, panel(rows("a", FALLING), treated=treated))["customer_id"].to_list() == ["a", "d"]
