"""A page as a reader meets it: opened by its address, its first sentence, all its words."""

import pathlib

from streamlit.testing.v1 import AppTest

APP = pathlib.Path(__file__).resolve().parents[2] / "app.py"


def opened(page="overview", language="en", **query):
    """The page run once at its address; ``__`` in a parameter's name stands for a dot."""
    at = AppTest.from_file(str(APP), default_timeout=240)
    at.query_params["lang"] = language
    if page != "overview":
        at.run()
        at.switch_page(f"pages/{page}_page.py")
    for key, value in {"lang": language, **query}.items():
        at.query_params[key.replace("__", ".")] = value
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
