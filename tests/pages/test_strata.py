"""The groups of a loaded campaign may have been drawn within strata or by clusters that its table does not name."""

from churn_dash.access import Scope
from churn_dash.campaigns import evaluate
from churn_dash.store import Workspace
from tests.pages.reading import opened


def test_a_stratum_or_a_cluster_named_on_the_page_judges_as_the_command_line_does(bank_folder, looking_at):
    looking_at(bank_folder)
    ds = Workspace.open(bank_folder).dataset()
    at = opened("campaigns", campaign="C02")

    def shown(at):
        table = next(d.value for d in at.dataframe if "way" in d.value.columns)
        return table["way"][0], table["range"][0]

    plain = shown(at)
    at.selectbox(key="strata-C02").select("tier").run()
    assert not at.exception and shown(at)[0] == "Headline: within strata"
    within = evaluate(ds, "C02", strata="tier", scope=Scope.everything()).effects[0]
    assert shown(at) != plain and f"{100 * within.low:+.2f}".replace("-", "−") in shown(at)[1]
    at.selectbox(key="strata-C02").select(None).run()
    at.selectbox(key="cluster-C02").select("branch_id").run()
    assert shown(at)[0] == "Headline: by cluster"
