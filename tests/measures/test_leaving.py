"""By a definition by which nobody leaves, what only leaving can answer is refused in one sentence; what leaving means is said."""

import pytest

from churn_dash.causes import departures, profile
from churn_dash.causes.departures import departed_customers
from churn_dash.contract import DEFINITIONS
from churn_dash.errors import NotPossible
from churn_dash.measures import measure
from churn_dash.measures.leaving import means
from churn_dash.measures.tenure.cohorts import cohorts
from churn_dash.measures.tenure.survival import survival
from tests.asking import asked


@pytest.mark.parametrize("work", [departures, departed_customers, profile, survival, cohorts], ids=lambda q: q.__name__)
def test_nobody_leaves_by_falling_a_tier(bank_data, work):
    with pytest.raises(NotPossible, match="still a customer"):
        work(asked(bank_data, definition="tier_down"))
    for name in ("close", "dormant", "asset_out", "first"):
        try:
            work(asked(bank_data, definition=name))
        except NotPossible as problem:
            assert "still a customer" not in str(problem), name


def test_rates_of_falling_a_tier_are_still_measured(bank_data):
    assert measure(asked(bank_data, definition="tier_down"), ["customers_lost"])["customers_lost"][0] > 0


def test_what_leaving_means_is_said_where_who_left_is_not_gone(bank_data):
    assert "asleep" in means(bank_data, "dormant") and "fell a tier" in means(bank_data, "tier_down")
    assert "still open" in means(bank_data, "asset_out")
    assert means(bank_data, "close") is means(bank_data, "first") is means(bank_data, "absent") is None
    assert {name for name, d in DEFINITIONS.items() if not d.leaves} == {"tier_down"}
