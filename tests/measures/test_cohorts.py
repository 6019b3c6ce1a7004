"""METHODS B2: table T2 through the real store, and every triangle a second way by a plain loop over customers."""

import datetime
import importlib.util
import pathlib
from collections import defaultdict

import polars as pl
import pytest

from churn_dash.errors import NotFound, NotPossible
from churn_dash.intake.typed import extract_of
from churn_dash.measures import Filters, Period
from churn_dash.measures.tenure.cohorts import cohorts
from churn_dash.measures.tenure.first_events import EVENTS, events
from churn_dash.segments.lists.cohort_list import cohort_customers
from churn_dash.store import Workspace, publish, shifted
from tests.asking import asked

_spec = importlib.util.spec_from_file_location("brute", pathlib.Path(__file__).with_name("brute.py"))
brute = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(brute)


def month(text):
    return datetime.date.fromisoformat(f"{text}-01")


T2 = {
    "2024-01": {"a": None, "b": None, "c": None, "d": "2024-03-12"},
    "2024-02": {"e": None, "f": None, "g": None, "h": None, "i": "2024-03-05"},
    "2024-03": {"j": None, "k": "2024-04-20"},
}
"""Cohort → customer → the day the account closed. Data end 2024-04-30."""


def t2_tables(last="2024-04"):
    accounts, rows = [], []
    for cohort, people in T2.items():
        for c, closed in people.items():
            day = datetime.date.fromisoformat(closed) if closed else None
            accounts.append((c, c.upper(), month(cohort).replace(day=9), day))
            m = month(cohort)
            while m <= month(last) and (day is None or m < day.replace(day=1)):
                rows.append((c.upper(), m, 100.0))
                m = shifted(m, 1)
    kinds = {"account_id": pl.String, "customer_id": pl.String, "open_date": pl.Date, "close_date": pl.Date}
    months = {"customer_id": pl.String, "month": pl.Date, "aum_end": pl.Float64}
    return {
        "accounts": pl.DataFrame(accounts, schema=kinds, orient="row"),
        "customer_month": pl.DataFrame(rows, schema=months, orient="row"),
    }


def published(tables, folder):
    workspace = Workspace.create(folder)
    publish(workspace, extract_of(tables, "small"))
    return workspace.dataset()


@pytest.fixture(scope="module")
def t2(tmp_path_factory):
    return published(t2_tables(), tmp_path_factory.mktemp("t2") / "w")


def shape(found):
    return {(f"{c.cohort:%Y-%m}", c.age): (c.top, c.bottom) for c in found.cells}


@pytest.mark.parametrize("definition", ["close", "first"])
def test_t2_is_answered_exactly(t2, definition):
    found = cohorts(asked(t2, definition=definition))
    assert {f"{c:%Y-%m}": n for c, n in found.cohorts.items() if c < month("2024-04")} == {"2024-01": 4, "2024-02": 5, "2024-03": 2}
    assert shape(found) == {
        ("2024-01", 0): (4, 4), ("2024-01", 1): (4, 4), ("2024-01", 2): (3, 4), ("2024-01", 3): (3, 4),
        ("2024-02", 0): (5, 5), ("2024-02", 1): (4, 5), ("2024-02", 2): (4, 5),
        ("2024-03", 0): (2, 2), ("2024-03", 1): (1, 2),
    }  # fmt: skip
    pooled = {p.age: p for p in found.pooled}
    assert pooled[1].value == pytest.approx(9 / 11) and round(100 * pooled[1].value, 2) == 81.82
    assert pooled[1].value != pytest.approx(0.7667, abs=1e-3), "not the mean of the rates"
    assert pooled[2].value == pytest.approx(7 / 9) and round(100 * pooled[2].value, 2) == 77.78
    assert pooled[2].chained == pytest.approx(9 / 11 * 7 / 8) and round(100 * pooled[2].chained, 2) == 71.59
    assert (pooled[3].value, pooled[3].n, pooled[3].n_cohorts) == (3 / 4, 4, 1)
    assert 4 not in pooled


def test_t2_relative_to_the_age_before(t2):
    found = {(f"{c.cohort:%Y-%m}", c.age): (c.top, c.bottom) for c in cohorts(asked(t2, definition="close"), relative="previous").cells}
    assert found["2024-01", 0] == (4, 4) and found["2024-01", 2] == (3, 4) and found["2024-01", 3] == (3, 3)
    pooled = {p.age: p for p in cohorts(asked(t2, definition="close"), relative="previous").pooled}
    assert pooled[2].value == pytest.approx(7 / 8)


