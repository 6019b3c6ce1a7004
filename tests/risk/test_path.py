"""How a customer's risk came about: every month sees only what was known by then."""

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from churn_dash import risk
from churn_dash.contract.calendar import month_end
from churn_dash.risk.features.readings import reading
from churn_dash.risk.rows import panel_tables
from churn_dash.risk.rows.snapshot import snapshot
from churn_dash.risk.rows.snapshots import snapshots
from churn_dash.risk.scores.asked import probabilities
from tests.asking import ALL
from tests.risk.conftest import customers_sheet


@pytest.fixture(scope="module")
def modelled(risk_logistic):
    return risk_logistic


def test_the_path_ends_with_todays_risk_and_goes_back_twelve_months_without_a_gap(modelled):
    ds, model = modelled
    top = risk.score(ds, model, scope=ALL).sort("probability", descending=True).row(0, named=True)
    found = risk.path(ds, model, top["customer_id"])
    assert [s.month for s in found] == list(ds.months[-12:])
    assert found[-1].probability == pytest.approx(top["probability"], abs=1e-6)
    assert risk.path(ds, model, top["customer_id"], now=0.123)[-1].probability == 0.123
    assert len(risk.path(ds, model, top["customer_id"], months=3)) == 3


def test_a_point_is_the_model_asked_of_the_snapshot_of_that_month(modelled):
    ds, model = modelled
    customer = risk.score(ds, model, scope=ALL)["customer_id"][5]
    stage = risk.path(ds, model, customer)[-4]
    panel, _name = panel_tables.panel(ds, model.card.definition)
    day = month_end(stage.month)
    everybody = snapshot(panel, model.design.features, day)
    mine = everybody.filter(pl.col("customer_id") == customer)
    assert stage.probability == pytest.approx(float(probabilities(model, mine)[0]), abs=1e-6)


def test_many_days_at_once_are_the_snapshots_of_each_day(modelled):
    ds, model = modelled
    some = risk.score(ds, model, scope=ALL)["customer_id"].gather_every(40)
    panel, _name = panel_tables.panel(ds, model.card.definition, some)
    features = panel.held.available(panel_tables.declared(ds))
    assert {"months", "market_month", "balances", "surveys", "fees"} <= {reading(f, panel.held.columns).table for f in features}
    days = [month_end(m) for m in ds.months[-9::4]]
    assert_frame_equal(snapshots(panel, features, days), pl.concat([snapshot(panel, features, d) for d in days]))


def test_before_a_customer_was_there_he_has_no_risk(modelled):
    ds, model = modelled
    scored = risk.score(ds, model, scope=ALL).select("customer_id")
    new = ds.table("customers").join(scored, on="customer_id").sort("open_date", descending=True, nulls_last=True).row(0, named=True)
    stages = risk.path(ds, model, new["customer_id"])
    before = [s for s in stages if month_end(s.month) < new["open_date"]]
    assert before and all(s.probability is None for s in before) and stages[-1].probability is not None


def test_a_list_without_months_has_no_path(tmp_path):
    sheet = customers_sheet(600)
    assert risk.path(sheet, risk.train(sheet, tmp_path, "logistic").model, "00001") == ()
