"""Titles say what the figures under them show: no sign twice, no rate of a few above one that is sure."""

import datetime

import polars as pl

from churn_dash.causes.after_answers import Followed
from churn_dash.causes.balances_after import BalancesAfter, compared
from churn_dash.charts import Bar, CauseBar, Look, Share, bars, contributions, pareto
from churn_dash.measures import Period
from churn_dash.measures.movement.tiers import Migration
from churn_dash.measures.statistics.estimates import Estimate
from churn_dash.ui.kinds import tiers
from churn_dash.ui.lists import heard_enough
from churn_dash.ui.reasons_why import balances_after, surveys_after
from churn_dash.words import say

PERIOD = Period(datetime.date(2026, 1, 1), datetime.date(2026, 12, 1))


def test_the_tier_named_is_the_one_that_surely_loses_most():
    rows = [("private", "platinum", 9), ("private", "private", 25), ("platinum", "gold", 118), ("platinum", "platinum", 431)]
    cells = pl.DataFrame(
        [(s, e, n, 0.0, 0.0, 0) for s, e, n in rows], schema=["start", "end", "n", "balance", "squares", "n_balance"], orient="row"
    )
    found = Migration("bohai", PERIOD, "first", cells, 0)
    assert found.share("down", "private").value > found.share("down", "platinum").value
    assert say(tiers.matrix_title(found, money=False), "en") == "Platinum: 21.49% of 549 fell to a lower tier, 21.78% of all"


def test_worse_has_no_minus_of_its_own():
    fell = pl.DataFrame({"group": ["fell"] * 40, "before": [100.0] * 40, "after": [80.0] * 40})
    held = pl.DataFrame({"group": ["held"] * 40, "before": [100.0] * 40, "after": [100.0] * 39 + [102.0]})
    rows, difference = compared(pl.concat([fell, held]))
    said = balances_after.finding(BalancesAfter(3, rows, difference, 0))
    assert said == "Where satisfaction fell, balances went −20.00%: 20.05 pp worse than where it did not"


def test_nothing_when_rounded_has_no_sign():
    chart = contributions([Share("Mass", -0.00166, 0.0), Share("Private", -0.000012, -0.00001)], look=Look())
    written = " ".join(a.text for a in chart.figure.layout.annotations)
    assert "mix 0.00, rates 0.00" in written and "+0.00" not in written and "−0.00" not in written


def test_where_nobody_has_heard_enough_nobody_is_said_to_be_marked():
    assert say(heard_enough.marked(pl.Series([False, False])), "en") == "None of them had 2 contacts or more in 30 days."
    assert "1 of them" in say(heard_enough.marked(pl.Series([True, False])), "en")


def test_no_title_compares_rates_of_a_few():
    def of(n: int) -> Followed:
        rows = pl.DataFrame({"group": ["low", "middle", "high"], "n": [n, 40, 60], "left": [0, 2, 3], "share": [0.0, 0.05, 0.05]})
        return Followed(3, rows, Estimate(None, None, None, 0), rows, rows, rows, 0)

    assert surveys_after.bands_finding(of(6)) == "Churn by satisfaction"
    assert surveys_after.classes_finding(of(6)) == "Churn by recommendation"
    assert surveys_after.bands_finding(of(30)) == "Of the dissatisfied 0.00% left, of the satisfied 5.00%"


def test_a_bar_of_a_few_is_not_bold_and_a_cause_of_a_few_has_no_share():
    drawn = bars([Bar("few", 0.2, 12, 0.1, 0.3, worse=True)], unit="ratio", look=Look(), what="rates", bank=0.01)
    assert not any(a.text.startswith("<b>few") for a in drawn.figure.layout.annotations)
    causes = pareto([CauseBar("Needs", None, 1, 0.2, 1.0, "external")], look=Look(), what="causes")
    assert causes.notes == ("1 of fewer than 30: only the count",) and "%" not in causes.figure.data[0].text[0]