def test_t2_with_a_list_alone_sees_no_joining_in_its_first_month(tmp_path):
    """Without opening days the first month's list is where the data begin: nobody is said to have joined in it."""
    ds = published({"customer_month": t2_tables()["customer_month"]}, tmp_path / "w")
    found = cohorts(asked(ds, definition="absent"))
    assert found.n_before == 4 and month("2024-01") not in found.cohorts
    assert shape(found)["2024-02", 2] == (4, 5) and shape(found)["2024-03", 1] == (1, 2)


def test_the_customers_of_a_cell_of_t2(t2):
    def listed(who, **more):
        return cohort_customers(asked(t2, definition="close"), month("2024-01"), 2, who, **more)

    assert listed("there")["customer_id"].to_list() == ["A", "B", "C"]
    gone = listed("gone")
    assert gone["customer_id"].to_list() == ["D"] and gone["left_on"].to_list() == [datetime.date(2024, 3, 12)]
    assert listed("all")["there"].to_list() == [True, True, True, False]
    assert listed("there")["balance"].to_list() == [100.0] * 3
    with pytest.raises(NotPossible, match="has not reached"):
        cohort_customers(asked(t2, definition="close"), month("2024-02"), 3)


class Loop:
    """A second way: the active months of every customer, from the spells of brute.py, and their balances from the extract."""

    def __init__(self, tables, definition):
        self.found = brute.Brute(tables, definition)
        self.months = sorted({m for rows in self.found.rows.values() for m in rows})
        self.entry = {c: accounts[0][0] for c, accounts in ((c, sorted(a)) for c, a in self.found.accounts.items()) if accounts}

    def there(self, c, m, mode):
        """Whether a cell of month ``m`` counts the customer."""
        if mode == "on":
            return self.found.active(c, brute.end_of(m))
        return any(self.found.active(c, brute.end_of(x)) for x in self.months if x >= m)

    def held(self, c, m):
        return (self.found.rows[c].get(m) or {}).get("aum_end") or 0.0

    def triangle(self, begun, mode, count):
        """(cohort, age) → customers counted, or their balances."""
        last, out = self.months[-1], defaultdict(float)
        for c, m0 in begun.items():
            m, age = m0, 0
            while m <= last:
                if self.there(c, m, mode):
                    out[m0, age] += 1 if count == "heads" else self.held(c, m)
                else:
                    out[m0, age] += 0
                m, age = shifted(m, 1), age + 1
        return out


@pytest.fixture(scope="module")
def loops(bank):
    return {name: Loop(bank.tables, name) for name in ("close", "absent", "dormant", "asset_out", "first")}


@pytest.mark.parametrize("mode", ["on", "on_or_after"])
@pytest.mark.parametrize("count", ["heads", "aum"])
@pytest.mark.parametrize("definition", ["close", "absent", "dormant", "asset_out", "first"])
def test_every_triangle_agrees_with_a_plain_loop(bank_data, loops, definition, count, mode):
    loop = loops[definition]
    start = bank_data.all_months[0]
    begun = {c: d.replace(day=1) for c, d in loop.entry.items() if d >= start}
    found = cohorts(asked(bank_data, definition=definition), count=count, mode=mode)
    want = loop.triangle(begun, mode, count)
    assert {(c.cohort, c.age) for c in found.cells} == set(want)
    for c in found.cells:
        assert c.top == pytest.approx(want[c.cohort, c.age], rel=1e-9, abs=1e-6), (c.cohort, c.age)
    sizes = defaultdict(int)
    for m in begun.values():
        sizes[m] += 1
    assert dict(found.cohorts) == dict(sizes)
    assert found.n_before == len(loop.entry) - len(begun)
    for p in found.pooled:
        cells = [c for c in found.cells if c.age == p.age]
        assert p.top == pytest.approx(sum(c.top for c in cells)) and p.bottom == pytest.approx(sum(c.bottom for c in cells))
        assert p.n_cohorts == len(cells)


