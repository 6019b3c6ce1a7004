"""The care lists on small banks made by hand: the examples of METHODS A3, the cap, consent, what is missing, who may see what."""

import datetime
import itertools

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from churn_dash.access import Scope
from churn_dash.care import Cap, care_list, totals
from churn_dash.care.triggers import TRIGGERS
from churn_dash.errors import NotFound, NotPossible
from churn_dash.intake import Source, extract
from churn_dash.intake.typed import extract_of
from churn_dash.measures import Filters
from churn_dash.store import Workspace, publish
from tests.asking import asked

D = datetime.date
MONTHS = [D(2024, m, 1) for m in (1, 2, 3)]


def made(folder, people=("A", "B", "C"), **tables):
    """A bank of a few customers, three months, and the given tables (lists of dictionaries)."""
    about = tables.pop("customers", [{"customer_id": c, "branch_id": f"B{i}", "rm_id": f"R{i}"} for i, c in enumerate(people)])
    monthly = tables.pop("customer_month", None)
    if monthly is None:
        monthly = [
            {"customer_id": c, "month": m, "aum_avg": 100_000.0, "aum_end": 100_000.0, "txn_count": 5} for c in people for m in MONTHS
        ]
    frames = {"customers": about, "customer_month": monthly, **tables}
    workspace = Workspace.create(folder / f"w{next(_N)}")
    publish(workspace, extract_of({name: pl.DataFrame(rows, infer_schema_length=None) for name, rows in frames.items()}, "made"))
    return workspace.dataset()


_N = itertools.count()


def held(due, **more):
    return {
        "customer_id": "A",
        "amount": 1e5,
        "start_date": D(2023, 3, 8),
        "maturity_date": due,
        "bank": "own",
        "closed_date": None,
        **more,
    }


def numbered(rows, name):
    return [{name: str(i), **r} for i, r in enumerate(rows)]


def ids(ds, name, day, column="customer_id"):
    return care_list(asked(ds), name, day).rows[column].to_list()


def test_a_maturity_of_8_march_is_listed_from_1_to_8_march(tmp_path):
    ds = made(tmp_path, product_holdings=numbered([held(D(2024, 3, 8)), held(D(2024, 3, 8), bank="other")], "holding_id"))
    days = [D(2024, 2, 20) + datetime.timedelta(days=i) for i in range(30)]
    for name, holding in (("maturity_own", "0"), ("maturity_other", "1")):
        listed = [d for d in days if ids(ds, name, d, "holding_id") == [holding]]
        assert listed == [D(2024, 3, d) for d in range(1, 9)]
        assert all(ids(ds, name, d) == [] for d in days if d not in listed)


def test_a_maturity_first_listed_in_the_holiday_is_also_listed_on_the_last_working_day_before(tmp_path):
    ds = made(tmp_path, product_holdings=numbered([held(D(2024, 2, 24)), held(D(2024, 2, 25))], "holding_id"))
    assert ids(ds, "maturity_own", D(2024, 2, 8), "holding_id") == []
    assert ids(ds, "maturity_own", D(2024, 2, 9), "holding_id") == ["0"]
    assert ids(ds, "maturity_own", D(2024, 2, 10), "holding_id") == []
    assert ids(ds, "maturity_own", D(2024, 2, 17), "holding_id") == ["0"]
    assert ids(ds, "maturity_own", D(2024, 2, 18), "holding_id") == ["0", "1"]


def test_what_was_paid_out_early_or_not_yet_known_is_not_listed(tmp_path):
    rows = [
        held(D(2024, 3, 8), closed_date=D(2024, 3, 4)),
        held(D(2024, 3, 8), closed_date=D(2024, 3, 8)),
        held(D(2024, 3, 8), bank="other", recorded_at=D(2024, 3, 6)),
    ]
    rows = numbered([{"recorded_at": None, **r} for r in rows], "holding_id")
    ds = made(tmp_path, product_holdings=rows)
    assert ids(ds, "maturity_own", D(2024, 3, 3), "holding_id") == ["0", "1"]
    assert ids(ds, "maturity_own", D(2024, 3, 4), "holding_id") == ["1"]
    assert ids(ds, "maturity_own", D(2024, 3, 8), "holding_id") == ["1"], "paid out on the day it falls due"
    assert ids(ds, "maturity_other", D(2024, 3, 5)) == []
    assert ids(ds, "maturity_other", D(2024, 3, 6)) == ["A"]


