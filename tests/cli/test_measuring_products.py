"""The measures of products from the verb that measures everything else: the same numbers by the same code."""

import json

import pytest
from typer.testing import CliRunner

from churn_dash.cli import app
from churn_dash.errors import NotFound
from churn_dash.measures import measure
from churn_dash.measures.movement.product_churn import product_churn
from churn_dash.measures.movement.product_measures import PRODUCT_MEASURES
from tests import asking


def asked(root, *words):
    out = CliRunner().invoke(app, ["measure", *words, "--workspace", str(root), "--json"], catch_exceptions=False)
    assert out.exit_code == 0, out.output
    return json.loads(out.stdout)


def test_every_measure_of_products_is_that_of_its_room(bank_workspace, bank_data):
    row = asked(bank_workspace.root, *PRODUCT_MEASURES)["rows"][0]
    want = product_churn(asking.asked(bank_data)).row(0, named=True)
    assert {k: row[k] for k in want} == pytest.approx(want) and all(row[n] is not None for n in PRODUCT_MEASURES)


def test_products_and_customers_stand_side_by_side(bank_workspace, bank_data):
    rows = asked(bank_workspace.root, "account_closure_rate", "churn_rate", "--by", "tier", "--by", "quarter")["rows"]
    rates = measure(asking.asked(bank_data), ["churn_rate"], ["tier", "quarter"])
    closed = product_churn(asking.asked(bank_data), ["account_closure_rate"], ["tier", "quarter"])
    assert len(rows) >= len(rates) > 4
    for frame, name in ((rates, "churn_rate"), (closed, "account_closure_rate")):
        want = {(r["tier"], f"{r['quarter']:%Y-%m}"): r[name] for r in frame.to_dicts()}
        got = {(r["tier"], r["quarter"]): r[name] for r in rows}
        assert {k: got[k] for k in want} == want


def test_products_are_broken_down_by_their_kind_and_told_in_words(bank_workspace):
    rows = asked(bank_workspace.root, "account_closure_rate", "--by", "product")["rows"]
    assert len({r["product"] for r in rows}) > 2
    out = CliRunner().invoke(app, ["measure", "card_dormancy_rate", "--workspace", str(bank_workspace.root)])
    assert out.exit_code == 0 and "card_dormancy_rate" in out.output and "%" in out.output
    with pytest.raises(NotFound):
        CliRunner().invoke(app, ["measure", "card_dormancy", "--workspace", str(bank_workspace.root)], catch_exceptions=False)
