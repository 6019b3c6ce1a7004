"""A page as a reader meets it: opened by its address, its first sentence, all its words."""

import functools
import pathlib

from streamlit.components.v2 import manifest_scanner
from streamlit.runtime.scriptrunner.script_cache import ScriptCache
from streamlit.testing.v1 import AppTest, app_test, local_script_runner
from streamlit.util import calc_hash

APP = pathlib.Path(__file__).resolve().parents[2] / "app.py"

# A server compiles a page once and looks for installed components once; AppTest would do both anew for every page it opens,
# which took longer than the page.
COMPILED = ScriptCache()
app_test.ScriptCache = local_script_runner.ScriptCache = lambda: COMPILED
manifest_scanner.scan_component_manifests = functools.cache(manifest_scanner.scan_component_manifests)


def opened(page="overview", language="en", **query):
    """The page run once at its address; ``__`` in a parameter's name stands for a dot."""
    at = AppTest.from_file(str(APP), default_timeout=240)
    for key, value in {"lang": language, **query}.items():
        at.query_params[key.replace("__", ".")] = value
    if page != "overview":
        at._page_hash = calc_hash(page)  # as its address asks for it: ``switch_page`` would need a run of the overview before
    return at.run()


def answer(at):
    """The sentence at the top of the page."""
    return next(m.value.removeprefix("# ").replace("\\", "") for m in at.markdown if m.value.startswith("# "))


def words(at):
    """All text and captions of the page."""
    return " ".join(e.value for kind in ("markdown", "caption") for e in getattr(at, kind)).replace("\\", "")


def percent(rate):
    return f"{100 * rate:.2f}%"


def chips(at):
    """The choices in force above the page, each taken away by a click."""
    return [b.label.replace("\\", "") for b in at.button if (b.key or "").startswith("chip-")]
