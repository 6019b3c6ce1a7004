"""Strata, clusters, adjustment and those reached, in one flat file."""

import json
import math

import numpy as np
import polars as pl
import pytest

from churn_dash.campaigns import Columns, evaluate_rows
from churn_dash.errors import BadInput, NotFound


def beside(e: object, key: str) -> object:
    return next(b for b in e.effects[0].beside if b.key == key)  # type: ignore[attr-defined]


def paradox() -> pl.DataFrame:
    counts = [("L", "t", 20, 2), ("L", "c", 80, 16), ("H", "t", 80, 32), ("H", "c", 20, 12)]
    return pl.DataFrame([{"s": s, "arm": a, "churned": int(i < k)} for s, a, n, k in counts for i in range(n)])


def test_strata_are_respected_and_the_plain_figure_stands_beside() -> None:
    e = evaluate_rows(paradox(), "arm", "c", "churned", "randomised", columns=Columns(strata="s"))
    assert e.effects[0].difference == pytest.approx(-0.15)
    assert (e.effects[0].treated.mean, e.effects[0].base.mean) == pytest.approx((0.25, 0.40))
    assert beside(e, "plain").value == pytest.approx(0.06)  # type: ignore[attr-defined]
    assert e.effects[0].way == "strata"
    assert "25.00%" in e.verdict.in_("en")


def flat(counts: list[tuple[str, str, int, int]]) -> pl.DataFrame:
    return pl.DataFrame([{"s": s, "arm": a, "churned": int(i < k)} for s, a, n, k in counts for i in range(n)])


def test_few_cases_are_counted_as_they_are_and_not_as_adjusted() -> None:
    rows = flat([("A", "t", 10, 3), ("A", "c", 90, 20), ("B", "t", 90, 0), ("B", "c", 10, 2)])
    e = evaluate_rows(rows, "arm", "c", "churned", "randomised", columns=Columns(strata="s"))
    assert e.effects[0].treated.mean == pytest.approx(0.15)
    assert e.status == "too_few" and "only 3 where at least 5" in e.verdict.in_("en")


def test_where_nothing_varies_within_the_strata_it_is_not_said_of_everybody() -> None:
    rows = flat([("A", "t", 10, 10), ("A", "c", 20, 20), ("B", "t", 10, 0), ("B", "c", 20, 0)])
    e = evaluate_rows(rows, "arm", "c", "churned", "randomised", columns=Columns(strata="s"))
    said = e.verdict.in_("en")
    assert e.status == "too_few" and "within the strata" in said and "everybody" not in said


def test_the_effect_on_those_reached_is_that_within_the_strata() -> None:
    rows = paradox().with_columns(
        reached=((pl.col("arm") == "t") & ((pl.col("s") == "H") | (pl.int_range(pl.len()).over("s", "arm") % 2 == 0))).cast(pl.Int64)
    )
    e = evaluate_rows(rows, "arm", "c", "churned", "randomised", columns=Columns(strata="s", reached="reached"))
    assert beside(e, "reached").value == pytest.approx(-0.15 / 0.75)  # type: ignore[attr-defined]
    assert beside(e, "reached").low < -0.2 < beside(e, "reached").high  # type: ignore[attr-defined]


def test_a_stratum_without_both_groups_is_left_out_and_counted() -> None:
    extra = pl.DataFrame({"s": ["X"] * 7, "arm": ["t"] * 7, "churned": [1] * 7})
    e = evaluate_rows(
        pl.concat([paradox(), extra.cast(paradox().schema)]), "arm", "c", "churned", "randomised", columns=Columns(strata="s")
    )
    assert e.effects[0].difference == pytest.approx(-0.15)
    assert "7 members are in strata" in " ".join(n.in_("en") for n in e.notes)


def households(clusters: int = 60, size: int = 20, seed: int = 5) -> pl.DataFrame:
    rng = np.random.default_rng(seed)
    rows = []
    for c in range(clusters):
        base = rng.normal(0, 1)
        rows += [
            {"home": f"h{c}", "arm": "t" if c % 2 else "c", "left": int(rng.random() < 1 / (1 + math.exp(1 - base)))} for _ in range(size)
        ]
    return pl.DataFrame(rows)


def test_clusters_widen_the_range() -> None:
    plain = evaluate_rows(households(), "arm", "c", "left", "randomised").effects[0]
    e = evaluate_rows(households(), "arm", "c", "left", "randomised", columns=Columns(cluster="home"))
    found = e.effects[0]
    assert found.difference == pytest.approx(plain.difference)
    assert found.high - found.low > 1.5 * (plain.high - plain.low)  # type: ignore[operator]
    assert not any(b.key == "miettinen_nurminen" for b in found.beside)
    assert "Whole clusters" in " ".join(n.in_("en") for n in e.notes)


def test_too_few_clusters_are_refused() -> None:
    e = evaluate_rows(households(clusters=18), "arm", "c", "left", "randomised", columns=Columns(cluster="home"))
    assert (e.status, e.effects[0].low, e.effects[0].p_value) == ("too_few", None, None)
    assert "Too few clusters" in e.verdict.in_("en")


