"""The settings of the care lists: each moves its own list at its own edge, one recorded body with its reason, nothing that cannot be."""

import dataclasses
import datetime

import pytest

from churn_dash.care import SETTINGS, CareSettings, care_list, in_force, put, totals
from churn_dash.errors import BadInput, WorkspaceProblem
from churn_dash.store import Records
from tests.asking import asked
from tests.care.test_lists import MONTHS, made, numbered

D = datetime.date
DAY = D(2024, 3, 31)


def ago(days):
    return DAY - datetime.timedelta(days=days)


def still(customer, month):
    """5 transactions less in March for B, in February and March for C."""
    return 5 * (month >= {"A": D(2025, 1, 1), "B": MONTHS[2], "C": MONTHS[1]}[customer])


@pytest.fixture
def ds(tmp_path):
    """A, B, C: each setting's list has one of them at an edge that the test moves."""
    people = [
        {"customer_id": c, "branch_id": "B", "rm_id": "R", "special_need": c != "C", "birth_date": D(1980, 4, 5 if c == "A" else 20)}
        for c in "ABC"
    ]
    falls = {"A": 200_000.0, "B": 320_000.0, "C": 400_000.0}
    monthly = [
        {
            "customer_id": c,
            "month": m,
            "aum_avg": falls[c] if m == MONTHS[-1] else 400_000.0,
            "aum_end": 400_000.0,
            "txn_count": 5 - still(c, m),
        }
        for c in falls
        for m in MONTHS
    ]
    contacts = [{"customer_id": c, "ts": ago(days), "channel": "phone"} for c, days in (("A", 61), ("B", 60), ("C", 5))]
    complaints = [{"customer_id": "A", "created_at": D(2024, 3, 28)}, {"customer_id": "B", "created_at": D(2024, 3, 11)}]
    answers = [("A", 200, 4), ("A", 5, 3), ("B", 200, 5), ("B", 100, 3), ("C", 100, 4), ("C", 5, 4)]
    surveys = [{"customer_id": c, "answered_at": ago(days), "csat": score} for c, days, score in answers]
    booked = {"booked_at": ago(2), "txn_date": DAY, "direction": "out", "internal": False}
    bookings = [{"customer_id": c, "amount": a, **booked} for c, a in (("A", 130_000.0), ("B", 60_000.0))]
    held = {"bank": "own", "start_date": D(2023, 3, 1), "closed_date": None, "amount": 1e4}
    holdings = [{"customer_id": c, "maturity_date": d, **held} for c, d in (("A", D(2024, 4, 5)), ("B", D(2024, 4, 20)))]
    return made(
        tmp_path,
        customers=people,
        customer_month=monthly,
        contacts=numbered(contacts, "contact_id"),
        complaints=numbered(complaints, "complaint_id"),
        large_transactions=numbered(bookings, "txn_id"),
        surveys=numbered(surveys, "survey_id"),
        product_holdings=numbered(holdings, "holding_id"),
    )


def on(ds, name, **settings):
    return sorted(care_list(asked(ds), name, DAY, settings=CareSettings(**settings)).rows["customer_id"].to_list())


