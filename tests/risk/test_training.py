import datetime
import json

import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from churn_dash import retention, risk
from churn_dash.access import Scope
from churn_dash.contract.attributes import Attribute
from churn_dash.errors import BadInput, NotFound, NotPossible
from churn_dash.words import say
from tests.alike import approximately
from tests.asking import ALL


@pytest.fixture(scope="module")
def result(sheet, tmp_path_factory):
    return risk.train(sheet, tmp_path_factory.mktemp("models"))


@pytest.fixture(scope="module")
def panel(risk_bank):
    ds = risk_bank.dataset()
    heard = []
    found = risk.train(ds, risk_bank.models, progress=lambda text, share: heard.append((say(text), share)))
    return ds, found, heard


def test_every_kind_stands_beside_the_base_rate_with_every_fold(result, sheet) -> None:
    found = result.as_json()
    assert found["base_rate"] == pytest.approx(sheet.frame["churned"].mean())
    assert [m["name"] for m in found["models"]] == ["logistic", "scorecard", "tree", "forest", "boosting"]
    assert {m["name"]: len(m["folds"]) for m in found["models"]} == {"logistic": 25, "scorecard": 5, "tree": 5, "forest": 5, "boosting": 25}
    for m in found["models"]:
        assert m["roc_auc"] == pytest.approx(np.mean(m["folds"]))
        assert m["roc_auc_low"] <= m["roc_auc"] <= m["roc_auc_high"]
        assert m["pr_auc"] > found["baseline"]["pr_auc"] and m["brier"] < found["baseline"]["brier"]
        assert 0.8 < m["slope"] < 1.25
    assert found["chosen"] == "logistic"
    json.dumps(found, allow_nan=False)


def test_identifiers_gender_and_nothing_else_are_left_out(result) -> None:
    assert {x["column"] for x in result.as_json()["left_out"]} == {"Surname", "RowNumber", "gender"}
    assert all("一" in x["why"] or x["why"] for x in result.as_json("zh")["left_out"])


def test_the_same_seed_gives_the_same_model(sheet, tmp_path, result) -> None:
    again = risk.train(sheet, tmp_path, "logistic")
    assert again.as_json()["models"][0]["folds"] == approximately(result.as_json()["models"][0]["folds"])
    shuffled = type(sheet)(sheet.frame.sample(fraction=1.0, shuffle=True, seed=1), sheet.attributes)
    mixed = risk.train(shuffled, tmp_path, "logistic")
    assert mixed.as_json()["models"][0]["folds"] == approximately(again.as_json()["models"][0]["folds"])


def test_an_explanation_adds_up_and_carries_its_reasons(sheet, result) -> None:
    found = risk.explain(sheet, result.model, "00007", scope=ALL).as_json()
    assert found["base"] + sum(c["contribution"] for c in found["contributions"]) == pytest.approx(found["output"], abs=1e-4)
    assert found["base_probability"] + sum(b["points"] for b in found["bars"]) == pytest.approx(found["probability"], abs=1e-9)
    assert set(found) >= {"customer_id", "probability", "unit", "base", "output", "contributions", "reasons", "bars"}
    scored = risk.score(sheet, result.model, scope=ALL).filter(pl.col("customer_id") == "00007")
    assert scored["probability"][0] == pytest.approx(found["probability"], abs=1e-9)
    json.dumps(found, allow_nan=False)


def test_the_base_of_a_waterfall_is_the_calibrated_risk_at_the_base(sheet, result) -> None:
    found = risk.explain(sheet, result.model, "00007", scope=ALL)
    assert 0 < found.base_probability < 1
    assert sum(found.groups.values()) == pytest.approx(found.probability - found.base_probability)


def test_an_unknown_customer_is_answered_with_the_nearest_number(sheet, result) -> None:
    with pytest.raises(NotFound, match="nearest number is 00012"):
        risk.explain(sheet, result.model, "0001200", scope=ALL)


