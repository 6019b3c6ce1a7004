"""Who is called, who is let go, and why: one rule for consent, value against cost, capacity, and fairness before the file leaves."""

import datetime
import html
import io
from dataclasses import replace

import numpy as np
import openpyxl
import polars as pl
import pytest
from polars.testing import assert_frame_equal, assert_series_equal

from churn_dash import retention, risk
from churn_dash.access import Scope
from churn_dash.care.contacts import Cap, touches
from churn_dash.care.standing import standing
from churn_dash.contract.assumptions import ASSUMPTIONS
from churn_dash.errors import BadInput, NotFound, WorkspaceProblem
from churn_dash.measures.money.assumptions import Held
from churn_dash.measures.money.held import present
from churn_dash.measures.money.lifetime_value import multiple
from churn_dash.report import customer_card, worklist_file
from churn_dash.retention import plays
from churn_dash.retention.plays.catalogue import DEFAULTS as PLAYS
from churn_dash.retention.plays.own_products import DEFAULTS as PRODUCTS
from churn_dash.retention.threshold import Cuts, Offer, usual
from churn_dash.retention.worklists import exports as exported
from churn_dash.retention.worklists.again import BEFORE, too_soon
from churn_dash.retention.worklists.calls import reasons_of
from churn_dash.retention.worklists.expected import NOT_SHOWN, gain
from churn_dash.retention.worklists.fairness import fairness, groups
from churn_dash.retention.worklists.hoppers import hoppers
from churn_dash.retention.worklists.what_to_do import ToDo, what_to_do
from churn_dash.risk.explained.reasons import on_a_card
from churn_dash.store import Records
from churn_dash.words import say
from tests.asking import ALL, asked
from tests.measures.reference import value_of_acting


def assumed(**values):
    return {name: Held(a, values.get(name, a.default)) for name, a in ASSUMPTIONS.items()}


@pytest.fixture(scope="module")
def listed(modelled):
    ds, kept = modelled
    return retention.worklist(asked(ds), kept, usual(kept), assumed())


@pytest.fixture(scope="module")
def to_do(modelled, listed):
    ds, kept = modelled
    return what_to_do(ds, kept, listed.rows, PLAYS, PRODUCTS)


def test_what_to_do_about_a_customer_is_what_his_own_page_says(modelled, listed, to_do):
    ds, kept = modelled
    assert set(to_do) == set(listed.rows["customer_id"])
    for number, reasons in listed.rows.select("customer_id", "reasons").head(8).iter_rows():
        own = plays.advice(risk.explain(ds, kept, number, scope=ALL), PLAYS, PRODUCTS, plays.facts(ds, number))
        assert to_do[number].product == own.product
        told = on_a_card(reasons_of(reasons, kept))
        if told:
            assert to_do[number].plays[0] == plays.play_for(PLAYS, told[0].feature, told[0].value, told[0].peer)
        else:
            assert to_do[number].plays == (PLAYS["hello"],)
    known = ds.table("customers").select("customer_id", "risk_appetite").rows()
    for number, appetite in known:
        product = to_do[number].product if number in to_do else None
        assert product is None or plays.APPETITES.index(product.risk) <= plays.APPETITES.index(appetite or "low")


def test_play_and_own_product_are_columns_of_the_list_in_the_readers_language(modelled, listed, to_do):
    _ds, kept = modelled
    said = worklist_file.spoken(listed.rows, kept, to_do, "zh")
    first = said.row(0, named=True)
    one = to_do[first["customer_id"]]
    assert first["play"] == say(one.plays[0].title, "zh") != one.plays[0].title
    assert said["play"].null_count() == 0 and first["product"] == (one.product and say(one.product.title, "zh"))
    assert list(said.columns) == list(worklist_file.LABELS)


def test_the_fairness_sheet_speaks_in_words(modelled, listed):
    ds, kept = modelled
    levels = set(worklist_file.fairness_rows(fairness(ds, kept, listed), "zh")["level"])
    assert {"女", "男"} & levels and not {"F", "M", "unknown", "mobile", "phone", "branch", "<25", "65+"} & levels