@pytest.mark.parametrize(
    ("name", "settings", "want"),
    [
        ("core_uncontacted", {}, []),
        ("core_uncontacted", {"uncontacted_days": 60}, ["A"]),
        ("core_uncontacted", {"uncontacted_days": 59}, ["A", "B"]),
        ("core_uncontacted", {"care_days": 1}, []),
        ("special_care", {}, ["A", "B"]),
        ("special_care", {"care_days": 60}, ["A"]),
        ("special_care", {"care_days": 61}, []),
        ("asset_fall", {}, ["A"]),
        ("asset_fall", {"fall": 0.2}, ["A", "B"]),
        ("asset_fall", {"fall": 0.51}, []),
        ("complaint_open", {}, ["B"]),
        ("complaint_open", {"waits_days": 0}, ["A", "B"]),
        ("complaint_open", {"waits_days": 30}, []),
        ("large_booking", {}, ["A"]),
        ("large_booking", {"booked_share": 0.1}, ["A", "B"]),
        ("large_booking", {"booked_share": 0.1, "booked_amount": 60_001.0}, ["A"]),
        ("satisfaction_drop", {}, ["A"]),
        ("satisfaction_drop", {"drop_csat": 2}, []),
        ("satisfaction_drop", {"drop_nps": 5}, ["A"]),
        ("satisfaction_drop", {"answer_days": 101}, ["A", "B"]),
        ("satisfaction_drop", {"answer_days": 5}, []),
        ("silence", {}, ["C"]),
        ("silence", {"silent_months": 1}, ["B", "C"]),
        ("silence", {"silent_months": 3}, []),
        ("birthday", {}, ["A"]),
        ("birthday", {"ahead_days": 20}, ["A", "B", "C"]),
        ("birthday", {"ahead_days": 4}, []),
        ("maturity_own", {}, ["A"]),
        ("maturity_own", {"ahead_days": 20}, ["A", "B"]),
        ("holiday", {}, ["A", "B", "C"]),
        ("holiday", {"ahead_days": 3}, []),
    ],
)
def test_each_setting_moves_its_own_list_at_its_own_edge(ds, name, settings, want):
    assert on(ds, name, **settings) == want


def test_what_is_recorded_holds_for_everybody_and_the_sentence_says_it(ds):
    records = Records(ds.root)
    assert in_force(records).settings == CareSettings() and in_force(records).version == 0
    put(records, CareSettings(uncontacted_days=59, booked_amount=1e5), "policy of 2024", "Li")
    kept = in_force(records)
    assert (kept.settings.uncontacted_days, kept.who, kept.why, kept.version) == (59, "Li", "policy of 2024", 1)
    found = care_list(asked(ds), "core_uncontacted", DAY)
    assert sorted(found.rows["customer_id"]) == ["A", "B"] and "more than 59 days" in str(found.meaning)
    by = {t.trigger.name: t for t in totals(asked(ds), DAY)}
    assert by["core_uncontacted"].found.n == 2 and "¥100,000 and 30%" in str(by["large_booking"].meaning)
    assert "超过 59 天" in found.meaning.in_("zh")
    assert on(ds, "core_uncontacted", uncontacted_days=60) == ["A"], "what is asked goes before what is recorded"


def test_no_sentence_of_a_list_is_left_with_a_gap(ds):
    for one in totals(asked(ds), DAY):
        assert "{" not in str(one.meaning), one.trigger.name


def test_every_setting_is_declared_and_its_range_is_kept():
    assert list(SETTINGS) == [f.name for f in dataclasses.fields(CareSettings)]
    for name, setting in SETTINGS.items():
        for edge in (setting.least, setting.most):
            CareSettings(**{name: edge})
        for value in (setting.least - 1, setting.most + 1, float("nan"), "30"):
            with pytest.raises(BadInput):
                CareSettings(**{name: value})
    with pytest.raises(BadInput, match="whole number"):
        CareSettings(care_days=30.5)


def test_what_cannot_be_is_one_sentence(ds):
    for text, said in (("uncontacted=3", "nearest is uncontacted_days"), ("fall", "does not say a number"), ("care_days=1.5", "number")):
        with pytest.raises(BadInput, match=said):
            CareSettings().given([text])
    records = Records(ds.root)
    with pytest.raises(BadInput, match="Say why"):
        put(records, CareSettings(care_days=5), "  ")
    assert in_force(records).version == 0
    records.add("care", "settings", {"settings": {"days": 3}, "why": ""})
    with pytest.raises(WorkspaceProblem, match="changed by hand"):
        care_list(asked(ds), "birthday", DAY)


@pytest.mark.parametrize(("points", "want"), [(2, ["A", "B"]), (3, ["B"]), (4, [])])
def test_on_the_scale_of_ten_its_own_drop_counts(tmp_path, points, want):
    answers = [("A", 50, 9), ("A", 5, 7), ("B", 50, 9), ("B", 5, 6)]
    surveys = [{"customer_id": c, "answered_at": ago(days), "nps": score} for c, days, score in answers]
    assert on(made(tmp_path, surveys=numbered(surveys, "survey_id")), "satisfaction_drop", drop_nps=points, drop_csat=4) == want
