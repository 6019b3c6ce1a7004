"""The customers behind a cell are exactly those whom the page's figure counts."""

import json
from dataclasses import replace

import polars as pl
import pytest

from churn_dash import behind
from churn_dash.access import Scope
from churn_dash.behind.words import cell_words
from churn_dash.causes import complaints, departures, followed, satisfaction, standing
from churn_dash.contract.calendar import shifted
from churn_dash.contract.definitions import Dormancy, with_settings
from churn_dash.errors import BadInput, NotFound
from churn_dash.measures import Filters, Period, last_12, measure
from churn_dash.measures.conditions.among import among
from churn_dash.measures.lab import compare_definitions
from churn_dash.measures.money.costs import concentration
from churn_dash.measures.money.held import lost
from churn_dash.measures.movement.growth import growth, steps
from churn_dash.measures.movement.product_churn import behind_products, product_churn
from churn_dash.measures.movement.product_measures import PRODUCT_MEASURES
from churn_dash.measures.movement.tiers import migration
from churn_dash.measures.tenure.hazard import band_name, departed
from churn_dash.measures.tenure.survival import survival
from churn_dash.segments.groups.lifecycle import lifecycle
from churn_dash.segments.groups.orientation import orientation
from churn_dash.segments.groups.rfm import rfm
from churn_dash.segments.groups.service_tiers import service_tiers
from churn_dash.segments.groups.tenths import Margin, value
from churn_dash.store import Workspace
from tests import asking

GOLD = Filters((("tier", ("gold",)),))


@pytest.fixture(scope="module")
def bank(modelled_copy):
    return Workspace.open(modelled_copy()).dataset()


def counts(ds, name, how="", filters=Filters()):  # noqa: B008
    return {c["cell"]: c["n"] for c in behind.cells(behind.people(asking.asked(ds, filters=filters), name, how))}


def told(rows, group, n):
    return {g: k for g, k in rows.select(group, n).iter_rows() if k and g is not None}


@pytest.mark.parametrize("filters", [Filters(), GOLD], ids=["everybody", "gold"])
def test_cells_hold_as_many_customers_as_the_pages_say(bank, filters):
    ds, question = bank, asking.asked(bank, filters=filters)
    d, f = departures(question), followed(question)
    assert counts(ds, "cause", filters=filters) == told(d.classes, "cause_class", "n")
    assert counts(ds, "reason", filters=filters) == told(d.reasons, "code", "n")
    assert counts(ds, "destination", filters=filters) == told(d.destinations, "destination", "n")
    assert counts(ds, "deficit", filters=filters) == told(d.deficits, "deficit", "n")
    assert counts(ds, "band", filters=filters) == told(f.bands, "group", "n")
    assert counts(ds, "nps", filters=filters) == told(f.classes, "group", "n")
    assert counts(ds, "answering", filters=filters) == told(f.answering, "group", "n")
    assert counts(ds, "loyalty", filters=filters) == told(standing(question).classes, "group", "n")
    assert counts(ds, "rfm_kind", filters=filters) == told(rfm(question).groups(), "group", "customers")
    assert counts(ds, "orientation", filters=filters) == told(orientation(question).groups(), "group", "customers")
    assert counts(ds, "tenth", filters=filters) == told(value(question).tenths(), "group", "customers")
    assert counts(ds, "service", filters=filters) == told(service_tiers(question).groups(), "group", "customers")
    grid = rfm(question).grid("r", "f").drop_nulls(["r", "f"])
    assert counts(ds, "rfm", "rf", filters) == {f"{r}-{c}": n for r, c, n in grid.select("r", "f", "customers").iter_rows()}
    moves = lifecycle(question).transitions()
    assert counts(ds, "stage_move", filters=filters) == {f"{b}>{a}": n for b, a, n in moves.select("before", "after", "n").iter_rows() if n}
    cells = migration(question).cells
    assert counts(ds, "tier_move", filters=filters) == {f"{s}>{e}": n for s, e, n in cells.select("start", "end", "n").iter_rows()}
    lab = compare_definitions(asking.asked(ds, filters=filters), with_settings(ds.settings))
    assert counts(ds, "overlap", filters=filters) == {"+".join(o.names): o.n for o in lab.overlaps}
    assert (
        counts(ds, "left", filters=filters)["left"] == measure(asking.asked(ds, filters=filters), ["customers_lost"])["customers_lost"][0]
    )


@pytest.mark.parametrize("moved", [False, True], ids=["in force", "moved"])
def test_the_headline_of_a_year_before_holds_those_whom_each_definition_would_have_lost(bank, moved):
    settings = replace(bank.settings, dormancy=Dormancy(90, 5_000.0, 30)) if moved else bank.settings
    half = Period(shifted(bank.measurable[-1], -5), bank.measurable[-1])
    lab = compare_definitions(asking.asked(bank, period=half), with_settings(settings))
    wanted = {j.name: j.before.n for j in lab.judged if j.before.n}
    rows = behind.people(asking.asked(bank, period=half), "lost_before", json.dumps(settings.written()) if moved else "")
    assert len(wanted) > 2 and dict(rows.group_by("cell").len().iter_rows()) == wanted
    assert behind.people(asking.asked(bank), "lost_before").is_empty(), "a year before the last twelve months the data had not begun"


