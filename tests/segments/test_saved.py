"""Saved segments: a rule or a list under a name, in every question, each change a new version."""

import datetime
import json
import shutil

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from churn_dash.contract import TABLES
from churn_dash.errors import BadInput, NotFound, NotPossible, WorkspaceProblem
from churn_dash.intake.typed import extract_of
from churn_dash.measures import METRICS, Filters, Period, measure
from churn_dash.measures.conditions.condition import rule_condition
from churn_dash.measures.conditions.rule_columns import columns
from churn_dash.segments import (
    Clause,
    Rule,
    members,
    rename,
    retire,
    rule_in,
    rule_of,
    save_list,
    save_rule,
    segment,
    versions,
)
from churn_dash.segments import saved as every_one
from churn_dash.segments.lists.overlap import overlap, tags_of
from churn_dash.segments.lists.saved import gone
from churn_dash.store import Workspace, publish
from tests.asking import asked

GOLD = Rule((Clause("tier", ("gold", "platinum")),))
RICH = Rule((Clause("aum_end", low=80_000.0), Clause("txn_count", high=0.0)), any_of=True)
ADD_UP = [n for n, m in METRICS.items() if m.unit in ("count", "money") and n not in ("aum_per_customer",)]
AWKWARD = ["贵宾 '; drop table month_rows; --", 'a="b"', "50% _ \\ off", "名单=“一”", "segment", "in"]


def saved(ds):
    """What people saved; the ready ones have tests of their own."""
    return {name: one for name, one in every_one(ds).items() if not one.ready}


@pytest.fixture(scope="module")
def shared(bank, tmp_path_factory):
    workspace = Workspace.create(tmp_path_factory.mktemp("saved"))
    publish(workspace, extract_of(bank.tables, "bank"))
    return workspace.dataset()


@pytest.fixture
def ds(shared):
    """The bank without segments: what a test saves is taken away after it."""
    yield shared
    shared.root.joinpath("records.sqlite").unlink(missing_ok=True)
    shutil.rmtree(shared.root / "segments", ignore_errors=True)


@pytest.fixture(scope="module")
def month_table(shared):
    """The month table as Polars rows, each with the row of the month before it."""
    frame = pl.DataFrame(shared.cursor().sql("select * from month_rows").to_arrow_table())
    frame = frame.with_columns(pl.col(c).cast(pl.String) for c in frame.columns if c.startswith("d_"))
    before = frame.filter(pl.col("listed")).with_columns(pl.col("month").dt.offset_by("1mo"))
    return frame.join(before, on=["c", "month"], how="left", suffix="_before")


def brute(rule: Rule, rows: pl.DataFrame) -> pl.Series:
    """Who meets the rule, row by row in plain Python, written from the words of the rule alone."""
    known = {name: rows[name].to_list() for name in rows.columns}

    def meets(clause: Clause, i: int) -> bool:
        if clause.values and f"d_{clause.column}" in known:
            return known[f"d_{clause.column}"][i] in clause.values
        value = known[f"{clause.column}_before"][i]
        if known["listed_before"][i] is None or value is None:
            value = known[clause.column][i] if known["joined"][i] and value is None else value
        if value is None:
            return False
        if clause.values:
            return ("yes" if value else "no") in clause.values
        return (clause.low is None or value >= clause.low) and (clause.high is None or value <= clause.high)

    def holds(part: Clause | Rule, i: int) -> bool:
        if isinstance(part, Rule):
            return (any if part.any_of else all)(holds(p, i) for p in part.parts)
        return meets(part, i) != part.excluded

    return pl.Series([holds(rule, i) for i in range(rows.height)])


LEVELS = {
    "tier": ("mass", "affluent", "gold", "platinum", "private"),
    "age_band": ("<25", "25–34", "35–44", "45–54", "55–64", "65+"),
    "gender": ("F", "M"),
    "product_band": ("0–1", "2", "3", "4+"),
    "digital_active": ("yes", "no"),
}
NUMBERS = {"aum_end": (0, 400_000), "txn_count": (0, 40), "product_count": (0, 6), "salary_in": (0, 30_000), "net_flow": (-50_000, 50_000)}