def test_what_was_known_before_narrows_the_range() -> None:
    rng = np.random.default_rng(2)
    before = rng.normal(100, 10, 2_000)
    rows = pl.DataFrame(
        {"arm": ["t", "c"] * 1_000, "before": before, "spend": before + rng.normal(0, 3, 2_000) + np.tile([1.0, 0.0], 1_000)}
    )
    e = evaluate_rows(rows, "arm", "c", "spend", "randomised", columns=Columns(before=("before",)))
    plain, adjusted = e.effects[0], beside(e, "adjusted")
    assert adjusted.high - adjusted.low < 0.5 * (plain.high - plain.low)  # type: ignore[attr-defined, operator]
    assert adjusted.low < 1 < adjusted.high  # type: ignore[attr-defined]
    assert plain.way == "welch"


def test_groups_that_were_unlike_before_cost_the_grade() -> None:
    rng = np.random.default_rng(2)
    before = rng.normal(100, 10, 2_000)
    rows = pl.DataFrame({"arm": np.where(before + rng.normal(0, 10, 2_000) > 100, "t", "c"), "before": before, "y": [0, 1] * 1_000})
    e = evaluate_rows(rows, "arm", "c", "y", "randomised", columns=Columns(before=("before",)))
    assert (e.grade, e.status) == ("D", "doubtful")
    assert "differed before the start" in e.verdict.in_("en")


def test_those_reached_stand_beside_the_difference_as_assigned() -> None:
    rows = pl.DataFrame({"arm": ["t"] * 1_000 + ["c"] * 1_000, "left": [1] * 100 + [0] * 900 + [1] * 160 + [0] * 840})
    rows = rows.with_columns(called=(pl.col("arm") == "t") & (pl.int_range(2_000) % 5 < 3))
    e = evaluate_rows(rows, "arm", "c", "left", "randomised", columns=Columns(reached="called"))
    assert e.effects[0].difference == pytest.approx(-0.06)
    assert beside(e, "reached").value == pytest.approx(-0.10)  # type: ignore[attr-defined]


def test_customers_in_two_groups_are_left_out_and_many_cost_the_grade() -> None:
    rows = pl.DataFrame({"who": [str(i) for i in range(400)], "arm": ["t", "c"] * 200, "left": [0, 1, 1, 0] * 100})
    twice = pl.DataFrame({"who": ["0", "2"], "arm": ["c", "c"], "left": [0, 0]})
    few = evaluate_rows(pl.concat([rows, twice]), "arm", "c", "left", "randomised", columns=Columns(unit="who"))
    assert few.grade == "A"
    assert [g.n for g in few.groups] == [198, 200]
    assert "2 customers stand in more than one group" in few.notes[0].in_("en")
    many = evaluate_rows(
        pl.concat([rows, rows.head(60).with_columns(arm=pl.lit("c"))]), "arm", "c", "left", "randomised", columns=Columns(unit="who")
    )
    assert many.grade == "D"
    assert "more than one group" in many.evidence.why.in_("en")


def test_a_group_written_in_two_ways_is_one_group() -> None:
    rows = pl.DataFrame({"arm": ["Treated"] * 60 + ["Control"] * 30 + ["control "] * 20, "left": ([0, 1] * 55)})
    e = evaluate_rows(rows, "arm", "control", "left", "randomised")
    assert {g.arm: g.n for g in e.groups} == {"Treated": 60, "Control": 50}
    assert "control was read as Control" in e.notes[0].in_("en")
    assert e.grade == "A"


def test_without_controls_or_with_twelve_customers_there_is_no_verdict() -> None:
    nobody = evaluate_rows(pl.DataFrame({"arm": ["t"] * 50, "left": [0, 1] * 25}), "arm", "c", "left", "randomised")
    assert (nobody.grade, nobody.status) == ("D", "no_holdout")
    twelve = evaluate_rows(pl.DataFrame({"arm": ["t", "c"] * 6, "left": [0, 1] * 6}), "arm", "c", "left", "randomised")
    assert (twelve.grade, twelve.status) == ("A", "too_few")


@pytest.mark.parametrize(
    ("columns", "error"),
    [
        (Columns(strata="nobody"), NotFound),
        (Columns(before=("left",)), BadInput),
        (Columns(strata="many"), BadInput),
        (Columns(cluster="holes"), BadInput),
        (Columns(reached="many"), BadInput),
        (Columns(before=("word",)), BadInput),
    ],
)
def test_columns_that_cannot_be_used_are_refused_in_a_sentence(columns: Columns, error: type[Exception]) -> None:
    rows = pl.DataFrame(
        {"arm": ["t", "c"] * 100, "left": [0, 1] * 100, "many": range(200), "holes": ["a", None] * 100, "word": ["x", "y"] * 100}
    )
    with pytest.raises(error):
        evaluate_rows(rows, "arm", "c", "left", "randomised", columns=columns)


def test_the_json_says_why_and_gives_every_other_way() -> None:
    body = evaluate_rows(paradox(), "arm", "c", "churned", "randomised", {"t": 1, "c": 1}, columns=Columns(strata="s")).as_json()
    assert body["why"] == body["why_grade"]
    assert body["grade"] == "D"
    assert {"srm_p", "srm_by_segment", "missing_p", "balance_p"} == set(body["checks"])  # type: ignore[call-overload]
    assert {"plain", "miettinen_nurminen", "risk_ratio"} <= set(body["effects"][0]["beside"])  # type: ignore[index]
    json.dumps(body, allow_nan=False)
