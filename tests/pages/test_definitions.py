"""The Definitions page: sliders move the figures, one definition is made official and every page says so."""

import shutil

import pytest

from churn_dash.contract import DEFINITIONS
from churn_dash.contract.definitions import AssetDecline, Dormancy, Settings, with_settings
from churn_dash.contract.lifecycle import StageRule
from churn_dash.measures.lab import HORIZON, compare_definitions
from churn_dash.store import Workspace
from tests.pages.reading import answer, opened, words


@pytest.fixture
def own_folder(bank_folder, tmp_path):
    return shutil.copytree(bank_folder, tmp_path / "bank")


def test_a_slider_in_the_address_moves_the_figures(bank_folder, looking_at):
    looking_at(bank_folder)
    usual, moved = opened("definitions"), opened("definitions", **{"lab-days": "30", "lab-balance": "10000"})
    assert not moved.exception and not moved.error
    rows = [at.dataframe[0].value.set_index("definition") for at in (usual, moved)]
    assert rows[0].loc["dormancy", "lost"] < rows[1].loc["dormancy", "lost"]
    assert rows[0].loc["account closure", "lost"] == rows[1].loc["account closure", "lost"]


@pytest.mark.parametrize(
    ("key", "value", "form", "own", "horizon"),
    [
        ("lab-grace-days", "180", "dormant", Settings(dormancy=Dormancy(grace_days=180)), HORIZON),
        ("lab-baseline", "1000", "asset_out", Settings(asset_decline=AssetDecline(least_baseline=1_000.0)), HORIZON),
        ("lab-horizon", "2", "tier_down", Settings(), 2),
    ],
)
def test_every_setting_that_the_command_line_has_moves_the_page_alike(key, value, form, own, horizon, bank_folder, looking_at):
    looking_at(bank_folder)
    rows = [opened("definitions", **query).dataframe[0].value.set_index("definition") for query in ({}, {key: value})]
    ds = Workspace.open(bank_folder).dataset()
    told = compare_definitions(ds, with_settings(own), horizon=horizon).of(form)
    name = str(DEFINITIONS[form].label)
    assert (rows[1].loc[name, "lost"], rows[1].loc[name, "followed"]) == (told.heads.n, told.recovered.of)
    assert tuple(rows[0].loc[name, ["lost", "followed"]]) != (told.heads.n, told.recovered.of)


def test_what_is_made_official_is_named_at_the_foot_of_every_page(own_folder, looking_at):
    looking_at(own_folder)
    at = opened("definitions", **{"lab-days": "30"})
    at.selectbox(key="freeze-definition").set_value("dormant")
    at.text_input(key="freeze-title").set_value("2026-Q3")
    at.button(key="freeze").click().run()
    assert not at.exception and not at.error
    for page in ("definitions", "overview"):
        at = opened(page)
        assert "dormancy, 30 days, ¥100, official as 2026-Q3 since" in words(at)
    assert len(answer(at)) > 5


def test_a_name_that_is_missing_is_said_in_one_sentence(own_folder, looking_at):
    looking_at(own_folder)
    at = opened("definitions")
    at.text_input(key="freeze-title").set_value(" ")
    at.button(key="freeze").click().run()
    assert not at.exception and len(at.error) + len(at.warning) + words(at).count("Give the official definition a name") >= 1


def test_every_share_of_the_table_stands_inside_its_own_range(bank_folder, looking_at):
    looking_at(bank_folder)
    rows = opened("definitions").dataframe[0].value.set_index("definition")
    ds = Workspace.open(bank_folder).dataset()
    told = next(j for j in compare_definitions(ds, ds.rules).judged if j.name == "tier_down")
    shown = rows.loc["tier downgrade"]
    for name, interval in (("money", told.aum_interval), ("caught", told.caught.interval), ("recovered", told.recovered.interval)):
        assert interval is not None
        assert (shown[f"{name}_low"], shown[f"{name}_high"]) == pytest.approx((100 * interval.low, 100 * interval.high)), name
        assert shown[f"{name}_low"] <= shown[name] <= shown[f"{name}_high"], name
    few = rows[rows["followed"] < 30]
    assert len(few) and few[["recovered", "recovered_low", "recovered_high"]].isna().all(axis=None)


def test_the_stages_of_a_bank_are_made_official_with_it(own_folder, looking_at):
    looking_at(own_folder)
    at = opened("definitions")
    at.number_input(key="stage-declining").set_value(0.8)
    at.number_input(key="stage-exploring").set_value(9)
    at.text_input(key="freeze-title").set_value("2026-Q4")
    at.button(key="freeze").click().run()
    assert not at.exception and not at.error
    ds = Workspace.open(own_folder).dataset()
    assert ds.settings.stages == StageRule(0.8, 1.1, 9, 6)
    assert opened("definitions").number_input(key="stage-declining").value == 0.8