@pytest.mark.parametrize("name", sorted(set(EVENTS) - {"joined"}))
def test_every_first_event_agrees_with_a_plain_loop(bank, bank_data, loops, name):
    event = events(bank_data)[name]
    loop, start = loops["first"], bank_data.all_months[0]
    first = {}
    rows = bank.tables[event.table].to_dicts()
    begins = min(r[event.column] for r in rows if r[event.column]) if event.monthly else None
    for r in rows:
        if r[event.column] is not None and r["customer_id"] is not None and (event.only is None or r[event.only[0]] == event.only[1]):
            c = r["customer_id"]
            first[c] = min(first.get(c, datetime.date.max), r[event.column])
    seen = {c: d.replace(day=1) for c, d in first.items() if d >= start and (begins is None or d > begins)}
    there = {c: m for c, m in seen.items() if exposed(loop, c, m)}
    if not there:
        with pytest.raises(NotPossible, match="Nobody"):
            cohorts(asked(bank_data, definition="first"), name)
        return
    found = cohorts(asked(bank_data, definition="first"), name)
    want = loop.triangle(there, "on", "heads")
    assert {(c.cohort, c.age): c.top for c in found.cells} == dict(want)
    assert (found.n_before, found.n_outside) == (len(first) - len(seen), len(seen) - len(there))


def exposed(loop, c, m):
    """Whether the customer was one on some day of the month, or at its start."""
    return any(a <= brute.end_of(m) and b >= m for a, b, _event in loop.found.spells.get(c, ()))


def test_a_cell_is_its_list(bank_data):
    for mode in ("on", "on_or_after"):
        found = cohorts(asked(bank_data, definition="first"), mode=mode)
        for cell in found.cells[::7]:
            for who, n in (("there", cell.top), ("gone", cell.bottom - cell.top), ("all", cell.bottom)):
                listed = cohort_customers(asked(bank_data, definition="first"), cell.cohort, cell.age, who, mode=mode)
                assert len(listed) == n, (cell.cohort, cell.age, who)
        money = cohorts(asked(bank_data, definition="first"), mode=mode, count="aum")
        cell = money.cells[5]
        held = cohort_customers(asked(bank_data, definition="first"), cell.cohort, cell.age, mode=mode)["balance"].sum()
        assert held == pytest.approx(cell.top)


def test_a_quarter_is_its_months_and_only_whole_ones_count(bank_data):
    months, quarters = cohorts(asked(bank_data)), cohorts(asked(bank_data), grain="quarter")
    by = {(c.cohort, c.age): c for c in months.cells}
    assert quarters.cohorts and all(q.month % 3 == 1 for q in quarters.cohorts)
    for q, n in quarters.cohorts.items():
        inside = [shifted(q, i) for i in range(3)]
        assert n == sum(months.cohorts.get(m, 0) for m in inside)
        ages = [c.age for c in quarters.cells if c.cohort == q]
        assert ages == list(range(months.complete_until(inside[-1]) + 1)), "finished when its last month is"
        for c in quarters.cells:
            if c.cohort == q:
                assert c.top == sum(by[m, c.age].top for m in inside if (m, c.age) in by)


def test_filters_look_at_the_beginning_and_parts_add_up(bank_data):
    whole = shape(cohorts(asked(bank_data, definition="close")))
    parts = defaultdict(lambda: [0, 0])
    for kind in ("personal", "corporate"):
        for key, (top, bottom) in shape(
            cohorts(asked(bank_data, filters=Filters((("customer_type", (kind,)),)), definition="close"))
        ).items():
            parts[key][0] += top
            parts[key][1] += bottom
    assert {k: tuple(v) for k, v in parts.items()} == whole


@pytest.mark.parametrize("count", ["heads", "aum"])
def test_truncating_the_data_changes_no_settled_cell(bank, bank_data, tmp_path, count):
    """METHODS E6.6. By on-or-after a settled cell may only rise: customers who come back raise it, and it says so."""
    cut = bank_data.months[-4]
    tables = dict(bank.tables) | {"customer_month": bank.tables["customer_month"].filter(pl.col("month") <= cut)}
    earlier = published(tables, tmp_path / "w")
    for definition in (d for d in earlier.definitions if earlier.rules[d].leaves):
        for mode in ("on", "on_or_after"):
            old = cohorts(asked(earlier, definition=definition), count=count, mode=mode)
            new = {(c.cohort, c.age): c for c in cohorts(asked(bank_data, definition=definition), count=count, mode=mode).cells}
            settled = [c for c in old.cells if not c.provisional]
            assert settled and old.may_rise == (mode == "on_or_after")
            for c in settled:
                assert shifted(c.cohort, c.age) <= cut
                if mode == "on":
                    assert new[c.cohort, c.age].top == pytest.approx(c.top), (definition, c.cohort, c.age)
                else:
                    assert new[c.cohort, c.age].top >= c.top - 1e-6
    unfinished = [c for c in old.cells if shifted(c.cohort, c.age) > cut]
    assert not unfinished


