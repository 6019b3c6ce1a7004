"""The plan's hypotheses: the logit behind them, the verdicts, and the planted truth."""

import importlib

import numpy as np
import polars as pl
import pytest
import statsmodels.api as sm
from statsmodels.stats.multitest import multipletests

from churn_dash import sample
from churn_dash.causes import covariates, hypotheses
from churn_dash.causes.covariates import COVARIATES, LAG, panel, varies
from churn_dash.causes.reading import resolved
from churn_dash.errors import NotPossible
from churn_dash.intake.typed import extract_of
from churn_dash.measures import Filters, Period
from churn_dash.measures.statistics.estimates import holm
from churn_dash.store import Workspace, publish, shifted
from tests.asking import asked

PLAN = {
    "age": -1, "income": -1, "aum": -1, "products": -1, "transactions": -1, "rate_gap": 1, "competition": 1,
    "gender": 0, "education": 0, "credit": 0, "unemployment": 0, "prices": 0,
}  # fmt: skip


@pytest.fixture(scope="module")
def larger(tmp_path_factory):
    workspace = Workspace.create(tmp_path_factory.mktemp("larger") / "bank")
    publish(workspace, extract_of(sample.generate(2, 3_000, 18).tables, "larger"))
    return workspace.dataset()


@pytest.fixture(scope="module")
def tested(larger):
    return hypotheses(asked(larger, period=whole(larger)))


def whole(ds):
    return Period(ds.measurable[0], ds.measurable[-1])


def looked_at(ds):
    return panel(resolved(asked(ds, period=whole(ds))))


def test_the_directions_are_those_of_the_plan():
    assert {c.name: c.direction for c in COVARIATES} == PLAN


def test_the_panel_holds_each_customer_as_he_stood_four_months_before(larger):
    rows = looked_at(larger).rows
    by = {(r["customer_id"], r["month"]): r for r in larger.table("customer_month").to_dicts()}
    for r in rows.sample(200, seed=1).iter_rows(named=True):
        before = by.get((r["customer_id"], shifted(r["month"], -LAG)))
        assert r["products"] == (None if before is None else before["product_count"])


def test_who_has_stopped_using_the_bank_is_left_out(larger):
    found = looked_at(larger)
    rows, quiet = found.rows, found.quiet
    by = {(r["customer_id"], r["month"]): r["txn_count"] for r in larger.table("customer_month").to_dicts()}
    assert quiet > 0
    assert all(by.get((c, shifted(m, -LAG)), 1) > 0 for c, m in rows.sample(300, seed=2).select("customer_id", "month").iter_rows())


def test_of_many_customers_some_are_drawn_with_all_their_months(larger, tested, monkeypatch):
    everybody = looked_at(larger)
    assert everybody.drawn_of is None and tested.drawn_of is None
    begun = set(everybody.rows.filter(pl.col("month") == larger.measurable[0])["customer_id"])
    monkeypatch.setattr(covariates, "MOST_CUSTOMERS", 1_500)
    drawn = looked_at(larger)
    assert drawn.drawn_of >= len(begun)
    there = set(drawn.rows["customer_id"])
    share = 1_500 / drawn.drawn_of
    assert len(there & begun) == pytest.approx(share * len(begun), rel=0.03)
    assert drawn.rows.sort("customer_id", "month").equals(
        everybody.rows.filter(pl.col("customer_id").is_in(there)).sort("customer_id", "month")
    )
    again = hypotheses(asked(larger, period=whole(larger)))
    assert again.drawn_of == drawn.drawn_of
    full = {h.about.name: h for h in tested.rows}
    for h in again.rows:
        if h.effect is not None and not h.about.months:
            assert h.low <= full[h.about.name].high and h.high >= full[h.about.name].low
            assert h.high / h.low > full[h.about.name].high / full[h.about.name].low


