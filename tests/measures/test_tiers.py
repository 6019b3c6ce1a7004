"""Moves between tiers: the worked table of METHODS B3 (T3), and every figure a second way on the invented bank."""

import datetime

import polars as pl
import pytest

from churn_dash.access import Scope
from churn_dash.contract.tiers import FLOORS, TIER_RULES
from churn_dash.errors import NotFound, NotPossible
from churn_dash.intake.typed import extract_of
from churn_dash.measures import Filters, Period, measure
from churn_dash.measures.movement.tiers import MOVES, migration
from churn_dash.measures.statistics.intervals import wilson
from churn_dash.store import Workspace, publish
from tests.asking import asked

D = datetime.date
TIERS = tuple(FLOORS)
PERIOD = Period(D(2024, 2, 1), D(2024, 7, 1))
T3 = {"g1": "gold gold", "g2": "gold affluent", "g3": "gold mass", "g4": "gold lost", "w1": "affluent gold", "w2": "affluent affluent"}
T3 |= {"w3": "affluent mass", "m1": "mass mass", "m2": "mass affluent", "m3": "mass gold"}
K = {"gold": 400e3, "affluent": 60e3, "mass": 10e3, "lost": None}


def built(root, paths, closed=()):
    """A bank of customers with these month-average balances from January 2024 on; None: no row."""
    first = D(2024, 1, 1)
    months = [first.replace(month=i + 1) for i in range(max(len(p) for p in paths.values()))]
    rows = [
        {"customer_id": c, "month": m, "aum_avg": x, "aum_end": x, "txn_count": 3}
        for c, path in paths.items()
        for m, x in zip(months, path, strict=False)
        if x is not None
    ]
    accounts = [{"account_id": c, "customer_id": c, "open_date": D(2020, 1, 1), "close_date": dict(closed).get(c)} for c in paths]
    workspace = Workspace.create(root)
    publish(workspace, extract_of({"customer_month": pl.DataFrame(rows), "accounts": pl.DataFrame(accounts)}, "tiers"))
    return workspace.dataset()


@pytest.fixture(scope="module")
def worked(tmp_path_factory):
    """T3: everybody a month in the start tier, then in the end tier long enough for either rule."""
    paths = {c: [K[t.split()[0]]] + [K[t.split()[1]]] * 8 for c, t in T3.items()}
    return built(tmp_path_factory.mktemp("t3") / "w", paths, [("g4", D(2024, 2, 10))])


@pytest.mark.parametrize("rule", TIER_RULES)
def test_the_partition_of_t3(worked, rule):
    found = migration(asked(worked, period=Period(D(2024, 2, 1), D(2024, 8, 1)), definition="close"), rule=rule)
    shares = {move: found.share(move) for move in MOVES}
    assert {m: (s.k, s.n) for m, s in shares.items()} == {"down": (3, 7), "lost": (1, 7), "stay": (2, 7), "up": (1, 7)}
    assert round(100 * shares["down"].value, 2) == 42.86
    assert sum(s.value for s in shares.values()) == pytest.approx(1)
    assert found.share("down", stayers=True).value == 0.5
    assert found.fallen_two == 1 and found.unknown == 0
    assert shares["down"].interval == wilson(3, 7)
    counted = {(r["start"], r["end"]): r["n"] for r in found.matrix.to_dicts() if r["n"]}
    want = {}
    for path in T3.values():
        start, end = path.split()
        want[start, end] = want.get((start, end), 0) + 1
    assert counted == want
    assert found.matrix.group_by("start").agg(pl.col("share").sum())["share"].to_list() == pytest.approx([1] * 3)


def test_balances_are_weighed_as_they_stood_at_the_start(worked):
    found = migration(asked(worked, period=Period(D(2024, 2, 1), D(2024, 8, 1)), definition="close"))
    down = found.share("down", money=True)
    assert (down.k, down.n) == (400e3 * 2 + 60e3, 400e3 * 4 + 60e3 * 3)
    assert down.interval.low < down.value < down.interval.high <= 1


def test_bohai_keeps_the_tier_three_months_and_ccb_six(worked):
    early = Period(D(2024, 2, 1), D(2024, 4, 1))
    assert migration(asked(worked, period=early, definition="close"), rule="bohai").share("down").k == 0
    assert migration(asked(worked, period=Period(D(2024, 2, 1), D(2024, 5, 1)), definition="close"), rule="bohai").share("down").k == 3
    assert migration(asked(worked, period=Period(D(2024, 2, 1), D(2024, 7, 1)), definition="close"), rule="ccb").share("down").k == 0
    assert migration(asked(worked, period=early, definition="close"), rule="ccb").share("up").k == 1


def test_a_downgrade_is_no_departure_in_its_own_partition(worked):
    found = migration(asked(worked, period=Period(D(2024, 2, 1), D(2024, 8, 1)), definition="tier_down"))
    assert found.definition == "first" and found.share("down").k == 3