def test_the_order_of_rows_changes_nothing(bank, bank_data, tmp_path):
    shuffled = {name: frame.sample(fraction=1.0, shuffle=True, seed=5) for name, frame in bank.tables.items()}
    ds = published(shuffled, tmp_path / "w")
    for name in ("joined", "first_card", "first_loan"):
        assert shape(cohorts(asked(ds), name)) == shape(cohorts(asked(bank_data), name))


def test_what_cannot_be_answered_is_a_sentence(t2, bank_data, tmp_path):
    with pytest.raises(NotFound, match="nearest is first_loan"):
        cohorts(asked(t2), "first_laon")
    with pytest.raises(NotPossible, match="load the table loans"):
        cohorts(asked(t2), "first_loan")
    with pytest.raises(NotPossible, match="Nobody among the customers"):
        cohorts(asked(bank_data, filters=Filters((("tier", ()),))))
    with pytest.raises(NotPossible, match="no whole year"):
        cohorts(asked(t2), grain="year")
    flat = pl.DataFrame({"customer_id": ["A", "B"], "churned": [True, False]})
    with pytest.raises(NotPossible, match="one row a customer"):
        cohorts(asked(published({"cross_section": flat}, tmp_path / "w")))


def test_a_period_chooses_the_cohorts(bank_data):
    months = bank_data.measurable
    found = cohorts(asked(bank_data, period=Period(months[2], months[4])))
    assert set(found.cohorts) <= {months[2], months[3], months[4]}
    whole = shape(cohorts(asked(bank_data)))
    assert all(whole[key] == value for key, value in shape(found).items())


def listed_months(**seen):
    """A list of customers by month; whoever is named with ``234`` stands in the lists of February, March and April 2024."""
    rows = [(c, datetime.date(2024, int(m), 1), 10.0) for c, months in seen.items() for m in months]
    return pl.DataFrame(rows, schema={"customer_id": pl.String, "month": pl.Date, "aum_end": pl.Float64}, orient="row")


def test_an_absence_in_the_last_month_is_provisional_and_may_be_taken_back(tmp_path):
    full = listed_months(A="12345", B="2345", C="2345", D="235", E="2345", F="2345")
    cut = published({"customer_month": full.filter(pl.col("month") < month("2024-05"))}, tmp_path / "cut")
    old = {(c.cohort, c.age): c for c in cohorts(asked(cut, definition="absent")).cells}
    new = {(c.cohort, c.age): c for c in cohorts(asked(published({"customer_month": full}, tmp_path / "w"), definition="absent")).cells}
    february = month("2024-02")
    assert [old[february, age].provisional for age in (0, 1, 2)] == [False, False, True]
    assert (old[february, 2].top, new[february, 2].top) == (4, 5), "D was only missing for a month"


def test_a_settled_definition_has_no_provisional_cell(t2):
    assert not any(c.provisional for c in cohorts(asked(t2, definition="close")).cells)
    assert [p.age for p in cohorts(asked(t2, definition="first")).pooled if p.provisional] == [1, 2, 3]


def test_a_customer_who_left_twice_is_gone_since_the_first_time(tmp_path):
    days = [("1", "A", "2024-02-03", "2024-03-10"), ("2", "A", "2024-04-02", "2024-05-20"), ("3", "B", "2024-02-03", None)]
    accounts = [(i, c, *(datetime.date.fromisoformat(d) if d else None for d in pair)) for i, c, *pair in days]
    kinds = {"account_id": pl.String, "customer_id": pl.String, "open_date": pl.Date, "close_date": pl.Date}
    frame = pl.DataFrame(accounts, schema=kinds, orient="row")
    ds = published({"accounts": frame, "customer_month": listed_months(A="24", B="23456", C="123456")}, tmp_path / "w")
    february = month("2024-02")
    on = [c.top for c in cohorts(asked(ds, definition="close")).cells if c.cohort == february]
    later = [c.top for c in cohorts(asked(ds, definition="close"), mode="on_or_after").cells if c.cohort == february]
    assert (on, later) == ([2, 1, 2, 1, 1], [2, 2, 2, 1, 1])
    gone = cohort_customers(asked(ds, definition="close"), february, 1, "gone")
    assert gone["customer_id"].to_list() == ["A"] and gone["left_on"].to_list() == [datetime.date(2024, 3, 10)]
