"""Customers on watch for a downgrade: METHODS B3 (T3) month by month, the notice to each, and a second way on the invented bank."""

import datetime
import importlib.util
import pathlib

import polars as pl
import pytest

from churn_dash.care import care_list
from churn_dash.care.notices import notice
from churn_dash.contract.tiers import FLOORS, TIER_RULES
from churn_dash.intake.typed import extract_of
from churn_dash.store import Workspace, month_end, publish, shifted
from tests.asking import asked

_SPEC = importlib.util.spec_from_file_location("brute_of_watch", pathlib.Path(__file__).resolve().parents[1] / "measures" / "brute.py")
brute = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(brute)

D = datetime.date
WORDS = {t: t.title() for t in FLOORS}
BOHAI = (350, 280, 270, 260, 320, 320)
CCB = (350, 280, 270, 260, 255, 250, 240, 240)


def built(root, paths, ends=None):
    """Customers with these month-average balances (k) from January 2024 on; ``ends``: their balances at month ends."""
    rows = [
        {"customer_id": c, "month": D(2024, i + 1, 1), "aum_avg": x * 1e3, "aum_end": (ends or {}).get(c, path)[i] * 1e3, "txn_count": 1}
        for c, path in paths.items()
        for i, x in enumerate(path)
    ]
    workspace = Workspace.create(root)
    publish(workspace, extract_of({"customer_month": pl.DataFrame(rows)}, "watch"))
    return workspace.dataset()


@pytest.fixture(scope="module")
def worked(tmp_path_factory):
    steady = {f"S{i}": (400,) * 8 for i in range(5)}
    return built(
        tmp_path_factory.mktemp("t3") / "w", {"B": (*BOHAI, 320, 320), "C": CCB, "T": (7000, *(5000,) * 7), "N": (329,) * 8, **steady}
    )


def row(ds, customer, month, rule):
    found = care_list(asked(ds), "near_downgrade", month_end(D(2024, month, 1)), rule=rule).rows.filter(pl.col("customer_id") == customer)
    return found.row(0, named=True) if found.height else None


def test_bohai_watches_from_february_to_april_and_falls_in_may(worked):
    assert row(worked, "B", 1, "bohai") is None
    for month, watch, gap, left in ((2, 1, 20e3, 2), (3, 2, 30e3, 1), (4, 3, 40e3, 0)):
        r = row(worked, "B", month, "bohai")
        assert (r["own_tier"], r["months_on_watch"], r["gap"], r["months_left"]) == ("gold", watch, gap, left)
        assert (r["falls_on"], r["falls_to"]) == (D(2024, 5, 1), "affluent")
        assert r["last_chance"] == (D(2024, 4, 1) if left else None)
    may = row(worked, "B", 5, "bohai")
    assert may is None, "affluent with 320, far above its threshold"
    june = row(worked, "B", 6, "bohai")
    assert june["own_tier"] == "gold" and not june["on_watch"] and june["gap"] == -20e3, "up again in the month after; near"


def test_ccb_watches_from_the_fourth_month_and_falls_to_the_tier_of_the_highest(worked):
    assert all(row(worked, "C", month, "ccb") is None for month in (2, 3, 4))
    for month, watch, left in ((5, 1, 2), (6, 2, 1), (7, 3, 0)):
        r = row(worked, "C", month, "ccb")
        assert (r["months_on_watch"], r["months_left"], r["falls_on"], r["falls_to"]) == (watch, left, D(2024, 8, 1), "affluent")
    assert row(worked, "C", 8, "ccb") is None


def test_ccb_remembers_the_highest_month_of_the_run_and_no_earlier_one(tmp_path):
    low_then = (1_500, 900, 1_200, 200, 200, 200, 310, 200)
    ds = built(tmp_path / "w", {"A": low_then, **{f"S{i}": (400,) * 8 for i in range(3)}})
    r = row(ds, "A", 7, "ccb")
    assert (r["own_tier"], r["months_on_watch"], r["falls_to"]) == ("platinum", 1, "gold"), "310, not the 900 before the watch was cleared"


