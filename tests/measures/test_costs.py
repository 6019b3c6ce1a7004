"""What lost customers cost: the worked answers of METHODS B1 and B9, and a plain loop over the invented bank."""

import datetime
from dataclasses import replace

import polars as pl
import pytest

from churn_dash.access import Scope
from churn_dash.contract.assumptions import ASSUMPTIONS
from churn_dash.errors import BadInput, NotFound, NotPossible
from churn_dash.intake.typed import extract_of
from churn_dash.measures import Filters, Period, last_12, measure
from churn_dash.measures.money.assumptions import Held, in_force, parsed, put
from churn_dash.measures.money.costs import concentration, costs
from churn_dash.measures.money.held import Holdings
from churn_dash.measures.money.lifetime_value import lifetime_value
from churn_dash.measures.money.repute import complaints, detractors, market_share
from churn_dash.retention.worklists.at_stake import stakes
from churn_dash.store import Records, Workspace, publish
from tests import asking
from tests.measures.brute import Brute, end_of, next_month

ALL = Scope.everything()
WORKED = Period(datetime.date(2024, 1, 1), datetime.date(2024, 3, 1))


def held(**values):
    return {name: Held(a, values.get(name, a.default)) for name, a in ASSUMPTIONS.items()}


def test_the_worked_table_loses_120_carried_by_few(worked):
    """METHODS B1: 120 of 440 in balances; here the spread over the three who were lost."""
    found = costs(asking.asked(worked, period=WORKED, definition="close"), held(spread=0.1))
    assert (found.n, found.n_known, found.balances, found.fees) == (3, 3, 120.0, None)
    assert found.margin == pytest.approx(12.0)
    assert found.concentration.effective_n == pytest.approx(120**2 / (50**2 + 30**2 + 40**2))
    assert found.concentration.few and found.concentration.top_share == pytest.approx(50 / 120)
    assert found.replacement == 3 * 500


def test_the_effective_number_of_the_worked_table_is_3_49():
    """METHODS B1: Σx = 440, six customers weigh as much as 3.49 equal ones."""
    rows = pl.DataFrame({"customer_id": list("ABCDEH"), "held": [100.0, 50, 30, 200, 20, 40], "fees": [None] * 6})
    found = concentration(Holdings(rows))
    assert found.effective_n == pytest.approx(3.49, abs=0.005) and found.few
    assert found.curve[0] == (0.0, 0.0) and found.curve[-1] == (1.0, pytest.approx(1.0))


def test_lifetime_value_is_the_sum_of_each_customers_own(bank, bank_data):
    assumed = held(spread=0.02, servicing_cost=45.0, discount=0.08, horizon_years=4.0, acquisition_cost=700.0)
    found = costs(asking.asked(bank_data), assumed)
    period = last_12(bank_data)
    rows = {(c, m): r for c, m, *r in bank.tables["customer_month"].select("customer_id", "month", "aum_end", "fee_income").rows()}
    before = next_month(period.start, -1)
    brute = Brute(bank.tables, "first")
    there = [c for c in brute.ids if brute.active(c, period.start - datetime.timedelta(days=1))]
    gone = [
        c
        for c in there
        if any(a <= period.start - datetime.timedelta(days=1) < b and e and b <= end_of(period.end) for a, b, e in brute.spells[c])
    ]
    kept = 1 - len(gone) / len(there)
    margin = lifetime = negative = 0.0
    for c in gone:
        fees = [rows[c, m][1] for k in range(12) if (m := next_month(before, -k)) and (c, m) in rows and rows[c, m][1] is not None]
        own = (rows.get((c, before), [0.0])[0] or 0.0) * 0.02 + (12 * sum(fees) / len(fees) if fees else 0.0)
        known = (c, before) in rows
        margin += own if known else 0.0
        lifetime += lifetime_value(own - 45.0, kept, 0.08, 4) if known else 0.0
        negative += known and own < 45.0
    assert found.n == len(gone) > 10
    assert found.retention == pytest.approx(kept)
    assert found.margin == pytest.approx(margin) and found.lifetime == pytest.approx(lifetime)
    assert found.n_negative == negative
    assert found.whole == pytest.approx(lifetime + 700 * len(gone))


