"""B8: satisfaction, recommendation, weighting, and what follows a questionnaire."""

import datetime
from collections import Counter, defaultdict

import polars as pl
import pytest

from churn_dash import sample
from churn_dash.causes import balances_after, followed, satisfaction
from churn_dash.causes.balances_after import compared
from churn_dash.causes.satisfaction import population_weights, response_weights, weighted_mean, weighted_rate
from churn_dash.errors import NotPossible
from churn_dash.intake.typed import extract_of
from churn_dash.measures import Filters, Period, last_12
from churn_dash.measures.statistics.estimates import mean, promoter_score, rate
from churn_dash.store import Workspace, publish, shifted
from tests import asking

D = datetime.date


def test_b8_nps_of_fifty_promoters_thirty_passives_twenty_detractors():
    found = promoter_score(pl.Series([10] * 25 + [9] * 25 + [8] * 15 + [7] * 15 + [6] * 10 + [0] * 10))
    assert (found.value, round(found.low, 1), round(found.high, 1), found.n) == (30.0, 14.7, 45.3, 100)


def answers(*cells):
    """(cell, csat, how many) → answers."""
    rows = [(f"{cell}{score}{i}", cell, score) for cell, score, n in cells for i in range(n)]
    return pl.DataFrame(rows, schema={"survey_id": pl.String, "tier": pl.String, "csat": pl.Int64}, orient="row")


def test_b8_post_stratification_by_hand_with_both_figures():
    # Half of the customers are gold, but only 20 of 100 answers: gold 4 of 20 satisfied, mass 60 of 80.
    given = answers(("gold", 5, 4), ("gold", 2, 16), ("mass", 5, 60), ("mass", 2, 20))
    people = pl.DataFrame({"tier": ["gold", "mass", "mass"], "n": [500, 400, 100]})
    weighted = population_weights(given, people, ("tier",))
    assert set(weighted.select("tier", "weight").unique().iter_rows()) == {("gold", 2.5), ("mass", 0.625)}
    share = weighted_rate(weighted["csat"] >= 4, weighted["weight"])
    assert rate(64, 100).value == 0.64
    assert share.value == pytest.approx(0.5 * 4 / 20 + 0.5 * 60 / 80) == pytest.approx(0.475)
    assert weighted_mean(weighted["csat"], weighted["weight"]).value == pytest.approx(
        0.5 * (4 * 5 + 16 * 2) / 20 + 0.5 * (60 * 5 + 20 * 2) / 80
    )
    assert share.high - share.low > rate(64, 100).high - rate(64, 100).low, "unequal weights widen the range"


def test_equal_weights_change_nothing():
    values = pl.Series([1, 2, 3, 4, 5, 5])
    found, plain = weighted_mean(values, pl.Series([2.0] * 6)), mean(values)
    assert found.value == pytest.approx(plain.value)
    assert weighted_rate(values >= 4, pl.Series([2.0] * 6)).low == pytest.approx(rate(3, 6).low)


def test_cells_of_the_customers_without_an_answer_are_told_and_stand_for_nobody():
    given = answers(("gold", 5, 2), ("mass", 2, 2))
    people = pl.DataFrame({"tier": ["gold", "mass", "private"], "n": [5, 5, 90]})
    assert population_weights(given, people, ("tier",))["weight"].to_list() == [1.0] * 4


def test_response_weights_are_one_over_the_share_that_answers():
    rows = pl.DataFrame(
        {"open_complaint": ["no"] * 10 + ["yes"] * 10, "history": ["new"] * 20, "answered": [True] * 5 + [False] * 5 + [True] + [False] * 9}
    )
    found = response_weights(rows)
    by = dict(found.select("open_complaint", "weight").iter_rows())
    assert by["yes"] / by["no"] == pytest.approx((10 / 1) / (10 / 5))
    assert found["weight"].mean() == pytest.approx(1)


def test_every_wave_is_that_of_a_plain_loop(bank, bank_data, there):
    period = last_12(bank_data)
    sent, said = Counter(), defaultdict(list)
    outside = 0
    for q in bank.tables["surveys"].to_dicts():
        if not period.start <= q["sent_at"] <= period.last_day:
            continue
        month = q["sent_at"].replace(day=1)
        if there(q["customer_id"], month) is None:
            outside += 1
            continue
        sent[month] += 1
        if q["answered_at"] is not None:
            said[month].append(q)
    found = satisfaction(asking.asked(bank_data))
    assert found.outside == outside
    assert dict(found.waves.select("wave", "sent").iter_rows()) == dict(sent)
    for row in found.waves.iter_rows(named=True):
        mine = said[row["wave"]]
        assert row["answered"] == len(mine)
        assert row["response"] == pytest.approx(len(mine) / sent[row["wave"]])
        assert row["csat"] == pytest.approx(sum(q["csat"] >= 4 for q in mine) / len(mine))
        assert row["csat_mean"] == pytest.approx(sum(q["csat"] for q in mine) / len(mine))
        score = 100 * (sum(q["nps"] >= 9 for q in mine) - sum(q["nps"] <= 6 for q in mine)) / len(mine)
        assert row["nps"] == pytest.approx(score)
    assert found.whole["sent"] == sum(sent.values())


