"""A rehearsal: the planted effect is the truth, a random hold-out finds it, a choice by risk deceives, and nothing is stored."""

import numpy as np
import pytest

from churn_dash.access import Scope
from churn_dash.campaigns.planner import base_rate
from churn_dash.campaigns.rehearsal import Planted, rehearse
from churn_dash.campaigns.rehearsal.stage import stage
from churn_dash.errors import BadInput, NotPossible
from tests.asking import asked

EVERYTHING = Scope.everything()


def played(ds, **named):
    found = rehearse(asked(ds, scope=EVERYTHING), Planted(**({"draws": 12, "members": 20_000} | named)), 90)
    return found, {f.design: f for f in found.found}


def test_the_stage_holds_the_customers_of_the_base_rate(bank_data):
    base, there = base_rate(asked(bank_data, scope=EVERYTHING), 90), stage(asked(bank_data, scope=EVERYTHING), 90)
    assert (len(there.left), there.left.sum(), there.day) == (base.n, base.left, base.day)
    assert there.known.shape[0] == base.n and there.known.shape[1] > 2 and np.isfinite(there.known).all()


def test_a_random_draw_finds_what_was_planted(bank_data):
    base = base_rate(asked(bank_data, scope=EVERYTHING), 90).rate
    found, by = played(bank_data, effect=base / 2, draws=60)
    assert by["difference"].truth == pytest.approx(-base / 2, abs=base / 8)
    assert by["difference"].mean == pytest.approx(by["difference"].truth, abs=0.01)
    assert by["difference"].held.value >= 0.85 and by["change"].mean is None and "whole branches" in str(by["change"].why)
    assert found.base == base and found.as_json()["rehearsal"] is True and found.verdict.in_("en").startswith("Rehearsal")


def test_nothing_planted_is_nothing_true(bank_data):
    _found, by = played(bank_data, effect=0.0)
    assert by["difference"].truth == 0.0 and by["difference"].wrong is None


def test_a_choice_by_risk_makes_the_plain_difference_too_bad(bank_data):
    _found, by = played(bank_data, effect=0.005, assignment="risk", draws=20)
    plain = by["difference"]
    assert plain.mean > plain.truth + 0.005


def test_whole_branches_are_told_by_their_change(bank_data):
    _found, by = played(bank_data, effect=0.01, assignment="branch")
    assert by["change"].mean is not None and by["adjusted"].mean is None


def test_the_same_seed_plays_the_same_and_the_data_stay_as_they_are(bank_data):
    before = bank_data.version
    assert played(bank_data, draws=2)[0] == played(bank_data, draws=2)[0]
    assert bank_data.version == before


@pytest.mark.parametrize(
    ("named", "said"),
    [({"effect": 0.9}, "no fall below 0"), ({"share": 0.0}, "5% to 95%"), ({"draws": 0}, "5% to 95%"), ({"assignment": "mood"}, "by mood")],
)
def test_what_cannot_be_planted_is_a_sentence(bank_data, named, said):
    with pytest.raises(BadInput, match=said):
        played(bank_data, **named)


def test_too_few_months_are_a_sentence(bank_data):
    with pytest.raises(NotPossible, match="two horizons"):
        rehearse(asked(bank_data, scope=EVERYTHING), Planted(), 400)