@st.composite
def clauses(draw):
    if draw(st.booleans()):
        name = draw(st.sampled_from(sorted(LEVELS)))
        return Clause(
            name, tuple(draw(st.lists(st.sampled_from(LEVELS[name]), min_size=1, max_size=3, unique=True))), excluded=draw(st.booleans())
        )
    name = draw(st.sampled_from(sorted(NUMBERS)))
    ends = sorted(draw(st.lists(st.integers(*NUMBERS[name]), min_size=2, max_size=2)))
    low, high = draw(st.sampled_from([(ends[0], ends[1]), (ends[0], None), (None, ends[1])]))
    return Clause(name, (), None if low is None else float(low), None if high is None else float(high), draw(st.booleans()))


rules = st.recursive(
    clauses(),
    lambda inner: st.builds(lambda parts, any_of: Rule(tuple(parts), any_of), st.lists(inner, min_size=1, max_size=3), st.booleans()),
    max_leaves=5,
).map(lambda r: r if isinstance(r, Rule) else Rule((r,)))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rules)
def test_a_rule_picks_the_rows_that_a_plain_loop_picks(shared, month_table, rule):
    found = rule_condition(shared, rule)
    sql = f"select m.c, m.month from month_rows m where {found.sql} order by m.c, m.month"
    ours = set(shared.cursor().execute(sql, list(found.bound)).fetchall())
    theirs = set(month_table.filter(brute(rule, month_table)).select("c", "month").iter_rows())
    assert ours == theirs


@settings(max_examples=40, deadline=None)
@given(rules)
def test_a_rule_is_the_same_after_json(rule):
    try:
        again = rule_of(json.loads(json.dumps(rule.as_json())))
    except BadInput as problem:
        assert "nested" in str(problem)
        return
    assert again == rule


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rules)
def test_those_in_and_those_out_of_a_rule_add_up_to_everybody(shared, rule):
    name = rule.dimension
    whole = measure(asked(shared), ADD_UP).row(0, named=True)
    inside, outside = (measure(asked(shared, filters=Filters(((name, (side,)),))), ADD_UP).row(0, named=True) for side in ("in", "out"))
    for metric in ADD_UP:
        if whole[metric] is not None:
            assert (inside[metric] or 0) + (outside[metric] or 0) == pytest.approx(whole[metric]), metric


@pytest.mark.parametrize("rule", [GOLD, RICH], ids=["of dimensions", "of numbers"])
@pytest.mark.parametrize("period", [None, Period(datetime.date(2026, 1, 1), datetime.date(2026, 3, 1))], ids=["a year", "a quarter"])
def test_a_segment_as_a_dimension_gives_what_its_two_filters_give(ds, rule, period):
    save_rule(ds, "s", rule)
    names = [n for n in METRICS if n not in ("customers_near_downgrade", "customers_dormant")]
    period = period and Period(ds.measurable[-3], ds.measurable[-1])
    broken = {r["segment:s"]: r for r in measure(asked(ds, period=period), names, ["segment:s"]).to_dicts()}
    assert set(broken) == {"in", "out"}
    for side, row in broken.items():
        filtered = measure(asked(ds, filters=Filters((("segment:s", (side,)),)), period=period), names).row(0, named=True)
        for name in filtered:
            assert row[name] == pytest.approx(filtered[name], nan_ok=True), (side, name)


def test_every_metric_rests_on_as_many_customers_inside_and_outside_as_in_all(ds):
    save_rule(ds, "s", RICH)
    names = [n for n in METRICS if n not in ("customers_near_downgrade", "customers_dormant")]
    whole = measure(asked(ds), names).row(0, named=True)
    parts = measure(asked(ds), names, ["segment:s"])
    for name in names:
        assert parts[f"{name}_n"].sum() == pytest.approx(whole[f"{name}_n"]), name