def test_the_weighted_share_is_that_of_a_plain_loop(bank, bank_data, there):
    cells = {}
    for customer, month, tier, age in bank_data.cursor().execute("select customer_id, month, d_tier, d_age_band from months").fetchall():
        cells[customer, month] = (tier, age)
    wave = satisfaction(asking.asked(bank_data)).waves.row(-1, named=True)
    people = Counter(cells[c, wave["wave"]] for c in bank_data.table("customers")["customer_id"] if there(c, wave["wave"]) is not None)
    said = defaultdict(list)
    for q in bank.tables["surveys"].to_dicts():
        if q["sent_at"].replace(day=1) == wave["wave"] and q["answered_at"] and there(q["customer_id"], wave["wave"]) is not None:
            said[cells[q["customer_id"], wave["wave"]]].append(q["csat"] >= 4)
    share = sum(people[c] * sum(v) / len(v) for c, v in said.items()) / sum(people[c] for c in said)
    assert wave["csat_weighted"] == pytest.approx(share)


def test_churn_after_a_questionnaire_is_that_of_a_plain_loop(bank, bank_data, there):
    period, limit = Period(bank_data.measurable[0], bank_data.measurable[-1]), shifted(bank_data.measurable[-1], -6)
    last = {}
    for q in sorted(bank.tables["surveys"].to_dicts(), key=lambda q: (q["sent_at"], q["survey_id"])):
        month = q["sent_at"].replace(day=1)
        if not period.start <= q["sent_at"] <= period.last_day or month > limit:
            continue
        spell = there(q["customer_id"], month)
        if spell is None or (spell[2] and spell[1] < shifted(month, 1)):
            continue
        left = spell[2] and spell[1] < shifted(month, 7)
        last[q["customer_id"]] = (q, left)
    groups = defaultdict(list)
    for q, left in last.values():
        groups["answered" if q["answered_at"] else "silent"].append(left)
        if q["csat"] is not None:
            groups["low" if q["csat"] <= 2 else "middle" if q["csat"] == 3 else "high"].append(left)
            groups["promoter" if q["nps"] >= 9 else "detractor" if q["nps"] <= 6 else "passive"].append(left)
    found = followed(asking.asked(bank_data, period=period), horizon=6)
    rows = pl.concat([found.answering, found.bands, found.classes])
    assert {g: (n, k) for g, n, k in rows.select("group", "n", "left").iter_rows() if n} == {g: (len(v), sum(v)) for g, v in groups.items()}
    silent, told = (sum(groups[g]) / len(groups[g]) for g in ("silent", "answered"))
    assert found.difference.value == pytest.approx(silent - told)
    assert found.drops["n"].sum() <= len([1 for q, _ in last.values() if q["csat"] is not None])


def test_balances_after_an_answer_are_those_of_a_plain_loop(bank, bank_data, there):
    horizon, period = 3, Period(bank_data.measurable[0], bank_data.measurable[-1])
    held = {(c, m): v for c, m, v in bank.tables["customer_month"].select("customer_id", "month", "aum_end").iter_rows()}
    asked = sorted(bank.tables["surveys"].to_dicts(), key=lambda q: (q["sent_at"], q["survey_id"]))
    last = {}
    for q in asked:
        month = q["sent_at"].replace(day=1)
        spell = there(q["customer_id"], month)
        if not period.start <= q["sent_at"] <= period.last_day or month > shifted(bank_data.measurable[-1], -horizon) or spell is None:
            continue
        if not (spell[2] and spell[1] < shifted(month, 1)):
            last[q["customer_id"]] = (q, month, spell[2] and spell[1] < shifted(month, horizon + 1))
    groups, unknown = defaultdict(list), 0
    for customer, (q, month, left) in last.items():
        if q["csat"] is None:
            continue
        before, after = held.get((customer, month)), 0.0 if left else held.get((customer, shifted(month, horizon)))
        if before is None or after is None:
            unknown += 1
            continue
        groups["low" if q["csat"] <= 2 else "middle" if q["csat"] == 3 else "high"].append((before, after))
        was = [p["csat"] for p in asked if p["customer_id"] == customer and p["csat"] is not None and p["sent_at"] < q["sent_at"]]
        if was:
            groups["fell" if was[-1] - q["csat"] >= 1 else "held"].append((before, after))
    found = balances_after(asking.asked(bank_data, period=period), horizon=horizon)
    assert found.unknown == unknown and len(groups["high"]) >= 30
    for name, n, before, after, change in found.rows.select("group", "n", "before", "after", "change").iter_rows():
        sums = [sum(pair[i] for pair in groups[name]) for i in (0, 1)]
        assert (n, before, after) == (len(groups[name]), pytest.approx(sums[0]), pytest.approx(sums[1]))
        assert change is None if n < 30 else change == pytest.approx(sums[1] / sums[0] - 1)


