"""Classes of loyalty, word of mouth, and the profile of those lost."""

import datetime
import math
from collections import Counter

import polars as pl
import pytest

from churn_dash.causes import assigned, profile, referrals, standing
from churn_dash.causes.loyalty import CLASSES, Rules, loyalty, rules, set_rules
from churn_dash.errors import BadInput, NotPossible
from churn_dash.measures import Filters, last_12, measure
from churn_dash.segments import members
from churn_dash.store import shifted
from tests.asking import asked
from tests.causes.reference import loyalty_index

D = datetime.date


def test_t8_exactly():
    assert loyalty_index([0.8, 0.5, 1, None, 0.6], [0.25, 0.25, 0.20, 0.20, 0.10]) == pytest.approx(73.125, abs=1e-12)


def test_every_active_customer_has_one_class(bank_data):
    found = assigned(bank_data)
    active = measure(asked(bank_data), ["churn_rate"])
    assert found.columns == ["customer_id", "group"]
    assert found["customer_id"].is_unique().all()
    assert set(found["group"]) <= set(CLASSES)
    after = bank_data.cursor().execute(
        "select count(*) from month_rows m join states s on s.definition = 'first' and s.code = m.s_first where s.active and m.month = ?",
        [shifted(bank_data.months[-1], 1)],
    )
    assert len(found) == after.fetchone()[0]
    assert active["churn_rate_n"][0] > 0


def test_the_class_follows_from_the_index_and_its_limits(bank_data):
    month = bank_data.months[-1]
    found = assigned(bank_data, month)
    index = dict(loyalty(bank_data, found, month).iter_rows())
    for customer, group in found.iter_rows():
        value = index[customer]
        expected = (
            "not_known"
            if value is None
            else "loyal"
            if value >= 70
            else "attached"
            if value >= 55
            else "wavering"
            if value >= 40
            else "loose"
        )
        assert group == expected


def test_the_range_of_the_mean_of_two_customers_stays_on_the_scale(bank_data, monkeypatch):
    from churn_dash.causes import loyalty_classes

    def two(_ds, people, _month, _rules):
        return people.select("customer_id", index=pl.int_range(pl.len()).replace_strict({0: 55.0, 1: 72.0}, default=None))

    monkeypatch.setattr(loyalty_classes, "loyalty", two)
    assert (standing(asked(bank_data)).index.low, standing(asked(bank_data)).index.high) == (0.0, 100.0)


def test_churn_of_the_classes_adds_up_to_the_churn_rate(bank_data):
    found = standing(asked(bank_data))
    row = measure(asked(bank_data), ["customers_lost", "churn_rate"]).row(0, named=True)
    assert (found.classes["n"].sum(), found.classes["left"].sum()) == (row["churn_rate_n"], row["customers_lost"])
    assert found.at == shifted(last_12(bank_data).start, -1)


def test_recorded_weights_and_limits_hold_from_then_on(fresh):
    before = assigned(fresh)["group"].value_counts()
    set_rules(fresh, {"tenure": 0.5, "promoter": 0.0}, {"loyal": 90})
    force = rules(fresh)
    assert (force.version, force.weights["tenure"], force.cuts["loyal"], force.cuts["wavering"]) == (1, 0.5, 90.0, 40.0)
    assert not assigned(fresh)["group"].value_counts().sort("group").equals(before.sort("group"))
    for bad in ({"tenure": -1}, {"tenuer": 1}, dict.fromkeys(Rules().weights, 0)):
        with pytest.raises(BadInput):
            set_rules(fresh, bad)
    with pytest.raises(BadInput, match="one below the other"):
        set_rules(fresh, None, {"wavering": 95})


def test_a_month_outside_the_data_is_refused(bank_data):
    with pytest.raises(NotPossible, match="1999-01"):
        assigned(bank_data, D(1999, 1, 1))


def test_a_class_can_be_saved_as_a_segment_and_filtered_by(fresh):
    from churn_dash.segments import save_list

    loose = assigned(fresh).filter(pl.col("group") == "loyal")["customer_id"]
    save_list(fresh, "Loyal", loose)
    n = measure(asked(fresh, filters=Filters((("segment:Loyal", ("in",)),))), ["churn_rate"])["churn_rate_n"][0]
    assert 0 < n <= len(loose)


