"""Saved segments and clicks on the pages: filters, chips, the builder, what is left out with a notice."""

import json
import pathlib
import shutil

import polars as pl
import pytest

from churn_dash.measures import Filters, measure
from churn_dash.segments import Clause, Rule, members, retire, save_list, save_rule
from churn_dash.segments import saved as every_one
from churn_dash.segments.lists.contrast import contrast
from churn_dash.store import Workspace
from tests.asking import asked
from tests.pages.reading import answer, opened, words

GOLD = Rule((Clause("tier", ("gold", "platinum")),))


def saved(ds):
    """What people saved; the ready ones have tests of their own."""
    return {name: one for name, one in every_one(ds).items() if not one.ready}


@pytest.fixture
def ds(bank_folder, looking_at):
    """The bank that the pages show, without segments; what a test saves is taken away after it."""
    looking_at(bank_folder)
    yield Workspace.open(bank_folder).dataset()
    (bank_folder / "records.sqlite").unlink(missing_ok=True)
    shutil.rmtree(bank_folder / "segments", ignore_errors=True)


def rate(ds, *where):
    return f"{100 * measure(asked(ds, filters=Filters(where)), ['churn_rate'])['churn_rate'][0]:.2f}%"


def chip(at, label):
    return next(b for b in at.button if b.label.replace("\\", "") == label)


def test_a_segment_in_the_address_filters_every_figure_and_stands_as_a_chip(ds):
    save_rule(ds, "VIP '客户", GOLD)
    at = opened("overview", inside="VIP '客户")
    assert not at.exception
    assert rate(ds, ("segment:VIP '客户", ("in",))) in answer(at)
    assert [b.label.replace("\\", "") for b in at.button if (b.key or "").startswith("chip-")] == ["in VIP '客户"]
    out = opened("overview", outside="VIP '客户")
    assert rate(ds, ("segment:VIP '客户", ("out",))) in answer(out)
    assert "not in VIP" in words(out)


@pytest.mark.parametrize("page", ["overview", "trends", "segments", "saved", "risk"])
def test_a_segment_filters_every_page_without_an_error(ds, page):
    save_rule(ds, "s", GOLD)
    at = opened(page, inside="s")
    assert not at.exception and not at.error
    assert "in s" in words(at)


def test_an_unknown_or_retired_segment_is_left_out_with_a_notice(ds):
    save_rule(ds, "old", GOLD)
    retire(ds, "old")
    at = opened("overview", inside=["old", "never"])
    assert not at.exception
    assert "inside=old" in words(at) and "inside=never" in words(at)
    assert rate(ds) in answer(at)


def test_a_new_version_of_a_segment_answers_anew_on_the_page(ds):
    save_rule(ds, "s", GOLD)
    assert rate(ds, ("tier", ("gold", "platinum"))) in answer(opened("overview", inside="s"))
    save_rule(ds, "s", Rule((Clause("tier", ("mass",)),)))
    assert rate(ds, ("tier", ("mass",))) in answer(opened("overview", inside="s"))


def test_a_chip_takes_its_own_limit_away_and_no_other(ds):
    save_rule(ds, "s", GOLD)
    at = opened("overview", inside="s", **{"where.gender": ["F", "M"], "where.tier": "gold"})
    chips = [b.key for b in at.button if (b.key or "").startswith("chip-")]
    assert len(chips) == 4
    chip(at, "Gender: Women").click().run()
    assert at.query_params["where.gender"] == "M" and at.query_params["where.tier"] == "gold" and at.query_params["inside"] == "s"
    chip(at, "in s").click().run()
    assert "inside" not in at.query_params
    assert rate(ds, ("gender", ("M",)), ("tier", ("gold",))) in answer(at)
    at.button(key="clear-filters").click().run()
    assert not {"where.gender", "where.tier", "inside"} & set(at.query_params)
    assert "all customers" in words(at)


def test_a_level_clicked_in_a_chart_limits_the_others_and_not_that_chart(ds):
    whole = opened("overview")
    at = opened("overview", **{"where.tier": "mass", "pick": "worst.tier"})
    assert not at.exception
    assert rate(ds, ("tier", ("mass",))) in answer(at)
    assert figure(at, "worst") == figure(whole, "worst"), "the chart that was clicked goes on showing everything"
    assert figure(at, "time") != figure(whole, "time"), "the other one follows"
    filtered = opened("overview", **{"where.tier": "mass"})
    assert figure(filtered, "worst") != figure(whole, "worst"), "a filter from the bar limits every chart"


def figure(at, chart):
    """The words and values of a chart's figure, without the frame around what is chosen."""
    found = next(c for c in at.get("plotly_chart") if f"click-{chart}-" in c.proto.id)
    data = json.loads(found.proto.spec)["data"]
    return [(t.get("x"), t.get("y"), t.get("text"), t.get("customdata")) for t in data]