def test_the_customers_of_a_segment_are_those_its_rate_counts(ds):
    save_rule(ds, "s", RICH)
    inside = Filters((("segment:s", ("in",)),))
    rows = members(asked(ds, filters=inside), by=["segment:s"])
    answer = measure(asked(ds, filters=inside), ["churn_rate"])
    assert rows.height == answer["churn_rate_n"][0]
    assert rows["left"].mean() == pytest.approx(answer["churn_rate"][0])
    assert set(rows["segment:s"]) == {"in"}
    everybody = members(asked(ds), by=["segment:s"])
    assert everybody.filter(pl.col("segment:s") == "in")["customer_id"].to_list() == rows["customer_id"].to_list()


@pytest.mark.parametrize("name", AWKWARD)
def test_a_name_may_hold_whatever_people_write(ds, name):
    save_rule(ds, name, GOLD)
    assert list(saved(ds)) == [name]
    broken = measure(asked(ds), ["customers"], [f"segment:{name}"])
    plain = measure(asked(ds), ["customers"], ["tier"]).filter(pl.col("tier").cast(pl.String).is_in(["gold", "platinum"]))
    assert broken.row(0)[1] == plain["customers"].sum()
    assert ds.cursor().execute("select count(*) from month_rows").fetchone()[0] > 0


@pytest.mark.parametrize("name", ["", "   ", "segment:", "x" * 61, "a\x00b", "a\u202eb"])
def test_a_name_that_nobody_could_read_is_refused(ds, name):
    with pytest.raises(BadInput):
        save_rule(ds, name, GOLD)
    assert not saved(ds)


def test_a_new_version_changes_the_answer_and_the_history_keeps_both(ds):
    assert save_rule(ds, "s", GOLD, "Ann").version == 1
    before = measure(asked(ds, filters=Filters((("segment:s", ("in",)),))), ["customers"])["customers"][0]
    assert save_rule(ds, "s", RICH, "Bob").version == 2
    after = measure(asked(ds, filters=Filters((("segment:s", ("in",)),))), ["customers"])["customers"][0]
    assert before != after
    assert [(v.version, v.who, v.rule) for v in versions(ds, "s")] == [(2, "Bob", RICH), (1, "Ann", GOLD)]
    assert saved(ds)["s"].version == 2


def test_a_retired_segment_is_unknown_says_since_when_and_comes_back_when_saved_again(ds):
    save_rule(ds, "s", GOLD)
    retire(ds, "s")
    assert saved(ds) == {}
    with pytest.raises(NotFound, match="was retired on 20"):
        measure(asked(ds, filters=Filters((("segment:s", ("in",)),))), ["customers"])
    with pytest.raises(NotFound, match="was retired"):
        measure(asked(ds), ["customers"], ["segment:s"])
    assert save_rule(ds, "s", GOLD).version == 3
    assert list(saved(ds)) == ["s"]


def test_a_name_is_found_by_its_nearest(ds):
    save_rule(ds, "High value", GOLD)
    with pytest.raises(NotFound, match="the nearest is High value"):
        segment(ds, "segment:Hihg value")


def test_a_renamed_segment_keeps_its_rule_and_the_old_name_says_the_new(ds):
    save_rule(ds, "s", GOLD)
    assert rename(ds, "s", "t").rule == GOLD
    assert list(saved(ds)) == ["t"]
    with pytest.raises(NotFound, match="is now called t"):
        segment(ds, "s")
    save_rule(ds, "u", RICH)
    with pytest.raises(BadInput, match="already"):
        rename(ds, "u", "t")


