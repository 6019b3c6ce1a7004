"""What kept scores rest on: other than it, they are worked out anew; the same, they stand."""

import dataclasses
import datetime

import polars as pl
import pytest

from churn_dash import sample
from churn_dash.intake.typed import extract_of
from churn_dash.risk.features.panel import PANEL_FEATURES
from churn_dash.risk.rows.basis import basis
from churn_dash.store import Dataset, Workspace, publish
from churn_dash.store.derive import derived

DAY = datetime.date(2026, 1, 15)
NAMES = ("aum_change_3m", "tier", "complaints_open", "campaigns_12m")
FEATURES = tuple(f for f in PANEL_FEATURES if f.name in NAMES)


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    made = Workspace.create(tmp_path_factory.mktemp("basis") / "bank", sample=True)
    tables = sample.generate(5, 200, 8).tables
    publish(made, extract_of({n: t for n, t in tables.items() if n not in ("campaigns", "campaign_assignments", "surveys")}, "bank"))
    return made


@pytest.fixture
def space(published, copy_of):
    return copy_of(published)


def of(ds: Dataset) -> str:
    return basis(ds, FEATURES, "first")


def more(space: Workspace, **tables: pl.DataFrame) -> Dataset:
    publish(space, extract_of(tables, "more"))
    return space.dataset()


def member(space: Workspace, campaign: str, contacted: datetime.date | None) -> dict[str, pl.DataFrame]:
    customer = space.dataset().table("customers")["customer_id"][0]
    one = {"campaign_id": campaign, "customer_id": customer, "arm": "treated", "assigned_at": DAY, "contacted_at": contacted}
    kinds = {"contacted_at": pl.Date}
    return {
        "campaigns": pl.DataFrame([{"campaign_id": campaign, "name": campaign, "start_date": DAY}]),
        "campaign_assignments": pl.DataFrame([one], schema_overrides=kinds),
    }


def test_a_list_of_whom_nobody_was_contacted_yet_changes_nothing_and_a_contact_does(space) -> None:
    before = of(space.dataset())
    listed = more(space, **member(space, "L1", None))
    assert listed.version == 2 and of(listed) == before
    assert of(more(space, **member(space, "L2", DAY))) != before


def test_a_table_that_is_read_changes_it_and_one_that_is_not_does_not(space) -> None:
    before = of(space.dataset())
    customer = space.dataset().table("customers")["customer_id"][0]
    answer = pl.DataFrame([{"survey_id": "S1", "customer_id": customer, "sent_at": DAY, "answered_at": DAY, "csat": 2}])
    assert of(more(space, surveys=answer)) == before, "no feature asked for here reads surveys"
    complaint = pl.DataFrame([{"complaint_id": "Q1", "customer_id": customer, "created_at": DAY, "category": "service"}])
    assert of(more(space, complaints=complaint)) != before


def test_settings_that_months_are_made_with_change_it_and_who_decided_does_not(space) -> None:
    ds = space.dataset()
    other = dataclasses.replace(ds.settings, tier_down=dataclasses.replace(ds.settings.tier_down, months=5))
    assert of(Dataset(space.root, ds.info, other)) != of(ds)
    decided = Dataset(space.root, ds.info)
    decided.settings = dataclasses.replace(ds.settings, decided=(("rate", "involuntary_life"),))
    assert of(decided) == of(ds)
    assert basis(ds, FEATURES[:1], "first") != of(ds) != basis(ds, FEATURES, "close")


def test_months_are_made_of_the_tables_that_are_said_and_of_no_other(space, tmp_path) -> None:
    asked = set()

    class Watched(dict):
        def __getitem__(self, name):
            asked.add(name)
            return super().__getitem__(name)

        def get(self, name, default=None):
            asked.add(name)
            return super().get(name, default)

    ds = space.dataset()
    frames = Watched({name: ds.table(name) for name in ds.info.tables})
    derived.build(tmp_path / "made.duckdb", "panel", frames, ds.attributes)
    assert asked <= {*derived.BUILT_FROM, "cross_section"} and set(derived.BUILT_FROM) <= asked