def test_who_asked_to_be_left_alone_and_who_never_agreed_is_not_called(modelled):
    ds, kept = modelled
    there = standing(asked(ds, definition=kept.card.definition))
    barred = set(touches(there).filter(pl.col("no_marketing"))["customer_id"])
    opted_out = set(ds.table("contacts").filter(pl.col("result") == "opted_out")["customer_id"])
    unknown = set(ds.table("customers").filter(pl.col("consent_marketing").is_null())["customer_id"])
    called = set(retention.may_be_called(ds, kept, scope=Scope.everything())["customer_id"])
    scored = set(risk.score(ds, kept, scope=ALL)["customer_id"])
    assert called == scored - barred
    assert opted_out & scored and not called & opted_out
    assert not called & unknown


def test_balances_now_are_the_same_for_the_list_and_for_what_is_at_stake(modelled):
    ds, kept = modelled
    called = retention.may_be_called(ds, kept, scope=Scope.everything())
    held = present(asked(ds, definition=kept.card.definition)).rows
    both = called.join(held, on="customer_id", how="left")
    assert both.height == called.height
    assert_series_equal(both["value"], both["held"], check_names=False, rel_tol=1e-9)


@pytest.mark.parametrize("decay", [1.0, 0.6])
def test_a_call_is_worth_what_METHODS_B9_says_and_the_list_sums_to_the_profit_of_D8(decay):
    rows = pl.DataFrame({"probability": [0.1, 0.5, 0.9], "value": [1000.0, 300.0, 200.0]})
    values = {"save_rate": 0.3, "offer_cost": 10.0, "contact_cost": 1.0, "decay": decay}
    found = rows.select(gain(values))["gain"]
    for p, value, one in zip(rows["probability"], rows["value"] * decay, found, strict=True):
        assert one == pytest.approx(value_of_acting(p * 0.3, value, 1.0, p * 0.3 + 1 - p, 10.0))
        offer = Offer(values["save_rate"], values["offer_cost"], values["contact_cost"])
        leaver, stayer = offer.saved * (value - offer.offer) - offer.contact, -(offer.offer + offer.contact)
        assert one == pytest.approx(p * leaver + (1 - p) * stayer)


def measured(low, high, value=0.279):
    """The assumptions with a share of leavers kept that a campaign measured."""
    held = assumed(save_rate=max(value, 0.0))
    told = {"name": "Spring calls", "value": value, "low": low, "high": high, "n_treated": 900, "n_control": 300}
    return held | {"save_rate": replace(held["save_rate"], measured=told | {"includes_none": low <= 0 <= high})}


def test_the_expected_gain_lies_between_the_lists_gains_at_the_ends_of_the_measured_share(modelled):
    ds, kept = modelled
    held = measured(-0.04, 0.5)
    found = retention.worklist(asked(ds), kept, usual(kept), held)
    p, v = (found.rows.drop_nulls("gain")[c].to_numpy() for c in ("probability", "value"))
    contact, offer, decay = (held[n].value for n in ("contact_cost", "offer_cost", "decay"))

    def brought(share):
        return (p * share * (v * decay - offer) - contact - (1 - p) * offer).sum()

    e = found.expected
    assert (e.gain, e.low, e.high) == pytest.approx((brought(0.279), brought(-0.04), brought(0.5)))
    assert e.low < -contact * len(p) and e.high > e.gain > 0
    told = found.as_json()
    assert (told["gain_low"], told["gain_high"], told["effect_shown"]) == (e.low, e.high, False) and "Spring calls" in told["gain_range"]
    few = found.without(found.rows["customer_id"].head(3)).expected
    assert few.low > e.low and few.high < e.high


def test_only_a_range_above_none_shows_that_calls_keep_anybody_and_what_is_assumed_has_no_range(modelled, listed):
    ds, kept = modelled
    sure = retention.worklist(asked(ds), kept, usual(kept), measured(0.01, 0.45)).expected
    assert sure.shown is True and NOT_SHOWN not in str(sure.doubted(sure.words)) and sure.low < 0
    worse = retention.worklist(asked(ds), kept, usual(kept), measured(-0.3, -0.02, -0.1))
    assert worse.expected.shown is False and worse.rows.filter(pl.col("gain").is_not_null()).is_empty()
    e = listed.expected
    assert (e.low, e.high, e.shown) == (None, None, None) and "30.00% of the leavers are kept is assumed" in str(e.covers)
    assert NOT_SHOWN not in str(e.doubted(e.words)) and "(" not in str(e.words)


