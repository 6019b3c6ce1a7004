"""A process that loads into a workspace on a disk that fills up: ``full_disk.py WORKSPACE FRAMES NEED``; prints JSON.

Only so much room is left before each load, from nothing to more than enough; the same process reads all the while.
"""

import importlib.util
import json
import os
import pathlib
import shutil
import sys

from churn_dash.errors import ChurnDashError
from churn_dash.intake.typed import extract_of
from churn_dash.store import Workspace, publish
from churn_dash.store.versions import publishing, steps

spec = importlib.util.spec_from_file_location("loader", pathlib.Path(__file__).with_name("loader.py"))
assert spec is not None and spec.loader is not None
loader = importlib.util.module_from_spec(spec)
spec.loader.exec_module(loader)


def attempt(root: pathlib.Path, extract, left: int) -> dict[str, object]:
    """Load with ``left`` bytes of room, look, make room, and look again."""
    filler = root.parent / "filler"
    room = shutil.disk_usage(root).free - left
    if room > 0:
        with filler.open("wb") as file:
            os.posix_fallocate(file.fileno(), 0, room)
    reached: list[str] = []
    steps.listener = reached.append
    workspace = Workspace.open(root)
    said = ""
    try:
        publish(workspace, extract, "append")
    except ChurnDashError as problem:
        said = str(problem)
    during = loader.served(Workspace.open(root))
    filler.unlink(missing_ok=True)
    return {"left": left, "said": said, "steps": reached, "served": during, "free": shutil.disk_usage(root).free}


def main() -> None:
    """Try every amount of room; the last is enough."""
    root, folder, need = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]), int(sys.argv[3])
    publishing._ROOM = 0  # the look at the disk before a load would refuse most of these
    extract = extract_of(loader.frames(folder), str(folder))
    shares = (0, 0.005, 0.01, 0.02, 0.04, 0.08, 0.15, 0.3, 0.45, 0.6, 0.75, 0.9)
    tries = [attempt(root, extract, int(need * share)) for share in shares]
    tries.append(attempt(root, extract, 4 * need))
    print(json.dumps(tries))


if __name__ == "__main__":
    main()
