"""An inbox beside a workspace, and small monthly extracts to put into it."""

import json
import pathlib
from dataclasses import dataclass, field

import pytest

from churn_dash import intake
from churn_dash.inbox import Plan, Tally, loading, watch, watching
from churn_dash.store import Workspace


@dataclass
class Box:
    """A folder that is watched once at a time, with everything that was told about it."""

    folder: pathlib.Path
    workspace: pathlib.Path
    events: list[dict] = field(default_factory=list)

    def put(self, name, months=("2024-01",), customers=("0001", "0002", "0003"), bad=0):
        path = self.folder / name
        path.parent.mkdir(exist_ok=True)
        rows = [f"{c},{m},{100 + i}" for m in months for i, c in enumerate(customers)]
        rows += [f"{n:04},{months[0]},lots" for n in range(9000, 9000 + bad)]
        path.write_text("\n".join(["customer_id,month,aum_end", *rows]) + "\n")
        return path

    def run(self, **asked) -> Tally:
        plan = Plan(self.folder, self.workspace, **{"once": True, "every": 0.05} | asked)
        return watch(plan, self.events.append)

    def said(self, kind):
        return [e for e in self.events if e["event"] == kind]

    def report(self, place):
        return json.loads((self.folder / f"{place}.report.json").read_text(encoding="utf-8"))

    def versions(self):
        return len(Workspace.open(self.workspace).versions())


@pytest.fixture
def box(tmp_path):
    (tmp_path / "inbox").mkdir()
    return Box(tmp_path / "inbox", tmp_path / "workspace")


@pytest.fixture
def near(box, monkeypatch):
    """The same box, its loads in this process: a second less each."""

    def load(order, room):
        sources = [intake.Source(name, pathlib.Path(path)) for name, path in order["files"]]
        return loading.load(pathlib.Path(order["workspace"]), sources, order["mode"], room / "aside.csv")

    monkeypatch.setattr(watching, "apart", load)
    return box