def test_who_has_no_known_tier_is_counted_and_in_no_share(tmp_path):
    nothing = float("nan")
    paths = {"A": [400e3] * 5, "B": [nothing] * 5, **{f"C{i}": [60e3] * 5 for i in range(10)}}
    ds = built(tmp_path / "w", paths)
    for rule in TIER_RULES:
        found = migration(asked(ds, period=Period(D(2024, 2, 1), D(2024, 5, 1)), definition="close"), rule=rule)
        assert found.unknown == 1 and found.share("stay").n == 11


@pytest.mark.parametrize("rule", TIER_RULES)
def test_who_is_missing_from_a_list_keeps_the_tier_in_force(tmp_path, rule):
    ds = built(tmp_path / "w", {"A": [400e3] * 5, "B": [400e3, None, None, 400e3, None], **{f"C{i}": [60e3] * 5 for i in range(10)}})
    found = migration(asked(ds, period=Period(D(2024, 2, 1), D(2024, 5, 1)), definition="close"), rule=rule)
    assert found.unknown == 0 and found.share("stay").k == found.share("stay").n == 12


def naive(tables, rule):
    """The partition of one customer at a time: the path read aloud, active at the start, left in the period."""
    names, floors = list(FLOORS), list(FLOORS.values())

    def level(x):
        return max(i for i, floor in enumerate(floors) if x >= floor or i == 0)

    found = {}
    for (c,), rows in tables["customer_month"].sort("month").group_by("customer_id", maintain_order=True):
        tier, run, at = None, [], {}
        for r in rows.iter_rows(named=True):
            x = r["aum_avg"]
            if x is not None:
                stated = names.index(r["tier"])
                tier = stated if tier is None else tier
                if rule.up_at_once:
                    tier = max(tier, level(x))
                at[r["month"]] = tier
                run = [*run, x] if level(x) < tier else []
                if len(run) >= (rule.top_months if tier == len(names) - 1 else rule.months):
                    tier, run = level(max(run) if rule.to == "max" else run[-1]), []
                else:
                    tier = max(tier, level(x))
            elif tier is not None:
                at[r["month"]] = tier
        found[c] = at
    return found


@pytest.mark.parametrize("rule", TIER_RULES)
def test_every_cell_a_second_way(bank_data, bank, rule):
    import importlib.util
    import pathlib

    spec = importlib.util.spec_from_file_location("brute_of_tiers", pathlib.Path(__file__).with_name("brute.py"))
    brute = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(brute)
    whole = brute.Brute(bank.tables, "first")
    paths, months = naive(bank.tables, TIER_RULES[rule]), whole.months
    for start, end in ((months[-12], months[-1]), (months[4], months[6])):
        before, last = start - brute.ONE, brute.end_of(end)
        want = {}
        for c in whole.ids:
            if not whole.active(c, before):
                continue
            gone = any(a <= before < b and event and b <= last for a, b, event in whole.spells[c])
            first = paths.get(c, {}).get(brute.next_month(start, -1))
            then = "lost" if gone else paths.get(c, {}).get(end)
            key = (TIERS[first] if first is not None else "unknown", TIERS[then] if isinstance(then, int) else then or "unknown")
            want[key] = want.get(key, 0) + 1
        found = migration(asked(bank_data, period=Period(start, end)), rule=rule)
        assert {(s, e): n for s, e, n in found.cells.select("start", "end", "n").iter_rows()} == want


def test_the_part_that_left_is_the_churn_of_the_same_customers(bank_data):
    found = migration(asked(bank_data))
    n = int(found.cells["n"].sum())
    row = measure(asked(bank_data), ["customers", "customers_lost"]).row(0, named=True)
    assert n == row["customers"]
    assert int(found.cells.filter(pl.col("end") == "lost")["n"].sum()) == row["customers_lost"]


def test_segments_add_up_to_the_whole_and_nobody_sees_other_branches(bank_data):
    whole = migration(asked(bank_data))
    parts = [migration(asked(bank_data, filters=Filters((("gender", (g,)),)))) for g in ("F", "M")]
    lost = sum(p.share("down").k for p in parts)
    assert lost <= whole.share("down").k
    branches = next(d for d in bank_data.dimensions if d.name == "branch_id").values
    split = [migration(asked(bank_data, scope=Scope(frozenset({b})))) for b in branches]
    assert sum(p.share("down").k for p in split) == whole.share("down").k
    empty = migration(asked(bank_data, scope=Scope(frozenset())))
    assert empty.share("down").value is None and empty.share("down").interval is None and empty.matrix.is_empty()


def test_what_cannot_be_told_is_a_sentence(bank_data, tmp_path):
    with pytest.raises(NotFound, match="nearest is bohai"):
        migration(asked(bank_data), rule="bohay")
    rows = [{"customer_id": "A", "month": D(2024, m, 1), "txn_count": 1} for m in (1, 2, 3)]
    workspace = Workspace.create(tmp_path / "bare")
    publish(workspace, extract_of({"customer_month": pl.DataFrame(rows)}, "bare"))
    with pytest.raises(NotPossible, match="month-average"):
        migration(asked(workspace.dataset()))
