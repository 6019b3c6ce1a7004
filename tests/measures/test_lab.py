"""Definitions side by side: the same figures as a workspace whose data were derived with those settings, and a plain loop."""

import datetime

import pytest

from churn_dash.contract.definitions import AssetDecline, Dormancy, Settings, TierDown, with_settings
from churn_dash.errors import BadInput, NotPossible
from churn_dash.intake.typed import extract_of
from churn_dash.measures import Filters, measure
from churn_dash.measures.lab import compare_definitions
from churn_dash.measures.statistics.intervals import wilson
from churn_dash.measures.tag import tag
from churn_dash.store import Dataset, Workspace, publish
from tests.alike import approximately
from tests.asking import asked

OTHER = (
    Settings(dormancy=Dormancy(60, 1_000.0, 30)),
    Settings(dormancy=Dormancy(90, 0.0, 0)),
    Settings(asset_decline=AssetDecline(0.5, 12, 1_000.0)),
    Settings(asset_decline=AssetDecline(0.7)),
    Settings(tier_down=TierDown("ccb")),
    Settings(tier_down=TierDown("bohai", 1)),
    Settings(tier_down=TierDown("ccb", 9)),
    Settings(tier_down=TierDown("bohai", 0, (("affluent", 20_000.0), ("gold", 90_000.0), ("platinum", 400_000.0), ("private", 2e6)))),
    Settings(tier_down=TierDown("ccb", 2, (("gold", 120_000.0),), "30")),
    Settings(tier_down=TierDown(divisor="30")),
)


def derived_with(ds, settings, tmp_path):
    """The same version, derived from the ground up with these settings."""
    again = Dataset(ds.root, ds.info, settings)
    again._path = tmp_path / "again.duckdb"
    return again


def test_with_the_settings_in_force_every_rate_is_that_of_measure(bank_data):
    lab = compare_definitions(asked(bank_data), bank_data.rules)
    assert {j.name for j in lab.judged} == set(bank_data.definitions)
    for j in lab.judged:
        row = measure(asked(bank_data, definition=j.name), ["churn_rate", "aum_churn_rate"]).row(0, named=True)
        assert (j.heads.value, j.heads.of) == approximately((row["churn_rate"], row["churn_rate_n"]))
        assert j.heads.interval.low == approximately(row["churn_rate_low"])
        assert j.aum_share == pytest.approx(row["aum_churn_rate"], rel=1e-9)
        assert j.aum_interval.high == pytest.approx(row["aum_churn_rate_high"], rel=1e-9)


@pytest.mark.parametrize("settings", OTHER, ids=str)
def test_a_slider_gives_what_deriving_the_data_anew_gives(bank_data, settings, tmp_path):
    built = derived_with(bank_data, settings, tmp_path)
    lab = compare_definitions(asked(bank_data), with_settings(settings))
    assert any(j.changed for j in lab.judged)
    for j in lab.judged:
        row = measure(asked(built, definition=j.name), ["churn_rate", "aum_churn_rate"]).row(0, named=True)
        assert (j.heads.value, j.heads.of) == approximately((row["churn_rate"], row["churn_rate_n"])), j.name
        assert j.aum_share == pytest.approx(row["aum_churn_rate"], rel=1e-9), j.name
    again = compare_definitions(asked(built), built.rules)
    for a, b in zip(lab.judged, again.judged, strict=True):
        then = (b.recovered, b.caught, b.lead_days, b.only, b.before)
        assert (a.recovered, a.caught, a.lead_days, a.only, a.before) == approximately(then), a.name
    assert lab.overlaps == approximately(again.overlaps)


def test_a_longer_grace_than_a_long_one_in_force_still_finds_who_falls(bank_data, tmp_path):
    (tmp_path / "a").mkdir()
    in_force = derived_with(bank_data, Settings(tier_down=TierDown("ccb")), tmp_path / "a")
    longer = Settings(tier_down=TierDown("ccb", 9))
    built = derived_with(bank_data, longer, tmp_path)
    found = compare_definitions(asked(in_force), with_settings(longer)).of("tier_down").heads
    assert found.n > 0
    assert (found.n, found.of) == tuple(
        measure(asked(built, definition="tier_down"), ["customers_lost", "customers"]).row(0)[i] for i in (0, 4)
    )


