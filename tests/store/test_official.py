"""The official definition: a record, the settings of everything derived, the tag of every number."""

import pytest

from churn_dash import sample
from churn_dash.contract.definitions import Dormancy, Settings
from churn_dash.errors import BadInput, NotPossible
from churn_dash.intake.typed import extract_of
from churn_dash.measures import measure, tag
from churn_dash.measures.lab import compare_definitions
from churn_dash.store import Workspace, freeze, official, publish
from churn_dash.store.official import history
from tests.asking import asked

SHORT = Settings(dormancy=Dormancy(60, 1_000.0, 30))


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    workspace = Workspace.create(tmp_path_factory.mktemp("official") / "w")
    publish(workspace, extract_of(sample.generate(5, 300, 14).tables, "bank"))
    return workspace


@pytest.fixture
def place(published, copy_of):
    return copy_of(published)


def test_without_one_the_default_holds_and_the_tag_names_its_settings(place):
    ds = place.dataset()
    assert official(place.root) is None and ds.default_definition == "first"
    assert str(tag(ds, "dormant")) == "dormancy, 180 days, ¥100"


def test_what_is_official_is_what_is_measured_by_and_carries_its_name_and_date(place):
    expected = compare_definitions(asked(place.dataset()), {"dormant": place.dataset().rules["dormant"].__class__(
        **{**place.dataset().rules["dormant"].__dict__, "settings": SHORT})}).of("dormant").heads  # fmt: skip
    found = freeze(place, "dormant", " 2026-Q3 ", SHORT, who="li")
    ds = place.dataset()
    assert (found.definition, found.title, found.who, found.version) == ("dormant", "2026-Q3", "li", 1)
    assert ds.default_definition == "dormant" and ds.settings == SHORT
    assert measure(asked(ds), ["churn_rate"])["churn_rate"][0] == expected.value
    assert str(tag(ds, "dormant")) == f"dormancy, 60 days, ¥1,000, official as 2026-Q3 since {found.since}"
    assert str(tag(ds, "close")) == "account closure, not the official one (2026-Q3)"


def test_the_next_load_and_a_load_from_nothing_are_derived_with_it(place, tmp_path):
    freeze(place, "dormant", "Q3", SHORT)
    whole = sample.generate(5, 300, 15).tables
    publish(place, extract_of(whole, "more"), mode="replace-all")
    assert place.dataset()._path.exists(), "what was derived for the load is what is read"
    other = Workspace.create(tmp_path / "other")
    publish(other, extract_of(whole, "more"))
    usual = measure(asked(other.dataset(), definition="dormant"), ["churn_rate"])
    freeze(other, "dormant", "Q3", SHORT)
    assert measure(asked(place.dataset()), ["churn_rate"]).equals(measure(asked(other.dataset()), ["churn_rate"]))
    assert not measure(asked(place.dataset()), ["churn_rate"]).equals(usual)


def test_every_change_is_kept_and_the_same_again_is_none(place):
    freeze(place, "close", "Q1", Settings())
    freeze(place, "close", "Q1", Settings())
    freeze(place, "dormant", "Q2", SHORT)
    assert [(o.title, o.version) for o in history(place.root)] == [("Q2", 2), ("Q1", 1)]


@pytest.mark.parametrize("title", ["", "   ", "x" * 41])
def test_a_definition_without_a_name_is_refused(place, title):
    with pytest.raises(BadInput):
        freeze(place, "close", title, Settings())
    assert official(place.root) is None


def test_what_the_data_cannot_answer_does_not_become_official(place):
    with pytest.raises(NotPossible):
        freeze(place, "flag", "Q1", Settings())
    assert official(place.root) is None


def test_no_file_of_the_settings_in_force_is_swept_away(place):
    from churn_dash.store.versions.recovery import leftovers

    freeze(place, "dormant", "Q3", SHORT)
    assert place.dataset()._path.exists()
    assert place.dataset()._path not in leftovers(place)


def test_a_change_of_settings_alone_is_marked_on_every_line_over_time(place):
    from churn_dash.measures.calendar.markers import markers

    freeze(place, "dormant", "Q1", Settings())
    freeze(place, "dormant", "Q1 again", Settings())
    assert not [m for m in markers(place.dataset()) if m.kind == "definition"]
    freeze(place, "dormant", "Q2", SHORT)
    assert len([m for m in markers(place.dataset()) if m.kind == "definition"]) == 1
