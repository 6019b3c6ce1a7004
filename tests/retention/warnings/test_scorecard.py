"""The early-warning scorecard: METHODS T4 through a published bank, and a loop over an invented one."""

import datetime

import polars as pl
import pytest

from churn_dash.contract.calendar import month_end
from churn_dash.errors import NotPossible
from churn_dash.intake.typed import extract_of
from churn_dash.retention.warnings import scorecard
from churn_dash.retention.warnings.verdicts import chances
from churn_dash.store import Workspace, publish
from tests.asking import asked
from tests.conftest import day
from tests.measures.brute import Brute, end_of

CLOSED = {"1": "2024-02-20", "2": "2024-01-13", "4": "2024-06-01", "5": "2024-03-01", "7": "2024-03-10", "8": "2024-03-10"}
WARNED = [
    ("1", "2024-01-10"),
    ("2", "2024-01-10"),
    ("3", "2024-01-15"),
    ("4", "2024-01-20"),
    ("7", "2024-02-01"),
    ("7", "2024-02-15"),
    ("8", "2024-03-12"),
    ("9", "2024-05-20"),
]


def _bank(tmp_path, warned=WARNED, tasks=None, months=7, genders=None):
    everybody = [str(i) for i in range(1, 11)]
    starts = [datetime.date(2023 + (11 + i) // 12, (11 + i) % 12 + 1, 1) for i in range(months)]
    rows = [(c, m, 100.0, 100.0, 1) for c in everybody for m in starts if c not in CLOSED or day(CLOSED[c]) > month_end(m)]
    tables = {
        "accounts": pl.DataFrame(
            {
                "account_id": [f"a{c}" for c in everybody],
                "customer_id": everybody,
                "open_date": [datetime.date(2020, 1, 1)] * 10,
                "close_date": [day(CLOSED.get(c)) for c in everybody],
                "close_initiator": ["customer" if c in CLOSED else None for c in everybody],
            }
        ),
        "customer_month": pl.DataFrame(rows, schema=["customer_id", "month", "aum_avg", "aum_end", "txn_count"], orient="row"),
        "warnings": pl.DataFrame(
            [(f"w{i}", c, day(at), "low") for i, (c, at) in enumerate(warned)],
            schema=["warning_id", "customer_id", "ts", "grade"],
            orient="row",
        ),
    }
    if genders is not None:
        tables["customers"] = pl.DataFrame(
            {"customer_id": everybody, "gender": genders}, schema={"customer_id": pl.String, "gender": pl.String}
        )
    if tasks is not None:
        tables["interventions"] = tasks
    workspace = Workspace.create(tmp_path)
    publish(workspace, extract_of(tables, "t4"))
    return workspace.dataset()


@pytest.fixture(scope="module")
def t4(tmp_path_factory):
    return _bank(tmp_path_factory.mktemp("t4"))


def test_t4_precision_recall_and_lead_are_those_of_the_worked_table(t4):
    found = scorecard(asked(t4, definition="close")).whole.as_json()
    assert (found["precision"], found["precision_hits"], found["precision_n"]) == (0.6, 3, 5)
    assert (round(found["precision_low"], 4), round(found["precision_high"], 4)) == (0.2307, 0.8824)
    assert found["timely_precision"] == 0.4
    assert (round(found["timely_precision_low"], 4), round(found["timely_precision_high"], 4)) == (0.1176, 0.7693)
    assert (found["recall"], found["recall_hits"], found["recall_n"]) == (0.5, 3, 6)
    assert (round(found["recall_low"], 4), round(found["recall_high"], 4)) == (0.1876, 0.8124)
    assert (found["timely_recall"], found["timely_recall_hits"]) == (pytest.approx(2 / 6), 2)
    assert (found["median_lead"], round(found["mean_lead"], 2)) == (38, 27.33)
    assert (found["alert_rate"], found["pending"], found["after_the_event"], found["repeats"]) == (0.7, 1, 1, 1)
    assert found["alerts_per_leaver"] == pytest.approx(5 / 3)


def test_t4_alerts_come_true_nine_sevenths_as_often_as_for_anybody_on_the_same_days(t4):
    found = scorecard(asked(t4, definition="close")).whole.as_json()
    # 10 there on 01-10, of whom 5 leave within 90 days (twice); then 9 there, of whom 4 leave (three alerts).
    base = (2 * 5 / 10 + 3 * 4 / 9) / 5
    assert found["base_rate"] == pytest.approx(base) and found["lift"] == pytest.approx(0.6 / base) == pytest.approx(9 / 7)
    assert found["lift_low"] == pytest.approx(found["precision_low"] / base)
    assert found["lift_high"] == pytest.approx(found["precision_high"] / base)


def test_the_chance_of_a_day_is_what_counting_customer_by_customer_gives(bank, bank_data):
    spells = [s for listed in Brute(bank.tables, "first").spells.values() for s in listed]
    rows = pl.DataFrame([(b, o, bool(e)) for b, o, e in spells], schema=["start_date", "end_date", "left"], orient="row")
    days = [month_end(m) for m in bank_data.months[2:20:3]]
    for at, found in zip(days, chances(pl.Series(days), rows, 90), strict=True):
        there = [(o, e) for b, o, e in spells if b <= at and (o is None or o > at)]
        soon = [e for o, e in there if o is not None and (o - at).days <= 90]
        gone = sum(bool(e) for e in soon)
        assert found == pytest.approx(gone / (len(there) - (len(soon) - gone)))


def test_customers_of_no_known_level_are_a_row_of_their_own(tmp_path):
    ds = _bank(tmp_path, genders=["F"] * 3 + [None] * 7)
    found = scorecard(asked(ds, definition="close"), "gender")
    assert None in found.by_level and found.by_level[None].recall.n == 4
    assert sum(s.n_alerts for s in found.by_level.values()) == found.whole.n_alerts
    assert [g["level"] for g in found.as_json()["groups"]] == ["F", None]


def test_a_warning_repeated_within_sixty_days_is_none_unless_its_grade_rises(tmp_path):
    ds = _bank(tmp_path, [("1", "2024-01-02"), ("1", "2024-01-20"), ("3", "2024-01-02"), ("3", "2024-03-02")])
    found = scorecard(asked(ds, definition="close")).whole
    assert (found.n_alerts, found.n_repeats) == (3, 1)
    assert found.leads == (49,)


def test_an_alert_is_pending_until_its_horizon_has_passed_even_if_it_came_true(tmp_path):
    ds = _bank(tmp_path, [("4", "2024-05-20"), ("3", "2024-01-15")])
    found = scorecard(asked(ds, definition="close"))
    assert found.whole.n_pending == 1 and found.whole.precision.n == 1
    assert found.whole.recall.hits == 1, "the departure was announced all the same"


def test_departures_before_the_first_warning_are_counted_apart(tmp_path):
    found = scorecard(asked(_bank(tmp_path, [("1", "2024-02-01")]), definition="close"))
    assert found.n_unwatched == 1 and found.whole.recall.n == 5


def test_precision_without_action_is_that_of_the_alerts_left_alone(tmp_path):
    tasks = pl.DataFrame(
        {
            "task_id": ["t1", "t2"],
            "warning_id": ["w2", None],
            "customer_id": ["3", "4"],
            "created_at": [day("2024-01-16"), day("2024-02-01")],
        }
    )
    found = scorecard(asked(_bank(tmp_path, tasks=tasks), definition="close"))
    assert found.acted and found.n_acted == 2
    assert (found.untouched.hits, found.untouched.n) == (3, 3)


def test_without_tasks_nothing_is_claimed_of_the_untouched(t4):
    found = scorecard(asked(t4, definition="close"))
    assert found.untouched is None and not found.acted and found.as_json()["untouched_precision"] is None


def test_a_bank_without_warnings_is_told_what_is_needed(worked):
    with pytest.raises(NotPossible, match="table of warnings"):
        scorecard(asked(worked))


def _grades(bank):
    rank = {"low": 0, "medium": 1, "high": 2}
    last: dict[str, tuple[datetime.date, int]] = {}
    for c, at, grade in bank.tables["warnings"].sort("ts", "warning_id").select("customer_id", "ts", "grade").rows():
        before = last.get(c)
        if before is None or (at - before[0]).days >= 60 or rank[grade] > before[1]:
            last[c] = (at, rank[grade])
            yield c, at


def test_the_scorecard_of_an_invented_bank_is_what_a_loop_finds(bank, bank_data):
    end = end_of(bank_data.measurable[-1])
    spells = Brute(bank.tables, "first").spells
    given = list(_grades(bank))
    first = min(at for _c, at in given)
    hits = judged = timely = 0
    for c, at in given:
        mine = [s for s in spells.get(c, ()) if s[0] <= at]
        if not mine:
            continue
        over, event = mine[-1][1], mine[-1][2]
        if (over is not None and over <= at) or at + datetime.timedelta(90) > end:
            continue
        lead = (over - at).days if over is not None else None
        if lead is not None and lead <= 90 and not event:
            continue
        judged += 1
        hits += lead is not None and lead <= 90
        timely += lead is not None and 7 <= lead <= 90
    leads, gone = [], 0
    for c, listed in spells.items():
        for begun, over, event in listed:
            if event and over is not None and max(first, bank_data.measurable[0]) <= over <= end:
                gone += 1
                before = [(over - at).days for d, at in given if d == c and begun <= at < over and (over - at).days <= 90]
                leads += [max(before)] if before else []
    found = scorecard(asked(bank_data)).whole
    assert judged > 10 and leads
    assert (found.precision.hits, found.precision.n, found.timely_precision.hits) == (hits, judged, timely)
    assert (found.recall.hits, found.recall.n) == (len(leads), gone)
    assert sorted(found.leads) == sorted(leads)


def test_the_parts_add_up_to_the_whole(bank_data):
    found = scorecard(asked(bank_data), "branch_id")
    for parts in (found.by_level, found.by_source, found.by_grade, found.by_month):
        assert sum(p.precision.n for p in parts.values()) == found.whole.precision.n
        assert sum(p.precision.hits for p in parts.values()) == found.whole.precision.hits
        assert sum(p.n_alerts for p in parts.values()) == found.whole.n_alerts
    assert sum(p.recall.n for p in found.by_level.values()) == found.whole.recall.n


def test_departures_announced_are_told_by_the_month_of_the_departure(t4):
    found = scorecard(asked(t4, definition="close"))
    by, whole = found.announced_by_month, found.whole.recall
    assert (sum(s.hits for s in by.values()), sum(s.n for s in by.values())) == (whole.hits, whole.n)
    assert {m.month for m in by} <= {int(d[5:7]) for d in CLOSED.values()}
    assert (by[datetime.date(2024, 2, 1)].hits, by[datetime.date(2024, 2, 1)].n) == (1, 1)
    assert (by[datetime.date(2024, 3, 1)].hits, by[datetime.date(2024, 3, 1)].n) == (1, 3)
