"""The dimension tier is the tier in force by the rule in force, on every page and in every verb: METHODS B3."""

import datetime
import importlib.util
import pathlib

import polars as pl
import pytest

from churn_dash.contract.definitions import Settings, TierDown
from churn_dash.contract.tiers import FLOORS
from churn_dash.intake.typed import extract_of
from churn_dash.measures import Filters, Period, dimensions, measure
from churn_dash.measures.movement.tiers import migration
from churn_dash.risk.rows.panel_tables import panel
from churn_dash.segments import members
from churn_dash.segments.lists.history import history
from churn_dash.store import Dataset, Workspace, publish, shifted
from tests.asking import ALL, asked

_spec = importlib.util.spec_from_file_location("brute", pathlib.Path(__file__).with_name("brute.py"))
brute = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(brute)
D = datetime.date
TIERS = tuple(FLOORS)
NAMES = ["customers", "customers_lost", "customers_new", "aum_start", "aum_lost"]


@pytest.fixture(scope="module")
def by_rule(bank_workspace):
    """The invented bank under the rule of Bohai, the same with one month of grace, and the rule of CCB."""
    ds = bank_workspace.dataset()
    settings = {"bohai": Settings(), "one month": Settings(tier_down=TierDown("bohai", 1)), "ccb": Settings(tier_down=TierDown("ccb"))}
    return {name: Dataset(ds.root, ds.info, found).prepared() for name, found in settings.items()}


def counts(rows, column="tier"):
    return {str(r[column]): r["customers"] for r in rows.to_dicts() if r["customers"]}


@pytest.mark.parametrize("rule", ["bohai", "one month", "ccb"])
def test_the_tiers_page_and_the_dimension_count_the_same_customers(by_rule, rule):
    ds = by_rule[rule]
    months = ds.measurable
    for where in ((), (("gender", ("F",)),), (("tier", ("gold", "platinum")),)):
        for period in (Period(months[3], months[3]), Period(months[2], months[-3]), Period(months[-12], months[-1])):
            found = migration(asked(ds, filters=Filters(where), period=period))
            start = found.cells.group_by("start").agg(pl.sum("n"))
            want = counts(measure(asked(ds, filters=Filters(where), period=period, definition=found.definition), ["customers"], ["tier"]))
            assert dict(start.iter_rows()) == want


@pytest.mark.parametrize("rule", ["bohai", "one month", "ccb"])
def test_in_no_month_is_anybody_downgraded_from_the_lowest_tier(by_rule, rule):
    rows = measure(asked(by_rule[rule], definition="tier_down"), ["customers", "customers_lost"], ["month", "tier"])
    lost = dict(rows.group_by(pl.col("tier").cast(pl.String)).agg(pl.sum("customers_lost")).iter_rows())
    assert lost.pop("mass") == 0 and min(lost["affluent"], lost["gold"]) > 0


def test_over_a_year_only_who_rose_first_falls_from_the_lowest_tier(bank, bank_data):
    loop = brute.Brute(bank.tables, "tier_down")
    months = bank_data.measurable
    period = Period(months[-12], months[-1])
    before, last = period.start - brute.ONE, brute.end_of(period.end)
    lowest = {c for c in loop.ids if loop.tiers(c).get(shifted(period.start, -1)) == 0}
    gone = {c for c in lowest if any(a <= before < b and event and b <= last for a, b, event in loop.spells[c])}
    assert all(max(t for m, t in loop.tiers(c).items() if m in months[-12:]) > 0 for c in gone)
    row = measure(asked(bank_data, filters=Filters((("tier", ("mass",)),)), period=period, definition="tier_down"), ["customers_lost"])
    assert row["customers_lost"][0] == len(gone)


