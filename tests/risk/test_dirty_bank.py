"""A dirty bank as it comes in, really trained: the columns that tell of leaving are left out and named. METHODS D1, E4."""

import datetime

import pytest

from churn_dash import risk, sample
from churn_dash.intake import Source
from churn_dash.intake.extraction import extract
from churn_dash.risk.rows.panel_tables import usual_lag
from churn_dash.sample.dirt import with_dirt
from churn_dash.store import Workspace, publish
from tests.asking import ALL


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    workspace = Workspace.create(tmp_path_factory.mktemp("dirty"))
    dirty = with_dirt(sample.generate(1, 1200, 14), 1)
    publish(workspace, extract([Source(name, content) for name, content in dirty.files.items()]))
    ds = workspace.dataset()
    return ds, risk.train(ds, workspace.models, "logistic")


def test_the_planted_leaks_are_left_out_with_the_reason(trained):
    _ds, found = trained
    every = {x.column: str(x.why) for x in found.left_out if x.leak}
    # A fall of balances that began this month is no leak: in so small a bank chance may explain that it told less a month before.
    assert {"closing_ticket_flag", "last_status_code"} == set(every)
    left = {c: every[c] for c in ("closing_ticket_flag", "last_status_code")}
    assert all("its name says" in why for why in left.values())
    assert not {"closing_ticket_flag", "last_status_code"} & set(found.model.design.names)
    assert [x["leak"] for x in found.as_json()["left_out"] if x["column"] in left] == [True, True]
    assert {x.column for x in found.model.card.left_out if x.leak} == set(every)


def test_they_may_be_kept_on_purpose(trained, tmp_path):
    ds, _found = trained
    kept = risk.train(ds, tmp_path, "logistic", keep=("closing_ticket_flag",))
    assert "closing_ticket_flag" not in {x.column for x in kept.left_out if x.leak}


def test_every_feature_says_when_it_was_known_and_never_after_the_end(trained):
    ds, found = trained
    listed = {x.feature.name: x for x in risk.looked_at(ds, scope=ALL)}
    known_by = ds.data_end + datetime.timedelta(days=usual_lag(ds))
    assert all(x.available_ts is None or x.available_ts <= known_by for x in listed.values())
    assert {n for n, x in listed.items() if x.lacks or not x.n}.isdisjoint(found.model.design.names)
    assert listed["age"].today and not listed["aum_avg"].today
    assert all(x.event_ts <= x.available_ts for x in listed.values() if x.event_ts is not None)
    assert found.model.card.data["known_of"]["aum_avg"] == listed["aum_avg"].n <= listed["aum_avg"].of


def test_one_customer_has_his_values(trained):
    ds, found = trained
    someone = risk.score(ds, found.model, scope=ALL)["customer_id"][0]
    own = {x.feature.name: x.value for x in risk.looked_at(ds, someone, scope=ALL)}
    row = risk.explain(ds, found.model, someone, scope=ALL).row
    assert all(own[n] == row[n] for n in row)