def test_a_segment_may_rest_on_another_but_not_on_itself(ds):
    save_rule(ds, "a", GOLD)
    save_rule(ds, "b", Rule((Clause("segment:a", ("out",)), Clause("gender", ("F",)))))
    women = measure(asked(ds, filters=Filters((("segment:b", ("in",)),))), ["customers"])["customers"][0]
    by = measure(asked(ds), ["customers"], ["segment:a", "gender"])
    assert women == by.filter((pl.col("segment:a") == "out") & (pl.col("gender") == "F"))["customers"][0]
    for ring in (Rule((Clause("segment:b", ("in",)),)), Rule((Clause("segment:a", ("in",)),))):
        with pytest.raises(NotPossible, match="defined by itself"):
            save_rule(ds, "a", ring)
    with pytest.raises(NotPossible, match="part of the rule of b"):
        retire(ds, "a")
    with pytest.raises(NotPossible, match="part of the rule of b"):
        rename(ds, "a", "c")
    retire(ds, "b")
    retire(ds, "a")


def test_a_list_holds_its_customers_whatever_becomes_of_them(ds):
    ids = members(asked(ds))["customer_id"].to_list()[:70]
    one = save_list(ds, "call", [*ids, ids[0], "nobody"], "Ann")
    assert (one.n_listed, gone(ds, one)) == (71, 1)
    rows = members(asked(ds, filters=Filters((("segment:call", ("in",)),))))
    assert rows["customer_id"].to_list() == sorted(ids)
    parts = measure(asked(ds), ["customers"], ["segment:call"])
    assert parts["customers"].sum() == measure(asked(ds), ["customers"])["customers"][0]


def test_a_list_of_people_who_are_all_gone_is_nobody_with_no_rate(ds):
    one = save_list(ds, "gone", ["x", "y"])
    assert gone(ds, one) == 2
    row = measure(asked(ds, filters=Filters((("segment:gone", ("in",)),))), ["customers", "churn_rate"]).row(0, named=True)
    assert (row["customers"], row["churn_rate"], row["churn_rate_n"]) == (0, None, 0)


def test_a_list_of_nobody_is_refused(ds):
    with pytest.raises(NotPossible):
        save_list(ds, "empty", [])


def test_a_list_whose_file_was_touched_or_lost_says_so(ds):
    one = save_list(ds, "call", members(asked(ds))["customer_id"].to_list()[:5])
    path = ds.root / "segments" / one.file
    content = path.read_bytes()
    path.write_bytes(content + b"x")
    with pytest.raises(WorkspaceProblem, match="The list of the segment call cannot be read"):
        measure(asked(ds, filters=Filters((("segment:call", ("in",)),))), ["customers"])
    path.unlink()
    with pytest.raises(WorkspaceProblem, match="cannot be read"):
        measure(asked(ds), ["customers"], ["segment:call"])
    path.write_bytes(content)
    assert measure(asked(ds, filters=Filters((("segment:call", ("in",)),))), ["customers"])["customers"][0] == 5


def test_the_same_list_in_another_order_is_the_same_file(ds):
    ids = members(asked(ds))["customer_id"].to_list()[:5]
    assert save_list(ds, "a", ids).file == save_list(ds, "b", reversed(ids)).file
    assert len(list((ds.root / "segments").iterdir())) == 1


@pytest.mark.parametrize(
    "written, sentence",
    [
        ("[]", "written as an object"),
        ("{", "not JSON"),
        ('{"all": []}', "at least one condition"),
        ('{"column": "tier"}', "needs either in"),
        ('{"column": "tier", "in": []}', "list of values"),
        ('{"column": "tier", "in": [1]}', "list of values"),
        ('{"column": "aum_end", "from": 5, "to": 1}', "nothing lies between"),
        ('{"column": "aum_end", "from": "5"}', "not a number"),
        ('{"column": "aum_end", "from": true}', "not a number"),
        ('{"column": "aum_end", "from": Infinity}', "not a number"),
        ('{"column": "tier", "in": ["gold"], "drop": 1}', "does not know drop"),
        ('{"all": [{"all": [{"all": [{"all": [{"all": [{"column": "tier", "in": ["gold"]}]}]}]}]}]}', "nested too deeply"),
        ("[" * 100_000, "not JSON"),
    ],
)
def test_a_rule_that_is_none_says_what_is_wrong(written, sentence):
    with pytest.raises(BadInput, match=sentence):
        rule_in(written)


