"""The Definitions page: sliders move the figures, one definition is made official and every page says so."""

import shutil

import pytest

from churn_dash.contract import DEFINITIONS
from churn_dash.contract.definitions import AssetDecline, Dormancy, Settings, with_settings
from churn_dash.contract.lifecycle import StageRule
from churn_dash.contract.tiers import TierDown
from churn_dash.measures.lab import HORIZON, compare_definitions
from churn_dash.store import Workspace
from tests.asking import asked
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
    told = compare_definitions(asked(ds), with_settings(own), horizon=horizon).of(form)
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


def test_a_banks_own_thresholds_are_tried_made_official_and_named_at_the_foot_of_every_page(own_folder, looking_at):
    looking_at(own_folder)
    at = opened("definitions", **{"lab-floor-gold": "120,000", "lab-floor-private": "none", "lab-divisor": "30"})
    assert [at.text_input(key=f"lab-floor-{tier}").value for tier in ("affluent", "gold", "platinum", "private")] == [
        "50,000", "120,000", "1,000,000", "",
    ]  # fmt: skip
    own = Settings(tier_down=TierDown(floors=(("affluent", 5e4), ("gold", 1.2e5), ("platinum", 1e6)), divisor="30"))
    ds = Workspace.open(own_folder).dataset()
    row = at.dataframe[0].value.set_index("definition").loc["tier downgrade"]
    assert row["lost"] == compare_definitions(asked(ds), with_settings(own)).of("tier_down").heads.n
    usual = answer(opened("tiers"))
    at.button(key="freeze").click().run()
    assert not at.exception and not at.error
    assert Workspace.open(own_folder).dataset().settings == own
    assert answer(opened("tiers")) != usual, "what was worked out before is not shown again"
    at = opened("definitions")
    assert [at.text_input(key=f"lab-floor-{tier}").value for tier in ("gold", "private")] == ["120,000", ""]
    assert "tiers Affluent ¥50,000, Gold ¥120,000, Platinum ¥1,000,000, tier averages over 30 days" in words(opened("overview"))
    assert "Tiers begin at: Affluent ¥50,000, Gold ¥120,000, Platinum ¥1,000,000; averages over 30 days." in words(opened("tiers"))


@pytest.mark.parametrize(
    ("held", "sentence"),
    [
        ({"lab-floor-gold": "much"}, "A tier threshold is an amount of CNY, such as 300000; much is none."),
        ({"lab-floor-gold": "40000"}, "Tier thresholds ascend: Gold from 40,000 must lie above Affluent from 50,000."),
        ({"lab-floor-gold": "-1"}, "A tier threshold lies above 0 and is at most a trillion CNY; that of Gold is -1."),
        ({f"lab-floor-{t}": "none" for t in ("affluent", "gold", "platinum", "private")}, "Tiers want at least one threshold"),
    ],
)
def test_thresholds_that_cannot_be_are_refused_beside_their_fields(held, sentence, bank_folder, looking_at):
    looking_at(bank_folder)
    at = opened("definitions", **held)
    assert not at.exception and sentence in words(at)
    assert answer(at) == "These settings cannot be: the sentence under them says why."
    assert at.text_input(key="lab-floor-gold").label, "the field stays, to be corrected"


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
    told = next(j for j in compare_definitions(asked(ds), ds.rules).judged if j.name == "tier_down")
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


def test_forms_put_together_stand_beside_the_others_and_can_be_made_official(bank_folder, looking_at):
    from churn_dash.contract.definitions import Settings, with_settings

    looking_at(bank_folder)
    at = opened("definitions", **{"own-forms": ["close", "asset_out"]})
    assert not at.exception and not at.error
    told = compare_definitions(asked(Workspace.open(bank_folder).dataset()), with_settings(Settings(together=("close", "asset_out")))).of(
        "own"
    )
    table = at.dataframe[0].value
    row = table[table["definition"] == "own set of forms"]
    assert len(row) == 1 and row["lost"].iloc[0] == told.heads.n
    assert any("whichever comes first: account closure; or asset decline" in o for o in at.selectbox(key="freeze-definition").options)