def test_offers_compare_the_same_kind_and_term_open_to_the_customer(tmp_path):
    term = {"product_kind": "term", "maturity_date": D(2024, 3, 8), "start_date": D(2023, 3, 8), "rate": 2.0}
    sold = {"product_kind": "term", "product_id": "T12", "start_date": D(2024, 2, 20), "maturity_date": D(2025, 2, 20), "customer_id": "B"}
    rows = numbered(
        [
            held(D(2024, 3, 8)) | term,
            held(D(2024, 3, 8)) | term | {"amount": 5_000.0},
            held(D(2024, 3, 8)) | term | {"product_kind": "wealth"},
            *({"bank": "own", "amount": 1.0, "closed_date": None, "rate": r, **sold} for r in (1.7, 1.8)),
            {
                "bank": "own",
                "amount": 1.0,
                "closed_date": None,
                "rate": 9.9,
                **sold,
                "start_date": D(2023, 12, 1),
                "maturity_date": D(2024, 12, 1),
            },
        ],
        "holding_id",
    )
    offer = {"product_kind": "term", "term_months": 12, "from_date": D(2024, 1, 1), "to_date": None, "least_amount": 10_000.0, "city": None}
    offers = [
        offer | {"bank_name": "X", "name": "X12", "rate": 1.9},
        offer | {"bank_name": "Y", "name": "Y12", "rate": 2.1},
        offer | {"bank_name": "Z", "name": "over", "rate": 3.0, "to_date": D(2024, 2, 29)},
        offer | {"bank_name": "Z", "name": "longer", "rate": 3.0, "term_months": 24},
        offer | {"bank_name": "Z", "name": "elsewhere", "rate": 3.0, "city": "Hefei"},
        offer | {"bank_name": "V", "name": "small", "rate": 1.5, "least_amount": 1_000.0},
    ]
    people = [{"customer_id": c, "branch_id": "B0", "rm_id": "R0", "city": "Shanghai"} for c in "ABC"]
    rows = [{"product_id": None, "rate": None, "product_kind": None, **r} for r in rows]
    ds = made(tmp_path, customers=people, product_holdings=rows, competitor_products=numbered(offers, "offer_id"))
    found = {r["holding_id"]: r for r in care_list(asked(ds), "maturity_own", D(2024, 3, 1)).rows.to_dicts()}
    first = found["0"]
    assert (first["own_product"], first["own_rate"]) == ("T12", pytest.approx(1.75)), "the median of what was sold in 31 days"
    assert (first["rival_bank"], first["rival_rate"], first["rate_gap"]) == ("Y", 2.1, pytest.approx(0.35))
    assert found["1"]["rival_bank"] == "V", "too little for the others"
    assert found["2"]["own_rate"] is None and found["2"]["rival_rate"] is None and found["2"]["rate_gap"] is None


def test_a_booking_is_large_from_fifty_thousand_and_thirty_percent(tmp_path):
    def booking(c, amount, **more):
        return {
            "customer_id": c,
            "booked_at": D(2024, 3, 27),
            "txn_date": D(2024, 3, 29),
            "amount": amount,
            "direction": "out",
            "branch_id": None,
            **more,
        }

    monthly = [
        {"customer_id": c, "month": m, "aum_avg": a, "aum_end": a, "txn_count": 5}
        for c, a in (("A", 100_000.0), ("B", 200_000.0), ("C", 10_000.0))
        for m in MONTHS
    ]
    rows = [
        booking("A", 50_000.0),
        booking("A", 49_999.99),
        booking("B", 60_000.0, branch_id="B7"),
        booking("B", 59_999.99),
        booking("C", 50_000.0, txn_date=None),
        booking("A", 90_000.0, direction="in"),
        booking("A", 90_000.0, internal=True),
        booking("A", 90_000.0, txn_date=D(2024, 3, 27)),
        booking("A", 90_000.0, txn_date=D(2024, 4, 10)),
        booking("A", 90_000.0, booked_at=D(2024, 2, 1), txn_date=None),
    ]
    ds = made(tmp_path, customer_month=monthly, large_transactions=numbered([{"internal": False, **r} for r in rows], "txn_id"))
    found = care_list(asked(ds), "large_booking", D(2024, 3, 28))
    assert found.rows["txn_id"].to_list() == ["0", "4", "2"], "by branch and day"
    assert found.rows["branch_id"].to_list() == ["B0", "B2", "B7"]
    assert found.by.select("branch_id", "day", "n").rows() == [("B0", D(2024, 3, 29), 1), ("B2", None, 1), ("B7", D(2024, 3, 29), 1)]
    assert ids(ds, "large_booking", D(2024, 3, 26)) == [], "not booked yet"


