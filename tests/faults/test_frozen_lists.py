"""Kill -9 while a list is frozen: there is no list, or one that is registered, never a list that nobody registered."""

import shutil
import signal
import subprocess
import sys

import pytest

from churn_dash import risk, sample
from churn_dash.access import Scope
from churn_dash.campaigns.registration import registration
from churn_dash.intake.typed import extract_of
from churn_dash.retention.loop.lists import lists
from churn_dash.store import Records, Workspace, publish

FREEZE = """
import os, pathlib, signal, sys
from churn_dash import risk
from churn_dash.access import Scope
from churn_dash.measures import Question
from churn_dash.measures.money.assumptions import in_force
from churn_dash.retention.loop.freezing import Terms, freeze
from churn_dash.retention.threshold import in_force as cuts_in_force
from churn_dash.retention.worklists.worklist import worklist
from churn_dash.store import Records, Workspace
from churn_dash.store.versions import steps

space = Workspace.open(pathlib.Path(sys.argv[1]))
ds, records = space.dataset(), Records(space.root)
kept = risk.trained(space.models, ds.state)
found = worklist(Question(ds, Scope.everything()), kept, cuts_in_force(kept, records), in_force(records), 40, ("high", "medium"))
steps.listener = lambda step: os.kill(os.getpid(), signal.SIGKILL) if step == sys.argv[2] else None
freeze(space, ds, kept, found, Terms(name="Autumn calls", hold_out=0.3), {})
"""


@pytest.fixture(scope="module")
def modelled(tmp_path_factory):
    space = Workspace.create(tmp_path_factory.mktemp("frozen") / "bank", sample=True)
    publish(space, extract_of(sample.generate(3, 1_500, 24).tables, "bank"))
    risk.train(space.dataset(), space.models, model="logistic")
    return space.root


@pytest.mark.parametrize(("step", "there"), [("begun", False), ("named", False), ("listed", True), ("ended", True)])
def test_a_kill_leaves_no_list_or_a_registered_one(modelled, tmp_path, step, there):
    root = shutil.copytree(modelled, tmp_path / "bank")
    ended = subprocess.run([sys.executable, "-c", FREEZE, str(root), step], check=False, timeout=300)
    assert ended.returncode == -signal.SIGKILL
    space = Workspace.open(root)
    ds, records = space.dataset(), Records(root)
    found = lists(ds, records, scope=Scope.everything())
    assert [one.settings.name for one in found] == (["Autumn calls"] if there else [])
    used, before = risk.latest(space.models, ds.state), risk.entries(space.models)[0].id
    assert used is not None and used.id == before, "the model in use goes on with the list, or there is no list"
    for one in found:
        assert registration(ds, one.list_id, scope=Scope.everything()).changed_after == ()
