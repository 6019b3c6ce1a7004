"""The card of a model names the reason map that was in force when it learnt: who decided what."""

import pytest

from churn_dash import sample
from churn_dash.causes.settings import set_reason
from churn_dash.intake.typed import extract_of
from churn_dash.risk.kept.card import Card, reasons_in_force
from churn_dash.store import Workspace, publish
from churn_dash.words import say


@pytest.fixture
def space(tmp_path):
    made = Workspace.create(tmp_path / "bank", sample=True)
    tables = sample.generate(5, 200, 8).tables
    publish(made, extract_of({n: tables[n] for n in ("customers", "customer_month", "churn_events")}, "bank"))
    return made


def told(about, language="en"):
    blank = dict.fromkeys(Card.__dataclass_fields__)
    return say(Card(**{**blank, "reason_map": about}).reasons, language)


def test_the_usual_map_is_named_so(space) -> None:
    found = reasons_in_force(space.dataset())
    assert found == {"version": 0, "who": None, "made": None, "decided": {}}
    assert told(found) == "reasons by the usual map" and told(found, "zh") == "原因采用通用映射"


def test_a_change_of_who_decided_is_named_with_its_number_its_author_and_the_codes(space) -> None:
    set_reason(space.dataset(), "rate", "price", decided="involuntary_bank", who="Ann")
    set_reason(space.dataset(), "moved", "need", decided="involuntary_life", who="Ben")
    found = reasons_in_force(space.dataset())
    assert (found["version"], found["who"]) == (2, "Ben")
    assert found["decided"] == {"moved": "involuntary_life", "rate": "involuntary_bank"}
    day = found["made"][:10]
    assert told(found) == (
        f"reasons by change 2 of the reason map, by Ben on {day}; "
        "decided otherwise than usual: moved = involuntary_life, rate = involuntary_bank"
    )
    assert "Ben" in told(found, "zh") and "由谁决定" in told(found, "zh")