def test_levers_and_what_if_of_an_attribute_sheet(sheet, result) -> None:
    row = risk.explain(sheet, result.model, "00007", scope=ALL).row
    found = risk.levers(result.model, row)
    assert {x.feature for x in found} == {"Products"}, "a bank cannot set a balance"
    answer = risk.what_if(result.model, row, {"Products": found[0].high})
    assert answer.difference == pytest.approx(answer.probability_after - answer.probability_before)
    with pytest.raises(BadInput):
        risk.what_if(result.model, row, {"Products": found[0].high + 5})


def test_the_call_list_names_who_may_be_called_most_at_stake_first(panel) -> None:
    ds, found, _heard = panel
    calls = retention.first_calls(ds, found.model, 20, scope=Scope.everything())
    assert len(calls) == 20 and {c.customer_id for c in calls} <= set(
        retention.may_be_called(ds, found.model, scope=Scope.everything())["customer_id"]
    )
    high = [c for c in calls if c.probability >= found.model.card.threshold]
    assert calls[: len(high)] == tuple(high), "those at high risk first"
    stakes = [c.probability * (c.value or 0.0) for c in high]
    assert high and stakes == sorted(stakes, reverse=True)
    assert all(r.telling for c in calls for r in c.reasons)
    assert retention.calls_frame(calls).columns == ["customer_id", "probability", "value", "mark", "reason"]


def test_scores_are_written_formula_safe(result, sheet, tmp_path) -> None:
    rows = risk.score(sheet, result.model, scope=ALL).head(2).with_columns(customer_id=pl.Series(["=1+1", "007"]))
    risk.write_scores(rows, tmp_path / "scores.csv")
    text = (tmp_path / "scores.csv").read_bytes()
    assert text.startswith(b"\xef\xbb\xbf") and b"'=1+1" in text and b"\n007," in text
    risk.write_scores(rows, tmp_path / "scores.parquet")
    risk.write_scores(risk.score(sheet, result.model, scope=ALL).head(3), tmp_path / "said.csv", result.model)
    assert "typical" in (tmp_path / "said.csv").read_text("utf-8-sig")
    with pytest.raises(BadInput, match="neither"):
        risk.write_scores(rows, tmp_path / "scores.doc")
    with pytest.raises(BadInput, match="cannot be written"):
        risk.write_scores(rows, tmp_path / "absent" / "scores.csv")


def test_another_column_can_be_the_outcome(sheet, tmp_path) -> None:
    answers = sheet.frame.select(pl.when(pl.col("churned")).then(pl.lit("yes")).otherwise(pl.lit("no"))).to_series()
    frame = sheet.frame.drop("churned").with_columns(x_y=answers)
    bare = type(sheet)(frame, (*sheet.attributes, Attribute("cross_section", "x_y", "y", "category")))
    with pytest.raises(NotPossible, match="--target"):
        risk.train(bare, tmp_path, "tree")
    found = risk.train(bare, tmp_path, "tree", target="Y").as_json()
    assert found["target"] == "y" and found["base_rate"] == pytest.approx(sheet.frame["churned"].mean())
    with pytest.raises(NotFound, match="the nearest is Balance"):
        risk.train(bare, tmp_path, "tree", target="balanse")
    with pytest.raises(NotPossible, match="must have two"):
        risk.train(bare, tmp_path, "tree", target="City")


def test_what_cannot_be_learnt_is_said(sheet, tmp_path) -> None:
    def only(n: int) -> object:
        return type(sheet)(sheet.frame.with_columns(churned=pl.int_range(pl.len()) < n), sheet.attributes)

    with pytest.raises(NotPossible, match="No customer in these data has left"):
        risk.train(only(0), tmp_path)
    with pytest.raises(NotPossible, match="Only 19 customers left"):
        risk.train(only(19), tmp_path)
    with pytest.raises(NotPossible, match="Every customer"):
        risk.train(only(1500), tmp_path)
    with pytest.raises(NotFound, match="nearest is forest"):
        risk.train(sheet, tmp_path, "forrest")
    with pytest.raises(NotFound, match="nearest is Balance"):
        risk.train(sheet, tmp_path, drop=("balanc",))
    assert not list(tmp_path.iterdir())


