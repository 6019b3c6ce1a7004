"""CONTRIBUTING.md names every page and every folder of the pages' code."""

import re

from churn_dash.ui.frame import SECTIONS

EVERYWHERE = {"parts", "filtering"}
"""Folders that serve every page."""


def test_every_page_stands_in_the_map_beside_the_folder_that_draws_it(request):
    root = request.config.rootpath
    text = (root / "CONTRIBUTING.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (`.+?) \| (.+) \|$", text.split("### What a page is drawn by")[1].split("##")[0], re.M)
    pages = {slug for part in SECTIONS.values() for slug, _title, _icon in part}
    named = {word for _folders, told in rows for word in re.findall(r"\w+", told)}
    assert pages - named == set()
    folders = {name for held, _told in rows for name in re.findall(r"`(\w+)`", held)}
    assert {f.name for f in (root / "churn_dash" / "ui").iterdir() if (f / "__init__.py").exists()} == folders | EVERYWHERE


def test_every_module_that_it_names_is_there(request):
    root = request.config.rootpath
    text = (root / "CONTRIBUTING.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`((?:contract|store|measures|behind|ui|care|cli)/[\w/]+\.py)`", text))
    assert len(named) > 8 and [n for n in named if not (root / "churn_dash" / n).exists()] == []
