"""Every outcome of a campaign by a second way: T7, T3, the sample bank's raw tables. METHODS B1, B3, B7, B8."""

import datetime
from collections.abc import Callable, Sequence
from typing import Any

import polars as pl
import pytest

from churn_dash.access import Scope
from churn_dash.campaigns import OUTCOMES, evaluate
from churn_dash.campaigns.groups.measured import chosen_outcome, named
from churn_dash.contract.definitions import Settings
from churn_dash.errors import NotPossible
from churn_dash.measures.statistics.intervals import ratio_of_sums
from tests.measures.reference import recovery

ALL = Scope.everything()

D = datetime.date
BEFORE, AFTER = D(2024, 2, 1), D(2024, 5, 1)
Make = Callable[..., Any]


def panel(rows: Sequence[tuple[Any, ...]]) -> pl.DataFrame:
    """A row a member: id, average before, end before, end after, products before, products after."""
    cells = []
    for who, average, first, last, held, holds in rows:
        cells.append((who, BEFORE, average, first, 1, held))
        if last is not None:
            cells.append((who, AFTER, last, last, 1, holds))
    return pl.DataFrame(cells, schema=["customer_id", "month", "aum_avg", "aum_end", "txn_count", "product_count"], orient="row")


def t7(arm: str, times: int = 1) -> list[tuple[Any, ...]]:
    table = [(100.0, 60.0, 100.0), (200.0, 150.0, 170.0), (80.0, 80.0, 90.0), (50.0, 10.0, 5.0)]
    return [(f"{arm}{4 * i + j}", *row, 1, 1) for i in range(times) for j, row in enumerate(table)]


def test_t7_is_the_recovery_of_a_group(make_bank: Make) -> None:
    bank = make_bank([("treated", 20, 0), ("control", 20, 0)], months=panel(t7("treated", 5) + t7("control", 5)), outcome="recovery")
    e = evaluate(bank, "K1", scope=ALL)
    assert (e.groups[0].mean, e.groups[1].mean) == pytest.approx((60 / 130, 60 / 130))
    assert e.groups[0].known == 15
    rows = pl.DataFrame(
        [(str(i), *r[1:4]) for i, r in enumerate(t7("t", 5))], schema=["customer_id", "previous", "start", "end"], orient="row"
    )
    assert e.groups[0].mean == pytest.approx(recovery(rows).rate)
    assert e.effects[0].difference == pytest.approx(0.0)
    assert "not below last month's level" in " ".join(n.in_("en") for n in e.notes)


def test_who_brings_more_than_was_missing_counts_for_what_was_missing(make_bank: Make) -> None:
    rows = [(f"{arm}{i}", 100.0, 60.0, 200.0 if i % 2 else 60.0, 1, 1) for arm in ("treated", "control") for i in range(20)]
    e = evaluate(make_bank([("treated", 20, 0), ("control", 20, 0)], months=panel(rows)), "K1", outcome="recovery", scope=ALL)
    assert e.groups[0].mean == pytest.approx(0.5)


def test_balances_kept_are_a_ratio_of_sums_with_its_linearised_error(make_bank: Make) -> None:
    amounts = [(100.0, 110.0), (50.0, 0.0), (200.0, 40.0), (20.0, 20.0), (30.0, 35.0), (70.0, 60.0)]
    rows = [(f"{arm}{i}", a, a, b, 1, 1) for arm in ("treated", "control") for i, (a, b) in enumerate(amounts)]
    e = evaluate(make_bank([("treated", 6, 0), ("control", 6, 0)], months=panel(rows)), "K1", outcome="aum_kept", scope=ALL)
    kept = [(min(a, b), a) for a, b in amounts]
    y, x = (sum(k[i] for k in kept) for i in (0, 1))
    assert e.groups[0].mean == pytest.approx(y / x)
    truth = ratio_of_sums(y, x, sum(k * k for k, _ in kept), sum(k * v for k, v in kept), sum(v * v for _, v in kept), 6)
    assert truth is not None
    error = (truth.high - truth.low) / 2 / 1.959964
    assert e.groups[0].sd / 6**0.5 == pytest.approx(error, rel=1e-6)  # type: ignore[operator]


def test_what_a_lost_customer_held_is_lost_and_not_unknown(make_bank: Make) -> None:
    rows = [(f"{arm}{i}", 100.0, 100.0, None if i < 3 else 100.0, 1, 2) for arm in ("treated", "control") for i in range(12)]
    bank = make_bank([("treated", 12, 3), ("control", 12, 0)], months=panel(rows))
    e = evaluate(bank, "K1", outcome="aum_kept", scope=ALL)
    assert e.groups[0].mean == pytest.approx(0.75)
    assert (e.groups[1].known, e.groups[1].mean) == (9, pytest.approx(1.0))
    took = evaluate(bank, "K1", outcome="take_up", scope=ALL)
    assert took.groups[0].mean == pytest.approx(9 / 12)


