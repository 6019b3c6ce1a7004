"""Reasons, sides, deficits and destinations of those lost."""

import datetime
from collections import Counter

import polars as pl
import pytest

from churn_dash.causes import departures
from churn_dash.causes.departures import MATCH_DAYS, told_reasons
from churn_dash.causes.settings import ReasonMap, reason_map, set_complaint, set_reason
from churn_dash.contract import REASONS
from churn_dash.contract.causes import CAUSES, CLASSES, COMPLAINT_DEFICITS
from churn_dash.errors import BadInput, NotPossible
from churn_dash.measures import Filters, last_12, measure
from churn_dash.segments import members
from tests.asking import asked

D = datetime.date


def brute_reasons(bank, ds):
    """Customer → reason code of those lost, one customer at a time."""
    people = members(asked(ds))
    events, accounts = bank.tables["churn_events"].to_dicts(), bank.tables["accounts"].to_dicts()
    recorded = {e["customer_id"] for e in events if e["reason_code"]}
    found = {}
    for customer, left, day in people.select("customer_id", "left", "left_on").iter_rows():
        if not left:
            continue
        near = [e for e in events if e["customer_id"] == customer and abs((e["event_date"] - day).days) <= MATCH_DAYS and e["reason_code"]]
        if near:
            found[customer] = min(near, key=lambda e: (abs((e["event_date"] - day).days), -e["event_date"].toordinal()))["reason_code"]
            continue
        closed = [
            a
            for a in accounts
            if customer not in recorded
            and a["customer_id"] == customer
            and a["close_date"]
            and a["close_initiator"]
            and abs((a["close_date"] - day).days) <= MATCH_DAYS
        ]
        found[customer] = (
            min(closed, key=lambda a: (abs((a["close_date"] - day).days), -a["close_date"].toordinal()))["close_initiator"]
            if closed
            else ""
        )
    return found


def test_every_reason_is_that_of_a_plain_loop_over_the_events(bank, bank_data):
    expected = Counter(brute_reasons(bank, bank_data).values())
    found = departures(asked(bank_data))
    assert dict(found.reasons.select("code", "n").iter_rows()) == dict(expected)


def test_those_lost_are_those_whom_the_churn_rate_counts(bank_data):
    found = departures(asked(bank_data))
    row = measure(asked(bank_data), ["customers_lost", "churn_rate"]).row(0, named=True)
    assert found.lost == row["customers_lost"] > 20
    assert found.lost + found.stayed == row["churn_rate_n"]


def test_the_unknown_share_and_the_known_causes_add_up(bank_data):
    found = departures(asked(bank_data))
    assert found.reasons["n"].sum() == found.classes["n"].sum() == found.sides["n"].sum() == found.decided["n"].sum() == found.lost
    assert found.reasons["cumulative"][-1] == pytest.approx(1)
    silent = sum(n for c, n in found.classes.select("cause_class", "n").iter_rows() if CLASSES[c].side == "unknown")
    assert found.unknown == silent == found.sides.row(by_predicate=pl.col("side") == "unknown", named=True)["n"] > 0
    assert found.unknown_share == pytest.approx(silent / found.lost)


def test_who_decided_agrees_with_the_churn_rates_while_the_map_is_the_usual_one(bank_data):
    why = Counter(members(asked(bank_data)).filter("left")["why"])
    assert {d: n for d, n in departures(asked(bank_data)).decided.select("decided", "n").iter_rows() if n} == dict(why)


def test_the_usual_map_keeps_who_decided_of_the_churn_rates():
    assert {code: c.decided for code, c in CAUSES.items()} == dict(REASONS)
    assert all(c.cause_class in CLASSES for c in CAUSES.values())


def test_branches_add_up_to_the_bank(bank_data):
    branches = next(d for d in bank_data.dimensions if d.name == "branch_id").values
    parts = [departures(asked(bank_data, filters=Filters((("branch_id", (b,)),)))) for b in branches]
    whole = departures(asked(bank_data))
    assert sum(p.lost for p in parts) == whole.lost
    assert sum((Counter(dict(p.classes.select("cause_class", "n").iter_rows())) for p in parts), Counter()) == Counter(
        dict(whole.classes.select("cause_class", "n").iter_rows())
    )