def test_a_large_sheet_is_learnt_from_a_sample_and_scored_whole(sheet, tmp_path, monkeypatch) -> None:
    monkeypatch.setattr("churn_dash.risk.training.MOST_TRAINING_ROWS", 1_000)
    found = risk.train(sheet, tmp_path, "tree")
    assert found.as_json()["n"] == 1_000
    assert risk.score(sheet, found.model, scope=ALL).height == 1_500


def test_a_model_can_score_a_later_extract_and_says_what_is_missing(sheet, result) -> None:
    later = type(sheet)(sheet.frame.head(100), sheet.attributes, version=2, state=2)
    assert risk.score(later, result.model, scope=ALL).height == 100
    lacking = type(sheet)(sheet.frame.drop("x_city"), sheet.attributes[:3], version=2, state=2)
    with pytest.raises(NotPossible, match="City"):
        risk.score(lacking, result.model, scope=ALL)


def test_a_panel_is_tested_on_later_months_and_says_how_often(panel) -> None:
    found = panel[1].as_json()
    assert found["windows"]["observation"] == 12 and found["windows"]["gap"] == 1 and found["windows"]["horizon"] == 3
    assert all(len(m["folds"]) == 1 for m in found["models"])
    assert "1 times" in found["tested"] or "later months" in found["tested"]
    assert found["rows_dropped"]["gap"] > 0
    assert all(0.5 < m["roc_auc"] < 0.99 for m in found["models"])
    json.dumps(found, allow_nan=False)


def test_training_tells_how_far_it_is(panel) -> None:
    shares = [share for _text, share in panel[2]]
    assert shares == sorted(shares) and shares[0] == 0 and shares[-1] < 1
    assert any("Random forest" in text for text, _share in panel[2])


def test_every_active_customer_of_a_panel_is_scored_and_none_who_left(panel) -> None:
    ds, found, _heard = panel
    rows = risk.score(ds, found.model, scope=ALL)
    con = ds.cursor()
    active = {
        r[0]
        for r in con.execute(
            "select customer_id from spells where definition = 'first' and start_date <= ? and (end_date is null or end_date > ?)",
            [ds.data_end] * 2,
        ).fetchall()
    }
    scored = set(rows["customer_id"])
    assert scored <= active and len(scored) > 0.85 * len(active)
    assert rows["probability"].is_between(0, 1).all()


def test_a_customer_of_a_panel_is_explained_with_what_was_scored(panel) -> None:
    ds, found, _heard = panel
    call = retention.first_calls(ds, found.model, 1, scope=Scope.everything())[0]
    one = risk.explain(ds, found.model, call.customer_id, scope=ALL)
    assert one.probability == pytest.approx(call.probability, abs=1e-6)
    assert one.base + sum(c.contribution for c in one.contributions) == pytest.approx(one.output, abs=1e-4)
    assert [say(r.text) for r in one.card] == call.as_json()["reasons"]
    assert len(risk.levers(found.model, one.row)) <= 3


def test_a_viewer_is_told_of_nobody_of_another_branch_not_even_by_the_nearest_number(panel) -> None:
    ds, found, _heard = panel
    kept = dict(ds.cursor().execute("select customer_id, last(d_branch_id order by month) from months group by 1").fetchall())
    ids = risk.score(ds, found.model, scope=ALL)["customer_id"].sort().to_list()
    own = Scope(frozenset({kept[ids[0]]}))
    mine = risk.score(ds, found.model, scope=own)["customer_id"].to_list()
    other = next(i for i in ids if i not in mine)
    assert risk.explain(ds, found.model, mine[0], scope=own).row == risk.explain(ds, found.model, mine[0], scope=ALL).row
    assert {x.of for x in risk.looked_at(ds, mine[0], scope=own)} == {1}
    assert {x.of for x in risk.looked_at(ds, scope=own)} < {x.of for x in risk.looked_at(ds, scope=ALL)} | {len(mine)}
    for number in (other, other + "9"):
        for refused in (risk.looked_at, lambda d, n, scope: risk.explain(d, found.model, n, scope=scope)):
            with pytest.raises(NotFound) as said:
                refused(ds, number, scope=own)
            assert str(said.value).split("nearest number is ")[1].rstrip(".") in mine
    nobody = Scope(frozenset({"no such branch"}))
    with pytest.raises(NotFound, match="no customer"):
        risk.explain(ds, found.model, mine[0], scope=nobody)