def test_month_by_month_a_fall_counts_under_the_tier_held_before_it(bank, bank_data):
    loop = brute.Brute(bank.tables, "tier_down")
    months = bank_data.measurable
    want = dict.fromkeys(TIERS, 0)
    for c in loop.ids:
        falls = {b.replace(day=1) for _a, b, event in loop.spells[c] if event} & set(months)
        for month in falls:
            held = loop.tiers(c).get(shifted(month, -1))
            if held is not None:
                assert held > 0
                want[TIERS[held]] += 1
    rows = measure(asked(bank_data, period=Period(months[0], months[-1]), definition="tier_down"), ["customers_lost"], ["month", "tier"])
    got = dict(rows.drop_nulls("tier").group_by(pl.col("tier").cast(pl.String)).agg(pl.sum("customers_lost")).iter_rows())
    assert {t: got.get(t, 0) for t in TIERS} == want and sum(want.values()) > 30


@pytest.mark.parametrize("definition", ["first", "tier_down"])
def test_every_tier_agrees_with_a_plain_loop(bank, bank_data, definition):
    loop = brute.Brute(bank.tables, definition)
    tiers = {c: loop.tiers(c) for c in loop.ids}
    months = bank_data.measurable
    for period in (Period(months[0], months[0]), Period(months[5], months[7]), Period(months[-12], months[-1])):
        rows = measure(asked(bank_data, period=period, definition=definition), NAMES, ["tier"])
        seen = 0
        for row in rows.drop_nulls("tier").to_dicts():
            rank = TIERS.index(row["tier"])
            there = {c for c in loop.ids if tiers[c].get(shifted(period.start, -1)) == rank}
            want = loop.figures(period.start, period.end, there)
            got = (row["customers"], row["customers_lost"])
            assert got == (want["active_at_start"], want["churned"])
            assert row["aum_lost"] == pytest.approx(want["aum_start_churned"], rel=1e-9)
            seen += row["customers"]
        unknown = rows.filter(pl.col("tier").is_null())["customers"].sum()
        assert seen + unknown == loop.figures(period.start, period.end)["active_at_start"]


def test_the_tier_of_the_extract_stays_a_dimension_of_its_own(bank, bank_data):
    assert dimensions(bank_data)["tier_stated"].label == "Tier in the extract"
    period = Period(bank_data.measurable[-1], bank_data.measurable[-1])
    loop = brute.Brute(bank.tables, "first")
    want: dict[str, int] = {}
    for c in loop.ids:
        if loop.active(c, period.start - brute.ONE):
            earlier = [m for m in loop.rows[c] if m < period.start]
            name = loop.rows[c][max(earlier)]["tier"] if earlier else "None"
            want[name] = want.get(name, 0) + 1
    assert counts(measure(asked(bank_data, period=period), ["customers"], ["tier_stated"]), "tier_stated") == want
    assert counts(measure(asked(bank_data, period=period), ["customers"], ["tier"])) != want


def place(tmp_path, rows, name="w"):
    workspace = Workspace.create(tmp_path / name)
    publish(workspace, extract_of({"customer_month": pl.DataFrame(rows)}, name))
    return workspace.dataset()


def rows_of(**columns):
    months = [D(2024, m, 1) for m in range(1, 7)]
    return [
        {"customer_id": c, "month": m, "aum_end": 400e3, "txn_count": 1} | {k: v[i] for k, v in columns.items()}
        for c in ("A", "B", "C", "D")
        for i, m in enumerate(months)
    ]


@pytest.mark.parametrize("columns", [{}, {"aum_avg": [None] * 6}])
def test_without_month_average_balances_the_tier_is_that_of_the_extract_and_says_so(tmp_path, columns):
    ds = place(tmp_path, pl.DataFrame(rows_of(tier=["gold", "gold", "mass", "mass", "gold", "gold"], **columns), strict=False,
                                      schema_overrides=dict.fromkeys(columns, pl.Float64)))  # fmt: skip
    tier = dimensions(ds)["tier"]
    assert tier.label == "Tier in the extract" and "tier_stated" not in dimensions(ds)
    found = measure(asked(ds), ["customers"], ["month", "tier"])
    assert found["tier"].cast(pl.String).to_list() == ["gold", "gold", "mass", "mass", "gold"]


