import datetime as dt

import polars as pl
import pytest

from churn_dash.contract.definitions import Settings
from churn_dash.contract.lifecycle import STAGES, StageRule
from churn_dash.errors import NotPossible
from churn_dash.intake.typed import extract_of
from churn_dash.measures import Filters, Period, dimensions, measure
from churn_dash.segments.groups import lifecycle
from churn_dash.segments.groups.stage_value import Worth, stage_value, yearly
from churn_dash.segments.groups.tenths import Margin
from churn_dash.store import Workspace, publish
from churn_dash.store.dataset import Dataset
from tests.asking import ALL, asked
from tests.segments.reference import stage


def opened(tables):
    days = {}
    for row in tables["accounts"].to_dicts():
        days[row["customer_id"]] = min(row["open_date"], days.get(row["customer_id"], row["open_date"]))
    return days


@pytest.mark.parametrize("rule", [StageRule(), StageRule(0.9, 1.02, 14, 2)])
def test_every_stage_agrees_with_the_rule_for_one_customer(bank, loops, bank_data, rule):
    """Also by the rule of a bank's own settings, derived anew."""
    usual, days, seen = bank_data, opened(bank.tables), set()
    bank_data = Dataset(usual.root, usual.info, Settings(stages=rule)).prepared()
    for at in (loops.months[4], loops.months[8], loops.months[-1], bank_data.months[-1]):
        before = [loops.month(at, -k) for k in range(6, 0, -1)]
        known = [m for m in before if m >= loops.months[0]]
        for c, group in lifecycle.assigned(bank_data, at, None, ALL).iter_rows():
            rows = loops.rows[c]
            first = min(rows) if rows else None
            if loops.month(at, -1) not in rows and first != at:
                assert group == "unknown"
                continue
            # In the month in which a customer appears the stage is that of its end.
            end = at if first == at else loops.month(at, -1)
            wanted = [loops.month(end, -k) for k in range(5, -1, -1)]
            wanted = [m for m in wanted if m >= loops.months[0]] if first == at else known
            tenure = ((loops.month(end, 1)) - days[c]).days / 30.4375
            six = (rows.get(loops.month(end, -6)) or {}).get("product_count")
            expected = stage(
                tenure,
                [rows[m]["aum_avg"] if m in rows else None for m in wanted],
                [rows[m]["txn_count"] if m in rows else None for m in wanted],
                rows[end]["product_count"],
                six,
                rule=rule,
            )
            assert group == (expected or "unknown"), (c, at)
            seen.add(group)
    assert set(STAGES) <= seen
    if rule != StageRule():
        assert not lifecycle.assigned(bank_data, None, None, ALL).equals(lifecycle.assigned(usual, None, None, ALL))


def test_moves_of_a_stage_add_up_to_it_and_who_is_gone_is_net_churn(bank_data):
    found = lifecycle.lifecycle(asked(bank_data))
    moves = found.transitions()
    assert moves.group_by("before").agg(pl.sum("share"))["share"].to_list() == pytest.approx([1.0] * moves["before"].n_unique())
    assert dict(moves.group_by("before").agg(pl.sum("n")).iter_rows()) == dict(found.groups().select("group", "customers").iter_rows())
    bank = measure(asked(bank_data), ["net_churn_rate", "customers", "customers_lost"]).row(0, named=True)
    gone = moves.filter(pl.col("after") == "churned")["n"].sum()
    assert gone / moves["n"].sum() == pytest.approx(bank["net_churn_rate"])
    assert found.groups()["customers_lost"].sum() == bank["customers_lost"]
    assert ((moves["low"] <= moves["share"]) & (moves["share"] <= moves["high"])).all()