def test_balances_and_customers_are_those_of_the_metrics(bank_data):
    found = costs(asking.asked(bank_data), held())
    rows = measure(asking.asked(bank_data), ["aum_lost", "customers_lost"])
    assert (found.balances, found.n) == (pytest.approx(rows["aum_lost"][0]), rows["customers_lost"][0])


def test_the_tiers_add_up_to_the_bank(bank_data):
    whole = costs(asking.asked(bank_data), held())
    tiers = next(d for d in bank_data.dimensions if d.name == "tier").values
    parts = [costs(asking.asked(bank_data, filters=Filters((("tier", (t,)),))), held()) for t in tiers]
    assert sum(p.margin for p in parts) == pytest.approx(whole.margin)
    assert sum(p.replacement for p in parts) == pytest.approx(whole.replacement)


def test_a_period_of_three_months_is_taken_to_a_year(bank_data):
    last = last_12(bank_data)
    quarter = Period(next_month(last.end, -2), last.end)
    rate = measure(asking.asked(bank_data, period=quarter), ["churn_rate"])["churn_rate"][0]
    assert costs(asking.asked(bank_data, period=quarter), held()).retention == pytest.approx((1 - rate) ** 4)


def test_moving_an_assumption_moves_the_cost_as_working_it_out_anew_does(bank_data):
    found = costs(asking.asked(bank_data), held())
    for swing in found.swings:
        if swing.name in ASSUMPTIONS:
            assert costs(asking.asked(bank_data), held(**{swing.name: swing.low})).whole == pytest.approx(swing.cost_low)
            assert costs(asking.asked(bank_data), held(**{swing.name: swing.high})).whole == pytest.approx(swing.cost_high)
    assert {s.name for s in found.swings if s.measured} == {"retention"}
    assert [s.reach for s in found.swings] == sorted((s.reach for s in found.swings), reverse=True)


def test_nobody_lost_costs_nothing_and_unknown_balances_are_no_zero(bank_data, tmp_path):
    nobody = costs(asking.asked(bank_data, filters=Filters((("tier", ()),))), held())
    assert (nobody.n, nobody.margin, nobody.replacement, nobody.concentration) == (0, 0.0, 0.0, None)
    months = [datetime.date(2024, m, 1) for m in (1, 2, 3)]
    rows = [(f"c{i}", m, 3) for i in range(12) for m in months[: 2 if i < 2 else 3]]
    frame = pl.DataFrame(rows, schema={"customer_id": pl.String, "month": pl.Date, "txn_count": pl.Int64}, orient="row")
    space = Workspace.create(tmp_path)
    publish(space, extract_of({"customer_month": frame}, "made"))
    found = costs(asking.asked(space.dataset(), definition="absent"), held())
    assert found.n == 2 and (found.balances, found.margin, found.lifetime, found.whole) == (None, None, None, None)
    assert found.replacement == 1000 and found.concentration is None


def test_the_value_at_risk_of_the_worked_customers_is_460(bank_data, monkeypatch):
    """METHODS B9: p (.1, .5, .8), lifetime values (1000, 400, 200)."""
    rows = pl.DataFrame({"customer_id": ["a", "b", "c", "d"], "held": [1000.0, 400.0, 200.0, None], "fees": [0.0, None, 0.0, 5.0]})
    monkeypatch.setattr("churn_dash.retention.worklists.at_stake.present", lambda *_asked: Holdings(rows))
    scores = pl.DataFrame({"customer_id": ["a", "b", "c", "d"], "probability": [0.1, 0.5, 0.8, 0.9]})
    # One margin of the whole balance, a year from now, nobody else leaving, no discount: each is worth what he holds.
    assumed = held(spread=0.2, servicing_cost=0.0, discount=0.0, horizon_years=5.0)
    found = stakes(asking.asked(bank_data, definition="first"), scores, assumed, 1.0)
    assert found.value == pytest.approx(460) and found.balances == pytest.approx(460)
    assert (found.n, found.expected) == (3, pytest.approx(1.4))
    assert stakes(asking.asked(bank_data, definition="first"), scores, assumed, None).value is None