def test_a_complaint_is_late_on_the_fourth_working_day(tmp_path):
    rows = [
        {"customer_id": "A", "created_at": D(2024, 3, 1), "resolved_at": None},
        {"customer_id": "B", "created_at": D(2024, 3, 1), "resolved_at": D(2024, 3, 8)},
    ]
    ds = made(tmp_path, complaints=numbered(rows, "complaint_id"))
    assert ids(ds, "complaint_open", D(2024, 3, 6)) == [], "three working days"
    assert ids(ds, "complaint_open", D(2024, 3, 7)) == ["A", "B"]
    assert ids(ds, "complaint_open", D(2024, 3, 8)) == ["A"]


def test_a_drop_is_one_of_five_points_or_two_of_ten(tmp_path):
    def answers(column, *pairs):
        rows = [
            {"customer_id": c, "answered_at": d, column: s}
            for c, before, after in pairs
            for d, s in ((D(2024, 1, 5), before), (D(2024, 3, 5), after))
        ]
        return numbered(rows, "survey_id")

    pairs = (("A", 5, 4), ("B", 4, 4), ("C", 3, 5))
    ds = made(tmp_path, surveys=answers("csat", *pairs))
    assert ids(ds, "satisfaction_drop", D(2024, 3, 31)) == ["A"]
    assert ids(ds, "satisfaction_drop", D(2024, 3, 4)) == [], "not answered yet"
    ds = made(tmp_path, surveys=answers("nps", ("A", 9, 8), ("B", 9, 7), ("C", 7, 9)))
    assert ids(ds, "satisfaction_drop", D(2024, 3, 31)) == ["B"]


def test_balances_that_fall_by_exactly_thirty_percent_are_listed(tmp_path):
    falls = {"A": (100_000.0, 70_000.0), "B": (100_000.0, 70_001.0), "C": (0.3, 0.21)}
    monthly = [
        {"customer_id": c, "month": m, "aum_avg": a, "aum_end": a, "txn_count": 5}
        for c, (before, now) in falls.items()
        for m, a in zip(MONTHS, (before, before, now), strict=True)
    ]
    ds = made(tmp_path, customer_month=monthly)
    assert ids(ds, "asset_fall", D(2024, 3, 31)) == ["A", "C"]
    assert ids(ds, "asset_fall", D(2024, 3, 30)) == [], "March is not over"


def test_silence_needs_two_whole_months_without_either(tmp_path):
    acts = {"A": ((1, 1), (0, 0), (0, 0)), "B": ((1, 1), (0, 1), (0, 0)), "C": ((1, 1), (0, 0), (0, None))}
    monthly = [
        {"customer_id": c, "month": m, "aum_avg": 1e5, "aum_end": 1e5, "txn_count": t, "login_count": n}
        for c, found in acts.items()
        for m, (t, n) in zip(MONTHS, found, strict=True)
    ]
    ds = made(tmp_path, customer_month=monthly)
    assert ids(ds, "silence", D(2024, 3, 31)) == ["A"], "what is not known is not silence"
    assert ids(ds, "silence", D(2024, 3, 30)) == []


def test_a_birthday_of_29_february_is_kept_on_the_28th_in_other_years(tmp_path):
    people = [{"customer_id": c, "branch_id": "B0", "birth_date": b} for c, b in (("A", D(2000, 2, 29)), ("B", D(1990, 3, 1)), ("C", None))]
    ds = made(tmp_path, customers=people)
    found = care_list(asked(ds), "birthday", D(2024, 2, 29)).rows
    assert found.select("customer_id", "birthday", "age").rows() == [("A", D(2024, 2, 29), 24), ("B", D(2024, 3, 1), 34)]
    assert care_list(asked(ds), "birthday", D(2025, 2, 28)).rows["birthday"].to_list() == [D(2025, 2, 28), D(2025, 3, 1)]
    assert found["owner"].to_list() == ["B0", "B0"], "without a manager the branch owns the customer"


