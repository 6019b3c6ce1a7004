"""A bank's own tier thresholds and averages: everything that speaks of tiers, against a plain loop over the rows."""

import calendar
import datetime
import json

import polars as pl
import pytest

from churn_dash import sample
from churn_dash.access import Scope
from churn_dash.care import care_list
from churn_dash.care.standing import standing
from churn_dash.contract.definitions import Settings, with_settings
from churn_dash.contract.tiers import TierDown, floors_of
from churn_dash.errors import BadInput
from churn_dash.intake.typed import extract_of
from churn_dash.measures import Filters, measure, tag
from churn_dash.measures.lab import compare_definitions
from churn_dash.measures.movement.tiers import MOVES, migration
from churn_dash.segments.groups import service_tiers
from churn_dash.segments.groups.starters import next_month
from churn_dash.segments.lists.history import history
from churn_dash.segments.portrait.tier_standing import tier_standing
from churn_dash.store import Dataset, Workspace, freeze, month_end, publish, shifted
from tests.asking import asked

ALL = ("mass", "affluent", "gold", "platinum", "private")
OWN = (("affluent", 20_000.0), ("gold", 90_000.0), ("platinum", 400_000.0), ("private", 1_500_000.0))
TWO = (("gold", 60_000.0), ("platinum", 250_000.0))
GRACE = {"bohai": (3, 6, 1), "ccb": (6, 6, 4)}
"""Months below the tier, those below the highest, and the month from which a customer is on watch: METHODS B3."""
CASES = {
    "four tiers": TierDown("bohai", 0, OWN),
    "over 30 days": TierDown("bohai", 0, OWN, "30"),
    "two tiers over 30 days": TierDown("ccb", 0, TWO, "30"),
}


@pytest.fixture(scope="module")
def tables():
    return sample.generate(5, 400, 14).tables


@pytest.fixture(scope="module")
def place(tables, tmp_path_factory):
    workspace = Workspace.create(tmp_path_factory.mktemp("floors"))
    publish(workspace, extract_of(tables, "bank"))
    return workspace.dataset()


@pytest.fixture(scope="module", params=CASES)
def case(request, place):
    own = CASES[request.param]
    return Dataset(place.root, place.info, Settings(tier_down=own)).prepared(), own


def counted(row, own):
    days = calendar.monthrange(row["month"].year, row["month"].month)[1]
    return row["aum_avg"] * (days / 30 if own.divisor == "30" else 1)


def walked(rows, own, rule):
    """Month → (tier, months on watch, the averages below in a row) of one customer's rows, ascending, whose first states a tier."""
    floors = {"mass": 0.0, **dict(own.floors)}
    names, (months, top, watched_from) = list(floors), GRACE[rule]

    def level(x):
        return max((n for n in names if floors[n] <= x), key=names.index, default="mass")

    stated = ALL.index(rows[0]["tier"])
    following, below, found = max((n for n in names if ALL.index(n) <= stated), key=names.index), [], {}
    for row in rows:
        tier, x = following, counted(row, own)
        if rule == "ccb" and names.index(level(x)) > names.index(tier):
            tier = level(x)
        below = [*below, x] if names.index(level(x)) < names.index(tier) else []
        found[row["month"]] = (tier, max(len(below) - watched_from + 1, 0), list(below))
        if len(below) >= (top if tier == names[-1] else months):
            following, below = level(max(below) if rule == "ccb" else x), []
        else:
            following = max(tier, level(x), key=names.index)
    return found


def paths(tables, own, rule):
    by_customer = {}
    for row in tables["customer_month"].sort("customer_id", "month").iter_rows(named=True):
        assert row["aum_avg"] is not None
        by_customer.setdefault(row["customer_id"], []).append(row)
    return {c: walked(rows, own, rule) for c, rows in by_customer.items()}


@pytest.mark.parametrize("rule", ["bohai", "ccb"])
def test_the_tier_in_force_and_the_watch_of_every_month_agree_with_a_plain_loop(case, tables, rule):
    ds, own = case
    names = ["mass", *dict(own.floors)]
    got = ds.cursor().execute(f"select customer_id, month, tier_{rule}, watch_{rule} from months where watch_{rule} is not null").fetchall()
    want = {(c, m): step[:2] for c, steps in paths(tables, own, rule).items() for m, step in steps.items()}
    assert {(c, m): (names[t], w) for c, m, t, w in got} == want
    assert len({t for t, _w in want.values()}) > 2 and any(w for _t, w in want.values())


