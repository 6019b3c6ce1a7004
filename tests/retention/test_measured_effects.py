"""What a campaign measured is handed down as a value; what it did not measure is not."""

import dataclasses

import pytest

from churn_dash.access import Scope
from churn_dash.campaigns.estimators.effects import Group
from churn_dash.campaigns.groups.measured import CHURN, RETENTION
from churn_dash.campaigns.judged.evaluation import Evaluation, judged
from churn_dash.campaigns.outcomes.naive import Naive
from churn_dash.retention.effects import measured
from churn_dash.risk.features.panel import PANEL_FEATURES
from churn_dash.risk.whatif.declared import Said, Settings
from churn_dash.words import Text

FEATURES = tuple(f for f in PANEL_FEATURES if f.name in ("contacts_3m", "product_count", "age"))


def campaign(design: str | None = "randomised", outcome=CHURN, treated: float = 0.10, base: float = 0.16, n: int = 1000) -> Evaluation:
    groups = [Group("treated", "Treated", n, n, treated, None), Group("control", "Control", n, n, base, None)]
    found = judged(outcome, groups, "control", design, Naive(None, None, 0, Text("")))
    return dataclasses.replace(found, campaign_id="C1", name="Care calls", horizon_days=90)


def test_a_campaign_of_evidence_a_gives_its_difference_with_its_range_and_name() -> None:
    (found,) = measured.effects_of(campaign(), "contacts_3m")
    assert found.difference == pytest.approx(-0.06) and found.low < -0.06 < found.high < 0
    assert (found.feature, found.campaign_id, found.name, found.n_treated, found.horizon_days) == (
        "contacts_3m",
        "C1",
        "Care calls",
        1000,
        90,
    )


def test_kept_customers_are_the_other_side_of_those_who_left() -> None:
    (found,) = measured.effects_of(campaign(outcome=RETENTION, treated=0.90, base=0.84), "contacts_3m")
    assert found.difference == pytest.approx(-0.06) and found.low < found.high < 0


@pytest.mark.parametrize("design", [None, "manual", "rule", "branch", "observational"])
def test_a_campaign_that_was_not_drawn_at_random_measures_nothing(design) -> None:
    assert measured.effects_of(campaign(design), "contacts_3m") == []


def test_too_few_cases_measure_nothing() -> None:
    assert measured.effects_of(campaign(treated=0.1, base=0.2, n=20), "contacts_3m") == []


class Campaigns:
    """Data with one campaign."""

    def __init__(self, kind: str) -> None:
        import datetime

        import polars as pl

        day = datetime.date(2024, 1, 1)
        self.frame = pl.DataFrame({"campaign_id": ["C1"], "type": [kind], "start_date": [day]})

    def table(self, name: str):
        return self.frame if name == "campaigns" else None


def test_a_campaign_of_calls_measures_contacts_and_people_may_say_what_another_measures(monkeypatch) -> None:
    asked = []
    monkeypatch.setattr(measured, "evaluate", lambda ds, number, **_more: asked.append(number) or campaign())
    monkeypatch.setattr(measured, "campaign_ids", lambda ds: ("C1",))
    assert [e.feature for e in measured.measured_effects(Campaigns("Call"), FEATURES, Settings(), scope=Scope.everything())] == [
        "contacts_3m"
    ]
    assert measured.measured_effects(Campaigns("lottery"), FEATURES, Settings(), scope=Scope.everything()) == ()
    assert asked == ["C1"], "a campaign that measures no lever is not judged"
    said = Settings({"product_count": Said(campaign="C1"), "contacts_3m": Said(campaign="C9")})
    assert [e.feature for e in measured.measured_effects(Campaigns("call"), FEATURES, said, scope=Scope.everything())] == ["product_count"]
