"""The bundle, with the network off: installed in a clean folder, the sample bank built, the dashboard served and fetched."""

import os
import pathlib
import platform
import shutil
import subprocess
import sys

import pytest

from bundle import collect
from bundle.targets import TARGETS

pytestmark = pytest.mark.slow

SCRIPT = r"""
set -eu
ip link set lo up
cd "$1"
if python3 -c "import socket; socket.create_connection(('1.1.1.1', 443), 3)" 2>/dev/null; then echo "there is a network"; exit 3; fi
PYTHON="$2" ./install.sh
venv/bin/churn-dash demo --size tiny --workspace "$3" --json
./start.sh "$3" --port 8599 --no-browser & pid=$!
trap 'kill $pid 2>/dev/null || true' EXIT
"$2" - <<'FETCH'
import time, urllib.request
def fetched(path):
    with urllib.request.urlopen("http://127.0.0.1:8599" + path, timeout=10) as answer:
        return answer.status, answer.read()
for attempt in range(120):
    try:
        assert fetched("/_stcore/health") == (200, b"ok")
        break
    except OSError:
        time.sleep(0.5)
assert b"<div id=\"root\">" in fetched("/")[1]
assert len(fetched("/app/static/plex.woff2")[1]) > 40000, "the settings and the font came with the wheel"
print("fetched")
FETCH
kill $pid; trap - EXIT; wait $pid || true
if python3 -c "import socket; socket.create_connection(('127.0.0.1', 8599), 3)" 2>/dev/null; then echo "still serving"; exit 4; fi
"""


def alone() -> list[str]:
    """A command that runs another without a network; skips where this system lets nobody do that."""
    for prefix in (["unshare", "-n"], ["unshare", "-rn"]):
        if shutil.which("unshare") and subprocess.run([*prefix, "ip", "link", "set", "lo", "up"], capture_output=True).returncode == 0:
            return prefix
    pytest.skip("no network namespace can be made here (unshare -n)")


@pytest.mark.skipif(sys.version_info[:2] != (3, 11) or platform.machine() != "x86_64", reason="the bundle is for Python 3.11 on x86-64")
def test_the_bundle_installs_and_serves_without_a_network(tmp_path):
    prefix = alone()
    made = tmp_path / "made"
    collect.collect(made, [TARGETS["linux"]])
    place = tmp_path / "离线 包"
    made.rename(place)
    (tmp_path / "script.sh").write_text(SCRIPT)
    clean = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "LANG": "C.UTF-8"}
    python = pathlib.Path(sys.base_prefix) / "bin" / "python3.11"
    command = [*prefix, "bash", str(tmp_path / "script.sh"), str(place), str(python), str(tmp_path / "workspace")]
    done = subprocess.run(command, env=clean, capture_output=True, text=True, timeout=900)
    assert done.returncode == 0, done.stdout + done.stderr
    assert '"built": true' in done.stdout and "fetched" in done.stdout
    assert not list(place.glob("workspace*")), "data go where they were told to"
    shutil.rmtree(place)  # two gigabytes, which pytest would keep for three runs
