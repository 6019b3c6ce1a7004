"""Every card that shares something out holds all of it: its table adds up to the page's own total, in the tile, title or card beside it."""

import pytest

from churn_dash.causes import complaints, departures, standing
from churn_dash.measures import last_12, measure
from churn_dash.measures.movement.growth import growth
from churn_dash.measures.movement.product_churn import product_churn
from churn_dash.measures.tenure.survival import survival
from churn_dash.store import Workspace
from churn_dash.ui.parts import cards
from tests.asking import asked
from tests.pages.reading import opened


@pytest.fixture
def tables(monkeypatch):
    """The rows of the table of every card drawn, by the key of the card."""
    found, draw = {}, cards.card

    def kept(title, caption="", table=None, key="", tall=True):
        if table is not None:
            found[key or table.name] = table.rows
        return draw(title, caption, table, key, tall)

    monkeypatch.setattr(cards, "card", kept)
    return found


@pytest.fixture
def ds(bank_folder, looking_at):
    looking_at(bank_folder)
    return Workspace.open(bank_folder).dataset()


def tile(at, label):
    return next(m.value for m in at.metric if m.label == label)


@pytest.mark.parametrize("by", ["tier", "gender", "age_band"])
def test_the_groups_of_survival_are_everybody_watched(ds, tables, by):
    at = opened("survival", **{"stay-by": by})
    whole, *groups = tables["curves"].select("n", "left").iter_rows()
    told = survival(asked(ds, period=last_12(ds)), by)
    assert len(groups) > 1 and tile(at, "Watched") == f"{whole[0]:,}"
    known = tuple(map(sum, zip(*groups, strict=True)))
    assert known == tuple(map(sum, zip(*((g.n, g.n_left) for g in told.groups), strict=True)))
    assert known == whole


@pytest.mark.parametrize("by", ["tier", "gender", "branch_id"])
def test_the_balances_lost_by_group_and_by_month_are_all_that_were_lost(ds, tables, by):
    opened("costs", **{"lost-by": by})
    whole = measure(asked(ds, period=last_12(ds)), ["aum_lost"])["aum_lost"][0]
    assert whole > 0
    assert tables["losses"]["aum_lost"].sum() == pytest.approx(whole, rel=1e-9)
    monthly = measure(asked(ds, period=last_12(ds)), ["aum_lost", "customers_lost"], ["month"])
    for name in ("aum_lost", "customers_lost"):
        assert tables["losses-months"][name].sum() == pytest.approx(monthly[name].sum(), rel=1e-9)
    assert tables["losses"]["customers_lost"].sum() == measure(asked(ds, period=last_12(ds)), ["customers_lost"])["customers_lost"][0]


@pytest.mark.parametrize("by", ["classes", "reasons"])
def test_causes_are_of_all_customers_lost_and_new_banks_of_all_whose_is_known(ds, tables, by):
    at = opened("causes", by=by)
    told = departures(asked(ds))
    assert tables["pareto"]["n"].sum() == told.lost > 0 and tile(at, "Customers lost") == f"{told.lost:,}"
    assert tables["pareto"]["share"].sum() == pytest.approx(1.0)
    assert tables["destinations"]["n"].sum() == told.told > 0
    assert [told.sides["n"].sum(), told.classes["n"].sum(), told.reasons["n"].sum()] == [told.lost] * 3


def test_complaints_by_category_and_by_month_are_all_of_them(ds, tables):
    opened("satisfaction", **{"satisfaction-view": "complaints"})
    whole = complaints(asked(ds)).n
    assert tables["complaints"]["n"].sum() == tables["complaint-months"]["n"].sum() == whole > 0


def test_classes_of_loyalty_are_everybody_there_as_the_period_began(ds, tables):
    opened("satisfaction", **{"satisfaction-view": "loyalty"})
    n = tables["loyalty"]["n"].sum()
    assert n == standing(asked(ds)).classes["n"].sum() == measure(asked(ds, period=last_12(ds)), ["customers"])["customers"][0]


def test_a_care_list_by_owner_is_the_whole_list(ds, tables):
    at = opened("lists")
    (people,) = (d.value for d in at.dataframe if "customer_id" in d.value.columns)
    (owners,) = (d.value for d in at.dataframe if list(d.value.columns[:2]) == ["owner", "n"])
    assert owners["n"].sum() == len(people) > 0
    assert owners["customers"].sum() == people["customer_id"].nunique() == int(tile(at, "Customers").replace(",", ""))
    assert owners["amount"].sum() == pytest.approx(people["amount"].sum())


@pytest.mark.parametrize("name", ["account_closure_rate", "loan_runoff_rate"])
@pytest.mark.parametrize("by", ["product", "tier"])
def test_product_churn_by_kind_and_by_group_is_all_of_it(ds, tables, name, by):
    opened("growth", **{"product-measure": name, "product-by": by})
    whole = product_churn(asked(ds, period=last_12(ds)), [name]).row(0, named=True)
    for part in ("part", "whole"):
        assert tables["compared"][f"{name}_{part}"].sum() == pytest.approx(whole[f"{name}_{part}"], rel=1e-9)


@pytest.mark.parametrize("key", ["heads", "money"])
def test_the_steps_of_growth_lead_from_the_start_to_the_end(ds, tables, key):
    opened("growth")
    start, *steps, end = tables[key]["amount"]
    whole = growth(asked(ds, period=last_12(ds))).row(0, named=True)
    ends = ("start", "end") if key == "heads" else ("aum_start", "aum_end")
    assert (start, end) == pytest.approx(tuple(whole[e] for e in ends)) and start > 0
    assert start + sum(steps) == pytest.approx(end, rel=1e-9)
    over = tables[f"{key}-time"]
    assert over[ends[0]][0] == pytest.approx(start) and over[ends[1]][-1] == pytest.approx(end)
    if key == "money":
        names = [c for c in over.columns if c.startswith("aum_") and c not in (*ends, "aum_lost_new")]
        assert {"aum_new", "aum_lost", "aum_valuation"} <= set(names)
