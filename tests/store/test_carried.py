"""What changes nothing that months are made of leaves the derived file as it is; all else builds it anew."""

import dataclasses
import datetime

import polars as pl
import pytest

from churn_dash.intake.typed import extract_of
from churn_dash.store import Workspace, commit, plan, publish, undo
from churn_dash.store.derive import derived
from churn_dash.store.versions import deriving

DAY = datetime.date(2024, 2, 1)
OTHERS = {
    "surveys": pl.DataFrame([{"survey_id": "S1", "customer_id": "A", "sent_at": DAY, "answered_at": DAY, "csat": 2}]),
    "campaigns": pl.DataFrame([{"campaign_id": "K", "name": "K", "start_date": DAY}]),
}


@pytest.fixture
def space(worked_tables, tmp_path):
    workspace = Workspace.create(tmp_path / "w")
    publish(workspace, extract_of(worked_tables, "worked"))
    return workspace


@pytest.fixture
def built(monkeypatch):
    """How often a file is built."""
    times, real = [], derived.build
    monkeypatch.setattr(derived, "build", lambda *a: (times.append(1), real(*a)))
    return times


def held(path):
    con = deriving.connections.opened(path)
    names = [n for (n,) in con.execute("select table_name from duckdb_tables() order by 1").fetchall()]
    found = {n: sorted(con.execute(f"select * from {n}").fetchall(), key=repr) for n in names}
    con.close()
    return found


def test_a_load_of_other_tables_has_the_file_that_a_build_gives_without_a_build(space, built, tmp_path):
    publish(space, extract_of(OTHERS, "others"))
    assert not built
    ds = space.dataset()
    assert ds.version == 2
    derived.build(tmp_path / "anew.duckdb", ds.shape, {n: ds.table(n) for n in ds.info.tables}, ds.attributes)
    anew = held(tmp_path / "anew.duckdb")
    assert held(ds._path) == anew and {"cube", "month_rows", "spell_rows"} <= set(anew)
    undo(space)
    assert space.dataset().info.tables.keys() == {"accounts", "customer_month"} and space.dataset().months == ds.months


@pytest.mark.parametrize("table", derived.BUILT_FROM)
def test_a_load_of_a_table_that_months_are_made_of_builds_them_anew(space, built, table):
    more = {
        "customer_month": pl.DataFrame(
            [{"customer_id": "A", "month": datetime.date(2023, 11, 1), "aum_avg": 9.0, "aum_end": 9.0, "txn_count": 1}]
        ),
        "customers": pl.DataFrame([{"customer_id": "A", "open_date": datetime.date(2015, 3, 1)}]),
        "accounts": pl.DataFrame([{"account_id": "z", "customer_id": "A", "open_date": DAY}]),
        "churn_events": pl.DataFrame([{"customer_id": "B", "event_date": datetime.date(2024, 2, 10), "event_type": "voluntary"}]),
    }
    publish(space, extract_of({table: more[table]}, table))
    assert built and space.dataset().version == 2


def test_what_becomes_of_who_leaves_builds_them_anew(space, built):
    change = plan(space, extract_of(OTHERS, "others"))
    commit(space, dataclasses.replace(change, closed="status"))
    assert built


def test_a_damaged_file_is_not_carried_on(space, built):
    path = space.dataset()._path
    path.write_bytes(path.read_bytes()[:5_000])
    publish(space, extract_of(OTHERS, "others"))
    assert built and space.dataset().months