def test_tier_groups_add_up_to_everybody_and_are_those_of_the_loop(case, tables):
    ds, own = case
    found = migration(asked(ds))
    whole = measure(asked(ds, period=found.period, definition=found.definition), ["customers"])["customers"][0]
    assert found.cells["n"].sum() == whole
    assert sum(found.share(m).k for m in MOVES) == found.share("down").n > 20
    rows = measure(asked(ds, period=found.period, definition=found.definition), ["customers"], ["tier"])
    assert rows["customers"].sum() == whole
    started = dict(found.cells.group_by("start").agg(pl.sum("n")).iter_rows())
    assert started == {str(r["tier"] or "unknown"): r["customers"] for r in rows.iter_rows(named=True) if r["customers"]}
    last = paths(tables, own, own.rule)
    before = shifted(found.period.start, -1)
    for row in rows.drop_nulls("tier").iter_rows(named=True):
        there = Filters((("tier", (row["tier"],)),))
        one = measure(asked(ds, filters=there, period=found.period, definition=found.definition), ["customers"])
        assert one["customers"][0] == row["customers"] <= sum(p.get(before, ("",))[0] == row["tier"] for p in last.values())
    assert set(found.matrix["start"]) | set(found.matrix["end"]) <= {"mass", *dict(own.floors), "lost"}


def test_the_watch_list_is_that_of_the_loop_with_its_thresholds(case, tables):
    ds, own = case
    month = next(m for m in reversed(ds.months) if calendar.monthrange(shifted(m, 1).year, shifted(m, 1).month)[1] != 30)
    after, day = shifted(month, 1), month_end(month)
    people = set(standing(asked(ds), day).people["customer_id"])
    floors = {"mass": 0.0, **dict(own.floors)}
    rows = {r["customer_id"]: r for r in tables["customer_month"].filter(pl.col("month") == month).iter_rows(named=True)}
    want = {}
    for c, path in paths(tables, own, own.rule).items():
        if c not in people or c not in rows:
            continue
        tier, watch, below = path[month]
        x = counted(rows[c], own)
        if not watch and not (floors[tier] and floors[tier] <= x <= 1.1 * floors[tier]):
            continue
        share = calendar.monthrange(after.year, after.month)[1] / 30 if own.divisor == "30" else 1
        to = max(below) if own.rule == "ccb" and watch else x
        lower = max((n for n in floors if floors[n] <= to), key=list(floors).index)
        brought = max(floors[tier] / share - rows[c]["aum_end"], 0.0)
        want[c] = (tier, x, floors[tier], watch or None, lower if watch else None, brought if watch else None)
    got = care_list(asked(ds), "near_downgrade", day).rows
    shown = ("own_tier", "average", "threshold", "months_on_watch", "falls_to", "to_bring")
    assert set(got["customer_id"]) == set(want) and len(want) > 10
    for row in got.iter_rows(named=True):
        assert tuple(row[c] for c in shown) == want[row["customer_id"]]
        assert row["gap"] == pytest.approx(row["threshold"] - row["average"], abs=1e-6)


def test_a_customers_own_page_says_the_same(case, tables):
    ds, own = case
    month, seen = ds.months[-1], 0
    floors = {"mass": 0.0, **dict(own.floors)}
    for c, path in list(paths(tables, own, own.rule).items())[:120]:
        found = tier_standing(ds, c)
        if month not in path:
            assert found is None
            continue
        tier, watch, _below = path[month]
        above = list(floors)[list(floors).index(tier) + 1] if tier != list(floors)[-1] else None
        assert (found.tier, found.watch, found.threshold, found.next_tier) == (tier, watch, floors[tier], above)
        assert found.to_next == (pytest.approx(max(floors[above] - found.balance, 0.0)) if above else None)
        assert history(ds, c, scope=Scope.everything()).months["tier"].to_list() == [path[m][0] for m in sorted(path)]
        seen += 1
    assert seen > 60


def test_the_lab_finds_the_usual_thresholds_again_in_data_derived_with_others(case, place):
    ds, _own = case
    found = compare_definitions(asked(ds), with_settings(Settings())).of("tier_down").heads
    assert (found.n, found.of) == measure(asked(place, definition="tier_down"), ["customers_lost", "customers"]).select(
        "customers_lost", "customers"
    ).row(0)


def test_kinds_of_service_and_core_customers_go_by_the_same_tiers(case, tables):
    ds, own = case
    kinds = {"private": "high", "platinum": "high", "gold": "middle", "affluent": "middle", "mass": "small"}
    last = paths(tables, own, own.rule)
    month = ds.months[-1]
    got = dict(service_tiers.assigned(ds, next_month(ds), None, Scope.everything()).iter_rows())
    assert all(got[c] == kinds[last[c][month][0]] for c in got if month in last[c]) and len(got) > 100
    rows = standing(asked(ds)).people
    known = {c: last[c][month][0] for c in rows["customer_id"] if month in last[c]}
    core = dict(rows.select("customer_id", "core").iter_rows())
    before = dict(rows.select("customer_id", "tier").iter_rows())
    assert all(core[c] == (ALL.index(before[c]) >= ALL.index("gold")) for c in known if before[c] is not None)


