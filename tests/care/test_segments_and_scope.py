"""A saved segment narrows care lists, moves between tiers and recovery as any filter does."""

import pytest

from churn_dash.care import totals
from churn_dash.intake.typed import extract_of
from churn_dash.measures import Filters
from churn_dash.measures.movement.recovery import recoveries
from churn_dash.measures.movement.tiers import migration
from churn_dash.segments import Clause, Rule, members, save_list, save_rule
from churn_dash.store import Workspace, publish
from tests.asking import asked


@pytest.fixture(scope="module")
def ds(bank, tmp_path_factory):
    workspace = Workspace.create(tmp_path_factory.mktemp("segments") / "w")
    publish(workspace, extract_of(bank.tables, "bank"))
    data = workspace.dataset()
    save_rule(data, "rich", Rule((Clause("aum_end", low=200_000.0), Clause("txn_count", low=1.0))), who="test")
    save_list(data, "some", members(asked(data))["customer_id"].head(200).to_list(), who="test")
    return data


@pytest.mark.parametrize("name", ["rich", "some"])
def test_those_inside_and_those_outside_add_up_to_everybody(ds, name):
    inside, outside = (Filters(((f"segment:{name}", (side,)),)) for side in ("in", "out"))
    parts = [{t.trigger.name: t.found for t in totals(asked(ds, filters=side))} for side in (inside, outside)]
    for whole in totals(asked(ds)):
        split = [part[whole.trigger.name].rows for part in parts]
        assert sum(rows.height for rows in split) == whole.found.n, whole.trigger.name
        assert not set(split[0]["customer_id"]) & set(split[1]["customer_id"])
    moved = [migration(asked(ds, filters=side)) for side in (inside, outside)]
    assert sum(int(m.cells["n"].sum()) for m in moved) == int(migration(asked(ds)).cells["n"].sum())
    assert all(int(m.cells["n"].sum()) > 0 for m in moved)
    back = [recoveries(asked(ds, filters=side))[0].back for side in (inside, outside)]
    assert sum(back) == pytest.approx(recoveries(asked(ds))[0].back)
