"""The page of the tiers: the figures of the measures, the watch list with its notices, and a sentence where data are missing."""

import datetime
import random

import pytest

from churn_dash import sample
from churn_dash.care import care_list
from churn_dash.intake import Source, extract
from churn_dash.intake.typed import extract_of
from churn_dash.measures.movement.recovery import eligible, recoveries
from churn_dash.measures.movement.tiers import migration
from churn_dash.store import Workspace, publish
from tests.asking import asked
from tests.pages.reading import answer, opened, words


def data(folder):
    return Workspace.open(folder).dataset()


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_page_states_what_the_measures_give(language, bank_folder, looking_at):
    looking_at(bank_folder)
    ds = data(bank_folder)
    found, watched = migration(asked(ds)), care_list(asked(ds), "near_downgrade").rows.filter("on_watch")
    at = opened("tiers", language)
    assert not at.exception and not at.error
    share = f"{100 * found.share('down').value:.2f}%"
    assert share in answer(at) and str(watched.height) in answer(at)
    assert [m.value for m in at.metric][:4] == [
        share,
        f"{100 * found.share('down', stayers=True).value:.2f}%",
        f"{100 * found.share('lost').value:.2f}%",
        f"{100 * found.share('up').value:.2f}%",
    ]
    listed = at.dataframe[0].value
    assert sorted(listed["customer_id"]) == sorted(watched["customer_id"])
    assert listed["notice"].str.contains("¥").all() and (listed["notice"].str.contains("请").any() == (language == "zh"))
    rate = recoveries(asked(ds))[0].rate
    assert f"{100 * rate:.2f}%" in words(at)
    assert len(at.dataframe[1].value) == min(1_000, eligible(asked(ds), ds.months[-1]).height)


def test_another_rule_and_balances_change_the_figures(bank_folder, looking_at):
    looking_at(bank_folder)
    ds = data(bank_folder)
    at = opened("tiers", rule="ccb", by="money")
    assert not at.exception
    found = migration(asked(ds), rule="ccb")
    assert at.metric[0].value == f"{100 * found.share('down', money=True).value:.2f}%"
    assert f"{100 * found.share('down').value:.2f}%" in answer(at)
    assert sorted(at.dataframe[0].value["customer_id"]) == sorted(
        care_list(asked(ds), "near_downgrade", rule="ccb").rows.filter("on_watch")["customer_id"]
    )


def test_by_the_downgrade_itself_the_page_says_who_has_left(bank_folder, looking_at):
    looking_at(bank_folder)
    at = opened("tiers", definition="tier_down")
    assert not at.exception and "a downgrade is no departure here" in words(at)
    listed = at.dataframe[1].value
    assert f"{len(listed)} customers may enter the lottery" in words(at), "the title counts whom the list holds"


def test_an_earlier_period_has_the_watch_list_of_its_end(bank_folder, looking_at):
    looking_at(bank_folder)
    at = opened("tiers", period="custom", **{"from": "2025-12", "to": "2026-05"})
    assert not at.exception
    watched = care_list(asked(data(bank_folder)), "near_downgrade", datetime.date(2026, 5, 31)).rows.filter("on_watch")
    assert len(at.dataframe[0].value) == watched.height and str(watched.height) in answer(at)


def test_a_filter_that_leaves_nobody_and_one_row_a_customer_are_sentences(bank_folder, flat_folder, looking_at):
    looking_at(bank_folder)
    at = opened("tiers", **{"where.tier": "private", "where.aum_band": "<10k"})
    assert not at.exception and "Nobody above the lowest tier" in answer(at)
    at = opened("tiers", rule="ccb", **{"where.tier": "private"})
    assert not at.exception and " of " in at.metric[0].value and "%" not in at.metric[0].value, "too few for a rate"
    looking_at(flat_folder)
    assert "need months" in answer(opened("tiers"))


@pytest.mark.parametrize("form", ["no averages", "one customer", "two months"])
@pytest.mark.parametrize("page", ["tiers", "lists"])
def test_poor_data_never_show_a_traceback(form, page, tmp_path, looking_at):
    rng = random.Random(7)
    if form == "no averages":
        rows = [(f"{i:04d}", f"2024-{m:02d}", rng.randint(0, 9)) for i in range(60) for m in range(1, 9)]
        text = "客户号,月份,交易笔数\n" + "\n".join(",".join(map(str, r)) for r in rows)
        publish(Workspace.create(tmp_path / "w"), extract([Source("a.csv", text.encode())]))
    elif form == "one customer":
        text = "客户号,月份,月日均资产,月末资产,交易笔数\n" + "\n".join(
            f"1,2024-{m:02d},{350_000 - 30_000 * m},{300_000 - m},3" for m in range(1, 9)
        )
        publish(Workspace.create(tmp_path / "w"), extract([Source("a.csv", text.encode())]))
    else:
        publish(Workspace.create(tmp_path / "w"), extract_of(sample.generate(5, 80, 2).tables, "two"))
    looking_at(tmp_path / "w")
    at = opened(page)
    assert not at.exception and not at.error
    assert len(answer(at)) > 5
    if (form, page) == ("no averages", "tiers"):
        assert "month-average balances" in words(at)