def test_t3_is_who_was_kept_without_a_downgrade(make_bank: Make) -> None:
    """METHODS B3: four gold, three affluent, three mass; of the seven above the bottom 3 fall, 1 leaves, 3 keep."""
    moves = [(2, 2), (2, 1), (2, 0), (2, None), (1, 2), (1, 1), (1, 0), (0, 0), (0, 0), (0, 1)]
    cells = []
    for arm in ("treated", "control"):
        for i, (first, last) in enumerate(moves):
            cells.append((f"{arm}{i}", BEFORE, first))
            if last is not None:
                cells.append((f"{arm}{i}", AFTER, last))
    bank = made_with(make_bank, pl.DataFrame(cells, schema=["customer_id", "month", "tier_bohai"], orient="row"))
    e = evaluate(bank, "K1", outcome="tier_kept", scope=ALL)
    assert [g.known for g in e.groups] == [7, 7]
    assert e.groups[0].mean == pytest.approx(1 - 3 / 7 - 1 / 7)
    assert "lowest tier" in " ".join(n.in_("en") for n in e.notes)


def made_with(make_bank: Make, tiers: pl.DataFrame) -> Any:
    """A bank whose members 3 of each group leave, with months of tiers by the rule in force."""
    bank = make_bank([("treated", 10, 0), ("control", 10, 0)])
    bank.settings = Settings()
    con = bank._con
    con.execute(
        "update spells set end_date = date '2024-04-02', form = 'close', why = 'voluntary' where customer_id in ('treated3', 'control3')"
    )
    con.execute("drop table months")
    con.register("incoming", tiers.to_arrow())
    con.execute("create table months as select * from incoming")
    return bank


def answers(make_bank: Make) -> Any:
    rows = [
        ("treated0", D(2024, 3, 10), 2),
        ("treated0", D(2024, 4, 10), 5),
        ("treated1", D(2024, 3, 10), 3),
        ("treated2", D(2024, 2, 10), 5),
        ("control0", D(2024, 5, 29), 4),
        ("control1", D(2024, 5, 30), 1),
        ("control2", D(2024, 3, 1), None),
    ]
    frame = pl.DataFrame(
        [(f"s{i}", who, day, score) for i, (who, day, score) in enumerate(rows)],
        schema={"survey_id": pl.String, "customer_id": pl.String, "answered_at": pl.Date, "csat": pl.Int64},
        orient="row",
    )
    return make_bank(tables={"surveys": frame})


def test_satisfaction_counts_the_last_answer_within_the_horizon(make_bank: Make) -> None:
    e = evaluate(answers(make_bank), "K1", outcome="csat", scope=ALL)
    assert [(g.known, g.mean) for g in e.groups] == [(2, 0.5), (1, 1.0)]
    assert e.naive.before == pytest.approx(1.0)
    assert "gave no answer" in " ".join(n.in_("en") for n in e.notes)


@pytest.mark.parametrize("outcome", ["csat", "aum_kept", "recovery", "tier_kept", "take_up"])
def test_data_that_cannot_tell_an_outcome_say_what_is_missing(make_bank: Make, outcome: str) -> None:
    bank = make_bank()
    bank.settings = Settings()
    with pytest.raises(NotPossible, match="cannot be judged by"):
        evaluate(bank, "K1", outcome=outcome, scope=ALL)


def test_another_outcome_than_the_declared_one_is_marked(make_bank: Make) -> None:
    e = evaluate(make_bank(), "K1", outcome="retention", scope=ALL)
    assert e.declared is not None
    assert (e.outcome.name, e.declared.name, e.as_json()["outcome_declared"]) == ("retention", "churn", False)
    assert "not the outcome declared" in e.notes[0].in_("en")
    assert (e.status, e.money) == ("beside", {})


def test_an_outcome_that_was_not_declared_gets_a_look_and_no_verdict_nor_money(make_bank: Make) -> None:
    bank = make_bank([("treated", 400, 40), ("control", 400, 80)])
    assert (evaluate(bank, "K1", scope=ALL).status, len(evaluate(bank, "K1", scope=ALL).money)) == (
        "worked",
        1,
    )
    e = evaluate(bank, "K1", outcome="retention", scope=ALL)
    assert (e.status, e.money) == ("beside", {})
    said = e.verdict.in_("en")
    assert said.startswith("A look, no verdict") and "worked" not in said and "+10.00" in said
    hand = evaluate(make_bank([("treated", 400, 40), ("control", 400, 80)], design="manual"), "K1", outcome="retention", scope=ALL)
    assert hand.status in ("description", "beside") and hand.money == {}


def test_the_declared_outcome_by_another_word_is_the_declared_one(make_bank: Make) -> None:
    same = evaluate(make_bank(), "K1", outcome="流失率", scope=ALL)
    assert same.declared is None
    assert same.as_json()["outcome_declared"] is True
    with pytest.raises(NotPossible, match="nearest is retention"):
        evaluate(make_bank(), "K1", outcome="retnetion", scope=ALL)


def test_every_outcome_is_found_by_its_name_and_has_a_way_that_is_better() -> None:
    for name, outcome in OUTCOMES.items():
        assert named(name) is outcome
        assert chosen_outcome(name.upper()) is outcome
        assert outcome.better == ("down" if name == "churn" else "up")
    assert named("下一个") is None
