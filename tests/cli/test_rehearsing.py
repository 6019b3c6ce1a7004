"""The verb campaign rehearse: the keys that docs/CLI.md promises; nothing is published."""

import json

from churn_dash.store import Workspace
from tests.cli.test_acting import made  # noqa: F401
from tests.cli.test_staying_and_costs import promised


def test_a_rehearsal_keeps_its_promises_and_publishes_nothing(run, made):  # noqa: F811
    before = Workspace.open(made).dataset().version
    code, text, _err = run("campaign", "rehearse", "--workspace", made, "--draws", 3, "--json")
    told = json.loads(text)
    assert code == 0 and promised("campaign rehearse") <= set(told) and told["rehearsal"] is True
    code, text, _err = run("campaign", "rehearse", "--workspace", made, "--draws", 2, "--assignment", "risk")
    assert code == 0 and "REHEARSAL" in text and Workspace.open(made).dataset().version == before
    code, _text, err = run("campaign", "rehearse", "--workspace", made, "--assignment", "mood")
    assert code != 0 and "mood" in err
