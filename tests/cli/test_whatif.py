"""What-if on the command line: the same answers as the package, as JSON, and one sentence for what cannot be."""

from functools import partial

import numpy as np
import pytest

from churn_dash import risk
from churn_dash.risk.whatif import asked
from churn_dash.risk.whatif.situation import Change
from churn_dash.risk.whatif.uncertain import some
from churn_dash.store import Workspace
from tests import asking
from tests.asking import ALL


@pytest.fixture(scope="module")
def place(modelled_copy):
    return Workspace.open(modelled_copy())


@pytest.fixture
def run(answer, place):
    return partial(answer, workspace=place.root)


def test_what_if_of_a_customer_a_segment_the_bank_and_the_market(run, place):
    ds = place.dataset()
    model = risk.trained(place.models, ds.state)
    customer = risk.score(ds, model, scope=ALL).sort("probability", "customer_id", descending=True)["customer_id"][100]
    row = risk.explain(ds, model, customer, scope=ALL).row

    one = run("whatif", customer, "--set", "product_count=+1")
    want = risk.what_if(model, row, {"product_count": Change(1.0, step=True)})
    assert one["probability_after"] == pytest.approx(want.probability_after) and one["kind"] == "model response"
    assert one["range"] == "model uncertainty" and one["low"] < one["difference"] < one["high"]
    assert one["changes"] == {"product_count": row["product_count"] + 1} and "not the effect" in one["note"]
    least = run("whatif", customer, "--smallest")
    assert least["changes"] == risk.smallest(model, row).changes and least["text"] and least == run("whatif", customer, "--smallest")

    bank = run("whatif", "--set", "product_count=+1")
    people = asked.portfolio_of(asking.asked(ds), model)
    alone = [
        risk.what_if(model, row, {"product_count": Change(1.0, step=True)}).probability_after
        for row in people.drop("customer_id", "held").head(40).iter_rows(named=True)
    ]
    found = risk.group_if(model, people, {"product_count": Change(1.0, step=True)})
    assert found.people["after"].head(40).to_list() == pytest.approx(alone, abs=1e-6), "a group answers as its customers one by one"
    assert bank["leavers_after"] == pytest.approx(found.people["after"].sum()) and bank["n"] == people.height
    assert bank["leavers_before"] == pytest.approx(risk.score(ds, model, scope=ALL)["probability"].sum(), rel=1e-6)

    gold = run("whatif", "--where", "tier=gold", "--set", "product_count=+1")
    run("saved", "golden", "--where", "tier=gold", "--save")
    assert run("whatif", "--segment", "golden", "--set", "product_count=+1")["leavers_after"] == pytest.approx(gold["leavers_after"])
    assert 0 < gold["n"] < bank["n"]

    ratios = []
    frame = people.drop("held")
    here = asked.situation(model, frame)
    more = np.clip(here.rows["product_count"] + 1, *here.ends(here.lever("product_count")))
    rows, after = frame[some(frame.height)], here.changed({"product_count": more})[some(frame.height)]
    for refit in model.refits:
        sums = [model.calibration(refit.model.output(model.design.matrix(f))).sum() for f in (rows, after)]
        ratios.append(np.log(sums[1] / sums[0]))
    ends = [bank["leavers_after"] * np.exp(end - np.mean(ratios)) for end in (min(ratios), max(ratios))]
    assert [bank["leavers_after_low"], bank["leavers_after_high"]] == pytest.approx(ends) and bank["range"] == "model uncertainty"

    market = run("whatif", "--market", "rate_gap=+0.1")
    assert market["leavers_after_low"] < market["leavers_after"] < market["leavers_after_high"]
    assert market["leavers_after"] != market["leavers_before"] and "only 24 months stand behind" in market["note"]


def test_levers_are_listed_marked_and_costed(run):
    names = [x["feature"] for x in run("levers")["levers"]]
    assert {"complaints_open", "product_count", "contacts_3m"} <= set(names) and "points" not in names and "aum_avg" not in names
    marked = run("levers", "points", "--mark", "--cost", "0.1", "--who", "Li")["levers"][0]
    assert (marked["marked"], marked["cost"], marked["who"], marked["sort"]) == (True, 0.1, "Li", "marked")
    assert "points" in [x["feature"] for x in run("levers")["levers"]]
    run("levers", "points", "--unmark")
    assert "points" not in [x["feature"] for x in run("levers")["levers"]]


@pytest.mark.parametrize(
    ("args", "sentence"),
    [
        (("whatif", "--set", "product_cout=+1"), "the nearest is product_count"),
        (("whatif", "--set", "age=30"), "nothing that can be changed"),
        (("whatif", "--set", "product_count=99"), "must lie between"),
        (("whatif", "--set", "product_count=+9"), "can be moved by 0 to 2"),
        (("whatif", "--set", "product_count=many"), "is no number"),
        (("whatif", "--market", "rate_gab=+1"), "the nearest is rate_gap"),
        (("whatif", "--market", "rate_gap=+50"), "can be moved by"),
        (("whatif", "C9999999", "--set", "product_count=+1"), "There is no customer"),
        (("whatif", "--segment", "nobody knows"), "There is no segment"),
        (("whatif", "--smallest"), "asked of one customer"),
        (("levers", "age", "--mark"), "can be no lever"),
        (("levers", "--mark"), "Name what the model looks at"),
        (("levers", "product_count", "--campaign", "C99"), "There is no campaign"),
    ],
)
def test_what_cannot_be_is_one_sentence(run, args, sentence):
    assert sentence in run(*args, code=1)
