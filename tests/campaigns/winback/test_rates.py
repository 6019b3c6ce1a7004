"""T6 and what a win-back rate does not count."""

import datetime
from collections.abc import Callable, Sequence
from typing import Any

import polars as pl
import pytest

from churn_dash.access import Scope
from churn_dash.campaigns.winback.rates import WinBack, win_back
from churn_dash.errors import BadInput

D = datetime.date
Make = Callable[..., Any]
ALL = Scope.everything()
LOST = D(2024, 2, 1)


def spell(who: str, start: D, end: D | None = None, why: str = "voluntary") -> dict[str, Any]:
    gone = {"form": "close", "why": why} if end else {"form": None, "why": None}
    return {"definition": "first", "customer_id": who, "start_date": start, "end_date": end, **gone}


def events(*rows: tuple[str, D, str]) -> pl.DataFrame:
    ids = [f"e{i}" for i in range(len(rows))]
    columns = ["customer_id", "event_date", "reason_code"]
    return pl.DataFrame(list(rows), schema=columns, orient="row").with_columns(event_id=pl.Series(ids))


def records(*rows: tuple[Any, ...]) -> pl.DataFrame:
    kinds = {
        "customer_id": pl.String,
        "lost_date": pl.Date,
        "aum_lost": pl.Float64,
        "contact_date": pl.Date,
        "returned_date": pl.Date,
        "aum_returned": pl.Float64,
        "cost": pl.Float64,
        "strategy": pl.String,
    }
    whole = [(*r, *(None,) * (len(kinds) - len(r))) for r in rows]
    return pl.DataFrame(whole, schema=kinds, orient="row").with_columns(
        winback_id=pl.Series([f"v{i}" for i in range(len(rows))], dtype=pl.String)
    )


def months_after(day: D, days: int) -> D:
    return day + datetime.timedelta(days=days)


