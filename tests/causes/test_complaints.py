"""Complaints: rate, categories, time to settle, and churn after them."""

import datetime
import math
from collections import Counter, defaultdict

import polars as pl
import pytest
from lifelines import KaplanMeierFitter

from churn_dash import sample
from churn_dash.causes import after_complaint, complaints
from churn_dash.causes.after_complaint import compared
from churn_dash.causes.complaints import median_days, settled
from churn_dash.errors import NotPossible
from churn_dash.intake.typed import extract_of
from churn_dash.measures import Period, last_12
from churn_dash.store import Workspace, month_end, publish, shifted
from tests.asking import asked

D = datetime.date


def test_complaints_are_those_of_a_plain_loop(bank, bank_data, spells):
    period, end = last_12(bank_data), bank_data.data_end
    days = mine = 0
    kinds, in_time, old, told, again, done = Counter(), 0, 0, 0, 0, 0
    for parts in spells.values():
        for start, stop, _event in parts:
            days += max(0, (min(stop, period.last_day) - max(start, period.start)).days + 1)
    for c in bank.tables["complaints"].to_dicts():
        day = c["created_at"]
        month = (day.replace(day=1), month_end(day.replace(day=1)))
        here = any(s <= month[1] and e >= month[0] for s, e, _ in spells.get(c["customer_id"], ()))
        if not (period.start <= day <= period.last_day and here):
            continue
        mine += 1
        kinds[c["category"]] += 1
        closed = c["resolved_at"] is not None and c["resolved_at"] <= end
        done, told, again = done + closed, told + (closed and c["informed"]), again + (closed and c["reopened"])
        if (end - day).days >= 15:
            old += 1
            in_time += closed and (c["resolved_at"] - day).days <= 15
    found = complaints(asked(bank_data))
    assert (found.n, found.open, found.n - found.too_young) == (mine, mine - done, old)
    assert dict(found.categories.select("category", "n").iter_rows()) == dict(kinds)
    assert found.rate.value == pytest.approx(1000 * mine / (days / 30.4375))
    assert (found.in_time.value, found.in_time.n) == (pytest.approx(in_time / old), old)
    assert found.informed.value == pytest.approx(told / done)
    assert found.reopened.value == pytest.approx(again / done)
    assert found.months["n"].sum() == mine
    inside = bank.tables["complaints"].filter(pl.col("created_at").is_between(period.start, period.last_day))
    assert found.outside == len(inside) - mine


def test_the_median_is_that_of_lifelines(bank, bank_data):
    rows = settled(bank.tables["complaints"], bank_data.data_end)
    fitted = KaplanMeierFitter().fit(rows["days"].to_numpy(), rows["settled"].to_numpy())
    assert median_days(rows) == fitted.median_survival_time_


def test_where_half_are_never_settled_there_is_no_median():
    assert median_days(pl.DataFrame({"days": [2, 9, 9], "settled": [True, False, False]})) is None
    assert median_days(pl.DataFrame({"days": [], "settled": []}, schema={"days": pl.Int64, "settled": pl.Boolean})) is None


def test_the_days_to_settle_may_be_set(bank_data):
    assert complaints(asked(bank_data), sla_days=60).in_time.value > complaints(asked(bank_data), sla_days=5).in_time.value


