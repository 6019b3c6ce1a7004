"""Kill a load at random moments and look at what is left: ``torture.py N [SEED]``; the last line is a summary in JSON.

Each scenario is two processes of its own with a time limit: one that is killed, one that looks, repeats the change and looks again.
"""

import json
import pathlib
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from churn_dash import sample
from churn_dash.intake.typed import extract_of
from churn_dash.store import Workspace, publish

LOADER = pathlib.Path(__file__).with_name("loader.py")
ACTIONS = ("append", "replace-months", "replace-all", "undo")
_LIMIT = 120
"""Seconds for one process; more is a hang, and a failure."""


@dataclass
class Stage:
    """A workspace of two versions to be copied, the files of the next load, and what is served before and after each action."""

    root: pathlib.Path
    before: dict[str, Any] = field(default_factory=dict)
    after: dict[str, dict[str, Any]] = field(default_factory=dict)
    steps: dict[str, list[str]] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)

    def frames(self, action: str) -> pathlib.Path:
        return self.root / "frames" / action

    def copy(self, name: str) -> pathlib.Path:
        return pathlib.Path(shutil.copytree(self.root / "workspace", self.root / name))


def staged(root: pathlib.Path) -> Stage:
    """300 customers: five months published in two loads, and a sixth, a corrected fifth, and all six anew to load."""
    tables = sample.generate(5, 300, 6).tables
    months = tables["customer_month"]["month"].unique().sort()
    keep = ("customers", "accounts", "customer_month", "churn_events")
    stage, workspace = Stage(root), Workspace.create(root / "workspace")
    before = {t: tables[t] for t in keep} | {"customer_month": tables["customer_month"].filter(pl.col("month") < months[4])}
    publish(workspace, extract_of(before, "before"))
    fifth = tables["customer_month"].filter(pl.col("month") == months[4])
    publish(workspace, extract_of({"customer_month": fifth}, "fifth"))
    changed = tables["customers"].with_columns(pl.lit("Elsewhere").alias("city"))
    loads = {
        "append": {"customer_month": tables["customer_month"].filter(pl.col("month") == months[5]), "customers": changed},
        "replace-months": {"customer_month": fifth.with_columns(pl.col("aum_end") * 2), "customers": changed},
        "replace-all": {t: tables[t] for t in keep} | {"customers": changed},
        "undo": {},
    }
    for action, frames in loads.items():
        stage.frames(action).mkdir(parents=True)
        for name, frame in frames.items():
            frame.write_parquet(stage.frames(action) / f"{name}.parquet")
    stage.before = result(loader(stage.root / "workspace", stage.frames("undo"), "look"))["served"]
    for action in ACTIONS:
        copy = stage.copy(f"whole-{action}")
        found = result(loader(copy, stage.frames(action), action))
        stage.seconds[action] = found["seconds"]
        stage.after[action], stage.steps[action] = found["served"], found["steps"]
        shutil.rmtree(copy)
    return stage


def loader(root: pathlib.Path, frames: pathlib.Path, action: str, *stop: str, wait: bool = False) -> subprocess.Popen[str]:
    """A loader process; with ``wait`` it has imported everything and stands before the change."""
    asked = [sys.executable, str(LOADER), str(root), str(frames), action, *stop]
    process = subprocess.Popen(asked, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    if wait:
        assert process.stdout is not None
        said = process.stdout.readline()
        assert said == "ready\n", (said, process.communicate(timeout=_LIMIT))
    return process


def result(process: subprocess.Popen[str]) -> dict[str, Any]:
    """Let the loader go on and wait for what it prints; raises ``AssertionError`` where it fails."""
    out, err = process.communicate("\n", timeout=_LIMIT)
    assert process.returncode == 0, (process.returncode, out, err[-2000:])
    found: dict[str, Any] = json.loads(out.splitlines()[-1])
    return found


def judged(stage: Stage, copy: pathlib.Path, action: str) -> str:
    """``old`` or ``new``, by what is served after a kill; raises ``AssertionError`` where it is neither, or repeating goes wrong."""
    looked = result(loader(copy, stage.frames(action), "look"))["served"]
    assert looked in (stage.before, stage.after[action]), ("a mixture is served", looked, stage.before, stage.after[action])
    new = looked == stage.after[action]
    if new and action == "undo":
        return "new"
    again = result(loader(copy, stage.frames(action), action))
    assert again["said"] == "", again["said"]
    assert again["served"] == stage.after[action], ("repeating ended elsewhere", again, stage.after[action])
    left = [p.name for p in (copy / "staging").iterdir()]
    assert not left or new, left
    return "new" if new else "old"


def scenario(stage: Stage, number: int, seed: int) -> dict[str, Any]:
    """One kill at a random moment of one action: some time after a step chosen by lot, or after the start."""
    chance = random.Random(seed * 10_007 + number)
    action = ACTIONS[number % len(ACTIONS)]
    after = chance.randrange(len(stage.steps[action]) + 1)
    moment = chance.random() * (stage.seconds[action] if not after else 0.03)
    copy = stage.copy(f"scenario-{number}")
    process = loader(copy, stage.frames(action), action, wait=True)
    assert process.stdin is not None and process.stdout is not None
    process.stdin.write("\n")
    process.stdin.flush()
    for _ in range(after):
        process.stdout.readline()
    time.sleep(moment)
    process.send_signal(signal.SIGKILL)
    process.communicate(timeout=_LIMIT)
    found = {
        "number": number,
        "action": action,
        "after": after,
        "moment": round(moment, 4),
        "killed": process.returncode == -signal.SIGKILL,
    }
    try:
        found["served"] = judged(stage, copy, action)
    except (AssertionError, subprocess.TimeoutExpired) as problem:
        return found | {"failure": repr(problem)}
    shutil.rmtree(copy)
    return found


def tortured(stage: Stage, n: int, seed: int) -> dict[str, Any]:
    """``n`` kills; a summary with every failure."""
    done = [scenario(stage, i, seed) for i in range(n)]
    return {
        "scenarios": len(done),
        "seed": seed,
        "killed": sum(d["killed"] for d in done),
        "old": sum(d.get("served") == "old" for d in done),
        "new": sum(d.get("served") == "new" for d in done),
        "failures": [d for d in done if "failure" in d],
    }


if __name__ == "__main__":
    n, seed = int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else random.SystemRandom().randrange(10**6)
    with tempfile.TemporaryDirectory() as folder:
        summary = tortured(staged(pathlib.Path(folder)), n, seed)
    print(json.dumps(summary))
    sys.exit(bool(summary["failures"]) or summary["killed"] < n / 2)