@pytest.mark.parametrize("filters", [Filters(), GOLD], ids=["everybody", "gold"])
def test_the_steps_of_growth_add_up_to_its_counts(bank, filters):
    row = growth(asking.asked(bank, filters=filters), ()).row(0, named=True)
    summed = dict(steps(asking.asked(bank, filters=filters)).group_by("step").agg(pl.col("times").sum()).iter_rows())
    for name in (
        "start",
        "new",
        "returned",
        "lost",
        "lost_voluntary",
        "lost_involuntary",
        "lost_unexplained",
        "moved_out",
        "moved_in",
        "end",
    ):
        assert summed.get(name, 0) == row[name], name


@pytest.mark.parametrize("filters", [Filters(), GOLD], ids=["everybody", "gold"])
def test_cells_of_bars_waves_and_curves_hold_whom_their_figures_count(bank, filters):
    ds = bank
    lost = {n: measure(asking.asked(ds, filters=filters, definition=n), ["customers_lost"])["customers_lost"][0] for n in ds.definitions}
    assert counts(ds, "lost_by", filters=filters) == {n: k for n, k in lost.items() if k} and len(lost) > 3
    gone, pace = departed(asking.asked(ds, filters=filters)), survival(asking.asked(ds, filters=filters, period=last_12(ds)), None).pace
    events = {band_name(p.start, p.end): p.events for p in pace if p.events}
    assert dict(gone.group_by("band").len().iter_rows()) == events and sum(events.values()) > 10
    assert set(behind.people(asking.asked(ds, filters=filters), "age_left", "")["cell"]) == set(events)
    for figure in ("csat", "nps"):
        waves = satisfaction(asking.asked(ds, filters=filters, period=Period(ds.measurable[0], ds.measurable[-1]))).waves
        told_waves = {f"{w:%Y-%m}": n for w, n in waves.select("wave", f"{figure}_n").iter_rows() if n}
        assert counts(ds, "wave", figure, filters) == {w: n for w, n in told_waves.items() if w in counts(ds, "wave", figure, filters)}
        assert len(counts(ds, "wave", figure, filters)) > 2


@pytest.mark.parametrize("filters", [Filters(), GOLD], ids=["everybody", "gold"])
def test_who_lost_a_product_is_behind_its_share(bank, filters):
    rows = behind_products(asking.asked(bank, filters=filters))
    for name in PRODUCT_MEASURES:
        whole, by_kind = (
            product_churn(asking.asked(bank, filters=filters), [name], ()),
            product_churn(asking.asked(bank, filters=filters), [name], ["product"]),
        )
        mine = rows.filter(pl.col("measure") == name)
        if PRODUCT_MEASURES[name].kind == "proportion":
            assert mine.height == whole[f"{name}_part"][0], name
            kinds = {k: int(n) for k, n in by_kind.select("product", f"{name}_part").iter_rows() if k and n}
            assert dict(mine.drop_nulls("product").group_by("product").len().iter_rows()) == kinds
        else:
            assert (mine.height > 0) == (whole[f"{name}_part"][0] > 0)
        assert counts(bank, "product", filters=filters).get(name, 0) == mine["customer_id"].n_unique()
    assert rows["measure"].n_unique() == len(PRODUCT_MEASURES) or filters == GOLD


def test_who_moved_deposits_away_is_told_by_hand(bank):
    period = last_12(bank)
    out = bank.table("large_transactions").filter(
        pl.col("txn_date").is_between(period.start, period.last_day) & (pl.col("direction") == "out") & ~pl.col("internal")
    )
    start = bank.table("customer_month").filter(pl.col("month") == shifted(period.start, -1)).drop_nulls("deposit_avg")
    expected = set(out.filter(pl.col("amount") > 0)["customer_id"]) & set(start["customer_id"])
    mine = behind.people(asking.asked(bank), "product").filter(pl.col("cell") == "deposit_transfer_rate")["customer_id"]
    assert set(mine) == expected and len(expected) > 10


