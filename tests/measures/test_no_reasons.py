"""What is not known of reasons, and of leaving at all, is undefined and not nothing."""

import datetime

import polars as pl
import pytest

from churn_dash.errors import NotPossible
from churn_dash.intake.typed import extract_of
from churn_dash.measures import measure
from churn_dash.measures.comparisons.comparison import comparison
from churn_dash.measures.comparisons.reconciliation import reconcile
from churn_dash.store import Dataset, Workspace, publish
from tests.asking import asked

NAMES = ["churn_rate", "voluntary_churn_rate", "involuntary_churn_rate", "unexplained_churn_rate"]
MONTHS = [datetime.date(2024, m, 1) for m in range(1, 6)]
LEFT = datetime.date(2024, 3, 31)


def of(folder, n_months: int = 5, **more: pl.DataFrame) -> Dataset:
    """Forty customers of two branches, of whom ten are missing from the third list on."""
    rows = [
        {"customer_id": f"{i:02d}", "month": m, "aum_end": 100.0, "branch_id": f"B{i % 2}"}
        for i in range(40)
        for m in MONTHS[:n_months]
        if i >= 10 or m < LEFT.replace(day=1)
    ]
    workspace = Workspace.create(folder)
    publish(workspace, extract_of({"customer_month": pl.DataFrame(rows), **more}, "reasons"))
    return workspace.dataset()


def events(code: str | None) -> pl.DataFrame:
    ids = [f"{i:02d}" for i in range(10)]
    told = [code if i < 4 else None for i in range(10)]
    reasons = pl.Series("reason_code", told, dtype=pl.String)
    return pl.DataFrame({"customer_id": ids, "event_date": [LEFT] * 10, "form": ["close"] * 10}).with_columns(reasons)


def row(ds: Dataset, *names: str) -> dict:
    return measure(asked(ds), names or NAMES).to_dicts()[0]


def test_without_any_reason_nobody_knows_who_decided(tmp_path):
    found = row(of(tmp_path))
    assert found["churn_rate"] == found["unexplained_churn_rate"] == 0.25
    for name in ("voluntary_churn_rate", "involuntary_churn_rate"):
        assert found[name] is found[f"{name}_low"] is found[f"{name}_high"] is None and found[f"{name}_n"] == 0


def test_events_without_a_reason_are_no_reasons_either(tmp_path):
    assert row(of(tmp_path, churn_events=events(None)))["voluntary_churn_rate"] is None


def test_one_reason_makes_the_rest_unexplained(tmp_path):
    found = row(of(tmp_path, churn_events=events("rate")))
    assert [found[n] for n in NAMES] == [0.25, 0.1, 0.0, 0.15]
    assert found["involuntary_churn_rate_high"] > 0


def test_asked_alone_the_sentence_says_what_to_load(tmp_path):
    with pytest.raises(NotPossible, match="reason_code"):
        row(of(tmp_path), "voluntary_churn_rate")


def test_an_official_figure_is_not_held_against_reasons_that_nobody_knows(tmp_path):
    known = {c.formula for c in reconcile(asked(of(tmp_path / "a")), "25%").choices}
    assert not known & {"voluntary", "not_involuntary"}
    told = {c.formula for c in reconcile(asked(of(tmp_path / "b", churn_events=events("rate"))), "25%").choices}
    assert {"voluntary", "not_involuntary"} <= told


def test_one_month_tells_of_nobody_who_left(tmp_path):
    ds = of(tmp_path, n_months=1)
    found = row(ds, "customers", *NAMES)
    assert found["customers"] == 40 and all(found[n] is None for n in NAMES)
    with pytest.raises(NotPossible, match="do not say who has left"):
        comparison(asked(ds), "branch_id")