def test_a_month_that_was_clicked_is_the_period_of_the_others(ds):
    month = f"{ds.measurable[-3]:%Y-%m}"
    at = opened("overview", moment=month, pick="time.moment")
    assert not at.exception
    from churn_dash.measures import Period

    one = measure(asked(ds, period=Period(ds.measurable[-3], ds.measurable[-3])), ["churn_rate"])["churn_rate"][0]
    assert f"{100 * one:.2f}%" in answer(at)
    assert figure(at, "time") == figure(opened("overview"), "time")
    at.button(key="chip-moment").click().run()
    assert "moment" not in at.query_params and "pick" not in at.query_params


def test_a_clicked_group_shows_the_list_of_its_customers(ds):
    assert "card-chosen" not in str(opened("overview").main)
    at = opened("overview", **{"where.tier": "gold", "pick": "worst.tier"})
    n = members(asked(ds, filters=Filters((("tier", ("gold",)),)))).height
    assert f"{n:,} customers at the start of the period" in words(at)


def test_a_clicked_cell_lists_its_customers_and_saves_them_as_a_rule(ds):
    at = opened("segments", **{"where.tier": "mass", "where.tenure_band": "5–9", "pick": ["heat.tier", "heat.tenure_band"]})
    assert not at.exception
    n = members(asked(ds, filters=Filters((("tier", ("mass",)), ("tenure_band", ("5–9",)))))).height
    assert f"{n:,} customers at the start of the period" in words(at)
    assert figure(at, "heat") == figure(opened("segments"), "heat")
    at.text_input(key="save-name-people").set_value("Cell").run()
    at.button(key="save-now-people").click().run()
    assert not at.exception
    assert members(asked(ds, filters=Filters((("segment:Cell", ("in",)),)))).height == n
    assert saved(ds)["Cell"].kind == "rule"
    assert "Saved: Cell, version 1" in words(at)


def test_the_same_cell_can_be_saved_as_exactly_these_customers(ds):
    at = opened("segments", **{"where.tier": "mass", "where.tenure_band": "5–9", "pick": ["heat.tier", "heat.tenure_band"]})
    at.text_input(key="save-name-people").set_value("These").run()
    at.radio(key="save-kind-people").set_value("list").run()
    at.button(key="save-now-people").click().run()
    n = members(asked(ds, filters=Filters((("tier", ("mass",)), ("tenure_band", ("5–9",)))))).height
    assert saved(ds)["These"].n_listed == n


def test_a_segment_is_a_side_of_the_heat_map(ds):
    save_rule(ds, "s", GOLD)
    at = opened("segments", rows="segment:s", columns="gender")
    assert not at.exception and not at.error
    groups = next(d.value for d in at.dataframe if "lost" in d.value.columns)["group"]
    assert groups.str.startswith("in s · ").any() and groups.str.startswith("not in s · ").any()


def test_the_builder_counts_live_and_says_how_the_rule_leaves(ds):
    rule = Rule((Clause("tier", ("mass",)), Clause("aum_end", low=1_000.0, high=80_000.0)))
    at = opened("saved", rule=json.dumps(rule.as_json()))
    assert not at.exception
    found = contrast(asked(ds), rule.dimension)
    assert f"{found.inside['customers']:,} customers meet this rule" in answer(at)
    values = {m.label: m.value for m in at.metric}
    assert values["Customers in it"] == f"{found.inside['customers']:,}"
    assert values["Churn in it"] == f"{100 * found.inside['churn_rate']:.2f}%"
    assert values["Everybody else"] == f"{100 * found.outside['churn_rate']:.2f}%"
    assert found.share == pytest.approx(found.inside["customers"] / measure(asked(ds), ["customers"])["customers"][0])


def test_conditions_are_added_changed_and_removed_and_stand_in_the_address(ds):
    at = opened("saved")
    assert "No segment is saved yet" in answer(at)
    at.button(key="rule-add").click().run()
    at.selectbox(key="rule-0-0-column").set_value("tier").run()
    assert "rule" not in at.query_params and "Conditions not complete yet: 1" in words(at)
    at.multiselect(key="rule-0-0-tier-values").set_value(["gold"]).run()
    assert json.loads(at.query_params["rule"]) == {"all": [{"column": "tier", "in": ["gold"]}]}
    at.button(key="rule-add").click().run()
    at.selectbox(key="rule-0-1-column").set_value("aum_end").run()
    at.number_input(key="rule-0-1-aum_end-low").set_value(50_000.0).run()
    wanted = {"all": [{"column": "tier", "in": ["gold"]}, {"column": "aum_end", "from": 50_000.0}]}
    assert json.loads(at.query_params["rule"]) == wanted
    at.button(key="rule-0-0-drop").click().run()
    assert json.loads(at.query_params["rule"]) == {"all": [{"column": "aum_end", "from": 50_000.0}]}
    at.text_input(key="save-name-builder").set_value("Rich").run()
    at.button(key="save-now-builder").click().run()
    assert saved(ds)["Rich"].rule == Rule((Clause("aum_end", low=50_000.0),))
    at.button(key="rule-clear").click().run()
    assert "rule" not in at.query_params
    assert "In Rich" in answer(at)


