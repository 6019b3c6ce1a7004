"""From data without a model to a changed risk, by the page's own form: train, open a customer, move a lever, read the risk."""

import re

import pytest

from churn_dash import risk, sample
from churn_dash.intake.typed import extract_of
from churn_dash.store import Workspace, publish
from tests.asking import ALL
from tests.browser.conftest import Visit, served
from tests.browser.test_main_path import _OTHER_FIGURE, _can_move

pytestmark = pytest.mark.browser
_CUSTOMERS, _MONTHS = 1_000, 14
"""About the smallest bank from which enough customers leave to learn from."""
_ANSWERED = """was => {
    const main = document.querySelector('[data-testid=stMain]');
    const troubles = [...main.querySelectorAll('[data-testid=stIconMaterial]')].filter(icon => icon.innerText === 'info');
    return troubles.length > was || !(main.querySelector('h1')?.innerText ?? 'No risk model').includes('No risk model');
}"""
"""Whether the page speaks of a model, or has one trouble more to tell than before."""


def test_a_model_is_trained_on_the_page_a_customer_opened_and_a_lever_changes_the_risk(chromium, tmp_path):
    workspace = Workspace.create(tmp_path / "bank", sample=True)
    publish(workspace, extract_of(sample.generate(3, _CUSTOMERS, _MONTHS).tables, "tiny-bank"))
    ds = workspace.dataset()
    assert risk.latest(workspace.models, ds.state) is None
    with served(workspace.root) as address:
        context = chromium.new_context(viewport={"width": 1440, "height": 900}, locale="en-US")
        try:
            seen = Visit(context.new_page(), address).go("/risk")
            assert "No risk model" in seen.answer
            before = seen.page.locator("[data-testid=stMain] [data-testid=stIconMaterial]", has_text=re.compile("^info$")).count()
            seen.page.get_by_role("button", name="Train the models").click()
            seen.page.wait_for_function(_ANSWERED, arg=before, timeout=300_000)
            seen.settled()
            assert "No risk model" not in seen.answer, seen.text
            model = risk.latest(workspace.models, ds.state)
            assert model is not None and len(model.card.trials) == len(risk.KINDS)
            scored = risk.score(ds, model, scope=ALL).sort("probability", descending=True)["customer_id"]
            customer = next(c for c in scored if _can_move(risk, ds, model, c))
            seen.go(f"/customer?customer={customer}")
            tile = seen.page.get_by_test_id("stMetric").filter(has_text="Risk would be")
            before = tile.inner_text()
            lever = seen.page.get_by_role("slider").first
            lever.focus()
            seen.page.keyboard.press("ArrowRight")
            seen.page.wait_for_function(_OTHER_FIGURE, arg=["Risk would be", before], timeout=60_000)
            seen.settled()
            row = risk.explain(ds, model, customer, scope=ALL).row
            first = next(x for x in risk.levers(model, row) if not x.flag)
            to = float(seen.page.get_by_role("slider").first.evaluate("e => e.value ?? e.getAttribute('aria-valuenow')"))
            assert to > first.value
            after = risk.what_if(model, row, {first.feature: to}).probability_after
            assert f"{after:.2%}" in tile.inner_text()
            seen.clean()
        finally:
            context.close()