def test_deficits_are_those_of_a_loop_over_reasons_and_complaints(bank, bank_data):
    reasons, complaints = brute_reasons(bank, bank_data), bank.tables["complaints"].to_dicts()
    days = dict(members(asked(bank_data)).filter("left").select("customer_id", "left_on").iter_rows())
    expected = Counter()
    for customer, code in reasons.items():
        own = {CAUSES[code].deficit} if code in CAUSES and CAUSES[code].deficit else set()
        for c in complaints:
            if c["customer_id"] == customer and 0 <= (days[customer] - c["created_at"]).days <= 182:
                own.add(COMPLAINT_DEFICITS[c["category"]])
        expected.update(own)
        expected["none"] += not own
    found = departures(asked(bank_data))
    assert {d: n for d, n in found.deficits.select("deficit", "n").iter_rows() if n} == {
        d: n for d, n in expected.items() if d != "none" and n
    }
    assert found.without_deficit == expected["none"]


def test_destinations_are_shares_of_those_whose_new_bank_is_known(bank, bank_data):
    found = departures(asked(bank_data))
    assert found.destinations["n"].sum() == found.told < found.lost
    assert found.destinations["share"].sum() == pytest.approx(1)


def lost(*rows):
    return pl.DataFrame(rows, schema={"customer_id": pl.String, "left_on": pl.Date}, orient="row")


def events(*rows):
    kinds = {"event_id": pl.String, "customer_id": pl.String, "event_date": pl.Date, "reason_code": pl.String, "destination": pl.String}
    return pl.DataFrame([(str(i), *r) for i, r in enumerate(rows)], schema=kinds, orient="row")


def test_the_nearest_recorded_reason_counts_and_none_further_than_62_days():
    told = events(("A", D(2024, 3, 1), "rate", None), ("A", D(2024, 3, 20), "service", "Jade"), ("B", D(2024, 1, 1), "rate", None))
    found = told_reasons(lost(("A", D(2024, 3, 18)), ("B", D(2024, 3, 18))), told, None, ReasonMap())
    assert found["codes"].to_list() == [["service"], []]
    assert found["destination"].to_list() == ["Jade", None]


def test_several_reasons_in_a_cell_are_told_apart_and_chinese_words_known():
    told = events(("A", D(2024, 3, 18), "利率；服务/服务", None), ("B", D(2024, 3, 18), "火星", None))
    found = told_reasons(lost(("A", D(2024, 3, 18)), ("B", D(2024, 3, 18))), told, None, ReasonMap())
    assert found["codes"].to_list() == [["rate", "service"], ["火星"]]
    assert ReasonMap().cause("火星").cause_class == "other"


def test_a_recorded_reason_map_moves_departures_to_another_class(fresh):
    before = departures(asked(fresh))
    moved = before.reasons.row(by_predicate=pl.col("code") == "competitor", named=True)["n"]
    set_reason(fresh, "competitor", "price", "opaque_price")
    set_complaint(fresh, "service", "value_added")
    after = departures(asked(fresh))
    assert reason_map(fresh).version == 2
    n = {d.classes.row(by_predicate=pl.col("cause_class") == "price", named=True)["n"] for d in (before, after)}
    assert max(n) - min(n) == moved > 0
    assert "competition" not in after.classes["cause_class"].to_list()
    by = dict(after.deficits.select("deficit", "by_complaint").iter_rows())
    assert by["service_quality"] == 0
    assert after.lost == before.lost


def test_a_class_that_does_not_exist_is_refused_with_the_nearest(fresh):
    with pytest.raises(BadInput, match="nearest is competition"):
        set_reason(fresh, "rate", "competitions")
    with pytest.raises(BadInput):
        set_reason(fresh, "rate", "price", "rudeness")
    with pytest.raises(BadInput):
        set_reason(fresh, " ", "price")


def test_without_reasons_one_sentence_names_the_table(only_months):
    with pytest.raises(NotPossible, match="needs the table Churn events"):
        departures(asked(only_months))


def test_a_filter_that_leaves_nobody_has_no_share(bank_data):
    none = Filters((("tier", ("mass",)), ("aum_band", ("1M+",)), ("age_band", ("65+",))))
    found = departures(asked(bank_data, filters=none))
    assert found.lost == 0
    assert found.unknown_share is None
    assert found.sides["share"].to_list() == [None, None, None]


def test_the_order_of_rows_changes_nothing(bank, bank_data, tmp_path):
    from churn_dash.intake.typed import extract_of
    from churn_dash.store import Workspace, publish

    workspace = Workspace.create(tmp_path / "shuffled")
    publish(workspace, extract_of({n: t.sample(fraction=1, shuffle=True, seed=4) for n, t in bank.tables.items()}, "bank"))
    a, b = departures(asked(bank_data)), departures(asked(workspace.dataset()))
    assert a.reasons.equals(b.reasons)
    assert a.deficits.equals(b.deficits)
    assert last_12(bank_data) == last_12(workspace.dataset())
