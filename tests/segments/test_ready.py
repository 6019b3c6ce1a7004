"""The three kinds of service stand as segments without being saved; names that people take for one another are refused."""

import shutil

import pytest

from churn_dash.errors import BadInput, NotPossible
from churn_dash.measures import Filters, measure
from churn_dash.segments import Clause, Rule, rename, retire, save_list, save_rule, saved, segment, versions
from churn_dash.segments.groups.service_tiers import service_tiers
from churn_dash.store import Workspace
from tests.asking import asked

READY = {"High net worth customers": "high", "Middle customers": "middle", "Small-balance customers": "small"}
GOLD = Rule((Clause("tier", ("gold",)),))


@pytest.fixture
def ds(bank_workspace, tmp_path):
    shutil.copytree(bank_workspace.root, tmp_path / "w")
    return Workspace.open(tmp_path / "w").dataset()


def test_three_segments_are_ready_and_count_what_the_page_counts(ds):
    assert [n for n, s in saved(ds).items() if s.ready] == list(READY)
    page = dict(service_tiers(asked(ds)).groups().select("group", "customers").iter_rows())
    for name, group in READY.items():
        inside = Filters(((f"segment:{name}", ("in",)),))
        split = dict(measure(asked(ds), ["customers"], [f"segment:{name}"]).select(f"segment:{name}", "customers").iter_rows())
        assert measure(asked(ds, filters=inside), ["customers"])["customers"][0] == split["in"] == page[group]
        assert sum(split.values()) == measure(asked(ds), ["customers"])["customers"][0]


@pytest.mark.parametrize("name", READY)
def test_a_ready_segment_is_neither_retired_nor_renamed_nor_saved_over(ds, name):
    for work in (lambda: retire(ds, name), lambda: rename(ds, name, "Mine")):
        with pytest.raises(NotPossible, match="comes ready"):
            work()
    for taken in (name, name.upper(), f" {name} "):
        with pytest.raises(BadInput):
            save_rule(ds, taken, GOLD)
    assert [v.version for v in versions(ds, name)] == [0]


def test_a_copy_of_a_ready_segment_is_peoples_own(ds):
    name = next(iter(READY))
    rule = segment(ds, name).rule
    assert rule is not None
    mine = save_rule(ds, "My best", rule)
    assert not mine.ready
    counts = [measure(asked(ds, filters=Filters(((f"segment:{n}", ("in",)),))), ["customers"])["customers"][0] for n in (name, "My best")]
    assert counts[0] == counts[1] > 0
    retire(ds, "My best")
    assert "My best" not in saved(ds)


@pytest.mark.parametrize("other", ["vip", "V I P", "ＶＩＰ", "vIp "])
def test_a_name_that_differs_only_in_blanks_or_capitals_is_refused(ds, other):
    save_rule(ds, "  VIP  ", GOLD)
    assert "VIP" in saved(ds)
    for work in (lambda: save_rule(ds, other, GOLD), lambda: save_list(ds, other, ["c1"])):
        with pytest.raises(BadInput, match="VIP already"):
            work()
    save_rule(ds, "Gold", GOLD)
    with pytest.raises(BadInput, match="VIP already"):
        rename(ds, "Gold", other)


def test_the_same_name_with_blanks_around_it_is_its_next_version_and_a_segment_may_change_its_own_capitals(ds):
    save_rule(ds, "VIP", GOLD)
    assert save_rule(ds, " VIP ", GOLD).version == 2
    assert rename(ds, "VIP", "Vip").name == "Vip"
    assert [n for n, s in saved(ds).items() if not s.ready] == ["Vip"]