def test_everybody_has_one_verdict_and_none_is_dropped(modelled, listed):
    ds, kept = modelled
    assert sum(listed.counts.values()) == listed.everybody.height == risk.score(ds, kept, scope=ALL).height
    rows = listed.everybody
    assert (rows.filter(pl.col("verdict") == "listed")["gain"] > 0).all()
    assert (rows.filter(pl.col("verdict") == "not_worth_a_call")["gain"] <= 0).all()
    assert (rows.filter(pl.col("verdict") == "unprofitable")["value"] <= 0).all()
    assert (rows.filter(pl.col("verdict") == "below")["probability"] < listed.cuts.high).all()
    assert rows.filter(pl.col("verdict") == "refused")["refused"].all() and not listed.rows["refused"].any()
    assert listed.n_let_go == sum(listed.counts[v] for v in ("unprofitable", "hopper", "not_worth_a_call"))
    assert all(listed.counts[v] for v in ("listed", "refused", "unprofitable", "not_worth_a_call"))


def test_dearer_calls_let_more_customers_go(modelled, listed):
    ds, kept = modelled
    dear = retention.worklist(asked(ds), kept, listed.cuts, assumed(contact_cost=500.0))
    assert dear.rows.height < listed.rows.height
    assert set(dear.rows["customer_id"]) <= set(listed.rows["customer_id"])


def test_no_manager_gets_more_than_he_can_call_and_the_best_come_first(modelled, listed):
    ds, kept = modelled
    few = retention.worklist(asked(ds), kept, listed.cuts, assumed(), capacity=2)
    assert few.rows.group_by("owner").len()["len"].max() == 2
    worth = few.everybody.filter(pl.col("verdict").is_in(["listed", "beyond_capacity"]))
    assert set(worth["customer_id"]) == set(listed.rows["customer_id"])
    for (_owner,), part in worth.group_by("owner"):
        kept_gain = part.filter(pl.col("verdict") == "listed")["gain"].min()
        beyond = part.filter(pl.col("verdict") == "beyond_capacity")["gain"].max()
        assert beyond is None or beyond <= kept_gain
    with pytest.raises(BadInput):
        retention.worklist(asked(ds), kept, listed.cuts, assumed(), capacity=0)
    with pytest.raises(BadInput):
        retention.worklist(asked(ds), kept, listed.cuts, assumed(), grades=("huge",))


def test_who_has_heard_enough_is_left_in_peace(modelled, listed):
    ds, kept = modelled
    once = retention.worklist(asked(ds), kept, listed.cuts, assumed(), cap=Cap(1, 90))
    assert once.counts["capped"] > listed.counts["capped"]
    since = once.day - datetime.timedelta(days=90)
    recent = set(ds.table("contacts").filter(pl.col("ts").is_between(since, once.day, "right"))["customer_id"])
    assert not set(once.rows["customer_id"]) & recent


def test_a_worklist_holds_nobody_beyond_the_viewers_branches(modelled):
    ds, kept = modelled
    found = retention.worklist(asked(ds, scope=Scope(frozenset({"B03"}))), kept, Cuts(0.01, 0.01), assumed())
    assert found.everybody.height and set(found.everybody["branch_id"]) == {"B03"}
    with pytest.raises(NotFound):
        outside = risk.score(ds, kept, scope=ALL)["customer_id"].filter(
            ~risk.score(ds, kept, scope=ALL)["customer_id"].is_in(found.everybody["customer_id"])
        )[0]
        customer_card.card(ds, kept, found, outside, 50.0, PLAYS, PRODUCTS)


def test_customers_of_whom_nothing_is_known_are_not_what_others_are_held_against():
    levels = pl.Series(["18-29"] * 100 + ["30-44"] * 100 + [None] * 100)
    found = {g.level: g for g in groups("age", levels, pl.Series([True] * 50 + [False] * 50 + [True] * 48 + [False] * 52 + [True] * 100))}
    assert found["18-29"].ratio == 1.0 and not any(g.flagged for g in found.values())
    assert found["unknown"].ratio == 2.0


def test_a_group_offered_less_than_four_fifths_is_flagged_and_small_groups_are_not_judged():
    levels = pl.Series(["a"] * 100 + ["b"] * 100 + ["c"] * 10 + [None] * 40)
    offered = pl.Series([True] * 50 + [False] * 50 + [True] * 15 + [False] * 85 + [True] * 10 + [True] * 20 + [False] * 20)
    found = {g.level: g for g in groups("age", levels, offered)}
    assert found["b"].ratio == pytest.approx(0.3) and found["b"].flagged and found["b"].ratio_high < 0.8
    assert not found["a"].flagged and found["a"].low < found["a"].not_offered < found["a"].high
    assert found["c"].ratio is None and not found["c"].flagged
    assert found["unknown"].n == 40 and found["unknown"].ratio == pytest.approx(1.0)


