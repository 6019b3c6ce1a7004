"""Addresses that a person types, keeps or is sent: each opens its page on a server that has shown nothing yet, with nothing over it."""

import re

import pytest

from churn_dash.ui.frame import SECTIONS

pytestmark = pytest.mark.browser
_WATCH = """window.over = []; new MutationObserver(() => document.querySelectorAll('[role=dialog]')
    .forEach(d => window.over.push(d.innerText))).observe(document, {childList: true, subtree: true})"""


@pytest.mark.parametrize("slug", ["overview", "trends", "evaluation", "whatif"])
def test_a_cold_server_opens_the_page_of_an_address_with_nothing_over_it(cold, slug):
    title = next(t for part in SECTIONS.values() for s, t, _icon in part if s == slug)
    cold.page.add_init_script(_WATCH)
    cold.go(f"/{slug}?where.tier=gold").clean()
    assert cold.page.evaluate("window.over") == []
    assert title in cold.page.locator("[data-testid=stSidebarNavLink][aria-current=page]").inner_text()
    assert re.search(r"where\.tier=gold", cold.page.url), "the query goes along"