def test_the_features_kept_of_a_customer_are_those_that_the_data_give(panel) -> None:
    from churn_dash.risk.scores import current

    ds, found, _heard = panel
    ids = risk.score(ds, found.model, scope=ALL)["customer_id"].sample(12, seed=0).to_list()
    kept = {number: risk.explain(ds, found.model, number, scope=ALL).row for number in ids}
    read = current.portfolio(ds, found.model.design, "first", pl.Series(ids))
    assert {r.pop("customer_id"): r for r in read.to_dicts()} == kept


def test_an_explanation_asked_for_at_once_waits_for_no_refit_and_is_the_same_when_steadied(panel, monkeypatch) -> None:
    ds, found, _heard = panel
    number = retention.first_calls(ds, found.model, 1, scope=Scope.everything())[0].customer_id
    whole = risk.explain(ds, found.model, number, scope=ALL)
    monkeypatch.setattr("churn_dash.risk.scores.asked._kept_steadiness", lambda *_asked: None)
    with monkeypatch.context() as nobody:
        nobody.setattr("churn_dash.risk.scores.asked._steadiness", lambda *_asked: pytest.fail("refits were asked"))
        first = risk.explain(ds, found.model, number, at_once=True, scope=ALL)
    assert not first.steadiness_known and first.contributions == whole.contributions and not first.card
    assert risk.steadied(found.model, first) == whole
    assert risk.steadied(found.model, whole) is whole


def test_no_reason_says_what_fewer_leave_for(panel) -> None:
    _ds, found, _heard = panel
    features, peers = {f.name: f for f in found.model.design.features}, found.model.peers
    told = 0
    for number, reasons in found.model.scores().select("customer_id", "reasons").iter_rows():
        for r in json.loads(reasons):
            side = peers.riskier.get(r["feature"])
            if side is not None and r["value"] is not None and r["peer"] is not None:
                told += 1
                assert (r["value"] - r["peer"]) * side > 0, (number, r, features[r["feature"]].label)
    assert told > 500 and peers.riskier["aum_avg"] == -1


def test_who_refused_to_be_called_is_on_no_list(panel) -> None:
    ds, found, _heard = panel
    refused = set(ds.table("customers").filter(~pl.col("consent_marketing"))["customer_id"])
    assert refused and not refused & {c.customer_id for c in retention.first_calls(ds, found.model, 10_000, scope=Scope.everything())}


def test_a_panel_takes_its_outcome_from_a_definition_not_a_column(panel, tmp_path) -> None:
    ds = panel[0]
    with pytest.raises(NotPossible, match="churn definition"):
        risk.train(ds, tmp_path, target="balance")
    with pytest.raises(NotFound, match="nearest"):
        risk.train(ds, tmp_path, definition="frist")


def test_no_feature_of_a_panel_knows_what_came_after_the_score_date(risk_bank) -> None:
    from churn_dash.risk.features.known import KNOWN
    from churn_dash.risk.rows import panel_tables
    from churn_dash.risk.rows.snapshot import snapshot
    from churn_dash.risk.rows.windows import month_end

    ds = risk_bank.dataset()
    whole, _name = panel_tables.panel(ds, None)
    features = whole.held.available(panel_tables.declared(ds))
    t = whole.windows.score_dates[-1]
    before = snapshot(whole, features, t)
    gone = 0
    for table in KNOWN.keys() & whole.held.columns.keys() - {"joined"}:
        known = KNOWN[table]
        gone += whole.held.con.execute(f"select count(*) from known_{table} r where {known.happened} > DATE '{t}'").fetchall()[0][0]
        by = t + datetime.timedelta(days=whole.lag if known.arrived else 0)
        whole.held.con.execute(f"delete from known_{table} r where {known.happened} > DATE '{t}' or {known.known} > DATE '{by}'")
    later = {"complaints": ["resolved_at"], "product_holdings": ["closed_date"], "cards": ["activated_date", "closed_date"]}
    later |= {"large_transactions": ["txn_date"], "fees": ["disputed_at"], "campaign_answers": ["end_date"]}
    for table, columns in later.items():
        for column in columns:
            whole.held.con.execute(f"update known_{table} set {column} = null where {column} > DATE '{t}'")
    assert gone > 1000 and snapshot(whole, features, t).equals(before)
    assert t == month_end(whole.windows.last - 4) and isinstance(t, datetime.date)