def test_the_highest_tier_has_six_months(worked):
    r = row(worked, "T", 2, "bohai")
    assert (r["own_tier"], r["months_on_watch"], r["months_left"], r["falls_on"]) == ("private", 1, 5, D(2024, 8, 1))


def test_near_is_at_most_ten_percent_above_and_never_the_lowest_tier(tmp_path):
    ends = {"A": 330, "B": 330.1, "C": 300, "D": 54, "E": 3, "F": 299.9}
    ds = built(tmp_path / "w", {c: (400 if c != "D" else 60, x, x) if c != "E" else (3, 3, 3) for c, x in ends.items()})
    found = care_list(asked(ds), "near_downgrade").rows
    assert sorted(found["customer_id"]) == ["A", "C", "D", "F"]
    assert found.filter("on_watch")["customer_id"].to_list() == ["F"] and found["customer_id"][0] == "F"


@pytest.mark.parametrize(
    ("month", "end", "says"),
    [
        (2, 285, "averaged ¥280,000 last month, below the ¥300,000 of Gold. Bring ¥15,000 back by 2024-04-01"),
        (2, 310, "are above it again now. Keep them there, through the month that begins on 2024-04-01 at the latest, and you stay Gold"),
        (4, 250, "from 2024-05-01 you will be Affluent and lose the services of Gold. Bring ¥50,000 back"),
        (4, 305, "from 2024-05-01 you will be Affluent. They are above it again now"),
    ],
)
def test_the_notice_says_what_is_lost_how_much_to_bring_and_until_when(tmp_path, month, end, says):
    path = BOHAI[:month]
    ds = built(tmp_path / "w", {"B": path, **{f"S{i}": (400,) * month for i in range(3)}}, {"B": (*path[:-1], end)})
    r = row(ds, "B", month, "bohai")
    assert says in str(notice(r, WORDS))
    assert notice(row(ds, "S0", month, "bohai") or {"on_watch": False}, WORDS) is None


@pytest.mark.parametrize("rule", TIER_RULES)
def test_the_watch_list_a_second_way(bank_data, bank, rule):
    """The rule read aloud, one customer at a time."""
    r, names, floors = TIER_RULES[rule], list(FLOORS), list(FLOORS.values())

    def level(x):
        return max(i for i, floor in enumerate(floors) if x >= floor or i == 0)

    last, whole = bank_data.months[-1], brute.Brute(bank.tables, "first")
    want = {}
    for (c,), rows in bank.tables["customer_month"].sort("month").group_by("customer_id", maintain_order=True):
        tier, run = names.index(rows["tier"][0]), []
        for x in rows.iter_rows(named=True):
            tier = max(tier, level(x["aum_avg"])) if r.up_at_once else tier
            run = [*run, x["aum_avg"]] if level(x["aum_avg"]) < tier else []
            grace = r.top_months if tier == len(names) - 1 else r.months
            if x["month"] == last and len(run) >= r.watched_from:
                falls = level(max(run) if r.to == "max" else run[-1])
                want[c] = (
                    names[tier],
                    len(run) - r.watched_from + 1,
                    shifted(last, grace - len(run) + 1),
                    names[falls],
                    floors[tier] - run[-1],
                )
            if len(run) >= grace:
                tier, run = level(max(run) if r.to == "max" else run[-1]), []
            else:
                tier = max(tier, level(x["aum_avg"]))
    found = care_list(asked(bank_data), "near_downgrade", rule=rule).rows.filter("on_watch")
    got = {x["customer_id"]: (x["own_tier"], x["months_on_watch"], x["falls_on"], x["falls_to"]) for x in found.to_dicts()}
    active = {c for c in want if whole.active(c, month_end(last))}
    assert got == {c: w[:4] for c, w in want.items() if c in active} and got
    assert all(x["gap"] == pytest.approx(want[x["customer_id"]][4]) for x in found.to_dicts())