def touched(*rows):
    return numbered([{"customer_id": c, "ts": d, "result": r} for c, d, r in rows], "contact_id")


def test_customers_contacted_enough_stay_listed_marked_and_counted(tmp_path):
    people = [{"customer_id": c, "branch_id": "B0", "birth_date": D(1990, 4, 2)} for c in "ABC"]
    contacts = touched(
        ("A", D(2024, 3, 2), "reached"), ("A", D(2024, 3, 31), "reached"), ("B", D(2024, 3, 1), "reached"), ("B", D(2024, 3, 31), "reached")
    )
    ds = made(tmp_path, customers=people, contacts=contacts)
    found = care_list(asked(ds), "birthday", D(2024, 3, 31))
    assert found.rows.select("customer_id", "contacts", "capped").rows() == [("A", 2, True), ("B", 1, False), ("C", 0, False)]
    assert (found.n, found.capped) == (3, 1)
    assert care_list(asked(ds), "birthday", D(2024, 3, 31), cap=Cap(1, 30)).capped == 2
    assert care_list(asked(ds), "birthday", D(2024, 3, 30)).capped == 0, "a contact of tomorrow is not known today"
    bare = care_list(asked(made(tmp_path, customers=people)), "birthday", D(2024, 3, 31))
    assert bare.capped is None and bare.rows["capped"].null_count() == 3, "without contacts nobody knows"


def test_marketing_lists_leave_out_who_refused_and_count_them(tmp_path):
    people = [
        {"customer_id": c, "branch_id": "B0", "rm_id": r, "consent_marketing": agreed, "birth_date": D(1990, 3, 9)}
        for c, r, agreed in (("A", "R1", True), ("B", "R1", False), ("C", "R2", None), ("E", "R2", True))
    ]
    everybody = [held(D(2024, 3, 8), customer_id=c, bank=bank) for c in "ABCE" for bank in ("own", "other")]
    contacts = touched(("E", D(2024, 3, 2), "opted_out"))
    ds = made(tmp_path, "ABCE", customers=people, product_holdings=numbered(everybody, "holding_id"), contacts=contacts)
    found = care_list(asked(ds), "maturity_other", D(2024, 3, 4))
    assert found.rows["customer_id"].to_list() == ["A"] and found.withheld == 3
    assert found.of(owner="R1").withheld == 1 and found.of(branch="B0").n == 1
    assert ids(ds, "maturity_other", D(2024, 3, 1)) == ["A", "E"], "opted out on 2 March"
    service = care_list(asked(ds), "maturity_own", D(2024, 3, 4))
    assert service.rows.sort("customer_id")["no_marketing"].to_list() == [False, True, True, True] and service.withheld is None
    assert sorted(ids(ds, "birthday", D(2024, 3, 4))) == list("ABCE"), "good wishes are no marketing"


def test_without_consent_in_the_data_nobody_is_left_out_and_that_is_said(tmp_path):
    ds = made(tmp_path, product_holdings=numbered([held(D(2024, 3, 8), bank="other")], "holding_id"))
    found = care_list(asked(ds), "maturity_other", D(2024, 3, 4))
    assert found.n == 1 and found.withheld is None and found.rows["no_marketing"].to_list() == [None]


def test_a_customer_who_has_left_is_on_no_list(tmp_path):
    people = [{"customer_id": c, "branch_id": "B0", "birth_date": D(1990, 4, 2)} for c in "ABC"]
    accounts = [
        {"account_id": c, "customer_id": c, "open_date": D(2020, 1, 1), "close_date": D(2024, 3, 20) if c == "A" else None} for c in "ABC"
    ]
    ds = made(tmp_path, customers=people, accounts=accounts)
    assert ids(ds, "birthday", D(2024, 3, 31)) == ["B", "C"]
    assert ids(ds, "birthday", D(2024, 3, 29)) == ["B", "C"], "closed in the month that is not over"