def test_effects_and_ranges_are_those_of_statsmodels(larger, tested):
    found = {h.about.name: h for h in tested.rows}
    rows = looked_at(larger).rows
    used = [c.name for c in COVARIATES if varies(rows[c.name])]
    known = rows.drop_nulls(used)
    x = sm.add_constant(known.select(used).to_numpy().astype(float))
    groups = known["customer_id"].rank("dense").to_numpy().astype(int)
    fitted = sm.Logit(known["left"].to_numpy().astype(float), x).fit(
        disp=0, cov_type="cluster", cov_kwds={"groups": groups}, method="newton", maxiter=100
    )
    ends = fitted.conf_int()
    for i, name in enumerate(used, start=1):
        assert found[name].effect == pytest.approx(np.exp(fitted.params[i]), rel=1e-5)
        if not found[name].about.months:
            assert (found[name].low, found[name].high) == pytest.approx(tuple(np.exp(ends[i])), rel=1e-2)
    assert found["age"].n == known["customer_id"].n_unique()
    assert found["age"].events == known["left"].sum()


def test_an_effect_alone_is_that_of_statsmodels(larger, tested):
    found = {h.about.name: h for h in tested.rows}
    rows = looked_at(larger).rows
    known = rows.drop_nulls([c.name for c in COVARIATES if varies(rows[c.name])])
    for name in ("age", "credit", "transactions"):
        x = sm.add_constant(known[name].to_numpy().astype(float))
        fitted = sm.Logit(known["left"].to_numpy().astype(float), x).fit(disp=0)
        assert found[name].alone == pytest.approx(np.exp(fitted.params[1]), rel=1e-3)


def test_why_it_cannot_be_told_says_whether_the_range_or_the_many_tests_decide(tested):
    for h in tested.rows:
        if h.effect is not None and not h.about.months:
            inside = h.low <= 1 <= h.high
            expected = "" if h.verdict != "cannot_tell" else "the range includes no difference" if inside else "many hypotheses"
            assert expected in h.why


def test_p_values_are_adjusted_by_holm(tested):
    rows = [h for h in tested.rows if h.p_holm is not None]
    raw = [0.001, 0.04, 0.03, 0.2]
    assert holm(raw) == pytest.approx(list(multipletests(raw, method="holm")[1]))
    assert all(h.verdict == "cannot_tell" for h in rows if h.p_holm >= 0.05)


def test_too_few_months_cannot_tell_what_the_market_does(tested):
    for h in tested.rows:
        if h.about.group == "market":
            assert h.verdict == "cannot_tell"
            assert "too few months" in h.why or "same for everybody" in h.why


def test_what_defines_leaving_is_not_tested_by_it(larger, monkeypatch):
    monkeypatch.setattr(importlib.import_module("churn_dash.causes.hypotheses"), "EVENTS_EACH", 3)
    found = {h.about.name: h for h in hypotheses(asked(larger, period=whole(larger), definition="asset_out")).rows}
    assert (found["aum"].verdict, found["aum"].effect) == ("cannot_tell", None)
    assert "part of how leaving is defined" in found["aum"].why


def test_too_few_departures_are_refused_with_how_many_are_needed(bank_data):
    with pytest.raises(NotPossible, match="are needed to test the hypotheses"):
        hypotheses(asked(bank_data, filters=Filters((("tier", ("private",)),))))


@pytest.mark.slow
def test_where_nothing_is_known_of_the_customers_the_sentence_says_what_to_load(bank, tmp_path):
    tables = {"customer_month": bank.tables["customer_month"].select("customer_id", "month")}
    workspace = Workspace.create(tmp_path)
    publish(workspace, extract_of(tables, "numbers alone"))
    with pytest.raises(NotPossible, match="load age, gender, education and income"):
        hypotheses(asked(workspace.dataset()))


def test_the_signs_agree_with_what_was_planted(tmp_path):
    """METHODS E2: every planted effect on its side, gender nothing; nothing that the plan says is contradicted."""
    workspace = Workspace.create(tmp_path / "large")
    publish(workspace, extract_of(sample.generate(17, 30_000, 36).tables, "large"))
    ds = workspace.dataset()
    found = {h.about.name: h for h in hypotheses(asked(ds, period=whole(ds))).rows}
    below = ("age", "income", "aum", "products", "transactions", "credit")
    assert all(found[n].high < 1 for n in below)
    assert found["rate_gap"].effect > 1
    assert found["competition"].effect > 1
    assert found["education"].effect > 1
    assert found["gender"].low < 1 < found["gender"].high
    assert all(found[n].verdict == "supported" for n in ("age", "income", "aum", "products", "transactions"))
    assert not [n for n, h in found.items() if h.verdict == "contradicted"]
