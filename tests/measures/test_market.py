"""The market as customers met it: weights by city, the gap, offers; by hand and on the invented bank."""

import datetime

import numpy as np
import polars as pl
import pytest
from scipy import stats

from churn_dash.errors import NotPossible
from churn_dash.intake.typed import extract_of
from churn_dash.measures import Filters, Period, measure
from churn_dash.measures.calendar.market import SERIES, _compared, market, offers
from churn_dash.measures.movement.maturities import heavy, maturities
from churn_dash.measures.statistics.intervals import newcombe
from churn_dash.store import Workspace, publish
from tests.asking import asked

D = datetime.date
JAN, FEB = D(2024, 1, 1), D(2024, 2, 1)


def published(tables, folder):
    workspace = Workspace.create(folder)
    publish(workspace, extract_of(tables, "own"))
    return workspace.dataset()


def bank_of(rates, cities=("north", "north", "north", "south"), **more):
    months = [D(2023, 12, 1), JAN, FEB]
    people = [(f"C{i}", city) for i, city in enumerate(cities)]
    rows = [(c, m, 100.0, 100.0, 50.0, 1) for c, _ in people for m in months]
    names = ["customer_id", "month", "aum_avg", "aum_end", "deposit_avg", "txn_count"]
    return {
        "customers": pl.DataFrame(people, schema=["customer_id", "city"], orient="row"),
        "customer_month": pl.DataFrame(rows, schema=names, orient="row"),
        "market_month": pl.DataFrame(rates, schema=["month", "city", "own_rate", "competitor_rate", "market_balances"], orient="row"),
        **more,
    }


def test_each_city_weighs_as_many_customers_as_it_has(tmp_path):
    rates = [(m, c, own, other, 10_000.0) for m in (JAN, FEB) for c, own, other in (("north", 1.0, 1.2), ("south", 2.0, 3.0))]
    found = market(asked(published(bank_of(rates), tmp_path), definition="close")).rows
    for row in found.to_dicts():
        assert row["own_rate"] == pytest.approx((3 * 1.0 + 2.0) / 4)
        assert row["rate_gap"] == pytest.approx((3 * 0.2 + 1.0) / 4)
        assert row["market_share"] == pytest.approx(4 * 50 / 20_000)
        assert row["coverage"] == 1.0 and row["lpr"] is None


def test_all_cities_stand_for_those_that_are_not_named_and_the_rest_is_told(tmp_path):
    both = [(JAN, "north", 1.0, 1.5, 5_000.0), (JAN, "all", 2.0, 2.1, None), (FEB, "north", 1.0, 1.5, 5_000.0)]
    rows = market(asked(published(bank_of(both), tmp_path), definition="close")).rows.to_dicts()
    assert rows[0]["own_rate"] == pytest.approx(1.25) and rows[0]["coverage"] == 1.0
    assert rows[1]["own_rate"] == pytest.approx(1.0) and rows[1]["coverage"] == pytest.approx(0.75)
    assert rows[0]["market_share"] == pytest.approx(150 / 5_000), "only where both sides are known"


def test_without_the_customers_cities_every_city_weighs_the_same(tmp_path):
    tables = bank_of([(JAN, c, r, r + 1, 100.0) for c, r in (("north", 1.0), ("south", 2.0))])
    tables["customers"] = tables["customers"].drop("city")
    row = market(asked(published(tables, tmp_path), definition="close")).rows.row(0, named=True)
    assert row["own_rate"] == pytest.approx(1.5) and row["rate_gap"] == pytest.approx(1.0) and row["market_share"] is None


def test_without_market_figures_the_sentence_names_the_table(worked):
    with pytest.raises(NotPossible, match="market_month"):
        market(asked(worked))


def test_the_invented_bank_agrees_with_a_plain_loop(bank, bank_data):
    period = Period(bank_data.measurable[-4], bank_data.measurable[-1])
    found = market(asked(bank_data, period=period))
    city = dict(bank.tables["customers"].select("customer_id", "city").iter_rows())
    figures = {(r["month"], r["city"]): r for r in bank.tables["market_month"].to_dicts()}
    for row in found.rows.to_dicts():
        listed = _there(bank_data, row["month"])
        for name in ("own_rate", "competitor_rate", "unemployment", "competitor_campaign"):
            mean = sum(float(figures[row["month"], city[c]][name]) for c in listed) / len(listed)
            assert row[name] == pytest.approx(mean), name
        assert row["rate_gap"] == pytest.approx(row["competitor_rate"] - row["own_rate"])


def _there(ds, month):
    sql = f"select p.customer_id from month_rows m join people p on p.c = m.c where m.month = DATE '{month}'"
    return [c for (c,) in ds.cursor().execute(sql).fetchall()]


def test_months_of_a_wide_gap_stand_beside_the_others(bank_data):
    found = market(asked(bank_data))
    told = measure(asked(bank_data), ["churn_rate"], ["month"]).to_dicts()
    gap = dict(found.rows.select("month", "rate_gap").iter_rows())
    wide = [r["churn_rate"] for r in told if gap[r["month"]] > found.median_gap]
    narrow = [r["churn_rate"] for r in told if gap[r["month"]] <= found.median_gap]
    assert (len(wide), len(narrow)) == (found.n_wide, found.n_narrow)
    assert (found.wide, found.narrow) == pytest.approx((np.mean(wide), np.mean(narrow)))
    second = stats.ttest_ind(wide, narrow, equal_var=False).confidence_interval()
    assert (found.difference.low, found.difference.high) == pytest.approx((second.low, second.high))
    assert ("cannot be told" in str(found.sentence)) == (second.low <= 0 <= second.high)
    assert set(SERIES) <= set(found.rows.columns)


