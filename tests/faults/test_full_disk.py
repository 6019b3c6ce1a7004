"""A full disk during a load: one sentence, the old version still served by the same process, and a later load works."""

import json
import os
import shutil
import subprocess
import sys

import pytest


@pytest.fixture
def small_disk(tmp_path):
    place = tmp_path / "disk"
    place.mkdir()
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=96m", "tmpfs", str(place)], capture_output=True, text=True)
    if made.returncode:
        if os.environ.get("CI"):
            pytest.fail(f"a small disk cannot be mounted: {made.stderr}")
        pytest.skip(f"only root can mount a small disk: {made.stderr.strip()}")
    yield place
    subprocess.run(["umount", "--lazy", str(place)], check=True)


def test_a_full_disk_is_one_sentence_and_the_old_version_stays(torture, stage, small_disk):
    whole = stage.copy("whole")
    before = sum(f.stat().st_size for f in whole.rglob("*") if f.is_file())
    torture.result(torture.loader(whole, stage.frames("append"), "append"))
    need = sum(f.stat().st_size for f in whole.rglob("*") if f.is_file()) - before
    shutil.rmtree(whole)
    root = shutil.copytree(stage.root / "workspace", small_disk / "workspace")
    asked = [sys.executable, str(torture.LOADER.with_name("full_disk.py")), str(root), str(stage.frames("append")), str(need)]
    done = subprocess.run(asked, capture_output=True, text=True, timeout=240)
    assert done.returncode == 0, done.stderr[-2000:]
    *refused, last = json.loads(done.stdout.splitlines()[-1])
    reached = {t["steps"][-1] for t in refused if t["steps"]}
    assert len(reached) >= 2, f"the disk was full at few moments only: {reached}"
    assert sum(bool(t["said"]) for t in refused) >= 8
    for t in refused:
        if t["said"]:
            assert t["served"] == stage.before, t
            assert len(t["said"].splitlines()) == 1 and (
                "disk" in t["said"] or "written" in t["said"] or "nothing was changed" in t["said"]
            ), t
    assert last["said"] == "" and last["served"] == stage.after["append"]
    assert not list((root / "staging").iterdir())