def test_a_group_under_four_fifths_by_chance_is_not_flagged():
    levels = pl.Series(["a"] * 100 + ["b"] * 100)
    found = {g.level: g for g in groups("age", levels, pl.Series([True] * 50 + [False] * 50 + [True] * 39 + [False] * 61))}
    assert found["b"].ratio == pytest.approx(0.78) and not found["b"].flagged
    assert found["b"].ratio_low < 0.78 < 0.8 < found["b"].ratio_high


def test_one_lucky_group_among_many_alike_flags_nobody():
    """Twelve cities whose customers are all offered a call with the same probability: the best of them is best by luck."""
    rng, flagged, under = np.random.default_rng(3), 0, 0
    for _time in range(200):
        n = rng.integers(40, 120, 12)
        levels = np.repeat([f"city {i}" for i in range(12)], n)
        found = groups("region", pl.Series(levels), pl.Series(rng.random(n.sum()) < 0.4))
        under += any(g.ratio is not None and g.ratio < 0.8 for g in found)
        flagged += any(g.flagged for g in found)
    assert under > 150 and flagged <= 0.05 * 200


def test_the_check_counts_everybody_at_risk_once_in_each_dimension(modelled, listed):
    ds, kept = modelled
    found = fairness(ds, kept, listed)
    at_risk = listed.everybody.filter(pl.col("verdict") != "below").height
    by = pl.DataFrame([g.as_json() for g in found]).group_by("dimension").agg(pl.col("n").sum(), pl.col("left_out").sum())
    assert set(by["dimension"]) == {"age", "gender", "region", "channel"}
    assert (by["n"] == at_risk).all() and (by["left_out"] == at_risk - listed.rows.height).all()


def test_the_workbook_has_a_sheet_a_manager_with_ids_as_text(modelled, listed, to_do):
    ds, kept = modelled
    book = openpyxl.load_workbook(io.BytesIO(worklist_file.workbook(listed, kept, to_do, fairness(ds, kept, listed), "zh")))
    owners = listed.rows["owner"].unique(maintain_order=True).to_list()
    assert book.sheetnames[: len(owners)] == owners and len(book.sheetnames) == len(owners) + 2
    rows = sum(book[o].max_row - 1 for o in owners)
    assert rows == listed.rows.height
    cell = book[owners[0]]["A2"]
    assert cell.value == listed.rows["customer_id"][0] and cell.number_format == "@" and cell.data_type == "s"


def test_a_list_is_written_by_its_ending_or_refused_in_a_sentence(modelled, listed, to_do, tmp_path):
    _ds, kept = modelled
    for name in ("w.csv", "w.parquet", "w.xlsx"):
        worklist_file.write(listed, kept, to_do, (), tmp_path / name)
        assert (tmp_path / name).stat().st_size
    for bad in (tmp_path / "w.doc", tmp_path / "none" / "w.csv"):
        with pytest.raises(BadInput):
            worklist_file.write(listed, kept, to_do, (), bad)


def test_the_card_says_why_and_what_not_to_say_without_a_word_of_the_model(modelled, listed):
    ds, kept = modelled
    number = listed.rows["customer_id"][0]
    one = customer_card.card(ds, kept, listed, number, 50.0, PLAYS, PRODUCTS)
    page = customer_card.page(one)
    for p in one.to_do.plays:
        assert html.escape(p.title) in page and html.escape(p.avoid) in page.split("What not to say")[1]
    assert one.to_do.plays and html.escape(one.to_do.product.title) in page
    assert number in page and "What not to say" in page and "<script" not in page and "http" not in page
    text = page[page.index("</style>") :].lower()
    assert not [w for w in ("model", "probability", "score", "shap", "log-odds", "threshold") if w in text]
    assert customer_card.page(one, "zh") != page
    hidden = customer_card.page(one, hide=True)
    assert number not in hidden and customer_card.masked(number) in hidden and "Balances" not in hidden.split("<h2>")[0]


def test_text_from_the_bank_cannot_become_markup_on_the_card():
    one = customer_card.Card(
        "<b>1</b>", "<i>", None, None, (), None, 10.0, ({"ts": None, "channel": "<u>"},), None, True, "2024-01-31", ToDo()
    )
    page = customer_card.page(one)
    assert "<b>1" not in page and "<i>" not in page and "<u>" not in page and "No marketing contact" in page