def test_data_without_tables_that_the_model_needs_are_refused_by_one_sentence_that_names_them(panel, risk_bank, tmp_path) -> None:
    from churn_dash import sample
    from churn_dash.intake.typed import extract_of
    from churn_dash.risk.scores import current
    from churn_dash.store import Workspace, publish

    _ds, found, _heard = panel
    tables = {n: t for n, t in sample.generate(3, 300, 12).tables.items() if n not in ("complaints", "surveys", "market_month")}
    tables["customers"] = tables["customers"].drop("birth_date")
    publish(other := Workspace.create(tmp_path), extract_of(tables, "less"))
    with pytest.raises(NotPossible) as refused:
        current.portfolio(other.dataset(), found.model.design, "first")
    said = str(refused.value)
    assert all(name in said for name in ("complaints", "surveys", "market_month", "customers.birth_date")) and "months.aum_avg" not in said


def test_a_panel_scored_in_parts_is_scored_alike(panel, monkeypatch) -> None:
    from churn_dash.risk.scores import current

    ds, found, _heard = panel
    model = found.model
    whole = current.portfolio(ds, model.design, "first").sort("customer_id")
    monkeypatch.setattr(current, "CHUNK", 600)
    parts = current.portfolio(ds, model.design, "first").sort("customer_id")
    assert_frame_equal(whole, parts, rel_tol=1e-9)


def test_a_panel_is_calibrated_on_later_months_than_it_was_fitted_on(panel) -> None:
    from churn_dash.risk.rows.periods import last_period
    from churn_dash.risk.rows.windows import windows

    last = last_period(windows(panel[0].months))
    assert last.calibrate and max(last.fit) < min(last.calibrate)
    assert "later months" in panel[1].as_json()["calibrated"]


def test_every_measure_comes_with_an_interval_and_a_random_split_beside_it(panel) -> None:
    found = panel[1].as_json()
    for m in found["models"]:
        assert set(m["measures"]) == {"roc_auc", "pr_auc", "ks", "lift", "recall", "profit", "brier_skill", "slope", "ece"}
        assert m["measures"]["roc_auc"]["low"] < m["measures"]["roc_auc"]["value"] < m["measures"]["roc_auc"]["high"]
        assert m["random_split"]["roc_auc"] != m["roc_auc"]
    beside = [(m["random_split"]["roc_auc"], m["roc_auc"]) for m in found["models"]]
    assert sum(shuffled - in_time for shuffled, in_time in beside) > 0, "a random split flatters, on the whole"
    assert {r["name"] for r in found["rules"]} == {"recency", "balance_drop"}
    assert all(0 < r["measures"]["pr_auc"]["value"] < 1 for r in found["rules"])


def test_the_monthly_hazard_knows_when_somebody_left_and_a_single_list_does_not(panel, sheet, tmp_path) -> None:
    assert "hazard" in {m["name"] for m in panel[1].as_json()["models"]}
    with pytest.raises(NotPossible, match="Monthly hazard needs months"):
        risk.train(sheet, tmp_path, "hazard")


def test_trees_and_scorecards_can_be_read(panel) -> None:
    found = panel[1].as_json()["readable"]
    rules = found["tree"]["rules"]
    assert sum(r["n"] for r in rules) == panel[1].n
    assert all(r["when"] and all(isinstance(w, str) for w in r["when"]) for r in rules)
    assert [r["rate"] for r in rules] == sorted((r["rate"] for r in rules), reverse=True)
    assert found["scorecard"]["points"] and found["scorecard"]["base"] > 0
    assert "高于" in json.dumps(panel[1].as_json("zh")["readable"], ensure_ascii=False)


