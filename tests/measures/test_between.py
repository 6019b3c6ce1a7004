"""The campaigns between two periods, against days written out."""

import datetime

import polars as pl

from churn_dash.intake.typed import extract_of
from churn_dash.measures import Period
from churn_dash.measures.comparisons.between import campaigns_between
from churn_dash.store import Workspace, publish

DAY = datetime.date


def _bank(tmp_path, campaigns):
    months = [DAY(2024 + k // 12, k % 12 + 1, 1) for k in range(24)]
    rows = [(f"c{i}", m, 100.0) for i in range(3) for m in months]
    tables = {
        "customer_month": pl.DataFrame(rows, schema={"customer_id": pl.String, "month": pl.Date, "aum_end": pl.Float64}, orient="row")
    }
    if campaigns:
        names = ["campaign_id", "name", "start_date", "end_date"]
        tables["campaigns"] = pl.DataFrame(campaigns, schema=names, orient="row", schema_overrides={"name": pl.String})
    space = Workspace.create(tmp_path)
    publish(space, extract_of(tables, "made"))
    return space.dataset()


def test_a_campaign_counts_that_had_a_day_between_the_ends_of_the_periods(tmp_path):
    ds = _bank(
        tmp_path,
        [
            ("C5", "late", DAY(2025, 12, 31), DAY(2026, 2, 1)),
            ("C1", "over before", DAY(2024, 3, 1), DAY(2024, 12, 31)),
            ("C2", "runs on", DAY(2024, 11, 1), DAY(2025, 1, 1)),
            ("C3", None, DAY(2025, 6, 1), None),
            ("C4", "no end, before", DAY(2024, 6, 1), None),
            ("C6", "after", DAY(2026, 1, 1), DAY(2026, 2, 1)),
        ],
    )
    early, late = Period(DAY(2024, 1, 1), DAY(2024, 12, 1)), Period(DAY(2025, 1, 1), DAY(2025, 12, 1))
    found = campaigns_between(ds, early, late)
    assert [r.campaign for r in found] == ["C2", "C3", "C5"]
    assert found[1].name == "C3" and found[1].end is None
    assert campaigns_between(ds, late, early) == found
    assert campaigns_between(ds, late, late) == ()


def test_without_campaigns_in_the_data_it_is_not_known(tmp_path):
    ds = _bank(tmp_path, [])
    whole = Period(DAY(2024, 1, 1), DAY(2024, 12, 1))
    assert campaigns_between(ds, whole, Period(DAY(2025, 1, 1), DAY(2025, 12, 1))) is None