def test_a_list_without_months_is_by_risk_alone_and_says_so(tmp_path):
    import random

    from churn_dash.intake.extraction import extract
    from churn_dash.intake.source import Source
    from churn_dash.store import Workspace, publish

    rng = random.Random(5)
    lines = ["CustomerId,Age,Region,Products,Balance,Exited"]
    for i in range(600):
        age, region = rng.randint(18, 80), rng.choice(["North", "South"])
        left = rng.random() < 0.1 + 0.4 * (age > 55)
        lines.append(f"{i:06d},{age},{region},{rng.randint(1, 4)},{round(rng.random() * 1e5, 2)},{int(left)}")
    space = Workspace.create(tmp_path / "flat")
    publish(space, extract([Source("flat.csv", "\n".join(lines).encode())]))
    ds = space.dataset()
    risk.train(ds, space.models, model="logistic")
    kept = risk.trained(space.models, ds.state)
    found = retention.worklist(asked(ds), kept, usual(kept), assumed(), capacity=1_000)
    left = ds.table("cross_section").filter(pl.col("churned"))["customer_id"]
    assert found.rows.height == found.n_unvalued > 0 and found.expected.gain is None and found.retention is None
    assert not set(found.rows["customer_id"]) & set(left)
    assert retention.may_be_called(ds, kept, scope=Scope.everything())["value"].null_count() == 0
    assert risk.score(ds, kept, scope=Scope(frozenset({"North"}))).is_empty()


def put_there(listed, day, grade="high"):
    rows = [(c, day, ["low", "medium", "high"].index(grade)) for c in listed.rows["customer_id"].head(5)]
    return pl.DataFrame(rows, schema=BEFORE, orient="row")


@pytest.mark.parametrize(
    ("ago", "grade", "again"), [(59, "high", False), (60, "high", True), (1, "high", False), (0, "high", True), (1, "medium", True)]
)
def test_the_same_customer_is_on_a_list_again_only_after_60_days_or_at_a_higher_grade(modelled, listed, ago, grade, again):
    ds, kept = modelled
    before = put_there(listed, listed.day - datetime.timedelta(days=ago), grade)
    found = retention.worklist(asked(ds), kept, listed.cuts, assumed(), before=before)
    assert found.counts["repeated"] == (0 if again else 5)
    assert sum(found.counts.values()) == found.everybody.height
    rows = found.everybody.filter(pl.col("customer_id").is_in(before["customer_id"].to_list()))
    assert set(rows["verdict"]) <= ({"listed", "beyond_capacity"} if again else {"repeated"})


def test_the_last_list_counts_not_an_older_one_at_a_lower_grade():
    day = datetime.date(2026, 6, 30)
    rows = [("a", datetime.date(2026, 5, 1), 1), ("a", datetime.date(2026, 6, 1), 2), ("b", datetime.date(2026, 1, 1), 2)]
    assert too_soon(pl.DataFrame(rows, schema=BEFORE, orient="row"), day).rows() == [("a", datetime.date(2026, 6, 1), 2)]


def test_every_list_handed_out_is_on_record_and_keeps_its_customers_off_the_next(modelled, modelled_folder, listed, tmp_path):
    ds, kept = modelled
    records = Records(tmp_path)
    assert exported.exports(records) == () and exported.listed_before(records).is_empty()
    exported.put(records, ds, kept, listed, "xlsx", "Ann")
    exported.put(records, ds, kept, listed, "csv", "Bob")
    last, first = exported.exports(records)
    assert (first.number, first.who, first.kind, first.n, first.version, first.model) == (
        1,
        "Ann",
        "xlsx",
        listed.rows.height,
        ds.version,
        kept.id,
    )
    assert (last.number, last.who, last.day) == (2, "Bob", listed.day)
    before = exported.listed_before(records)
    assert set(before["customer_id"]) == set(listed.rows["customer_id"]) and set(before["listed_rank"]) == {2}
    # The same day is the same list; a month later they are left off.
    again = retention.worklist(asked(ds), kept, listed.cuts, assumed(), before=before)
    assert_frame_equal(again.rows, listed.rows, rel_tol=1e-9)
    month_ago = before.with_columns(pl.col("listed_on") - pl.duration(days=30))
    found = retention.worklist(asked(ds), kept, listed.cuts, assumed(), before=month_ago)
    assert found.counts["repeated"] == listed.rows.height