def test_detractors_and_complaints_are_what_a_loop_counts(bank, bank_data):
    period = last_12(bank_data)
    brute = Brute(bank.tables, "first")
    there = {c for c in brute.ids if brute.active(c, period.start - datetime.timedelta(days=1))}
    end = end_of(period.end)
    answers = [
        n
        for c, d, n in bank.tables["surveys"].select("customer_id", "answered_at", "nps").rows()
        if n is not None and c in there and period.start <= d <= end
    ]
    told = [1 for c, d in bank.tables["complaints"].select("customer_id", "created_at").rows() if c in there and period.start <= d <= end]
    question = asking.asked(bank_data, period=period, definition="first")
    assert detractors(question).per_1000 == pytest.approx(1000 * sum(n <= 6 for n in answers) / len(answers))
    assert (complaints(question).events, complaints(question).n) == (len(told), len(there))


def test_the_market_share_is_own_deposits_over_the_market_s(bank, bank_data):
    period = last_12(bank_data)
    found = market_share(asking.asked(bank_data, scope=ALL, period=period))
    own = bank.tables["customer_month"].filter(pl.col("month") == period.end)["deposit_avg"].sum()
    market = bank.tables["market_month"].filter(pl.col("month") == period.end)["market_balances"].sum()
    assert found.after == pytest.approx(own / market) and found.first == next_month(period.start, -1)


def test_without_the_market_there_is_no_share(worked):
    assert market_share(asking.asked(worked, scope=ALL, period=WORKED)) is None
    assert (
        detractors(asking.asked(worked, scope=ALL, period=WORKED, definition="close")) is None
        and complaints(asking.asked(worked, scope=ALL, period=WORKED, definition="close")) is None
    )


def test_an_assumption_is_kept_with_who_and_when_and_its_earlier_values(tmp_path):
    records = Records(tmp_path)
    assert in_force(records)["spread"].who is None
    put(records, {"spread": 0.02, "discount": 0.1}, "Li Na")
    put(records, {"spread": 0.018}, "Wang")
    now = in_force(records)
    assert (now["spread"].value, now["spread"].who, now["spread"].version) == (0.018, "Wang", 2)
    assert now["discount"].version == 0, "what is as it was is not recorded"
    assert [r.body["value"] for r in records.history("assumption", "spread")] == [0.018, 0.02]


def test_an_assumption_that_cannot_be_is_refused_and_then_nothing_is_set(tmp_path):
    records = Records(tmp_path)
    with pytest.raises(BadInput, match=r"between 0\.00% and 20\.00%"):
        put(records, {"discount": 0.2, "spread": 1.5})
    with pytest.raises(NotFound, match="spread"):
        put(records, {"spraed": 0.1})
    with pytest.raises(BadInput, match="whole number"):
        put(records, {"horizon_years": 2.5})
    assert all(h.who is None for h in in_force(records).values())


@pytest.mark.parametrize(
    ("name", "text", "value"), [("spread", "1.5%", 0.015), ("discount", "0.08", 0.08), ("acquisition_cost", "¥1,200", 1200)]
)
def test_a_value_is_read_as_people_write_it(name, text, value):
    assert parsed(name, text) == value


@pytest.mark.parametrize(("name", "text"), [("spread", "a lot"), ("acquisition_cost", "5%"), ("spread", "50%"), ("spread", "nan")])
def test_a_value_that_is_none_is_refused(name, text):
    with pytest.raises(BadInput):
        parsed(name, text)


def test_declared_assumptions_lie_in_their_own_bounds_and_name_a_source():
    for a in ASSUMPTIONS.values():
        assert a.low <= a.default <= a.high and a.source.startswith("Default:")
        assert replace(a) == a


def test_the_fees_are_those_of_the_twelve_months_before_the_period(tmp_path):
    months = [datetime.date(2024 + m // 12, m % 12 + 1, 1) for m in range(26)]
    rows = [(f"c{i}", m, 1000.0, float(k)) for i in range(12) for k, m in enumerate(months[: 20 if i == 0 else 26])]
    frame = pl.DataFrame(rows, schema=["customer_id", "month", "aum_end", "fee_income"], orient="row")
    space = Workspace.create(tmp_path)
    publish(space, extract_of({"customer_month": frame}, "made"))
    found = costs(asking.asked(space.dataset(), definition="absent"), held(spread=0.01))
    assert (found.n, found.fees) == (1, pytest.approx(sum(range(2, 14))))
    assert found.margin == pytest.approx(1000 * 0.01 + sum(range(2, 14)))


def test_a_downgrade_is_no_departure_that_could_cost_a_customer(bank_data):
    with pytest.raises(NotPossible):
        costs(asking.asked(bank_data, definition="tier_down"), in_force(Records(bank_data.root)))
