"""Forms of leaving put together as a bank's own definition: a plain loop, the lab before it is frozen, the tag, and what is refused."""

import importlib.util
import pathlib
from dataclasses import replace

import pytest

from churn_dash.contract.definitions import AssetDecline, Dormancy, Settings, put_together, with_settings
from churn_dash.errors import BadInput, NotPossible
from churn_dash.measures import Period, measure
from churn_dash.measures.lab import compare_definitions
from churn_dash.measures.lab.lost import lost_before
from churn_dash.measures.leaving import means
from churn_dash.measures.tag import named, tag
from churn_dash.store import Dataset
from tests.alike import approximately
from tests.asking import asked

_spec = importlib.util.spec_from_file_location("brute", pathlib.Path(__file__).with_name("brute.py"))
brute = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(brute)

SETS = (("close", "asset_out"), ("absent", "dormant"), ("dormant", "asset_out", "tier_down"), ("absent", "tier_down"))
NAMES = ["customers", "customers_lost", "net_churn_rate", "hazard", "aum_lost"]


def derived_with(ds, settings, tmp_path):
    again = Dataset(ds.root, ds.info, settings)
    again._path = tmp_path / "again.duckdb"
    return again


@pytest.mark.parametrize("forms", SETS, ids="+".join)
def test_the_union_whose_first_date_counts_agrees_with_a_plain_loop(bank, bank_data, tmp_path, forms):
    ds = derived_with(bank_data, Settings(together=forms), tmp_path)
    assert "own" in ds.definitions and "own" not in bank_data.definitions
    loop = brute.Brute(bank.tables, "+".join(forms))
    months = ds.measurable
    for first, last in ((0, 0), (0, 11), (3, 5), (len(months) - 6, len(months) - 1)):
        period = Period(months[first], months[last])
        row, want = measure(asked(ds, period=period, definition="own"), NAMES).row(0, named=True), loop.figures(period.start, period.end)
        assert (row["customers"], row["customers_lost"]) == (want["active_at_start"], want["churned"])
        assert row["net_churn_rate"] == pytest.approx((want["churned"] - want["returned"]) / want["active_at_start"], abs=1e-9)
        assert row["hazard"] == pytest.approx(want["events"] / want["exposure_days"] * 30.4375, rel=1e-9)
        assert row["aum_lost"] == pytest.approx(want["aum_start_churned"], rel=1e-9)


@pytest.mark.parametrize("forms", SETS, ids="+".join)
@pytest.mark.parametrize("moved", [Settings(), Settings(Dormancy(60, 1_000.0, 0), AssetDecline(0.5))], ids=["usual", "moved"])
def test_the_lab_shows_before_it_is_frozen_what_deriving_with_it_gives(bank_data, tmp_path, forms, moved):
    settings = replace(moved, together=forms)
    built = derived_with(bank_data, settings, tmp_path)
    tried, frozen = compare_definitions(asked(bank_data), with_settings(settings)), compare_definitions(asked(built), built.rules)
    a, b = tried.of("own"), frozen.of("own")
    assert (a.heads, a.before, a.recovered, a.caught, a.lead_days, a.n_lead) == (
        b.heads,
        b.before,
        b.recovered,
        b.caught,
        b.lead_days,
        b.n_lead,
    )
    assert a.aum_share == pytest.approx(b.aum_share, rel=1e-9) and a.changed and not b.changed
    assert tried.overlaps == approximately(frozen.overlaps)
    alone = compare_definitions(asked(bank_data), {"own": with_settings(settings)["own"]}).of("own")
    assert alone.heads == a.heads
    before = lost_before(asked(bank_data), with_settings(settings))
    assert (before["names"] == "own").sum() == (a.before.n if a.before else 0)


def test_a_union_loses_at_least_as_many_as_each_of_its_forms_among_the_same_customers(bank_data):
    lab = compare_definitions(asked(bank_data), with_settings(Settings(together=("close", "asset_out"))))
    assert lab.of("own").heads.n >= max(lab.of("close").heads.n, lab.of("asset_out").heads.n) > 0


def test_the_tag_names_every_form_with_its_settings():
    own = with_settings(Settings(together=put_together(["asset_out", "close"])))["own"]
    assert own.forms == ("close", "asset_out")
    assert str(named(own)) == "whichever comes first: account closure; or asset decline, 20% of 6 months before"


def test_without_forms_there_is_no_own_definition_and_one_sentence_says_how_to_make_it(bank_data):
    with pytest.raises(NotPossible, match="--together"):
        measure(asked(bank_data, definition="own"), ["churn_rate"])
    assert Settings() == Settings.read(Settings().written())
    both = Settings(together=("close", "asset_out"))
    assert Settings.read(both.written()) == both


def test_what_is_no_set_of_forms_is_refused():
    for wrong in (("close",), ("asset_out", "close"), ("close", "close")):
        with pytest.raises(BadInput):
            Settings(together=wrong)
    with pytest.raises(BadInput, match="moon"):
        put_together(["close", "moon"])


def test_an_own_definition_is_told_as_provisional_and_as_leaving_where_its_forms_are(bank_data, tmp_path):
    ds = derived_with(bank_data, Settings(together=("dormant", "tier_down")), tmp_path)
    assert ds.rules["own"].unsettled_months == 1 and not ds.rules["own"].leaves
    assert "fell a tier" in means(ds, "own") and "dormancy, 180 days" in str(tag(ds, "own"))