def test_filters_and_scope_narrow_every_list_and_row_order_changes_nothing(bank_data, bank, tmp_path):
    everything = {t.trigger.name: t.found for t in totals(asked(bank_data))}
    branch = next(iter(bank_data.dimensions[1].values))
    by_filter = {t.trigger.name: t.found for t in totals(asked(bank_data, filters=Filters((("gender", ("F",)),))))}
    by_scope = {t.trigger.name: t.found for t in totals(asked(bank_data, scope=Scope(frozenset({branch}))))}
    nobody = totals(asked(bank_data, scope=Scope(frozenset())))
    women = set(bank.tables["customers"].filter(pl.col("gender") == "F")["customer_id"])
    here = set(bank.tables["customers"].filter(pl.col("branch_id") == branch)["customer_id"])
    for name, whole in everything.items():
        assert_frame_equal(by_filter[name].rows, whole.rows.filter(pl.col("customer_id").is_in(women)), rel_tol=1e-9)
        assert_frame_equal(by_scope[name].rows, whole.rows.filter(pl.col("customer_id").is_in(here)), rel_tol=1e-9)
    assert all(t.found is None or t.found.n == 0 for t in nobody)
    mixed = Workspace.create(tmp_path / "mixed")
    publish(mixed, extract_of({n: f.sample(fraction=1.0, shuffle=True, seed=5) for n, f in bank.tables.items()}, "mixed"))
    again = {t.trigger.name: t.found for t in totals(asked(mixed.dataset()))}
    for name, whole in everything.items():
        assert_frame_equal(again[name].rows, whole.rows, rel_tol=1e-9)


def test_what_a_list_counts_by_adds_up_to_its_rows(bank_data):
    for one in totals(asked(bank_data)):
        assert one.found.by["n"].sum() == one.found.n
        if one.found.n and one.trigger.by == ("owner",):
            some = one.found.rows["owner"].drop_nulls()[0]
            assert one.found.of(owner=some).n == one.found.by.filter(pl.col("owner") == some)["n"][0]


def test_what_the_data_lack_is_said_in_a_sentence(tmp_path):
    flat = Workspace.create(tmp_path / "flat")
    publish(flat, extract([Source("a.csv", b"CustomerId,Region,Exited\n" + b"".join(b"%d,N,%d\n" % (i, i % 3 == 0) for i in range(60)))]))
    found = {t.trigger.name: t for t in totals(asked(flat.dataset()))}
    assert set(found) == set(TRIGGERS)
    assert "one row a customer" in str(found["silence"].problem)
    assert str(found["birthday"].problem) == "This list needs the table Customers with: birth_date."
    assert "product_holdings" not in str(found["maturity_own"].problem) and "maturity_date" in str(found["maturity_own"].problem)
    small = made(tmp_path, customer_month=[{"customer_id": "A", "month": m, "txn_count": 1} for m in MONTHS])
    assert "aum_avg" in str({t.trigger.name: t for t in totals(asked(small))}["asset_fall"].problem)
    with pytest.raises(NotFound, match="the nearest is birthday"):
        care_list(asked(small), "birthdays")
    with pytest.raises(NotPossible, match="2023-12-01 lies before"):
        care_list(asked(small), "holiday", D(2023, 12, 1))
    with pytest.raises(NotPossible, match="holidays of 2034 are not known"):
        care_list(asked(small), "holiday", D(2034, 3, 1))


def test_a_list_without_months_still_knows_maturities_and_birthdays(tmp_path):
    flat = Workspace.create(tmp_path / "list")
    people = pl.DataFrame({"customer_id": ["1", "2"], "birth_date": [D(1990, 3, 2), D(1990, 9, 2)], "branch_id": ["N", "S"]})
    publish(
        flat,
        extract_of(
            {"customers": people, "product_holdings": pl.DataFrame(numbered([held(D(2024, 3, 8), customer_id="2")], "holding_id"))}, "l"
        ),
    )
    assert ids(flat.dataset(), "maturity_own", D(2024, 3, 1)) == ["2"]
    assert ids(flat.dataset(), "birthday", D(2024, 3, 1)) == ["1"]