def test_somebody_may_overrule_and_it_is_recorded_who_when_and_why(risk_bank) -> None:
    from churn_dash.store import Records

    ds = risk_bank.dataset()
    with pytest.raises(BadInput, match="Say why"):
        risk.train(ds, risk_bank.models, "tree", choice=risk.Choice("tree", "  "))
    with pytest.raises(NotFound, match="nearest is tree"):
        risk.train(ds, risk_bank.models, choice=risk.Choice("trea", "x"))
    with pytest.raises(NotPossible, match="not among"):
        risk.train(ds, risk_bank.models, "tree", choice=risk.Choice("forest", "x"))
    found = risk.train(ds, risk_bank.models, "tree", choice=risk.Choice("tree", "the board reads rules", "Ms Li"))
    record = Records(risk_bank.root).latest("model_choice", found.target)
    assert (record.who, record.body["chosen"], record.body["why"]) == ("Ms Li", "tree", "the board reads rules")
    assert record.body["model"] == found.model.id and record.made
    assert found.as_json()["choice"]["who"] == "Ms Li" and "the board reads rules" in found.as_json()["why_chosen"]


def test_rows_to_learn_from_can_be_limited_and_not_below_what_a_model_needs(sheet, tmp_path) -> None:
    assert risk.train(sheet, tmp_path, "tree", rows=600).n == 600
    with pytest.raises(BadInput, match="at least 200"):
        risk.train(sheet, tmp_path, "tree", rows=50)


def test_a_category_of_a_thousand_levels_is_handled_by_every_kind() -> None:
    from churn_dash.risk.features.feature import Feature, Source
    from churn_dash.risk.models.kinds import KINDS, fitted
    from churn_dash.risk.models.matrix import design

    rng = np.random.default_rng(0)
    frame = pl.DataFrame({"city": [f"c{i}" for i in rng.integers(0, 1_000, 3_000)], "a": rng.normal(size=3_000)})
    plan = design(
        frame,
        [
            Feature("city", "City", "customer", "city", "category", Source("column", "city")),
            Feature("a", "A", "banking", "a", "number", Source("column", "a")),
        ],
    )
    y = (rng.random(3_000) < 0.2).astype(int)
    for kind in KINDS.values():
        model = fitted(kind, plan, plan.matrix(frame), y, 0, when=y)
        assert model.prepared(plan.matrix(frame)).shape[1] <= 42
        assert len(model.parents(plan)) == model.prepared(plan.matrix(frame)).shape[1]
        unseen = plan.matrix(pl.DataFrame({"city": ["elsewhere", None], "a": [0.0, None]}))
        assert np.isfinite(model.output(unseen)).all()


def test_columns_without_a_value_are_left_out_and_a_list_of_nothing_else_is_refused(sheet, tmp_path) -> None:
    empty = sheet.frame.with_columns(x_age=pl.lit(None, dtype=pl.Int64), x_products=pl.lit(3))
    found = risk.train(type(sheet)(empty, sheet.attributes), tmp_path, "tree").as_json()
    assert {x["column"]: x["why"] for x in found["left_out"]}.items() >= {
        "Age": "it has a single value",
        "Products": "it has a single value",
    }.items()
    only = sheet.frame.select("customer_id", "churned", x_age=pl.lit(None, dtype=pl.Int64))
    with pytest.raises(NotPossible, match="no column left"):
        risk.train(type(sheet)(only, sheet.attributes[:1]), tmp_path, "tree")


def test_fits_on_a_fifth_of_those_who_stayed_still_give_true_risks(sheet, tmp_path) -> None:
    found = risk.train(sheet, tmp_path, "scorecard", stayers=0.2)
    assert risk.score(sheet, found.model, scope=ALL)["probability"].mean() == pytest.approx(sheet.frame["churned"].mean(), abs=0.05)
    whole = risk.train(sheet, tmp_path, "scorecard").as_json()["readable"]["scorecard"]["base"]
    assert found.as_json()["readable"]["scorecard"]["base"] == pytest.approx(whole, abs=12)
    with pytest.raises(BadInput, match=r"between 0\.01 and 1"):
        risk.train(sheet, tmp_path, "tree", stayers=0.0)