def test_referrals_are_those_of_a_plain_loop(bank, bank_data, there, spells):
    period = last_12(bank_data)
    said = {}
    for q in sorted(bank.tables["surveys"].to_dicts(), key=lambda q: (q["answered_at"] or D(1, 1, 1), q["survey_id"])):
        if q["nps"] is not None and shifted(period.start, -12) <= q["answered_at"] < period.start:
            said[q["customer_id"]] = "promoter" if q["nps"] >= 9 else "detractor" if q["nps"] <= 6 else "passive"
    base = {c for c in spells if there(c, period.start) is not None}
    counts, joined, referred, early, early_left = Counter(), 0, 0, Counter(), Counter()
    for c in bank.tables["customers"].to_dicts():
        if not period.start <= c["open_date"] <= period.last_day or c["customer_id"] not in spells:
            continue
        joined += 1
        brought = c["referrer_id"] is not None
        referred += brought
        if brought and c["referrer_id"] in base:
            counts[said.get(c["referrer_id"], "not_known")] += 1
        until = c["open_date"].replace(day=1)
        until = (shifted(until, 6), c["open_date"].day)
        try:
            end = until[0].replace(day=until[1])
        except ValueError:
            end = shifted(until[0], 1) - datetime.timedelta(days=1)
        if end <= bank_data.data_end:
            early[brought] += 1
            first = min(spells[c["customer_id"]])
            early_left[brought] += first[2] and first[1] <= end
    found = referrals(asked(bank_data))
    assert (found.joined, found.referred, found.referred - found.unknown_referrers) == (joined, referred, sum(counts.values()))
    assert {g: k for g, k in found.classes.select("group", "referrals").iter_rows() if k} == dict(counts)
    assert found.classes["n"].sum() == len(base)
    assert found.rate.value == pytest.approx(100 * sum(counts.values()) / len(base))
    assert (found.left_referred.n, found.left_others.n) == (early[True], early[False])
    assert found.left_others.value == pytest.approx(early_left[False] / early[False])


def test_without_referrers_one_sentence_says_what_is_needed(only_months):
    with pytest.raises(NotPossible, match=r"needs the table Customers"):
        referrals(asked(only_months))


def test_a_profile_is_the_standardised_difference_of_a_plain_loop(bank, bank_data):
    period = last_12(bank_data)
    people = dict(members(asked(bank_data)).select("customer_id", "left").iter_rows())
    rows = {r["customer_id"]: r for r in bank.tables["customer_month"].to_dicts() if r["month"] == shifted(period.start, -1)}
    sides = {True: [], False: []}
    for customer, left in people.items():
        if customer in rows:
            sides[left].append(float(rows[customer]["product_count"]))
    (m1, s1, n1), (m0, s0, n0) = (
        (sum(v) / len(v), math.sqrt(sum((x - sum(v) / len(v)) ** 2 for x in v) / (len(v) - 1)), len(v)) for v in (sides[True], sides[False])
    )
    d = (m1 - m0) / math.sqrt((s1**2 + s0**2) / 2)
    half = 1.959964 * math.sqrt(1 / n1 + 1 / n0 + d**2 / (2 * (n1 + n0)))
    found = next(f for f in profile(asked(bank_data)) if f.name == "product_count")
    assert (found.lost, found.stayed) == (pytest.approx(m1), pytest.approx(m0))
    assert (found.difference, found.low, found.high) == (
        pytest.approx(d),
        pytest.approx(d - half, rel=1e-5),
        pytest.approx(d + half, rel=1e-5),
    )


def test_levels_of_a_dimension_are_shares_that_add_up(bank_data):
    found = [f for f in profile(asked(bank_data)) if f.name == "tenure_band"]
    assert sum(f.lost for f in found) == pytest.approx(1)
    assert sum(f.stayed for f in found) == pytest.approx(1)


def test_the_furthest_apart_comes_first(bank_data):
    gaps = [abs(f.difference) for f in profile(asked(bank_data))]
    assert gaps == sorted(gaps, reverse=True)


def test_one_row_a_customer_has_a_profile_from_its_own_columns(tmp_path):
    from churn_dash.intake.extraction import extract
    from churn_dash.intake.source import Source
    from churn_dash.store import Workspace, publish

    rows = "\n".join(f"{i},{20 + i % 50},{'North' if i % 3 else 'South'},{int(i % 3 == 0 or i % 50 > 40)}" for i in range(600))
    workspace = Workspace.create(tmp_path / "flat")
    publish(workspace, extract([Source("flat.csv", f"CustomerId,Years,Region,Exited\n{rows}\n".encode())]))
    found = profile(asked(workspace.dataset()))
    assert {f.label for f in found} >= {"Years", "Region"}
    assert found[0].label == "Region"


def test_where_nobody_stayed_there_is_no_profile(bank_data):
    with pytest.raises(NotPossible, match="A profile needs"):
        profile(asked(bank_data, filters=Filters((("tier", ("mass",)), ("aum_band", ("1M+",)), ("age_band", ("65+",))))))
