"""What a campaign cost: the same everywhere, nothing where a cost cannot be, and a part of the fixed cost for a part of the members."""

from collections.abc import Callable
from typing import Any

import polars as pl
import pytest

from churn_dash.access import Scope
from churn_dash.campaigns import Prices, before_after, evaluate
from churn_dash.evaluation.indicators.saves import pooled
from tests.asking import asked

Make = Callable[..., Any]
ALL = Scope.everything()
NEGATIVE: list[dict[str, Any]] = [{"cost_fixed": -6000.0}, {"members_also": {"incentive_cost": -3.0}}]


def big(make_bank: Make, **more: Any) -> Any:
    return make_bank([("treated", 400, 40), ("control", 400, 80)], **more)


@pytest.mark.parametrize("settings", NEGATIVE)
def test_a_negative_cost_keeps_a_campaign_out_of_the_pool_with_its_reason(make_bank: Make, settings: dict[str, Any]) -> None:
    assert [c.cost for c in pooled(asked(big(make_bank), scope=ALL, definition="first"), Prices()).campaigns] == [6000.0]
    pool = pooled(asked(big(make_bank, **settings), scope=ALL, definition="first"), Prices())
    assert pool.campaigns == () and pool.saves.value is None
    assert [str(why) for _name, why in pool.left_out] == ["A cost of it is negative, so what it cost and brought is not known."]


@pytest.mark.parametrize("settings", NEGATIVE)
def test_a_negative_cost_gives_no_return_in_the_table_either(make_bank: Make, settings: dict[str, Any]) -> None:
    table = {r.key: r for r in before_after(big(make_bank, **settings), "K1", scope=Scope.everything()).rows}
    assert table["incremental_save_rate"].effect.value == pytest.approx(0.10)
    for key in ("cost_per_save", "roi"):
        assert table[key].effect.value is None and "negative" in str(table[key].why)


def test_whoever_sees_a_branch_sees_its_part_of_the_fixed_cost(make_bank: Make) -> None:
    people = [(f"{arm}{i}", "B1" if i < 100 else "B2") for arm in ("treated", "control") for i in range(400)]
    bank = big(make_bank, tables={"customers": pl.DataFrame(people, schema=["customer_id", "branch_id"], orient="row")})
    parts = [evaluate(bank, "K1", scope=Scope(frozenset({b}))).money["treated"].cost for b in ("B1", "B2")]
    assert parts == pytest.approx([1500.0, 4500.0])
    assert sum(parts) == pytest.approx(evaluate(bank, "K1", scope=Scope.everything()).money["treated"].cost)
    row = next(r for r in before_after(bank, "K1", scope=Scope(frozenset({"B2"}))).rows if r.key == "roi")
    kept = evaluate(bank, "K1", scope=Scope(frozenset({"B2"}))).money["treated"]
    assert row.effect.value == pytest.approx(kept.roi)


@pytest.mark.parametrize("word", ["A/A test", "检验", "check"])
def test_a_check_of_the_draw_is_left_out_however_the_bank_calls_it(make_bank: Make, word: str) -> None:
    from churn_dash.campaigns.registered import so_far

    bank = big(make_bank, type=word)
    (why,) = [str(w) for _name, w in pooled(asked(bank, scope=ALL, definition="first"), Prices()).left_out]
    assert "nothing was offered" in why
    (line,) = so_far(bank, ALL).lines
    assert (line.kind, line.advice.step) == ("test", "cannot_say")