def brute_after(bank, ds, there, horizon=3):
    """The difference of all complaints, customer by customer and month by month."""
    period, last = last_12(ds), ds.measurable[-1]
    rows = {(r["customer_id"], r["month"]): r for r in bank.tables["customer_month"].to_dicts()}
    level = {}
    for c, month, tier, tenure in ds.cursor().execute("select customer_id, month, d_tier, d_tenure_band from months").fetchall():
        level[c, month] = (tier, tenure)
    made = defaultdict(list)
    for c in sorted(bank.tables["complaints"].to_dicts(), key=lambda c: (c["created_at"], c["complaint_id"])):
        made[c["customer_id"]].append(c["created_at"])
    exposed, others, seen = [], defaultdict(list), set()
    month = shifted(period.start, 1)
    while month <= min(shifted(last, 1 - horizon), shifted(period.end, 1)):
        for customer in ds.table("customers")["customer_id"]:
            spell = there(customer, month)
            if spell is None:
                continue
            left = spell[2] and spell[1] < shifted(month, horizon)
            before = rows.get((customer, shifted(month, -1)))
            moved = None if before is None else before["txn_count"] > 0
            key = (month, *level.get((customer, month), (None, None)), moved)
            now = [d for d in made[customer] if d.replace(day=1) == shifted(month, -1)]
            if now and customer not in seen:
                seen.add(customer)
                exposed.append((key, left))
            if not any(shifted(month, -6) <= d < shifted(month, 1) for d in made[customer]):
                others[key].append(left)
        month = shifted(month, 1)
    pairs = [(left, sum(others[key]) / len(others[key])) for key, left in exposed if others[key]]
    return len(pairs), sum(a for a, _ in pairs) / len(pairs), sum(b for _, b in pairs) / len(pairs)


def test_churn_after_a_complaint_is_that_of_a_plain_loop(bank, bank_data, there):
    n, exposed, others = brute_after(bank, bank_data, there)
    found = dict(after_complaint(asked(bank_data)).rows)["all"]
    assert found.n == n > 20
    assert (found.exposed, found.others) == (pytest.approx(exposed), pytest.approx(others))
    assert found.difference.value == pytest.approx(exposed - others)


def group(prefix, k, n, stratum="a"):
    return pl.DataFrame({"customer_id": [f"{prefix}{stratum}{i}" for i in range(n)], "s": stratum, "left": [i < k for i in range(n)]})


def test_in_one_stratum_the_interval_is_that_of_two_proportions():
    found = compared(group("e", 10, 100), group("o", 20, 400), ("s",)).difference
    p1, p0 = 0.1, 0.05
    error = math.sqrt(p1 * (1 - p1) / 100 + p0 * (1 - p0) / 400)
    assert found.value == pytest.approx(0.05)
    assert (found.high - found.low) / 2 == pytest.approx(1.959964 * error, rel=1e-5)


def test_strata_are_weighted_like_the_exposed():
    exposed = pl.concat([group("e", 5, 10, "a"), group("e", 1, 30, "b")])
    others = pl.concat([group("o", 100, 500, "a"), group("o", 0, 500, "b")])
    found = compared(exposed, others, ("s",))
    assert found.others == pytest.approx((10 * 0.2 + 30 * 0) / 40)
    assert found.difference.value == pytest.approx(6 / 40 - 0.05)


def test_who_has_nobody_alike_is_left_out_and_counted():
    found = compared(pl.concat([group("e", 5, 10, "a"), group("e", 1, 3, "z")]), group("o", 1, 50, "a"), ("s",))
    assert (found.n, found.unmatched) == (10, 3)


def test_months_of_one_customer_count_together():
    once = group("o", 20, 400)
    twice = pl.concat([once, once])
    a, b = (compared(group("e", 10, 100), o, ("s",)).difference for o in (once, twice))
    assert (a.low, a.high) == (pytest.approx(b.low), pytest.approx(b.high)), "the same customers twice tell no more"


def test_a_period_that_cannot_be_followed_is_refused_in_words(bank_data):
    last = bank_data.measurable[-1]
    with pytest.raises(NotPossible, match="choose a longer period"):
        after_complaint(asked(bank_data, period=Period(last, last)))


def test_without_complaints_one_sentence_names_the_table(only_months):
    for work in (complaints, after_complaint):
        with pytest.raises(NotPossible, match=r"needs the table Complaints \(complaints\)"):
            work(asked(only_months))


@pytest.mark.slow
def test_an_open_complaint_goes_with_more_departures_as_planted(tmp_path):
    workspace = Workspace.create(tmp_path / "large")
    publish(workspace, extract_of(sample.generate(21, 20_000, 30).tables, "large"))
    ds = workspace.dataset()
    found = dict(after_complaint(asked(ds, period=Period(ds.measurable[0], ds.measurable[-1]), definition="close")).rows)
    assert found["open"].difference.low > 0
    assert found["open"].difference.value > found["settled"].difference.value
