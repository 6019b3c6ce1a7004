"""Whatever stops a change, and wherever: the version before is served, nothing is left behind, and trying again works."""

import polars as pl
import pytest

from churn_dash.errors import WorkspaceProblem
from churn_dash.intake.typed import extract_of
from churn_dash.store import Workspace, publish, undo
from churn_dash.store.versions import recovery, steps

LISTED = steps.STEPS.index("listed")


@pytest.fixture
def workspace(worked_tables, tmp_path):
    made = Workspace.create(tmp_path / "w")
    february = worked_tables["customer_month"].filter(pl.col("month").dt.month() != 3)
    publish(made, extract_of(worked_tables | {"customer_month": february}, "before"))
    return made


@pytest.fixture
def stopped(monkeypatch):
    def stop(step, problem):
        def listen(name):
            if name == step:
                monkeypatch.setattr(steps, "listener", None)
                raise problem

        monkeypatch.setattr(steps, "listener", listen)

    return stop


@pytest.mark.parametrize("step", steps.STEPS[:LISTED])
@pytest.mark.parametrize("problem", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_a_load_that_stops_anywhere_before_it_is_listed_never_happened(workspace, worked_tables, stopped, step, problem):
    want = workspace.dataset().table("customer_month")
    march = extract_of({"customer_month": worked_tables["customer_month"].filter(pl.col("month").dt.month() == 3)}, "march")
    stopped(step, problem)
    with pytest.raises(WorkspaceProblem if isinstance(problem, OSError) else KeyboardInterrupt) as told:
        publish(workspace, march)
    if isinstance(problem, OSError):
        assert "is full" in str(told.value) and len(str(told.value).splitlines()) == 1
    assert workspace.current().version == 1 and workspace.dataset().table("customer_month").equals(want)
    assert recovery.leftovers(workspace) == [] and recovery.staged(workspace) == []
    assert publish(workspace, march).version == 2
    assert len(workspace.dataset().table("customer_month")) == len(want) + 5
    assert undo(workspace).state == 1 and workspace.dataset().table("customer_month").equals(want)
