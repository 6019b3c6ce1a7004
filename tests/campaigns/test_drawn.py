"""A draw that somebody declares for good: who, when, before or after the fact, for everybody, and taken back."""

import shutil
import sqlite3
from contextlib import closing

import polars as pl
import pytest

from churn_dash.access import Scope
from churn_dash.campaigns import evaluate
from churn_dash.campaigns.drawn import declare, declared, take_back
from churn_dash.campaigns.judged.register import register
from churn_dash.errors import BadInput, NotFound, WorkspaceProblem
from churn_dash.intake.typed import extract_of
from churn_dash.store import Workspace, publish
from churn_dash.store.records import hash_of
from tests.alike import approximately

ALL = Scope.everything()


@pytest.fixture(scope="module")
def undeclared(bank, tmp_path_factory):
    """The invented bank whose table does not say how groups were made. Read only."""
    space = Workspace.create(tmp_path_factory.mktemp("undeclared") / "bank", sample=True)
    silent = bank.tables["campaigns"].with_columns(design=pl.lit(None, pl.String))
    publish(space, extract_of(dict(bank.tables) | {"campaigns": silent}, "bank"))
    return space.root


@pytest.fixture
def space(undeclared, tmp_path):

    return Workspace.open(shutil.copytree(undeclared, tmp_path / "bank"))


def test_a_declared_draw_holds_for_everybody_until_it_is_taken_back(space):
    before = evaluate(space.dataset(), "C02", scope=ALL)
    assert before.grade != "A"
    made = declare(space.dataset(), "C02", "Ann")
    after = evaluate(Workspace.open(space.root).dataset(), "C02", scope=ALL)
    assert after.grade == "A" and after.design == "randomised"
    told = " ".join(n.in_("en") for n in after.notes)
    assert f"declared after the fact, on {made.made[:10]} by Ann" in told
    assert next(e.grade for e in register(space.dataset(), scope=ALL) if e.campaign_id == "C02") == "A"
    take_back(space.dataset(), "C02", "Li")
    again = evaluate(space.dataset(), "C02", scope=ALL)
    assert again.as_json() == approximately(before.as_json())
    assert [(d.drawn, d.who) for d in declared(space.dataset(), "C02").history] == [(False, "Li"), (True, "Ann")]


def test_a_declared_draw_that_the_groups_contradict_is_doubtful_all_the_same(space):
    declare(space.dataset(), "C03a")
    found = evaluate(space.dataset(), "C03a", scope=ALL)
    assert found.design == "randomised" and found.grade == "D" and found.status == "doubtful"


def test_before_the_first_day_it_is_in_time(bank, tmp_path):
    space, end = Workspace.create(tmp_path / "bank", sample=True), bank.tables["customer_month"]["month"].max()
    later = bank.tables["campaigns"].with_columns(
        design=pl.lit(None, pl.String), start_date=pl.lit(end).dt.offset_by("2mo"), end_date=pl.lit(None, pl.Date)
    )
    publish(space, extract_of(dict(bank.tables) | {"campaigns": later}, "bank"))
    assert declare(space.dataset(), "C02").in_time
    assert "before the outcome could be known" in " ".join(n.in_("en") for n in evaluate(space.dataset(), "C02", scope=ALL).notes)


def test_what_is_known_or_was_never_declared_is_refused(space):
    with pytest.raises(BadInput, match="Nobody declared here"):
        take_back(space.dataset(), "C02")
    declare(space.dataset(), "C02")
    with pytest.raises(BadInput, match="known already"):
        declare(space.dataset(), "C02")
    with pytest.raises(NotFound):
        declare(space.dataset(), "C0X")


def test_members_that_changed_since_are_told(space, bank):
    made = declare(space.dataset(), "C02")
    assert made.digest == hash_of(made.declared) and declared(space.dataset(), "C02").moved == ()
    rows, silent = bank.tables["campaign_assignments"], bank.tables["campaigns"].with_columns(design=pl.lit(None, pl.String))
    fewer = rows.filter((pl.col("campaign_id") != "C02") | (pl.int_range(pl.len()) % 7 > 0))
    publish(space, extract_of(dict(bank.tables) | {"campaigns": silent, "campaign_assignments": fewer}, "fewer"), mode="replace-all")
    assert declared(space.dataset(), "C02").moved == ("population",)


def test_a_declaration_changed_in_the_records_is_told_and_never_believed(space):
    declare(space.dataset(), "C02")
    with closing(sqlite3.connect(space.root / "records.sqlite")) as con, con:
        (was,) = con.execute("select body from records where kind = 'draw'").fetchone()
        con.execute("update records set body = ? where kind = 'draw'", (was.replace('"randomised"', '"rule"'),))
    assert evaluate(space.dataset(), "C02", scope=ALL).grade != "A"
    with pytest.raises(WorkspaceProblem, match="hash does not fit"):
        declared(space.dataset(), "C02")