def test_without_tiers_kinds_and_core_customers_go_by_the_banks_thresholds(tmp_path):
    rows = pl.DataFrame({"customer_id": list("abcd"), "month": [datetime.date(2024, 1, 1)] * 4, "aum_end": [10e3, 70e3, 300e3, 2e6]})
    workspace = Workspace.create(tmp_path / "w")
    publish(workspace, extract_of({"customer_month": rows}, "list"))
    ds = workspace.dataset()
    own = Dataset(ds.root, ds.info, Settings(tier_down=TierDown(floors=TWO)))
    for one, kinds, near, core in ((ds, "small middle middle high", "c", "cd"), (own, "small middle high high", "", "bcd")):
        assert dict(service_tiers.assigned(one, None, None, Scope.everything()).iter_rows()) == dict(
            zip("abcd", kinds.split(), strict=True)
        )
        found = one.cursor().execute("select p.customer_id from month_rows m join people p on p.c = m.c where m.near_downgrade").fetchall()
        assert "".join(c for (c,) in found) == near
        assert "".join(sorted(standing(asked(one)).people.filter("core")["customer_id"])) == core
    assert service_tiers.least({"mass": 0.0, "affluent": 5e4}) == (float("inf"), 5e4)


def test_the_worked_average_of_a_month_of_31_days():
    rule = TierDown("ccb", divisor="30").applied
    assert round(100 * rule.counted(31), 2) == 103.33 and 100 * TierDown("ccb").applied.counted(31) == 100.0


@pytest.mark.parametrize(
    ("floors", "sentence"),
    [
        ({"gold": "x"}, "A tier threshold is an amount of CNY, such as 300000; x is none."),
        ({"gold": "nan"}, "A tier threshold is an amount of CNY, such as 300000; nan is none."),
        ({"silver": 5}, "No tier with a threshold is called silver; there are: affluent, gold, platinum, private."),
        ({"mass": 5}, "No tier with a threshold is called mass; there are: affluent, gold, platinum, private."),
        ({}, "Tiers want at least one threshold above the lowest tier."),
        ({"gold": "", "private": None}, "Tiers want at least one threshold above the lowest tier."),
        ({"gold": -1}, "A tier threshold lies above 0 and is at most a trillion CNY; that of Gold is -1."),
        ({"gold": 0}, "A tier threshold lies above 0 and is at most a trillion CNY; that of Gold is 0."),
        ({"private": 5e4, "gold": 5e4}, "Tier thresholds ascend: Private banking from 50,000 must lie above Gold from 50,000."),
        ({"affluent": 5e5, "gold": 3e5}, "Tier thresholds ascend: Gold from 300,000 must lie above Affluent from 500,000."),
    ],
)
def test_thresholds_that_cannot_be_are_refused_in_one_sentence(floors, sentence):
    with pytest.raises(BadInput) as refused:
        Settings(tier_down=TierDown(floors=floors_of(floors)))
    assert str(refused.value) == sentence


def test_an_average_over_anything_else_is_refused():
    with pytest.raises(BadInput, match="Month averages of the tiers are over days, 30, not over 31"):
        Settings(tier_down=TierDown(divisor="31"))


def test_settings_on_record_come_back_and_older_ones_have_the_usual_thresholds():
    own = Settings(tier_down=TierDown("ccb", 2, TWO, "30"))
    again = json.loads(json.dumps(own.written(), sort_keys=True))
    assert Settings.read(again) == own and again["tier_down"]["floors"] == {"gold": 60_000.0, "platinum": 250_000.0}
    assert Settings.read({"tier_down": {"rule": "ccb", "months": 2}}) == Settings(tier_down=TierDown("ccb", 2))


def test_every_number_carries_the_thresholds_on_record(tables, tmp_path):
    workspace = Workspace.create(tmp_path / "w")
    publish(workspace, extract_of(tables, "bank"))
    usual, before = workspace.dataset(), migration(asked(workspace.dataset()))
    assert "tiers" not in str(tag(usual, "close")) + str(tag(usual, "tier_down"))
    since = freeze(workspace, "close", "Q3", Settings(tier_down=TierDown(floors=TWO, divisor="30"))).since
    ds = workspace.dataset()
    own = "tiers Gold ¥60,000, Platinum ¥250,000, tier averages over 30 days"
    assert str(tag(ds, "close")) == f"account closure, {own}, official as Q3 since {since}"
    assert str(tag(ds, "tier_down")) == f"tier downgrade, Bohai Bank, 3 months, {own}, not the official one (Q3)"
    assert tag(ds, "close").in_("zh").startswith("销户，等级门槛：金卡 60,000 元、白金 250,000 元，等级日均按 30 天计")
    assert ds._path != usual._path and migration(asked(ds)).cells.rows() != before.cells.rows()