@pytest.mark.parametrize(("split", "how"), [("top", ""), ("top", "margin,0.02,0"), ("largest", "")])
def test_the_top_of_a_curve_is_who_holds_that_share(bank, split, how):
    if split == "top":
        known = value(asking.asked(bank), margin=Margin(0.02, 0.0) if how else None).known.select("customer_id", pl.col("value"))
        shares = dict(value(asking.asked(bank), margin=Margin(0.02, 0.0) if how else None).tops())
    else:
        known = (
            lost(asking.asked(bank, period=last_12(bank), definition=bank.default_definition))
            .rows.select("customer_id", pl.col("held").alias("value"))
            .drop_nulls("value")
        )
        spread = concentration(lost(asking.asked(bank, period=last_12(bank), definition=bank.default_definition)))
        shares = dict(spread.tops)
    rows, before = behind.people(asking.asked(bank), split, how), 0
    for top, share in shares.items():
        mine = rows.filter(pl.col("cell") == str(top)).join(known, on="customer_id")
        others = known.join(mine, on="customer_id", how="anti")["value"]
        assert mine["value"].min() >= others.max() and mine.height > before
        held = mine["value"].sum() / known["value"].sum()
        smallest = mine["value"].min() / known["value"].sum()
        assert share - 1e-9 <= held <= share + smallest + 1e-9
        before = mine.height


def test_complaining_customers_are_those_of_the_complaints(bank):
    rows = behind.people(asking.asked(bank), "complaint")
    assert rows["customer_id"].n_unique() == complaints(asking.asked(bank)).customers
    assert set(rows["cell"]) == set(complaints(asking.asked(bank)).categories["category"])


def test_a_cell_as_a_filter_leaves_its_customers_and_nobody_else(bank):
    rows = behind.people(asking.asked(bank), "rfm_kind")
    core = rows.filter(pl.col("cell") == "core")["customer_id"]
    got = measure(asking.asked(bank, filters=Filters(((among(core), ("in",)),))), ["customers", "customers_lost"])
    period = last_12(bank)
    start = measure(asking.asked(bank, filters=Filters(((among(core), ("in",)),)), period=period), ["churn_rate"])
    assert start["churn_rate_n"][0] == len(core) and got["customers"][0] > 0
    out = measure(asking.asked(bank, filters=Filters(((among(core), ("out",)),)), period=period), ["churn_rate"])
    assert out["churn_rate_n"][0] + len(core) == measure(asking.asked(bank, period=period), ["churn_rate"])["churn_rate_n"][0]


def test_customers_no_longer_remembered_are_said_so(bank):
    with pytest.raises(NotFound, match="no longer remembered"):
        measure(asking.asked(bank, filters=Filters((("among:gone", ("in",)),))), ["customers"])


def test_a_list_never_reaches_beyond_the_viewers_branches(bank):
    scope = Scope(branches=frozenset({"B01"}))
    everybody = behind.people(asking.asked(bank), "growth")["customer_id"].unique().to_list()
    assert set(behind.described(asking.asked(bank, scope=scope), everybody)["branch_id"]) == {"B01"}
    for name in behind.SPLITS:
        if name == "cluster":
            continue
        mine = behind.people(asking.asked(bank, scope=scope), name)["customer_id"].unique().to_list()
        assert behind.described(asking.asked(bank, scope=scope), mine).height == len(mine), name


def test_who_came_in_the_period_stands_in_the_list_as_he_came(bank):
    rows = behind.customers(asking.asked(bank), "growth", "new")
    assert rows.height == behind.people(asking.asked(bank), "growth").filter(pl.col("cell") == "new").height
    assert rows["tenure_band"].null_count() < rows.height and rows["balance"].is_not_null().any()


def test_left_in_the_list_is_left_in_the_figure(bank):
    rows = behind.customers(asking.asked(bank, period=Period(last_12(bank).end, last_12(bank).end)), "left", "left")
    assert rows["left"].all() and rows["left_on"].null_count() == 0


@pytest.mark.parametrize(
    ("name", "how", "problem"),
    [("wave", "stars", BadInput), ("top", "gold", BadInput),
     ("rfm", "rr", BadInput), ("rfm", "fm,gold", BadInput), ("tenth", "margin", BadInput), ("cluster", "99", BadInput),
     ("overlap", "{", BadInput), ("overlap", "[1]", BadInput), ("tier_move", "icbc", NotFound), ("reasn", "", NotFound)],
)  # fmt: skip
def test_a_way_of_splitting_that_is_unknown_is_refused_in_a_sentence(bank, name, how, problem):
    with pytest.raises(problem) as caught:
        behind.people(asking.asked(bank), name, how)
    assert str(caught.value).endswith((".", how[:60]))


def test_an_empty_cell_is_said_with_the_nearest(bank):
    with pytest.raises(NotFound, match="nearest is competitor"):
        behind.customers(asking.asked(bank), "reason", "competitr")


def test_every_closed_cell_has_words(bank):
    names = (
        "growth", "lost_by", "product", "age_left", "largest", "wave", "top", "tier_move", "stage_move", "cause", "deficit", "band", "nps",
        "rfm_kind", "orientation", "service",
    )  # fmt: skip
    for name in names:
        for cell in behind.people(asking.asked(bank), name)["cell"].unique():
            assert str(cell_words(name, cell)) != cell, (name, cell)
