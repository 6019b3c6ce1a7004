"""Every trigger a second way: plain loops over the rows of the invented bank, written from METHODS A3 alone."""

import datetime
import importlib.util
import pathlib
import statistics

import pytest

from churn_dash.care import care_list, totals
from churn_dash.care.triggers import TRIGGERS
from tests.asking import asked

_PATH = pathlib.Path(__file__).resolve().parents[1] / "measures" / "brute.py"
_SPEC = importlib.util.spec_from_file_location("brute_of_lists", _PATH)
brute = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(brute)

D, DAY = datetime.date, datetime.timedelta(days=1)
FLOORS = {"mass": 0, "affluent": 50_000, "gold": 300_000, "platinum": 1_000_000, "private": 6_000_000}
CORE = ("gold", "platinum", "private")
AGO = (0, 3, 9)
"""Months before the end of the data at which the lists are looked at."""


class Then:
    """The bank at the end of a month: who is a customer, and every table as dictionaries."""

    def __init__(self, tables, months_ago):
        self.rows = {name: frame.to_dicts() for name, frame in tables.items()}
        whole = brute.Brute(tables, "first")
        self.month = whole.months[-1 - months_ago]
        self.day = brute.end_of(self.month)
        self.people = {c for c in whole.ids if whole.active(c, self.day)}
        self.monthly, self.tiers = whole.rows, whole.tiers
        self.about = {r["customer_id"]: r for r in self.rows["customers"]}

    def of(self, table):
        return [r for r in self.rows[table] if r["customer_id"] in self.people]

    def value(self, c, column, back=0):
        return (self.monthly[c].get(brute.next_month(self.month, -back)) or {}).get(column)

    def core(self, c):
        rank = self.tiers(c).get(self.month)
        return rank is not None and list(FLOORS)[rank] in CORE

    def touched(self, c):
        return [r["ts"] for r in self.rows["contacts"] if r["customer_id"] == c and r["ts"] <= self.day]

    def working(self, first, last):
        """Working days after one day up to another; the test's months hold no day worked in exchange other than these."""
        from churn_dash.care.holidays import working

        n, at = 0, first
        while at < last:
            at += DAY
            n += working(at)
        return n


@pytest.fixture(scope="module", params=AGO)
def then(request, bank):
    return Then(bank.tables, request.param)


def found(ds, name, then):
    return care_list(asked(ds), name, then.day).rows


def term(r):
    return round((r["maturity_date"] - r["start_date"]).days / 30.4375)


def due(then, bank):
    seven = then.day + 7 * DAY
    for r in then.of("product_holdings"):
        known = (r["recorded_at"] or r["start_date"]) <= then.day and r["start_date"] <= then.day
        held = r["closed_date"] is None or r["closed_date"] > then.day or r["closed_date"] == r["maturity_date"] == then.day
        if r["bank"] == bank and r["maturity_date"] and then.day <= r["maturity_date"] <= seven and known and held:
            yield r


def test_maturities_here(bank_data, then):
    rows = found(bank_data, "maturity_own", then)
    want = {r["holding_id"]: r for r in due(then, "own")}
    assert set(rows["holding_id"]) == set(want) and want
    for r in rows.to_dicts():
        mine = [
            x["rate"]
            for x in then.rows["product_holdings"]
            if x["bank"] == "own"
            and x["maturity_date"]
            and x["product_kind"] == r["product_kind"]
            and term(x) == r["term_months"]
            and then.day - 31 * DAY < x["start_date"] <= then.day
        ]
        assert r["own_rate"] == (pytest.approx(statistics.median(mine)) if mine else None)
        theirs = [
            x["rate"]
            for x in then.rows["competitor_products"]
            if x["product_kind"] == r["product_kind"]
            and x["term_months"] == r["term_months"]
            and x["from_date"] <= then.day
            and (x["to_date"] or then.day) >= then.day
            and r["amount"] >= x["least_amount"]
        ]
        assert r["rival_rate"] == (max(theirs) if theirs else None)
        assert r["rate_gap"] == (pytest.approx(max(theirs) - statistics.median(mine), abs=1e-6) if mine and theirs else None)


def refused(then, c):
    out = any(r["result"] == "opted_out" and r["ts"] <= then.day for r in then.rows["contacts"] if r["customer_id"] == c)
    return out or not then.about[c]["consent_marketing"]


def test_maturities_elsewhere_without_those_who_refuse_marketing(bank_data, then):
    listed = care_list(asked(bank_data), "maturity_other", then.day)
    want = list(due(then, "other"))
    assert sorted(listed.rows["holding_id"]) == sorted(r["holding_id"] for r in want if not refused(then, r["customer_id"]))
    assert listed.withheld == sum(refused(then, r["customer_id"]) for r in want)