def test_the_overlaps_add_up_to_everybody_lost_by_any(bank_data):
    lab = compare_definitions(asked(bank_data), bank_data.rules)
    spells = bank_data.cursor().execute("select definition, customer_id, start_date, end_date, form from spells").fetchall()
    names = [j.name for j in lab.judged if j.only is not None]
    start, end = lab.period.start, lab.period.last_day

    def month(day):
        return day.year * 12 + day.month

    active, lost = {}, {}
    for name, customer, begun, ended, form in spells:
        if month(begun) < month(start) and (ended is None or month(ended) >= month(start)):
            active.setdefault(customer, set()).add(name)
            if form is not None and ended <= end:
                lost.setdefault(customer, set()).add(name)
    same = {c for c, known in active.items() if known.issuperset(names)}
    counted = {}
    for customer in same:
        held = tuple(n for n in names if n in lost.get(customer, ()))
        if held:
            counted[held] = counted.get(held, 0) + 1
    assert {o.names: o.n for o in lab.overlaps} == counted
    assert lab.same == len(same)
    for j in lab.judged:
        assert (j.heads_same.n, j.heads_same.of) == (sum(j.name in lost.get(c, ()) for c in same), len(same)), j.name
        assert same <= {c for c, known in active.items() if j.name in known}
        assert j.as_json()["heads_same"]["low"] == wilson(j.heads_same.n, lab.same).low
        if j.only is not None:
            assert j.only.n == counted.get((j.name,), 0) and j.only.of == sum(counted.values())


def test_a_filter_and_its_complement_add_up(bank_data):
    whole = compare_definitions(asked(bank_data), bank_data.rules)
    levels = next(d for d in bank_data.dimensions if d.name == "customer_type").values
    parts = [compare_definitions(asked(bank_data, filters=Filters((("customer_type", (v,)),))), bank_data.rules) for v in levels]
    for j in whole.judged:
        assert j.heads.n == sum(p.of(j.name).heads.n for p in parts)
        assert j.heads.of == sum(p.of(j.name).heads.of for p in parts)


def test_a_closure_is_no_finder_of_itself_and_a_decline_found_only_those_it_saw_before(bank_data):
    lab = compare_definitions(asked(bank_data), bank_data.rules)
    assert lab.leave == "close" and lab.of("close").caught is None and lab.of("first").caught is None
    assert 0 <= lab.of("asset_out").caught.value < 1.0
    assert lab.until <= bank_data.data_end


@pytest.mark.parametrize(
    "wrong",
    [{"dormancy": {"days": 0}}, {"asset_decline": {"share": 1.0}}, {"asset_decline": {"window": 7}}, {"tier_down": {"rule": "none"}}],
)
def test_settings_that_cannot_be_are_refused_in_words(wrong):
    with pytest.raises(BadInput):
        Settings.read(wrong)


def test_one_row_a_customer_cannot_compare_definitions(tmp_path):
    from churn_dash.intake.extraction import extract
    from churn_dash.intake.source import Source
    from churn_dash.store import Workspace, publish

    workspace = Workspace.create(tmp_path / "w")
    publish(workspace, extract([Source("a.csv", b"CustomerId,Age,Exited\n1,20,0\n2,30,1\n")]))
    with pytest.raises(NotPossible):
        compare_definitions(asked(workspace.dataset()), workspace.dataset().rules)


def test_the_horizon_never_reaches_beyond_the_data(bank_data):
    lab = compare_definitions(asked(bank_data), bank_data.rules, horizon=36)
    assert lab.until == bank_data.data_end > datetime.date(2000, 1, 1)
    assert all(j.recovered.of == 0 for j in lab.judged)


def test_a_closing_that_no_date_tells_is_absence_and_finds_no_leavers(bank, bank_data, tmp_path):
    workspace = Workspace.create(tmp_path)
    publish(workspace, extract_of({"customer_month": bank.tables["customer_month"]}, "months alone"))
    ds = workspace.dataset()
    lab = compare_definitions(asked(ds), ds.rules)
    assert lab.leave == "absent" and lab.of("close").heads == lab.of("absent").heads and lab.of("close").heads.n > 0
    assert [lab.of(n).caught for n in ("close", "absent", "first")] == [None, None, None]
    assert lab.of("dormant").caught.of == lab.leavers > 0
    assert str(lab.of("close").tag) == str(tag(ds, "close")) == "account closure, told by absence"
    dated = compare_definitions(asked(bank_data), bank_data.rules)
    assert dated.leave == "close" and dated.of("absent").caught.n > 0 and str(dated.of("close").tag) == "account closure"