def test_a_list_that_states_no_tier_has_tiers_by_balances(tmp_path):
    ds = place(tmp_path, rows_of(aum_avg=[350e3, 280e3, 270e3, 260e3, 320e3, 320e3]))
    found = measure(asked(ds), ["customers"], ["month", "tier"])
    assert found["tier"].cast(pl.String).to_list() == ["gold", "gold", "gold", "gold", "affluent"], "METHODS B3, at the start of each month"


def test_the_first_tier_is_the_stated_one_in_the_words_of_the_bank(tmp_path):
    ds = place(tmp_path, rows_of(aum_avg=[280e3] * 6, tier=["金卡"] * 6))
    found = measure(asked(ds), ["customers"], ["month", "tier"])
    assert found["tier"].cast(pl.String).to_list() == ["gold", "gold", "gold", "affluent", "affluent"]


def test_what_a_list_states_later_is_not_known_before(tmp_path):
    ds = place(tmp_path, rows_of(aum_avg=[280e3] * 6, tier=[None, None, "platinum", "platinum", "platinum", "platinum"]))
    assert counts(measure(asked(ds), ["customers"], ["tier"])) == {"affluent": 4}


def test_the_page_of_a_customer_shows_the_tier_in_force(bank, bank_data):
    loop = brute.Brute(bank.tables, "first")
    someone = members(asked(bank_data)).filter(~members(asked(bank_data))["left"])["customer_id"][:20]
    changed = 0
    for c in someone:
        found, want = history(bank_data, c, scope=ALL), loop.tiers(c)
        assert found.months["tier"].to_list() == [TIERS[want[m]] for m in found.months["month"]]
        assert found.now["tier"] == found.months["tier"][-1]
        changed += found.months["tier"].to_list() != [loop.rows[c][m]["tier"] for m in found.months["month"] if m in loop.rows[c]]
    assert changed


def test_the_models_see_the_tier_as_it_was_known(bank, bank_data, tmp_path):
    """Months to come change no tier that a model learns from; a month that came late makes it unknown."""

    def months(ds: Dataset) -> pl.DataFrame:
        return panel(ds, "first")[0].held.con.sql("select customer_id, month, tier, available_ts from known_months").pl()

    whole = months(bank_data)
    cut = bank_data.months[-5]
    tables = dict(bank.tables) | {"customer_month": bank.tables["customer_month"].filter(pl.col("month") <= cut)}
    workspace = Workspace.create(tmp_path)
    publish(workspace, extract_of(tables, "cut"))
    earlier = months(workspace.dataset())
    both = earlier.join(whole, on=["customer_id", "month"], suffix="_whole")
    assert both.height > 1_000 and both["tier"].equals(both["tier_whole"])
    assert set(whole["tier"].drop_nulls()) <= set(FLOORS)

    one = bank.tables["customer_month"]["customer_id"][0]
    month = bank.tables["customer_month"].filter(pl.col("customer_id") == one)["month"].sort()[2]
    late = (pl.col("customer_id") == one) & (pl.col("month") == month)
    stamp = pl.col("month").dt.month_end().dt.offset_by("5d")
    rows = bank.tables["customer_month"].with_columns(pl.when(late).then(stamp.dt.offset_by("3mo")).otherwise(stamp).alias("available_ts"))
    publish(other := Workspace.create(tmp_path / "late"), extract_of(dict(bank.tables) | {"customer_month": rows}, "late"))
    found = months(other.dataset()).filter(pl.col("customer_id") == one).sort("month")
    known = dict(found.select("month", "tier").iter_rows())
    assert known[shifted(month, -1)] is not None and known[shifted(month, 1)] is None
    # The late month's own row is not read at all before it arrives.
    assert dict(found.select("month", "available_ts").iter_rows())[month] > shifted(month, 3)
    assert known[shifted(month, 4)] is not None