def _months(rng, effect=0.0):
    """Twelve months of 15,000 customers: a shock of its own each month, and ``effect`` more leave while the gap is wide."""
    gaps = rng.permutation(np.linspace(0.1, 1.2, 12))
    rates = 0.011 * np.exp(0.25 * rng.standard_normal(12)) + effect * (gaps > np.median(gaps))
    lost = rng.binomial(15_000, rates)
    return pl.DataFrame({"rate_gap": gaps, "churn_rate": lost / 15_000, "customers_lost": lost, "customers": 15_000})


def test_shocks_of_the_months_are_not_taken_for_what_the_rate_gap_does():
    rng, times = np.random.default_rng(7), 2000
    covered = as_customers = 0
    for _time in range(times):
        rows = _months(rng)
        found = _compared(rows)
        covered += not found.difference.excludes(0.0)
        assert ("cannot be told" in str(found.sentence)) == (not found.difference.excludes(0.0))
        sides = [
            rows.filter(side).sum().row(0, named=True)
            for side in (pl.col("rate_gap") > found.median_gap, pl.col("rate_gap") <= found.median_gap)
        ]
        as_customers += not newcombe(*(s[c] for s in sides for c in ("customers_lost", "customers"))).excludes(0.0)
    assert 0.935 <= covered / times <= 0.97
    assert as_customers / times < 0.75, "customers taken as independent would have told of an effect that is not there"


def test_an_effect_of_the_rate_gap_is_found_and_few_or_equal_months_tell_nothing():
    rng = np.random.default_rng(8)
    found = [_compared(_months(rng, 0.012)) for _time in range(50)]
    assert sum(str(f.sentence).startswith("In months of a wide rate gap") for f in found) >= 45
    flat = pl.DataFrame({"rate_gap": [0.1, 0.2], "churn_rate": [0.01, 0.02]})
    assert _compared(flat).difference is None and "cannot be told" in str(_compared(flat).sentence)
    assert _compared(flat.with_columns(rate_gap=pl.lit(0.3))).sentence is None


def test_offers_stand_beside_what_we_pay_for_the_same_product_and_term(tmp_path):
    theirs = pl.DataFrame(
        [
            ("o1", "Rival", "term", 2.0, 12, D(2024, 1, 1), None),
            ("o2", "Other", "term", 2.4, 12, D(2024, 1, 1), D(2024, 12, 31)),
            ("o3", "Other", "term", 9.0, 12, D(2023, 1, 1), D(2024, 1, 31)),  # over
            ("o4", "Rival", "wealth", 3.0, 6, D(2024, 1, 1), None),  # we sold none
        ],
        schema=["offer_id", "bank_name", "product_kind", "rate", "term_months", "from_date", "to_date"],
        orient="row",
    )
    ours = pl.DataFrame(
        [
            ("h1", "C0", "term", 100.0, 1.5, D(2024, 1, 5), D(2025, 1, 5), "own"),
            ("h2", "C1", "term", 300.0, 1.9, D(2024, 2, 5), D(2025, 2, 5), "own"),
            ("h3", "C1", "term", 900.0, 5.0, D(2024, 2, 5), D(2025, 2, 5), "other"),
            ("h4", "C1", "term", 900.0, 5.0, D(2023, 2, 5), D(2024, 2, 5), "own"),  # begun long ago
        ],
        schema=["holding_id", "customer_id", "product_kind", "amount", "rate", "start_date", "maturity_date", "bank"],
        orient="row",
    )
    rates = [(JAN, "all", 1.0, 1.2, None)]
    ds = published(bank_of(rates, competitor_products=theirs, product_holdings=ours), tmp_path)
    found = offers(ds).to_dicts()
    assert len(found) == 1
    row = found[0]
    assert (row["product_kind"], row["term_months"], row["best_rate"], row["best_bank"], row["n_offers"]) == ("term", 12, 2.4, "Other", 2)
    assert row["own_rate"] == pytest.approx((150 + 570) / 400) and row["n_own"] == 2
    assert row["gap"] == pytest.approx(2.4 - 1.8) and row["mean_rate"] == pytest.approx(2.2)
    (then,) = offers(ds, Period(JAN, JAN)).to_dicts()
    assert (then["best_rate"], then["n_offers"], then["own_rate"], then["n_own"]) == (9.0, 3, 1.5, 1)


def test_what_falls_due_agrees_with_a_plain_loop_and_looks_ahead(bank, bank_data):
    rows = maturities(asked(bank_data), ahead=4)
    assert len(rows) == 16 and rows["ahead"].sum() == 4
    for row in rows.to_dicts():
        due = [
            h for h in bank.tables["product_holdings"].to_dicts()
            if h["bank"] == "own" and h["maturity_date"] and h["maturity_date"].replace(day=1) == row["month"]
            and (h["closed_date"] is None or h["closed_date"] >= h["maturity_date"])
        ]  # fmt: skip
        assert (row["n"], row["amount"]) == (len(due), pytest.approx(sum(h["amount"] for h in due)))
    assert rows["amount"].sum() > 0


def test_tiers_add_up_to_what_falls_due_and_a_heavy_month_is_marked(bank_data):
    whole = maturities(asked(bank_data))
    parts = [maturities(asked(bank_data, filters=Filters((("gender", (v,)),)))) for v in ("F", "M")]
    unknown = whole["n"].sum() - sum(p["n"].sum() for p in parts)
    assert 0 <= unknown < 0.2 * whole["n"].sum()
    assert heavy(whole) == [r["month"] for r in whole.to_dicts() if r["amount"] > 1.25 * whole["amount"].median()]
