"""Recovery of balances: the worked table of METHODS B7 (T7), and a second way on the invented bank."""

import datetime

import polars as pl
import pytest

from churn_dash.intake.typed import extract_of
from churn_dash.measures import Filters, Period
from churn_dash.measures.movement.recovery import eligible, recoveries
from churn_dash.segments import members
from churn_dash.store import Workspace, publish, shifted
from tests.asking import asked
from tests.measures.reference import recovery

D = datetime.date
T7 = {"R1": (100.0, 60.0, 100.0), "R2": (200.0, 150.0, 170.0), "R3": (80.0, 80.0, 90.0), "R4": (50.0, 10.0, 5.0)}


@pytest.fixture(scope="module")
def worked(tmp_path_factory):
    """T7 as two months: the average and the end of January, the end of February."""
    rows = []
    for c, (previous, start, end) in T7.items():
        rows += [(c, D(2024, 1, 1), previous, start, 1), (c, D(2024, 2, 1), end, end, 1)]
    frame = pl.DataFrame(rows, schema=["customer_id", "month", "aum_avg", "aum_end", "txn_count"], orient="row")
    workspace = Workspace.create(tmp_path_factory.mktemp("t7") / "w")
    publish(workspace, extract_of({"customer_month": frame}, "t7"))
    return workspace.dataset()


def test_t7_recovers_46_percent_and_two_may_enter_the_lottery(worked):
    whole, (month,) = recoveries(asked(worked))
    for found in (whole, month):
        assert round(100 * found.rate, 2) == 46.15
        assert (found.back, found.missing) == (60.0, 130.0)
        assert (found.n, found.below, found.reached) == (4, 3, 2)
        assert found.reached_rate == pytest.approx(1 / 3) and found.reached_from_below == 1
        assert found.interval.low < found.rate < found.interval.high
    assert eligible(asked(worked), D(2024, 2, 1)).rows() == [("R1", 100.0, 60.0, 100.0, 40.0), ("R3", 80.0, 80.0, 90.0, 0.0)]


def test_what_comes_back_beyond_the_level_does_not_make_up_for_others():
    rows = pl.DataFrame({"customer_id": ["A", "B"], "previous": [100.0, 100.0], "start": [50.0, 50.0], "end": [500.0, 50.0]})
    assert recovery(rows).rate == 0.5


def test_nobody_below_leaves_the_rate_undefined():
    rows = pl.DataFrame({"customer_id": ["A"], "previous": [100.0], "start": [100.0], "end": [50.0]})
    found = recovery(rows, D(2024, 1, 1))
    assert (found.rate, found.interval, found.reached_rate, found.reached_interval) == (None, None, None, None)


def test_every_month_a_second_way(bank_data, bank):
    whole, months = recoveries(asked(bank_data))
    table = {(r["customer_id"], r["month"]): r for r in bank.tables["customer_month"].to_dicts()}
    missing = back = 0.0
    before = set()
    for found in months:
        m = found.month
        mine = members(asked(bank_data, period=Period(m, m)))
        rows = []
        for c, left in mine.select("customer_id", "left").iter_rows():
            then, now = table.get((c, shifted(m, -1))), table.get((c, m))
            end = now["aum_end"] if now else 0.0 if left else None
            if then and end is not None and then["aum_avg"] is not None:
                rows.append((c, then["aum_avg"], then["aum_end"], end))
        x, y = sum(max(p - s, 0) for _c, p, s, _e in rows), sum(min(max(e - s, 0), max(p - s, 0)) for _c, p, s, e in rows)
        assert (found.missing, found.back) == (pytest.approx(x), pytest.approx(y))
        assert found.n == len(rows) and found.unknown == len(mine) - len(rows)
        assert found.reached == sum(e >= p for _c, p, _s, e in rows)
        again = {c for c, p, s, e in rows if s < p <= e}
        assert (found.reached_from_below, found.again) == (len(again), len(again & before))
        before, missing, back = again, missing + x, back + y
    assert whole.rate == pytest.approx(back / missing)


def test_personal_and_corporate_customers_add_up_to_everybody(bank_data):
    whole, _months = recoveries(asked(bank_data))
    parts = [recoveries(asked(bank_data, filters=Filters((("customer_type", (t,)),))))[0] for t in ("personal", "corporate")]
    assert sum(p.back for p in parts) == pytest.approx(whole.back) and sum(p.n for p in parts) == whole.n
    assert whole.interval.low <= whole.rate <= whole.interval.high
