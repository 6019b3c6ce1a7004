"""How many customers change their class of loyalty where a cut-off or a weight moves, worked out customer by customer."""

import polars as pl
import pytest

from churn_dash.causes import sensitivity, standing
from churn_dash.causes.loyalty import COMPONENTS, Rules, parts
from churn_dash.causes.reading import cohort, resolved
from tests.asking import asked
from tests.causes.reference import loyalty_index

ORDER = ["loyal", "attached", "wavering", "loose", "not_known"]
WEIGHTS = {name: weight for name, weight, _meaning in COMPONENTS}
CUTS = {"loyal": 70.0, "attached": 55.0, "wavering": 40.0}


def class_of(scores, weights, cuts):
    index = loyalty_index(scores, list(weights.values()))
    if index is None:
        return "not_known"
    return next((name for name, cut in cuts.items() if index >= cut), "loose")


@pytest.fixture
def scores(bank_data):
    found = sensitivity(asked(bank_data))
    people = cohort(resolved(asked(bank_data))).select("customer_id")
    told = parts(bank_data, people, found.at)
    lacking = [pl.lit(None, dtype=pl.Float64).alias(c) for c in WEIGHTS if c not in told.columns]
    return told.with_columns(lacking).select(list(WEIGHTS)).rows()


def test_every_move_counts_the_customers_whose_class_is_another_one(bank_data, scores):
    found = sensitivity(asked(bank_data))
    now = [class_of(s, WEIGHTS, CUTS) for s in scores]
    assert found.n == sum(c != "not_known" for c in now)
    assert len(found.moves) == 2 * (3 + 7)
    for m in found.moves:
        weights = {**WEIGHTS, m.name: m.moved} if m.kind == "weight" else WEIGHTS
        cuts = {**CUTS, m.name: m.moved} if m.kind == "cut" else CUTS
        pairs = [(a, class_of(s, weights, cuts)) for a, s in zip(now, scores, strict=True) if a != "not_known"]
        assert m.up == sum(ORDER.index(b) < ORDER.index(a) for a, b in pairs), m
        assert m.lost == sum(b == "not_known" for _a, b in pairs)
        assert m.down == sum(ORDER.index(b) > ORDER.index(a) for a, b in pairs) - m.lost
        assert m.changed.value == pytest.approx((m.up + m.down + m.lost) / found.n)
        assert m.moved == pytest.approx(m.now * 0.9) or m.moved == pytest.approx(m.now * 1.1)
    assert any(m.up for m in found.moves) and any(m.down for m in found.moves)
    assert [m.changed.value for m in found.moves] == sorted((m.changed.value for m in found.moves), reverse=True)


def test_no_move_changes_nothing_and_those_with_a_class_are_those_of_the_classes(bank_data):
    still = sensitivity(asked(bank_data), move=0.0)
    assert all(m.up == m.down == m.lost == 0 for m in still.moves)
    classes = standing(asked(bank_data)).classes
    assert still.n == classes.filter(pl.col("group") != "not_known")["n"].sum()


def test_a_cut_off_stops_at_its_neighbour(bank_data):
    narrow = Rules(cuts={"loyal": 58.0, "attached": 55.0, "wavering": 52.0})
    found = {(m.name, m.moved) for m in sensitivity(asked(bank_data), by=narrow).moves if m.kind == "cut"}
    assert ("loyal", 55.0) in found and ("attached", 58.0) in found and ("attached", 52.0) in found and ("wavering", 55.0) in found
