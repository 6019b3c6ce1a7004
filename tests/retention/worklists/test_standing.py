"""Who is there: a scope shows its branches only, of a list that does not say who has left too."""

import polars as pl

from churn_dash.access import Scope
from churn_dash.intake.typed import extract_of
from churn_dash.retention.worklists.standing import standing
from churn_dash.store import Workspace, publish
from tests.asking import asked


def listed(folder, **columns):
    workspace = Workspace.create(folder)
    publish(workspace, extract_of({"cross_section": pl.DataFrame({"customer_id": ["1", "2", "3"], **columns})}, "c"))
    return workspace.dataset()


def test_a_viewer_of_one_branch_sees_its_customers_of_a_list_without_departures(tmp_path):
    ds = listed(tmp_path / "a", branch_id=["B1", "B2", "B1"])
    assert not ds.flagged
    assert standing(asked(ds)).people["customer_id"].to_list() == ["1", "2", "3"]
    assert standing(asked(ds, scope=Scope(frozenset({"B1"})))).people["customer_id"].to_list() == ["1", "3"]
    without = listed(tmp_path / "b", gender=["F", "M", "F"])
    assert standing(asked(without, scope=Scope(frozenset({"B1"})))).people.height == 0
