import pytest

from tests.segments.reference import ratio, stage

FLAT = [100.0] * 6
BUSY = [5.0] * 6


def moved(first, last):
    return [first] * 3 + [last] * 3


@pytest.mark.parametrize(
    ("says", "expected", "tenure", "balances", "transactions", "products", "before"),
    [
        ("balances fell below 0.7", "declining", 24, moved(100, 69), BUSY, 2, 2),
        ("balances at exactly 0.7 have not fallen below it", "mature", 24, moved(100, 70), BUSY, 2, 2),
        ("transactions fell below 0.7", "declining", 24, FLAT, moved(10, 6), 2, 2),
        ("six months of tenure are enough to decline, which comes before exploring", "declining", 6, moved(100, 50), BUSY, 2, 2),
        ("five are not", "exploring", 5, moved(100, 50), BUSY, 2, 2),
        ("six months: still exploring", "exploring", 6, FLAT, BUSY, 2, 2),
        ("exploring comes before growing", "exploring", 6, moved(100, 200), BUSY, 3, 2),
        ("just past six months", "mature", 6.5, FLAT, BUSY, 2, 2),
        ("balances rose by a tenth", "growing", 24, moved(100, 110), BUSY, 2, 2),
        ("less than a tenth", "mature", 24, moved(100, 109), BUSY, 2, 2),
        ("a product more", "growing", 24, FLAT, BUSY, 3, 2),
        ("a product less", "mature", 24, FLAT, BUSY, 2, 3),
        ("declining comes before growing", "declining", 24, moved(100, 60), BUSY, 3, 2),
        ("no balances before: undefined, not infinite growth", "mature", 24, moved(0, 100), BUSY, 2, 2),
        ("no transactions before: undefined, no decline", "mature", 24, FLAT, moved(0, 0), 2, 2),
        ("nothing known but the tenure", "mature", 24, [None] * 6, [None] * 6, None, None),
        ("a month unknown: no ratio", "mature", 24, [100, None, 100, 10, 10, 10], BUSY, 2, 2),
        ("products unknown before", "mature", 24, FLAT, BUSY, 3, None),
        ("the data reach back five months only", None, 24, FLAT[:5], BUSY[:5], 2, 2),
        ("five months, but still exploring", "exploring", 3, FLAT[:5], BUSY[:5], 2, 2),
        ("tenure unknown", None, None, FLAT, BUSY, 2, 2),
    ],
)
def test_the_first_rule_that_fits_is_the_stage(says, expected, tenure, balances, transactions, products, before):
    """METHODS A3: declining, exploring, growing, else mature."""
    assert stage(tenure, balances, transactions, products, before) == expected, says


def test_who_has_left_is_in_no_stage_of_a_customers_life():
    assert stage(24, moved(100, 200), BUSY, 3, 2, churned=True) == "churned"


def test_only_the_last_six_months_count():
    assert ratio([9999, *moved(100, 50)]) == pytest.approx(0.5)
