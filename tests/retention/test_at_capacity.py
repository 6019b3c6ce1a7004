"""The bank's own number of calls: from where it is known, and that nothing is claimed where it is not."""

import datetime

from churn_dash.retention.at_capacity import bank_calls
from churn_dash.retention.threshold import Cuts
from churn_dash.retention.worklists.exports import Export

LIST = Export(1, "Ann", "2026-03-02T08:00:00", datetime.date(2026, 2, 28), 120, 1, "m", "xlsx", 20)


def test_the_capacity_by_which_the_cuts_were_set_goes_before_the_last_list():
    set_by = Cuts(0.1, 0.05, by="capacity", asked=300.0, who="Ms Li")
    found = bank_calls(set_by, (LIST,), 6_000)
    assert (found.n, found.share) == (300, 0.05) and "Ms Li" in str(found.how)
    last = bank_calls(Cuts(0.1, 0.05), (LIST,), 6_000)
    assert (last.n, last.share) == (120, 0.02) and "2026-03-02" in str(last.how)
    assert bank_calls(Cuts(0.1, 0.05, by="recall", asked=0.5), (), 6_000) is None
    assert bank_calls(set_by, (), 0) is None
    assert bank_calls(set_by, (), 200).share == 1.0
