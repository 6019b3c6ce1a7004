"""Win-back of the sample bank, told a second way from its own tables."""

import datetime

import polars as pl
import pytest

from churn_dash import sample
from churn_dash.access import Scope
from churn_dash.campaigns.winback import kept_by, to_ask, win_back
from churn_dash.intake.typed import extract_of
from churn_dash.measures import Filters
from churn_dash.store import Workspace, publish
from tests import asking

ALL = Scope.everything()


@pytest.fixture(scope="module")
def ds(tmp_path_factory):
    workspace = Workspace.create(tmp_path_factory.mktemp("winback") / "bank", sample=True)
    publish(workspace, extract_of(sample.generate(5, 3_000, 30).tables, "bank"))
    return workspace.dataset()


def brute(ds):
    """Closings that count, from the tables of win-backs and customers alone."""
    refusing = set(ds.table("customers").filter(~pl.col("consent_marketing"))["customer_id"])
    asked_off = ds.table("contacts").filter(pl.col("result") == "opted_out").select("customer_id", "ts").rows()
    own = ds.table("winbacks").filter(~pl.col("reason_code").fill_null("").is_in(["death", "bank"]))
    limit = ds.data_end - datetime.timedelta(days=180)
    kept = []
    for row in own.to_dicts():
        off = any(c == row["customer_id"] and day <= row["lost_date"] for c, day in asked_off)
        if row["lost_date"] <= limit and row["customer_id"] not in refusing and not off:
            kept.append(row)
    return kept


def test_the_rates_are_those_of_the_tables_told_row_by_row(ds):
    found, rows = win_back(ds, ALL, "close"), brute(ds)
    assert found.n == len(rows) > 100

    def back(row):
        return row["returned_date"] is not None and (row["returned_date"] - row["lost_date"]).days <= 180

    asked = [r for r in rows if r["contact_date"] is not None and (r["contact_date"] - r["lost_date"]).days <= 180]
    assert found.rate.value == pytest.approx(sum(map(back, rows)) / len(rows))
    assert (found.contacted.n, found.contacted.value) == (len(asked), pytest.approx(sum(map(back, asked)) / len(asked)))
    known = [r for r in rows if r["aum_lost"] is not None]
    regained = sum(min(max(r["aum_returned"] or 0.0, 0.0), r["aum_lost"]) for r in known if back(r))
    assert found.value.value == pytest.approx(regained / sum(r["aum_lost"] for r in known), rel=0.02)
    assert found.cost == pytest.approx(sum(r["cost"] for r in rows))


def test_the_parts_by_cause_and_the_left_out_add_up(ds):
    for definition in ("first", "close", "dormant"):
        found = win_back(ds, ALL, definition)
        told = found.as_json()
        assert found.lost == found.n + sum(found.left_out.values())
        assert sum(c["n"] for c in told["by_cause"]) == found.n
        assert sum(c["returned"] for c in told["by_strategy"]) == int(found.counted["returned"].sum())
        assert told["grade"] == "D" and "association" in told["why"]


def test_filters_split_the_losses_without_loss(ds):
    whole = win_back(ds, ALL, "close")
    there = whole.rows.filter(pl.col("lost_on") >= ds.measurable[0])
    parts = [kept_by(asking.asked(ds, scope=ALL, filters=Filters((("gender", (g,)),)), definition="close")) for g in ("F", "M")]
    lost = [win_back(ds, ALL, "close", keep=p).lost for p in parts]
    assert min(lost) > 0
    assert sum(lost) == pytest.approx(len(there), abs=0.02 * len(there))
    assert kept_by(asking.asked(ds, scope=ALL, definition="close")) is None


def test_a_branch_lists_only_its_own(ds):
    branch = to_ask(ds, win_back(ds, ALL, "close")).rows["branch_id"][0]
    own = set(ds.table("customers").filter(pl.col("branch_id") == branch)["customer_id"])
    scope = Scope(frozenset({branch}))
    one = to_ask(ds, win_back(ds, scope, "close"))
    assert one.n > 0
    assert set(one.rows["customer_id"]) <= own
    refusing = set(ds.table("customers").filter(~pl.col("consent_marketing"))["customer_id"])
    assert not refusing & set(to_ask(ds, win_back(ds, ALL)).rows["customer_id"])
