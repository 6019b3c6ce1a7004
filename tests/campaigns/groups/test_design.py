"""Randomisation is declared and never inferred."""

import pytest

from churn_dash.campaigns.groups.design import declared_design, evidence
from churn_dash.errors import BadInput
from churn_dash.words import Text

DOUBT = Text("The sizes do not fit.")


@pytest.mark.parametrize(
    ("word", "code"),
    [("randomised", "randomised"), ("Randomized", "randomised"), ("随机", "randomised"), ("人工", "manual"), ("按机构", "branch")],
)
def test_a_design_is_known_by_its_names(word: str, code: str) -> None:
    assert declared_design(word) == code


@pytest.mark.parametrize("nothing", [None, "", "  "])
def test_nothing_declared_is_no_design(nothing: str | None) -> None:
    assert declared_design(nothing) is None


def test_an_unknown_design_is_refused_with_the_known_ones() -> None:
    with pytest.raises(BadInput, match="randomised, manual, branch, rule, observational"):
        declared_design("randomish")


def test_only_a_declared_random_holdout_is_grade_a() -> None:
    assert evidence("randomised", holdout=True).grade == "A"
    for design in (None, "manual", "branch", "rule", "observational"):
        assert evidence(design, holdout=True).grade == "D"


def test_a_random_design_loses_its_grade_without_holdout_with_wrong_sizes_or_late_groups() -> None:
    assert evidence("randomised", holdout=False).grade == "D"
    assert evidence("randomised", holdout=True, doubt=DOUBT).grade == "D"
    assert evidence("randomised", holdout=True, late=0.06).grade == "D"
    assert evidence("randomised", holdout=True, late=0.05).grade == "A"
    assert evidence("randomised", holdout=True, overlap=0.06).grade == "D"
    assert evidence("randomised", holdout=True, overlap=0.05).grade == "A"


def test_every_reason_against_a_grade_is_its_own_sentence() -> None:
    designs = (None, "manual", "branch", "rule", "observational")
    found = {evidence(d, holdout=True).why.in_("en") for d in designs} | {
        evidence("randomised", holdout=h, doubt=DOUBT).why.in_("en") for h in (True, False)
    }
    assert len(found) == len(designs) + 2
