"""The Branches page names only who is clearly outside, says what data are missing, and compares managers as well."""

from churn_dash.measures.comparisons.comparison import comparison
from churn_dash.store import Workspace
from churn_dash.ui.kinds import branches
from tests.asking import asked
from tests.pages.reading import answer, opened, percent, words


def test_only_units_clearly_outside_are_named(bank_folder, looking_at):
    looking_at(bank_folder)
    told = comparison(asked(Workspace.open(bank_folder).dataset()), "branch_id")
    at = opened("branches")
    assert not at.exception and not at.error
    large = [u for u in told.units if u.n >= 30]
    clear = {u.name for u in large if u.verdict == "above"}
    others = {u.name for u in told.units} - {u.name for u in told.clear}
    assert not any(name in answer(at) for name in others)
    assert all(name in answer(at) for name in clear) or len(clear) > 3
    table = at.dataframe[0].value
    assert len(table) == len(told.units)
    assert table["shrunk"].notna().sum() == len(large), "of small units only the counts"


def test_managers_are_compared_adjusted_and_as_they_are(bank_folder, looking_at):
    looking_at(bank_folder)
    at = opened("branches", "zh")
    at.selectbox(key="compare-by").set_value("rm_id").run()
    adjusted = at.dataframe[0].value["adjusted"].to_list()
    at.segmented_control(key="compare-how").set_value("plain").run()
    assert not at.exception and not at.error
    assert at.dataframe[0].value["adjusted"].to_list() != adjusted


def test_data_without_branches_say_what_to_load(tmp_path, looking_at):
    from churn_dash.intake.extraction import extract
    from churn_dash.intake.source import Source
    from churn_dash.store import publish

    rows = "\n".join(f"{i},{i % 70},{i % 3 == 0:d}" for i in range(400))
    publish(Workspace.create(tmp_path / "flat"), extract([Source("flat.csv", f"CustomerId,Age,Exited\n{rows}\n".encode())]))
    looking_at(tmp_path / "flat")
    at = opened("branches")
    assert not at.exception
    assert "compared" in words(at)


def test_one_branch_alone_is_said_in_the_heading(bank_folder, looking_at):
    looking_at(bank_folder)
    branch = comparison(asked(Workspace.open(bank_folder).dataset()), "branch_id").units[0].name
    at = opened("branches", **{"where.branch_id": branch})
    assert not at.exception
    assert "at least two" in answer(at)


def test_branches_are_compared_by_satisfaction_with_the_figures_of_the_command(bank_folder, looking_at):
    from churn_dash.causes.satisfaction_compared import satisfaction_compared

    looking_at(bank_folder)
    told = satisfaction_compared(asked(Workspace.open(bank_folder).dataset()), "branch_id")
    at = opened("branches", **{"compare-of": "csat"})
    assert not at.exception and not at.error
    table = at.dataframe[0].value
    assert dict(zip(table["unit"], table["n"], strict=True)) == {u.name: u.n for u in told.units}
    large = {u.name: u for u in told.units if u.n >= 30}
    assert table["shrunk"].notna().sum() == len(large)
    shrunk = dict(zip(table["unit"], table["shrunk"], strict=True))
    assert all(abs(shrunk[n] / 100 - u.shrunk) < 1e-9 for n, u in large.items())
    assert percent(told.rate) in [m.value for m in at.metric]
    assert {"branch_id"} == {told.by} and sum(table["left"]) == sum(u.left for u in told.units)
    low = [u.name for u in told.clear if u.verdict == "below" and u.n >= 30]
    assert all(n in answer(at) for n in low) or len(low) > 3
    assert "satisf" in words(at)


def test_where_nothing_sets_units_apart_one_rate_is_told_and_no_spread():
    assert branches._spread([0.6591, 0.6592]) == ("65.9%", "shrunk rates: no difference beyond chance")
    assert branches._spread([0.1, 0.25]) == ("10.0–25.0%", "shrunk rates, lowest to highest")
    assert branches._spread([])[0] == "—"
