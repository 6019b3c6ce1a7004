"""The Customer page: the portrait, what the command line says of the same customer, and what is not there."""

import datetime
import json
import re
from types import SimpleNamespace

import polars as pl
import pytest
from typer.testing import CliRunner

from churn_dash import risk
from churn_dash.cli import app
from churn_dash.segments import TierStanding, portrait
from churn_dash.store import Workspace
from churn_dash.ui.customer.customer import _balance_tile, _tier_tile
from tests.asking import ALL
from tests.pages.reading import opened, words


@pytest.fixture(scope="module")
def customer(bank_folder) -> str:
    """A customer who can still leave, has been warned of, and holds something."""
    workspace = Workspace.open(bank_folder)
    ds = workspace.dataset()
    held = ds.table("product_holdings")
    warned = set(ds.table("warnings")["customer_id"]) & set(held.filter(pl.col("closed_date").is_null())["customer_id"])
    rows = risk.score(ds, risk.trained(workspace.models, ds.state), scope=ALL).sort("probability", descending=True)
    return next(c for c in rows["customer_id"] if c in warned)


def test_the_page_shows_the_portrait_and_the_time_to_leave(bank_folder, looking_at, customer):
    looking_at(bank_folder)
    at = opened("customer", customer=customer)
    assert not at.exception
    shown = portrait(Workspace.open(bank_folder).dataset(), customer, scope=ALL)
    table = next(d.value for d in at.dataframe if "what" in d.value.columns)
    assert len(table) == len(shown.happenings) and str(table.iloc[0]["day"])[:10] == shown.happenings[-1].day.isoformat()
    tiles = {m.label: m for m in at.metric}
    assert "Time to leave" in tiles and "An estimate from the past, not a date." in tiles["Time to leave"].help
    assert "Who the customer is" in words(at) and "95% range of the estimate" in words(at)
    early = re.search(r"10% of customers like this have left after ([\d.]+) (mo\.|years)", words(at))
    space = Workspace.open(bank_folder)
    model = risk.trained(space.models, space.dataset().state)
    why = risk.explain(space.dataset(), model, customer, scope=ALL)
    time = risk.time_to_leave(space.dataset(), model, customer, why.probability)
    months = time.left[0.1].value
    assert float(early[1]) == pytest.approx(months if early[2] == "mo." else months / 12, abs=0.5 if months >= 3 else 0.051)


def test_the_command_line_says_what_the_page_shows(bank_folder, looking_at, customer):
    looking_at(bank_folder)
    ran = CliRunner().invoke(app, ["customer", customer, "--workspace", str(bank_folder), "--json"])
    assert ran.exit_code == 0, ran.output
    found = json.loads(ran.output)
    ds = Workspace.open(bank_folder).dataset()
    assert found["happenings"] == portrait(ds, customer, scope=ALL).as_json()["happenings"]
    time = found["time_to_leave"]
    first, half, last = (time["left_months"][s] for s in ("0.1", "0.5", "0.9"))
    assert half == time["median_months"] and first["value"] > 0 and first["low"] <= first["value"] <= first["high"]
    assert half["value"] is None or first["value"] < half["value"]
    assert last["value"] is None or half["value"] < last["value"]
    assert time["risk"] == found["risk"]["probability"] and time["expected_months"]["low"] <= time["expected_months"]["value"]
    text = CliRunner().invoke(app, ["customer", customer, "--workspace", str(bank_folder), "--language", "zh"]).output
    assert "预警" in text


def test_without_months_or_tables_there_is_no_empty_chart(flat_folder, looking_at):
    looking_at(flat_folder)
    at = opened("customer", customer="000007")
    assert not at.exception
    assert "How balances moved needs months" in words(at) and not any("what" in d.value.columns for d in at.dataframe)
    assert "Time to leave" not in {m.label for m in at.metric}


@pytest.mark.parametrize(("left", "said"), [(0, "which nothing can prevent now"), (2, "unless ¥20K comes back")])
def test_the_tier_says_whether_a_downgrade_can_still_be_prevented(left, said):
    day = datetime.date(2026, 10, 1)
    standing = TierStanding(
        "bohai", day, "gold", 280e3, 300e3, 20e3, 720e3, "platinum", 3 - left, left, datetime.date(2026, 11, 1), "affluent"
    )
    assert said in _tier_tile(standing).note


@pytest.mark.parametrize(("then", "now", "shown"), [(100.0, 150.0, "50.00%"), (0.1, 5_000.1, "¥5K"), (100.0, 40.0, "60.00%")])
def test_growth_from_next_to_nothing_is_told_as_an_amount(then, now, shown):
    history = SimpleNamespace(peers=pl.DataFrame({"balance": []}, schema={"balance": pl.Float64}))
    tile = _balance_tile(SimpleNamespace(history=history), [then, now])
    assert tile.change == shown
