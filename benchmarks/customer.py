"""Opening a customer on the Customer page who was not opened before: when the explanation is on the screen, and when the page is done.

``python -m benchmarks.customer FOLDER [--customers 9]`` reads a workspace with a model and opens customers spread over the risks, in a
server that has opened another one before. Promised: the explanation within 0.2 s of script time. The baseline is ``risk.explain`` of the
same customers by itself. Seconds are of the processor, which other work on the machine does not lengthen; the clock stands beside.
"""

import argparse
import os
import pathlib
import statistics
import sys
import time
from unittest import mock

from streamlit.runtime.scriptrunner.script_cache import ScriptCache
from streamlit.testing.v1 import AppTest, app_test, local_script_runner

from churn_dash import risk
from churn_dash.access import Scope
from churn_dash.store import Workspace
from churn_dash.ui.customer import reasons

AIM = 0.2
ROOT = pathlib.Path(__file__).resolve().parents[1]


class Watch:
    """Seconds of the processor and of the clock since it was started, each time it is read."""

    def __init__(self) -> None:
        self._from = time.process_time(), time.perf_counter()

    def read(self) -> tuple[float, float]:
        """Both so far."""
        return time.process_time() - self._from[0], time.perf_counter() - self._from[1]


def opened(customer: str) -> tuple[tuple[float, float], tuple[float, float]]:
    """When the explanation is drawn, and when the script is done."""
    drawn, real = [], reasons.waterfall_card

    def noted(why: risk.Explanation) -> None:
        real(why)
        drawn.append(watch.read())

    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=600)
    app.run()
    app.switch_page("pages/customer_page.py")
    app.query_params["customer"] = customer
    with mock.patch.object(reasons, "waterfall_card", noted):
        watch = Watch()
        app.run()
        done = watch.read()
    if app.exception or not drawn:
        raise SystemExit(f"{customer}: {app.exception[0].value if app.exception else 'no explanation was drawn'}")
    return drawn[0], done


def measured(root: pathlib.Path, customers: int) -> bool:
    """Print the seconds and the ratio; whether the aim is met."""
    os.environ["CHURN_DASH_WORKSPACE"] = str(root)
    space = Workspace.open(root)
    ds = space.dataset()
    model = risk.latest(space.models, ds.state)
    if model is None:
        raise SystemExit(f"{root} has no model for its data: train one first")
    ids = risk.score(ds, model, scope=Scope.everything()).sort("probability", descending=True)["customer_id"]
    chosen = ids.gather_every(max(1, len(ids) // (customers + 1))).head(customers + 1).to_list()
    compiled = ScriptCache()
    for module in (app_test, local_script_runner):
        module.ScriptCache = lambda: compiled  # type: ignore[assignment, misc]
    opened(chosen[0])
    found = [opened(c) for c in chosen[1:]]
    bare = []
    for c in chosen[1:]:
        watch = Watch()
        risk.explain(ds, model, c, scope=Scope.everything(), at_once=True)
        bare.append(watch.read()[0])
    (drawn, drawn_clock), (done, done_clock) = ([statistics.median(x[i][k] for x in found) for k in (0, 1)] for i in (0, 1))
    alone = statistics.median(bare)
    print(f"{model.name}, {len(ids):,} customers; {len(found)} opened for the first time")
    print(f"explanation drawn after {drawn:.3f} s ({drawn_clock:.3f} s on the clock); aim {AIM} s")
    print(f"risk.explain alone {alone:.3f} s, ratio {drawn / alone:.1f}")
    print(f"whole script {done:.3f} s ({done_clock:.3f} s on the clock)", flush=True)
    return drawn <= AIM


if __name__ == "__main__":
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("folder", type=pathlib.Path)
    asked.add_argument("--customers", type=int, default=9)
    args = asked.parse_args()
    sys.exit(0 if measured(args.folder.resolve(), args.customers) else 1)
