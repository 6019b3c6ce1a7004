"""The part "For whom did it work" of the Campaigns page: closed until asked for, the segments of the function, nothing without a draw."""

from churn_dash.access import Scope
from churn_dash.campaigns.uplift import uplift
from churn_dash.store import Workspace
from tests.pages.reading import opened, words


def test_it_opens_and_shows_the_segments(bank_folder, looking_at):
    looking_at(bank_folder)
    (found,) = uplift(Workspace.open(bank_folder).dataset(), "C01", Scope.everything())
    at = opened("campaigns", campaign="C01")
    assert not any("interaction" in d.value.columns for d in at.dataframe)
    at.toggle(key="uplift-C01").set_value(True).run()
    assert not at.exception
    table = next(d.value for d in at.dataframe if "interaction" in d.value.columns)
    assert len(table) == sum(len(s.parts) for s in found.segments) > 3
    assert "cases in each group" in words(at)


def test_without_a_random_draw_it_says_why_there_is_nothing(bank_folder, looking_at):
    looking_at(bank_folder)
    at = opened("campaigns", campaign="C03a")
    at.toggle(key="uplift-C03a").set_value(True).run()
    assert not at.exception and "only after a random draw" in words(at)