def test_balances_of_those_whose_satisfaction_fell_are_held_against_the_others():
    """Half of those who fell keep 100 of 100, half 60; of those who held everybody keeps 110: by hand −20 % against +10 %."""
    pairs = [("fell", 100.0, 100.0 if i % 2 else 60.0) for i in range(40)] + [("held", 100.0, 110.0)] * 40 + [("low", 50.0, 0.0)] * 29
    rows, difference = compared(pl.DataFrame(pairs, schema=["group", "before", "after"], orient="row"))
    told = {r["group"]: r for r in rows.to_dicts()}
    half = 1.959964 * 20 / 39**0.5 / 100
    assert (told["fell"]["change"], told["fell"]["low"], told["fell"]["high"]) == pytest.approx((-0.2, -0.2 - half, -0.2 + half))
    assert (difference.value, difference.low, difference.high) == pytest.approx((-0.3, -0.3 - half, -0.3 + half))
    assert told["low"]["n"] == 29 and told["low"]["change"] is None, "of few only the count"
    assert told["middle"]["n"] == 0 and told["middle"]["change"] is None


def test_waves_of_a_filter_add_up_to_those_of_the_bank(bank_data):
    whole = satisfaction(asking.asked(bank_data)).whole["sent"]
    tiers = next(d for d in bank_data.dimensions if d.name == "tier").values
    parts = 0
    for tier in tiers:
        try:
            parts += satisfaction(asking.asked(bank_data, filters=Filters((("tier", (tier,)),)))).whole["sent"]
        except NotPossible:
            continue
    assert parts == whole


def test_without_questionnaires_one_sentence_names_the_table(only_months):
    for work in (satisfaction, followed):
        with pytest.raises(NotPossible, match=r"needs the table Surveys \(surveys\)"):
            work(asking.asked(only_months))


def test_months_without_a_questionnaire_are_one_sentence(bank_data):
    quiet = next(m for m in bank_data.measurable if m.month % 3 == 1)
    with pytest.raises(NotPossible, match="No questionnaire was sent"):
        satisfaction(asking.asked(bank_data, period=Period(quiet, quiet)))


@pytest.mark.slow
def test_weighting_by_who_answers_comes_nearer_to_the_true_mean(tmp_path):
    """Non-response is planted on loyalty, which nobody sees: weights by what can be seen take off a part of the bias, in every bank."""
    gains = []
    for seed in range(1, 7):
        bank = sample.generate(seed, 8_000, 30)
        workspace = Workspace.create(tmp_path / f"b{seed}")
        publish(workspace, extract_of(bank.tables, "bank"))
        ds = workspace.dataset()
        whole = satisfaction(asking.asked(ds, period=Period(ds.measurable[0], ds.measurable[-1]))).whole
        truth = bank.truth.rates["mean_satisfaction"]
        raw, weighted = whole["csat_mean"] - truth, whole["csat_mean_response"] - truth
        gains.append(raw - weighted)
        assert raw > 0, "who answers flatters the bank"
    assert sum(g > 0 for g in gains) >= 5
    assert sum(gains) / len(gains) > 0.001


@pytest.mark.slow
def test_the_dissatisfied_leave_more_as_planted(tmp_path):
    workspace = Workspace.create(tmp_path / "large")
    publish(workspace, extract_of(sample.generate(5, 20_000, 30).tables, "large"))
    ds = workspace.dataset()
    found = followed(asking.asked(ds, period=Period(ds.measurable[0], ds.measurable[-1]), definition="close"))
    shares = found.bands["share"].to_list()
    assert shares[0] > shares[1] > shares[2]
    assert found.bands["low"][0] > found.bands["high"][2]
    assert found.difference.value > 0, "loyalty makes people answer and stay"
