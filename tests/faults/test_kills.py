"""Kill -9 during a change: the old or the new version is served whole, and a repeated change ends in the same state."""

import json
import shutil
import signal

import pytest

from churn_dash.store.versions.steps import STEPS

UNDO_STEPS = ("upgraded", "tidied", "begun", "restored", "listed", "ended")


def test_forty_kills_at_random_moments(torture, stage):
    summary = torture.tortured(stage, 40, seed=20260)
    print(json.dumps(summary))
    assert not summary["failures"], json.dumps(summary["failures"], indent=1)
    assert summary["killed"] >= 25 and summary["old"] >= 5 and summary["new"] >= 3, "the moments no longer fall into the change"


def test_every_step_on_the_file_system_is_named(stage):
    """What is written without a step after it would never be interrupted here."""
    assert set(stage.steps["append"]) == set(STEPS)
    assert tuple(dict.fromkeys(stage.steps["undo"])) == UNDO_STEPS


@pytest.mark.parametrize(
    ("action", "step", "times"),
    [*(("append", s, 1) for s in STEPS), ("append", "rows", 2), *(("undo", s, 1) for s in UNDO_STEPS), ("undo", "restored", 2)],
)
def test_a_kill_right_after_a_step(torture, stage, action, step, times):
    copy = stage.copy(f"step-{action}-{step}-{times}".replace(" ", "-"))
    process = torture.loader(copy, stage.frames(action), action, step, str(times))
    process.communicate("\n", timeout=120)
    assert process.returncode == -signal.SIGKILL
    served = torture.judged(stage, copy, action)
    assert served == ("new" if step in ("listed", "ended") else "old")
    shutil.rmtree(copy)
