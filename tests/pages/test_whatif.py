"""The What-if page: a lever moves the risk of a customer, of the bank, and the market moves everybody."""

import json
from types import SimpleNamespace

import pytest

from churn_dash import risk
from churn_dash.risk.features.panel import PANEL_FEATURES
from churn_dash.risk.whatif import asked
from churn_dash.risk.whatif.levers import WhatIf
from churn_dash.risk.whatif.situation import Change
from churn_dash.store import Workspace
from churn_dash.ui.whatif import many, one
from churn_dash.ui.whatif.moves import moved_by
from churn_dash.words import say
from tests import asking
from tests.asking import ALL
from tests.pages.reading import answer, opened, percent, words


@pytest.fixture
def bank(bank_folder, looking_at):
    looking_at(bank_folder)
    workspace = Workspace.open(bank_folder)
    ds = workspace.dataset()
    return ds, risk.trained(workspace.models, ds.state)


def test_a_lever_of_a_customer_moves_the_risk_as_the_package_says(bank):
    ds, model = bank
    customer = risk.score(ds, model, scope=ALL).sort("probability", "customer_id", descending=True)["customer_id"][60]
    row = risk.explain(ds, model, customer, scope=ALL).row
    at = opened("whatif", **{"whatif-customer": customer})
    assert not at.exception and not at.error
    before = at.metric[1].value
    lever = next(s for s in at.slider if s.key == f"wi-{customer}-product_count")
    lever.set_value(int(row["product_count"]) + 1).run()
    want = risk.what_if(model, row, {"product_count": Change(1.0, step=True)})
    assert at.metric[1].value == f"{100 * want.probability_after:.2f}%" != before
    ends = (percent(want.probability_before + x) for x in (want.low, want.high))
    assert "{} to {}".format(*ends) in answer(at) and "model uncertainty" in words(at)
    assert "model response" in answer(at) and "not the effect of making it" in words(at)
    assert risk.smallest(model, row).as_json()["text"].split(";")[0] in words(at)


@pytest.mark.parametrize(
    ("low", "high", "starts"),
    [(90.0, 98.0, "5.0 fewer of"), (90.0, 103.0, "Whether fewer or more"), (97.0, 103.0, "Whether fewer or more")],
)
def test_no_direction_is_told_where_the_range_has_both(low, high, starts):
    group = SimpleNamespace(
        leavers={"before": 100.0, "after": 95.0}.get, leavers_low=low, leavers_high=high, n=1_000, kind="model response"
    )
    told = say(many.answer(group))
    assert told.startswith(starts) and f"{low - 100:+.1f}".replace("-", "−") in told
    result = WhatIf(0.1, 0.095, -0.005, {"product_count": 4.0}, low=low / 1000 - 0.1, high=high / 1000 - 0.1)
    told = say(one.answer(SimpleNamespace(result=result)))
    assert told.startswith("The risk of leaving would fall" if high < 100 else "Whether the risk of leaving, 10.00%, would fall or rise")
    assert f"{low / 10:.2f}% to {high / 10:.2f}%" in told


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("whom", ["segment", "bank", "market"])
def test_a_group_and_the_market_answer_with_before_and_after(bank, whom, language):
    at = opened("whatif", language)
    at.segmented_control(key="whatif-for").set_value(whom).run()
    assert not at.exception and not at.error
    assert len(answer(at)) > 5 and len(at.metric) >= 3


def test_the_bank_says_what_the_package_says(bank):
    ds, model = bank
    at = opened("whatif", **{"whatif-for": "bank", "whatif-lever": "product_count"})
    found = risk.group_if(model, asked.portfolio_of(asking.asked(ds), model), {"product_count": Change(1.0, step=True)})
    assert at.metric[0].value == f"{found.leavers('after'):,.1f}"
    assert f"model uncertainty {found.leavers_low:,.1f} to {found.leavers_high:,.1f}" in words(at)
    assert "(change −" in answer(at)
    assert at.metric[2].value == f"{found.applied[0].moved:,}" and at.metric[3].value == f"{found.applied[0].at_bound:,}"


def test_several_levers_of_the_bank_move_at_once_as_the_package_says(bank):
    ds, model = bank
    at = opened("whatif", **{"whatif-for": "bank", "whatif-lever": ["product_count", "contacts_3m"]})
    assert not at.exception and [s.label.rsplit(": ", 1)[-1] for s in at.select_slider] == ["Moved by"] * len(at.select_slider)
    steps = {s.key.removeprefix("whatif-"): float(s.value) for s in at.select_slider}
    changes = {"product_count": Change(1.0, step=True), "contacts_3m": Change(1.0, step=True)}
    changes |= {n: Change(v, step=True) for n, v in steps.items()}
    found = risk.group_if(model, asked.portfolio_of(asking.asked(ds), model), changes)
    assert at.metric[0].value == f"{found.leavers('after'):,.1f}"
    one = risk.group_if(model, asked.portfolio_of(asking.asked(ds), model), {"product_count": changes["product_count"]})
    assert found.leavers("after") != one.leavers("after")
    table = next(d.value for d in at.dataframe if "at_bound" in d.value.columns)
    assert table["moved"].to_list() == [a.moved for a in found.applied]


def test_the_market_says_how_few_months_stand_behind_it(bank):
    at = opened("whatif", **{"whatif-for": "market", "whatif-lever": "rate_gap"})
    assert "only 24 months stand behind" in words(at)


def test_a_step_is_written_with_its_unit_and_the_name_of_a_lever_is_whole(bank):
    by = {f.name: f for f in PANEL_FEATURES}
    steps = (("rate_gap", 0.22), ("unemployment", -0.3), ("concentration", 0.01), ("digital_active_3m", 0.1), ("product_count", 1.0))
    assert [moved_by(by[n], x) for n, x in steps] == ["+0.22 pp", "−0.30 pp", "+0.01", "+10.00 pp", "+1"]
    ds, model = bank
    at = opened("whatif", **{"whatif-for": "market", "whatif-lever": "rate_gap"})
    slider = at.select_slider(key="whatif-rate_gap")
    assert all(o.endswith(" pp") for o in slider.options)
    at = opened("whatif", **{"whatif-customer": risk.score(ds, model, scope=ALL).sort("probability", descending=True)["customer_id"][60]})
    (chart,) = at.get("plotly_chart")
    shown = " ".join(a["text"] for a in json.loads(chart.proto.spec)["layout"]["annotations"])
    assert by["rate_gap"].label in shown and "…" not in shown


def test_a_list_of_one_day_without_a_model_says_what_is_needed(flat_folder, looking_at):
    looking_at(flat_folder)
    at = opened("whatif")
    assert not at.exception and "No risk model" in answer(at)