class Shelf:
    """Customers with their products and transfers, as the care lists see them."""

    def __init__(self, holdings, transfers=(), day=datetime.date(2026, 6, 30)):
        kinds = {"holding_id": pl.String, "customer_id": pl.String, "bank": pl.String, "amount": pl.Float64}
        dates = dict.fromkeys(("start_date", "maturity_date", "closed_date"), pl.Date)
        self.day = day
        moved = {"customer_id": pl.String, "direction": pl.String, "internal": pl.Boolean, "amount": pl.Float64, "txn_date": pl.Date}
        self.tables = {
            "product_holdings": pl.DataFrame(list(holdings), schema=kinds | dates, orient="row"),
            "large_transactions": pl.DataFrame(list(transfers), schema=moved, orient="row"),
        }

    def has(self, name, _columns):
        return self.tables[name].height > 0

    def table(self, name):
        return self.tables[name]


def test_who_follows_the_rate_is_told_by_what_fell_due_here_and_went_elsewhere():
    d = datetime.date
    due = [d(2025, 3, 1), d(2025, 9, 1), d(2026, 3, 1)]
    own = [(f"{c}{i}", c, "own", 100.0, d(2024, 1, 1), day, day) for c in "abcde" for i, day in enumerate(due)]
    out = [("a", "out", False, 60.0, d(2025, 3, 20)), ("a", "out", False, 60.0, d(2025, 9, 30))]  # two of three, in time and enough
    out += [("b", "out", False, 60.0, d(2025, 3, 20))]  # once
    out += [("c", "out", True, 99.0, d(2025, 3, 20)), ("c", "out", True, 99.0, d(2025, 9, 2))]  # within the bank
    out += [("d", "out", False, 40.0, d(2025, 3, 2)), ("d", "out", False, 99.0, d(2025, 10, 15))]  # too little; too late
    other = [("e8", "e", "other", 80.0, d(2025, 3, 5), d(2026, 3, 5), None), ("e9", "e", "other", 80.0, d(2026, 3, 6), None, None)]
    assert hoppers(Shelf([*own, *other], out))["customer_id"].to_list() == ["a", "e"]
    # Three more that stayed: less than half went.
    stayed = [(f"s{i}", "a", "own", 100.0, d(2025, 1, 1), d(2026, 1, 1 + i), None) for i in range(3)]
    assert hoppers(Shelf([*own, *other, *stayed], out))["customer_id"].to_list() == ["e"]
    assert hoppers(Shelf([])).is_empty()


def test_a_hopper_is_worth_a_year_and_let_go_only_where_that_does_not_pay(modelled, listed, monkeypatch):
    ds, kept = modelled
    whole = listed.everybody.filter(pl.col("verdict").is_in(["listed", "not_worth_a_call"]) & pl.col("value").is_not_null())
    assert not whole["hopper"].any()
    monkeypatch.setattr("churn_dash.retention.worklists.worklist.hoppers", lambda there: whole.select("customer_id"))
    found = retention.worklist(asked(ds), kept, listed.cuts, assumed(), capacity=10_000)
    now = whole.join(found.everybody, on="customer_id", suffix="_now")
    ratio = (now["value_now"] / now["value"]).drop_nulls()
    a = {n: h.value for n, h in assumed().items()}
    want = multiple(listed.retention, a["discount"], 1) / multiple(listed.retention, a["discount"], int(a["horizon_years"]))
    assert 0 < want < 1 and ratio.to_list() == pytest.approx([want] * len(ratio))
    gone = now.filter(pl.col("verdict_now") == "hopper")
    assert (gone["gain_now"] <= 0).all() and (now.filter(pl.col("verdict_now") == "listed")["gain_now"] > 0).all()
    assert (gone["verdict"] == "listed").any() and (now["verdict_now"] == "listed").any()
    assert found.counts["hopper"] == gone.height and not (now["verdict_now"] == "not_worth_a_call").any()


@pytest.mark.parametrize(
    "body",
    [
        {"n": 3},
        {"day": "last week", "customers": {}},
        {"day": "2026-01-31", "customers": {"dire": ["C1"]}},
        {"day": "2026-01-31", "customers": ["C1"]},
    ],
)
def test_a_record_edited_by_hand_is_one_sentence(tmp_path, body):
    records = Records(tmp_path)
    records.add(exported.KIND, exported.NAME, body)
    for read in (exported.exports, exported.listed_before):
        with pytest.raises(WorkspaceProblem, match=r"Record 1 of worklist_export .* changed by hand in .*records.sqlite"):
            read(records)