def test_large_bookings(bank_data, then):
    want = [
        r["txn_id"]
        for r in then.of("large_transactions")
        if r["direction"] == "out"
        and not r["internal"]
        and r["booked_at"]
        and r["booked_at"] <= then.day
        and then.day <= r["txn_date"] <= then.day + 7 * DAY
        and r["amount"] >= max(50_000, 0.3 * (then.value(r["customer_id"], "aum_end") or 0))
    ]
    assert sorted(found(bank_data, "large_booking", then)["txn_id"]) == sorted(want)


def test_falling_balances(bank_data, then):
    want = set()
    for c in then.people:
        now, before = then.value(c, "aum_avg"), then.value(c, "aum_avg", 1)
        if now is not None and before and now <= 0.7 * before and not refused(then, c):
            want.add(c)
    assert set(found(bank_data, "asset_fall", then)["customer_id"]) == want


def test_satisfaction_that_dropped(bank_data, then):
    want = {}
    for c in then.people:
        mine = [r for r in then.rows["surveys"] if r["customer_id"] == c and r["answered_at"] and r["answered_at"] <= then.day]
        mine = [r for r in sorted(mine, key=lambda r: (r["answered_at"], r["survey_id"])) if r["csat"] is not None]
        if len(mine) > 1 and mine[-1]["answered_at"] > then.day - 90 * DAY and mine[-2]["csat"] - mine[-1]["csat"] >= 1:
            want[c] = mine[-2]["csat"] - mine[-1]["csat"]
    rows = found(bank_data, "satisfaction_drop", then)
    assert dict(rows.select("customer_id", "drop").iter_rows()) == want
    assert rows["core"].to_list() == sorted(rows["core"].to_list(), reverse=True), "core customers stand first"
    assert dict(rows.select("customer_id", "core").iter_rows()) == {c: then.core(c) for c in want}


def test_complaints_that_wait(bank_data, then):
    want = {
        r["complaint_id"]: then.working(r["created_at"], then.day)
        for r in then.of("complaints")
        if r["created_at"] <= then.day and (r["resolved_at"] is None or r["resolved_at"] > then.day)
    }
    want = {k: n for k, n in want.items() if n > 3}
    assert dict(found(bank_data, "complaint_open", then).select("complaint_id", "waits").iter_rows()) == want


def test_silence(bank_data, then):
    want = {
        c
        for c in then.people
        if all(then.value(c, column, back) == 0 for column in ("txn_count", "login_count") for back in (0, 1)) and not refused(then, c)
    }
    assert set(found(bank_data, "silence", then)["customer_id"]) == want


@pytest.mark.parametrize(("name", "days"), [("core_uncontacted", 90), ("special_care", 30)])
def test_customers_left_alone(bank_data, then, name, days):
    wanted = [c for c in then.people if (then.core(c) if name == "core_uncontacted" else then.about[c]["special_need"])]
    want = {}
    for c in wanted:
        days_since = (then.day - max(then.touched(c))).days if then.touched(c) else None
        if days_since is None or days_since > days:
            want[c] = days_since
    assert dict(found(bank_data, name, then).select("customer_id", "days_since").iter_rows()) == want and want


def test_birthdays(bank_data, then):
    want = {}
    for c in then.people:
        born = then.about[c]["birth_date"]
        for i in range(8):
            at = then.day + i * DAY
            if born and (born.month, born.day) in {(at.month, at.day)} | ({(2, 29)} if (at + DAY).day == 1 and at.month == 2 else set()):
                want[c] = at.year - born.year
    rows = found(bank_data, "birthday", then)
    from churn_dash.care.holidays import window

    rows = rows.filter(rows["birthday"] <= then.day + 7 * DAY) if window(then.day, 7) > then.day + 7 * DAY else rows
    assert dict(rows.select("customer_id", "age").iter_rows()) == want


def test_greetings_before_the_national_day(bank_data, bank):
    at = Then(bank.tables, 1)
    assert at.day == D(2026, 9, 30)
    rows = care_list(asked(bank_data), "holiday", at.day).rows
    assert set(rows["customer_id"]) == {c for c in at.people if at.core(c) or at.about[c]["special_need"]}
    assert set(rows["holiday"]) == {"national"} and set(rows["first_day"]) == {at.day + DAY}


def test_every_list_has_an_owner_a_last_contact_and_its_marks(bank_data, then):
    for one in totals(asked(bank_data), then.day):
        assert one.found is not None, one.problem
        for r in one.found.rows.to_dicts():
            c = r["customer_id"]
            assert r["owner"] == (then.about[c]["rm_id"] or then.about[c]["branch_id"])
            touched = then.touched(c)
            assert r["last_contact"] == max(touched, default=None)
            assert r["contacts"] == sum(t > then.day - 30 * DAY for t in touched)
            assert r["capped"] == (r["contacts"] >= 2)
            assert r["no_marketing"] == refused(then, c)


def test_the_closed_list_is_declared_whole():
    for name, one in TRIGGERS.items():
        assert name == one.name and one.label and one.meaning.endswith(".") and "METHODS" in one.source
