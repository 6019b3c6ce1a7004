"""Campaigns are marked on the courses of figures: seasons, rates, churn, growth, warnings, an improvement's figure."""

import datetime
import json
import shutil

import pytest

from churn_dash.evaluation.actions.kept import put
from churn_dash.store import Records, Workspace
from tests.pages.reading import opened


def marks(at, starts):
    """On how many pictures a campaign's first day, or the month of it, is marked."""
    assert not at.exception
    lines = [{str(s.get("x0"))[:10] for s in json.loads(p.proto.spec)["layout"].get("shapes", [])} for p in at.get("plotly_chart")]
    return sum(bool(starts & one) for one in lines)


def starts_of(folder):
    days = Workspace.open(folder).dataset().table("campaigns")["start_date"]
    return {day.isoformat() for day in days} | {day.replace(day=1).isoformat() for day in days}


@pytest.mark.parametrize(("page", "least"), [("market", 4), ("growth", 6), ("warnings", 1)])
def test_campaigns_are_marked_on_every_course(bank_folder, looking_at, page, least):
    looking_at(bank_folder)
    assert marks(opened(page), starts_of(bank_folder)) >= least


def test_campaigns_are_marked_on_the_course_of_an_improvement(bank_folder, tmp_path, looking_at):
    place = shutil.copytree(bank_folder, tmp_path / "bank")
    months = Workspace.open(place).dataset().measurable
    put(
        Records(place),
        "Counters",
        date=datetime.date(months[len(months) // 2].year, months[len(months) // 2].month, 15),
        watched="churn_rate",
    )
    looking_at(place)
    assert marks(opened("evaluation", view="improvements"), starts_of(place)) == 1
