"""Campaigns are marked on every course of the page Season and market: seasons, rates, churn, and the series beside it."""

import json

from churn_dash.store import Workspace
from tests.pages.reading import opened


def test_campaigns_are_marked_on_every_course(bank_folder, looking_at):
    looking_at(bank_folder)
    starts = {day.isoformat() for day in Workspace.open(bank_folder).dataset().table("campaigns")["start_date"]}
    at = opened("market")
    lines = [{shape.get("x0") for shape in json.loads(p.proto.spec)["layout"].get("shapes", [])} for p in at.get("plotly_chart")]
    assert not at.exception and sum(bool(starts & one) for one in lines) == 4