@pytest.mark.parametrize("rule", ["{", "[]", '{"column": "nope", "from": 1}', '{"all": [{"any": [{"column": "tier", "in": ["gold"]}]}]}'])
def test_a_rule_in_the_address_that_cannot_be_used_is_one_sentence(ds, rule):
    at = opened("saved", rule=rule)
    assert not at.exception
    assert "No segment is saved yet" in answer(at)
    assert any(s in words(at) for s in ("not JSON", "written as an object", "do not hold nope", "Rules inside the rule"))


def test_the_page_lists_sizes_versions_history_overlap_and_tags(ds):
    save_rule(ds, "Gold", GOLD, "Ann", tag=True)
    save_rule(ds, "Gold", Rule((Clause("tier", ("gold",)),)), "Bob", tag=True)
    save_rule(ds, "Women", Rule((Clause("gender", ("F",)),)), "Ann", tag=True)
    ids = members(asked(ds))["customer_id"].to_list()[:40]
    save_list(ds, "Call", [*ids, "nobody"], "Ann")
    at = opened("saved")
    assert not at.exception and not at.error
    table = next(pl.DataFrame(d.value) for d in at.dataframe if "who" in d.value.columns)
    rows = {r["name"]: r for r in table.to_dicts()}
    assert rows["Gold"]["version"] == 2 and rows["Gold"]["who"] == "Bob"
    assert rows["Call"]["n"] == len(members(asked(ds, filters=Filters((("segment:Call", ("in",)),)))))
    tags = next(pl.DataFrame(d.value) for d in at.dataframe if "also" in d.value.columns)
    people = members(asked(ds), by=["segment:Gold", "segment:Women"])
    both = people.filter((pl.col("segment:Gold") == "in") & (pl.col("segment:Women") == "in")).height
    assert dict(tags.select("name", "also").iter_rows()) == {"Gold": both, "Women": both}
    assert "carry a tag" in words(at)


def test_a_list_whose_file_is_gone_is_told_and_the_others_stay(ds):
    save_rule(ds, "Gold", GOLD)
    one = save_list(ds, "Call", members(asked(ds))["customer_id"].to_list()[:40])
    pathlib.Path(ds.root / "segments" / one.file).unlink()
    at = opened("saved")
    assert not at.exception
    assert "The list of the segment Call cannot be read" in words(at)
    assert "Of 2 saved segments Gold" in answer(at) or "Saved segments: 2" in words(at)


@pytest.mark.parametrize("page", ["saved", "overview"])
def test_damaged_records_are_one_sentence(ds, page):
    (ds.root / "records.sqlite").write_bytes(b"not a database" * 50)
    at = opened(page, inside="s")
    assert not at.exception and "is damaged" in words(at)


def test_a_customer_carries_the_tags_on_the_page(ds):
    save_rule(ds, "标签 *x*", Rule((Clause("gender", ("F", "M")),)), tag=True)
    at = opened("customer", customer=members(asked(ds))["customer_id"][0])
    assert not at.exception
    assert "标签 *x*" in words(at)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_one_row_a_customer_builds_and_saves_too(flat_folder, looking_at, language):
    looking_at(flat_folder)
    at = opened("saved", language, rule='{"column": "Balance", "from": 50000}')
    assert not at.exception and not at.error
    assert "%" in answer(at)


def test_a_filter_that_leaves_nobody_is_nobody(ds):
    save_rule(ds, "s", GOLD)
    at = opened("saved", inside="s", **{"where.tier": "mass", "rule": '{"column": "gender", "in": ["F"]}'})
    assert not at.exception
    assert "Nobody meets this rule." in answer(at)


@pytest.mark.parametrize(
    "text",
    [
        "客户号,月份,客户等级,月末资产\n1,2024-05,金,5\n2,2024-05,大众,6\n",
        "CustomerId,Region,Exited\n1,North,1\n",
        "客户号,月份,客户等级,月末资产,交易笔数\n"
        + "".join(f"{i},2024-0{m},金,{i},1\n" for m in (5, 6, 7) for i in range(1, 4 - (m == 7))),
        "CustomerId,Exited\n1,1\n2,0\n",
    ],
    ids=["one month", "one customer", "three people in three months", "nothing but the flag"],
)
def test_small_data_never_fail(text, tmp_path, looking_at):
    from churn_dash.intake import Source, extract
    from churn_dash.store import publish

    place = tmp_path / "small"
    publish(Workspace.create(place), extract([Source("small.csv", text.encode())]))
    looking_at(place)
    ds = Workspace.open(place).dataset()
    save_list(ds, "list", ["1", "nobody"])
    at = opened("saved", inside="list")
    assert not at.exception and not at.error and len(answer(at)) > 5