def test_moves_agree_with_counting_customers_by_hand(bank_data):
    found = lifecycle.lifecycle(asked(bank_data))
    first = dict(lifecycle.assigned(bank_data, found.period.start, None, ALL).iter_rows())
    last = dict(lifecycle.assigned(bank_data, None, None, ALL).iter_rows())
    counted = {}
    for c, before in first.items():
        pair = (before, last.get(c, "churned"))
        counted[pair] = counted.get(pair, 0) + 1
    assert {(b, a): n for b, a, n in found.transitions().select("before", "after", "n").iter_rows() if n} == counted


def test_a_filter_splits_the_moves_into_parts_that_add_up(bank_data):
    whole = lifecycle.lifecycle(asked(bank_data)).transitions()["n"].sum()
    tiers = dimensions(bank_data)["tier"].values
    assert whole == sum(lifecycle.lifecycle(asked(bank_data, filters=Filters((("tier", (t,)),)))).transitions()["n"].sum() for t in tiers)
    nobody = lifecycle.lifecycle(asked(bank_data, filters=Filters((("tier", ()),))))
    assert nobody.transitions().is_empty() and nobody.groups().is_empty()


def test_the_worth_of_a_stage_is_its_margin_its_retention_and_the_discount(bank_data):
    """METHODS B9 by hand for each stage."""
    found = lifecycle.lifecycle(asked(bank_data))
    worth = Worth(Margin(0.02, 50.0), 0.1)
    done = stage_value(bank_data, found, worth)
    rates = {r["group"]: r for r in found.groups().to_dicts()}
    for row in done.stages.to_dicts():
        kept = 1 - rates[row["stage"]]["churn_rate"]
        assert row["retention"] == pytest.approx(kept), "the period is a year"
        assert row["value"] == pytest.approx(row["margin"] * kept / (1.1 - kept))
        assert row["value_low"] <= row["value"] <= row["value_high"]
        assert row["n"] == rates[row["stage"]]["customers"]
    values = dict(done.stages.select("stage", "value").iter_rows())
    for move in done.moves.to_dicts():
        if "unknown" in (move["before"], move["after"]):
            assert move["each"] is None and move["total"] is None
            continue
        each = values.get(move["after"], 0.0) - values[move["before"]]
        assert move["each"] == pytest.approx(each) and move["total"] == pytest.approx(each * move["n"])
    assert all(m["each"] == 0 for m in done.moves.to_dicts() if m["before"] == m["after"] != "unknown")


def test_three_years_are_worth_less_than_life_and_a_negative_margin_is_worth_less_than_nothing(bank_data):
    found = lifecycle.lifecycle(asked(bank_data))
    life, three = (stage_value(bank_data, found, Worth(Margin(0.02), 0.1, years)).stages for years in (None, 3))
    assert (three["value"] < life["value"]).all()
    costly = stage_value(bank_data, found, Worth(Margin(0.0, 1e6), 0.1)).stages
    assert (
        (costly["value"] < 0).all() and (costly["value_low"] <= costly["value"]).all() and (costly["value"] <= costly["value_high"]).all()
    )


def test_a_short_period_is_taken_to_a_year():
    assert yearly(0.02, 1) == pytest.approx(0.98**12) and yearly(0.12, 12) == pytest.approx(0.88) and yearly(None, 3) is None


def test_data_without_months_say_so(tmp_path, bank):
    flat = bank.tables["customer_month"].unique("customer_id").select("customer_id", pl.lit(value=True).alias("churned"))
    workspace = Workspace.create(tmp_path)
    publish(workspace, extract_of({"cross_section": flat}, "x"))
    with pytest.raises(NotPossible, match="one row a customer"):
        lifecycle.lifecycle(asked(workspace.dataset()))


def test_a_month_that_the_data_do_not_know_is_refused_in_words(bank_data):
    with pytest.raises(NotPossible, match="how customers stood"):
        lifecycle.assigned(bank_data, dt.date(1999, 1, 1), None, ALL)
    with pytest.raises(NotPossible):
        lifecycle.lifecycle(asked(bank_data, period=Period(dt.date(1999, 1, 1), dt.date(1999, 3, 1))))