@pytest.fixture
def t6(make_bank: Make) -> Any:
    """METHODS T6: c0 has died; c1…c5 were contacted, c6 and c7 not; c1, c2 and c6 came back, c2 for 50 days only."""
    left = {f"c{i}": months_after(D(2024, 1, 10), 20 * i) for i in range(8)}
    again = {"c1": 30, "c2": 100, "c6": 180}
    spells = [spell(c, D(2020, 1, 1), day) for c, day in left.items()]
    for c, days in again.items():
        start = months_after(left[c], days)
        spells.append(spell(c, start, months_after(start, 50) if c == "c2" else None))
    own = [
        (
            c,
            day,
            100.0 * (i + 1),
            months_after(day, 10) if 1 <= i <= 5 else None,
            months_after(day, again[c]) if c in again else None,
            {"c1": 500.0, "c2": 150.0, "c6": 0.0}.get(c),
            35.0 if 1 <= i <= 5 else 0.0,
        )
        for i, (c, day) in enumerate(left.items())
    ]
    calendar = [D(2023 + m // 12, m % 12 + 1, 1) for m in range(36)]
    return make_bank(
        others=spells, tables={"winbacks": records(*own), "churn_events": events(("c0", left["c0"], "death"))}, calendar=calendar
    )


def of_c(ds: Any, **more: Any) -> WinBack:
    """Win-back of the customers c0, c1, … alone: the members of the hand-made campaign are others."""
    sql = "select customer_id, end_date as lost_on from spells where customer_id like 'c_' and end_date is not null"
    return win_back(ds, ALL, keep=pl.DataFrame(ds.cursor().sql(sql).to_arrow_table()), **more)


H1 = {"first": D(2024, 1, 1), "last": D(2024, 6, 30)}


def test_t6_win_back_of_the_first_half_year(t6: Any) -> None:
    found = of_c(t6, **H1)
    assert (found.lost, found.n) == (8, 7)
    assert found.left_out == {"deceased": 1, "bank": 0, "refused": 0, "too_recent": 0}
    assert (found.rate.value, found.rate.n) == (pytest.approx(3 / 7), 7)
    assert (found.rate.low, found.rate.high) == pytest.approx((0.1582, 0.7495), abs=5e-5)
    assert (found.contacted.value, found.contacted.n) == (pytest.approx(2 / 5), 5)
    assert (found.naive.before, found.naive.difference, found.naive.n) == (0.0, pytest.approx(2 / 5), 5)
    assert (found.spontaneous.value, found.spontaneous.n) == (pytest.approx(1 / 2), 2)
    assert (found.sustained.value, found.sustained.n) == (pytest.approx(2 / 7), 7)


def test_value_won_back_is_what_came_back_at_most_what_was_lost(t6: Any) -> None:
    found = of_c(t6, **H1)
    lost, back = 200 + 300 + 400 + 500 + 600 + 700 + 800, min(500, 200) + min(150, 300) + 0
    assert (found.aum_lost, found.aum_regained) == (lost, back)
    assert found.value.value == pytest.approx(back / lost)
    assert found.value.low is not None and found.value.low <= back / lost <= (found.value.high or 0)
    assert (found.cost, found.cost_per_return) == (175.0, pytest.approx(175 / 3))


def test_in_earnest_means_half_of_the_balances_and_to_stay(t6: Any) -> None:
    assert of_c(t6, **H1).in_earnest.value == pytest.approx(1 / 7)


def test_the_day_decides_whether_a_return_counts(make_bank: Make) -> None:
    for days, returned in ((180, 1.0), (181, 0.0)):
        ds = make_bank(others=[spell("c1", D(2020, 1, 1), LOST), spell("c1", months_after(LOST, days))])
        assert of_c(ds).rate.value == returned


def test_a_loss_counts_once_its_180_days_have_passed(make_bank: Make) -> None:
    end = D(2024, 12, 31)
    ds = make_bank(others=[spell("c1", D(2020, 1, 1), months_after(end, -180)), spell("c2", D(2020, 1, 1), months_after(end, -179))])
    found = of_c(ds)
    assert (found.n, found.left_out["too_recent"]) == (1, 1)


def test_sustained_waits_for_those_whose_90_days_the_data_cannot_show(make_bank: Make) -> None:
    early, late = D(2024, 2, 1), D(2024, 5, 1)
    ds = make_bank(
        others=[
            spell("c1", D(2020, 1, 1), early),
            spell("c1", months_after(early, 10)),
            spell("c2", D(2020, 1, 1), late),
            spell("c2", months_after(late, 10)),
        ]
    )
    found = of_c(ds)
    assert (found.rate.n, found.sustained.n, found.sustained.value) == (2, 1, 1.0)


def test_who_died_was_closed_by_the_bank_or_refuses_is_told_for_each_departure(make_bank: Make) -> None:
    second = D(2024, 5, 10)
    ds = make_bank(
        others=[
            spell("c1", D(2020, 1, 1), LOST),
            spell("c2", D(2020, 1, 1), LOST),
            spell("c2", D(2024, 3, 1), second),
            spell("c3", D(2020, 1, 1), LOST),
        ],
        tables={
            "churn_events": events(("c1", LOST, "Death"), ("c2", LOST, "rate"), ("c2", second, "bank"), ("c3", LOST, "relocation")),
        },
    )
    found = of_c(ds)
    assert (found.left_out["deceased"], found.left_out["bank"], found.n) == (1, 1, 2)


def test_asking_to_be_left_alone_in_answer_to_the_call_keeps_the_loss_in_the_count(make_bank: Make) -> None:
    calls = pl.DataFrame(
        {
            "contact_id": ["a", "b"],
            "customer_id": ["c1", "c2"],
            "ts": [months_after(LOST, 20), months_after(LOST, -20)],
            "purpose": ["winback", "offer"],
            "result": ["opted_out", "opted_out"],
        }
    )
    ds = make_bank(others=[spell("c1", D(2020, 1, 1), LOST), spell("c2", D(2020, 1, 1), LOST)], tables={"contacts": calls})
    found = of_c(ds)
    assert (found.n, found.left_out["refused"]) == (1, 1)
    assert (found.contacted.n, found.spontaneous.n) == (1, 0)


def test_without_records_of_contacts_nobody_is_called_spontaneous(make_bank: Make) -> None:
    found = of_c(make_bank(others=[spell("c1", D(2020, 1, 1), LOST), spell("c1", months_after(LOST, 9))]))
    assert (found.rate.value, found.contacts_told) == (1.0, False)
    assert (found.contacted.value, found.spontaneous.value, found.difference.value) == (None, None, None)
    assert found.naive.difference is None and "Nobody is known to have been asked" in str(found.as_json()["naive"])


def test_a_contact_after_the_return_did_not_bring_it_about(make_bank: Make) -> None:
    back = months_after(LOST, 9)
    own = records(("c1", LOST, 5.0, months_after(back, 1), back))
    ds = make_bank(others=[spell("c1", D(2020, 1, 1), LOST), spell("c1", back)], tables={"winbacks": own})
    assert (of_c(ds).contacted.n, of_c(ds).spontaneous.value) == (0, 1.0)


def test_balances_of_the_month_table_stand_in_for_those_not_recorded(make_bank: Make) -> None:
    back = months_after(LOST, 20)
    rows = [("c1", D(2024, 1, 1), 900.0), ("c1", D(2024, 5, 1), 300.0), ("c1", D(2024, 6, 1), 700.0)]
    months = pl.DataFrame(rows, schema=["customer_id", "month", "aum_avg"], orient="row").with_columns(
        aum_end=pl.lit(0.0), txn_count=pl.lit(0), product_count=pl.lit(0)
    )
    ds = make_bank(others=[spell("c1", D(2020, 1, 1), LOST), spell("c1", back)], months=months)
    assert months_after(back, 90).replace(day=1) == D(2024, 5, 1)
    assert (of_c(ds).aum_lost, of_c(ds).aum_regained) == (900.0, 300.0)


def test_nobody_lost_gives_no_rate(make_bank: Make) -> None:
    found = win_back(make_bank([("treated", 5, 0)]), ALL)
    assert (found.lost, found.n, found.rate.value, found.value.value, found.cost) == (0, 0, None, None, None)
    assert found.as_json()["by_cause"] == []


def test_records_that_cannot_be_are_counted_and_left_out(make_bank: Make) -> None:
    own = records(
        ("c1", LOST, 500.0, None, months_after(LOST, -3), 400.0, -7.0),
        ("nobody", LOST, 500.0, None, None, None, 3.0),
        ("c1", D(2021, 1, 1), 9.0, None, None, None, 3.0),
    )
    ds = make_bank(others=[spell("c1", D(2020, 1, 1), LOST), spell("c1", months_after(LOST, 9))], tables={"winbacks": own})
    found = of_c(ds)
    said = " ".join(n.in_("en") for n in found.notes)
    assert "2 of 3 recorded win-backs fit no loss" in said
    assert "1 recorded win-backs have a return that is not after the loss" in said
    assert "cost below zero" in said
    assert (found.cost, found.aum_lost, found.value.n) == (None, None, 0)


def test_a_return_on_record_alone_does_not_count_and_is_told(make_bank: Make) -> None:
    ds = make_bank(
        others=[spell("c1", D(2020, 1, 1), LOST)], tables={"winbacks": records(("c1", LOST, 5.0, None, months_after(LOST, 30), 9.0))}
    )
    found = of_c(ds)
    assert (found.rate.value, found.aum_regained) == (0.0, 0.0)
    assert "1 recorded returns are not seen" in found.notes[0].in_("en")


def test_a_branch_sees_its_own_losses(make_bank: Make) -> None:
    customers = pl.DataFrame({"customer_id": ["c1", "c2"], "branch_id": ["B1", "B2"]})
    ds = make_bank(
        [("t", 1, 0)], others=[spell("c1", D(2020, 1, 1), LOST), spell("c2", D(2020, 1, 1), LOST)], tables={"customers": customers}
    )
    assert win_back(ds, Scope(frozenset({"B2"}))).rows["customer_id"].to_list() == ["c2"]


def test_what_is_said_of_records_counts_those_of_the_branch_alone(make_bank: Make) -> None:
    customers = pl.DataFrame({"customer_id": ["c1", "c2"], "branch_id": ["B1", "B2"]})
    own = records(("c1", D(2021, 1, 1), 9.0, None, None, None, -3.0), ("c2", D(2021, 1, 1), 9.0), ("c2", LOST, 9.0))
    ds = make_bank(
        [("t", 1, 0)],
        others=[spell("c1", D(2020, 1, 1), LOST), spell("c2", D(2020, 1, 1), LOST)],
        tables={"customers": customers, "winbacks": own},
    )
    said = " ".join(n.in_("en") for n in win_back(ds, Scope(frozenset({"B2"}))).notes)
    assert "1 of 2 recorded win-backs fit no loss" in said and "cost below zero" not in said


def test_returners_who_leave_when_the_bonus_ends_are_seen(make_bank: Make) -> None:
    lives: Sequence[int | None] = [*[100] * 12, *[None] * 8]
    others = []
    for i, days in enumerate(lives):
        back = months_after(LOST, 10)
        others += [
            spell(f"c{chr(97 + i)}", D(2020, 1, 1), LOST),
            spell(f"c{chr(97 + i)}", back, months_after(back, days) if days else None),
        ]
    found = of_c(make_bank([("t", 1, 0)], others=others), **H1 | {"last": D(2024, 2, 28)}).durability
    assert (found.before.value, found.before.n) == (0.0, 20)
    assert (found.after.value, found.after.n) == (pytest.approx(0.6), 20)
    assert found.for_the_bonus
    assert dict(found.curve)[90].value == 1.0
    assert dict(found.curve)[120].value == pytest.approx(0.4)
    later = of_c(make_bank([("t", 1, 0)], others=others), bonus_days=150, **H1 | {"last": D(2024, 2, 28)}).durability
    assert (later.after.value, later.for_the_bonus) == (0.0, False)


def test_a_bonus_of_no_days_is_refused(make_bank: Make) -> None:
    with pytest.raises(BadInput, match="1 to 3,660 days"):
        win_back(make_bank(), ALL, bonus_days=0)