@pytest.mark.parametrize(
    "clause, sentence",
    [
        (Clause("tier", ("golden",)), "no value golden; the nearest is gold"),
        (Clause("aum_edn", low=1.0), "do not hold aum_edn, which the rule asks for; the nearest is aum_end"),
        (Clause("tier", low=1.0), "do not hold tier, which the rule asks for"),
        (Clause("m.c in (1) or 1=1 --", low=1.0), "do not hold"),
        (Clause("segment:nobody", ("in",)), "There is no segment nobody"),
    ],
)
def test_a_rule_that_names_what_the_data_lack_says_so_in_one_sentence(ds, clause, sentence):
    with pytest.raises(NotFound, match=sentence):
        save_rule(ds, "s", Rule((clause,)))
    assert not saved(ds)


def test_a_level_that_later_data_lack_is_nobodys(ds):
    found = rule_condition(ds, Rule((Clause("tier", ("emerald",)),)))
    assert ds.cursor().execute(f"select count(*) from month_rows m where {found.sql}", list(found.bound)).fetchone()[0] == 0


def test_segments_lie_over_one_another_as_counting_people_says(ds):
    save_rule(ds, "a", GOLD)
    save_rule(ds, "b", RICH, tag=True)
    people = members(asked(ds), by=["segment:a", "segment:b"])
    rows = {(r["segment"], r["other"]): r for r in overlap(asked(ds), ["a", "b"]).to_dicts()}
    for one in "ab":
        for two in "ab":
            both = people.filter((pl.col(f"segment:{one}") == "in") & (pl.col(f"segment:{two}") == "in")).height
            size = people.filter(pl.col(f"segment:{one}") == "in").height
            assert rows[one, two]["both"] == both and rows[one, two]["size"] == size
            assert rows[one, two]["share"] == pytest.approx(both / size)
    assert {r["customers"] for r in rows.values()} == {people.height}


def test_a_customer_carries_the_tags_whose_rule_holds_now(ds):
    save_rule(ds, "women", Rule((Clause("gender", ("F",)),)), tag=True)
    save_rule(ds, "men", Rule((Clause("gender", ("M",)),)), tag=True)
    save_rule(ds, "no tag", Rule((Clause("gender", ("F", "M")),)))
    genders = dict(members(asked(ds)).select("customer_id", "gender").iter_rows())
    for customer, gender in list(genders.items())[:20]:
        assert tags_of(ds, customer) == (["women"] if gender == "F" else ["men"])
    assert tags_of(ds, "nobody") == []


def test_a_rule_works_on_one_row_a_customer(tmp_path):
    rows = pl.DataFrame({"customer_id": list("abcd"), "churned": [True, False, None, False], "x_age": [20, 40, 60, None]})
    from churn_dash.intake.extraction import extract
    from churn_dash.intake.source import Source

    text = "CustomerId,Age,Exited\n" + "\n".join(
        f"{c},{'' if a is None else a},{'' if e is None else int(e)}" for c, e, a in rows.iter_rows()
    )
    workspace = Workspace.create(tmp_path / "flat")
    publish(workspace, extract([Source("flat.csv", text.encode())]))
    flat = workspace.dataset()
    save_rule(flat, "old", Rule((Clause("Age", low=40.0),)))
    found = measure(asked(flat), ["customers"], ["segment:old"])
    assert (
        dict(found.select("segment:old", "customers").iter_rows())["in"]
        == members(asked(flat, filters=Filters((("segment:old", ("in",)),)))).height
    )
    assert set(members(asked(flat, filters=Filters((("segment:old", ("in",)),))))["customer_id"]) <= {"b", "c"}


def test_a_rule_is_offered_what_the_bank_brought_and_nothing_inner(bank_data):
    brought = set(TABLES["customer_month"].columns) | {a.column for a in bank_data.attributes}
    offered = columns(bank_data)
    assert {"txn_count", "aum_end"} <= set(offered) <= brought
    assert all(c.own_words or c.label != c.name for c in offered.values())
