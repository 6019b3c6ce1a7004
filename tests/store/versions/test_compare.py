"""Compare before publishing: rows, columns, customers and headline numbers, and the same file published afterwards."""

import datetime

import polars as pl
import pytest

from churn_dash.errors import NotPossible
from churn_dash.intake import Source, extract
from churn_dash.intake.typed import extract_of
from churn_dash.measures import Period, measure, outlook
from churn_dash.store import Workspace, commit, compare, plan, planned, prepare, publish
from churn_dash.store.derive import derived
from tests.asking import asked


@pytest.fixture(scope="module")
def first(worked_tables, tmp_path_factory):
    made = Workspace.create(tmp_path_factory.mktemp("compare") / "w")
    publish(made, extract_of(worked_tables | {"customer_month": of(worked_tables, 12, 1, 2)}, "first"))
    return made


@pytest.fixture
def workspace(first, copy_of):
    return copy_of(first)


def of(tables, *months):
    return tables["customer_month"].filter(pl.col("month").dt.month().is_in(months))


def lines(comparison):
    kinds = ("n_before", "n_after", "n_new", "n_changed", "n_repeated", "n_conflict", "n_gone")
    return {(r.table, r.month and r.month.month): tuple(getattr(r, k) for k in kinds) for r in comparison.rows}


def test_an_appended_month_is_counted_by_month(workspace, worked_tables):
    february = of(worked_tables, 2).with_columns(pl.when(pl.col("customer_id") == "A").then(1.0).otherwise("aum_end").alias("aum_end"))
    new = pl.concat([february, of(worked_tables, 3)]).with_columns(pl.lit("N1").alias("x_note"))
    new = pl.concat([new, new.tail(1).with_columns(pl.lit("Z").alias("customer_id"))])
    found = compare(workspace, plan(workspace, extract_of({"customer_month": new.drop("x_note")}, "x")))
    assert lines(found) == {("customer_month", 2): (6, 6, 0, 0, 5, 1, 0), ("customer_month", 3): (0, 6, 6, 0, 0, 0, 0)}
    assert (found.customers_before, found.customers_after, found.customers_new, found.customers_gone) == (8, 9, 1, 0)
    assert not found.columns and found.changes and found.version == 2


def test_a_replaced_month_shows_what_changes_and_what_goes(workspace, worked_tables):
    february = of(worked_tables, 2).filter(pl.col("customer_id") != "G")
    new = february.with_columns(pl.when(pl.col("customer_id") == "A").then(1.0).otherwise("aum_end").alias("aum_end"))
    found = compare(workspace, plan(workspace, extract_of({"customer_month": new}, "x"), "replace-months"))
    assert lines(found) == {("customer_month", 2): (6, 5, 0, 1, 4, 0, 1)}
    assert found.customers_gone == 0, "G has an earlier month"


def test_replacing_everything_names_the_tables_and_customers_that_go(workspace, worked_tables):
    new = of(worked_tables, 2, 3).filter(pl.col("customer_id").is_in(["A", "D"]))
    found = compare(workspace, plan(workspace, extract_of({"customer_month": new}, "x"), "replace-all"))
    n_accounts = len(worked_tables["accounts"])
    assert lines(found)["accounts", None] == (n_accounts, 0, 0, 0, 0, 0, n_accounts)
    assert lines(found)["customer_month", 12] == (6, 0, 0, 0, 0, 0, 6)
    assert lines(found)["customer_month", 2] == (6, 2, 0, 0, 2, 0, 4)
    assert (found.customers_before, found.customers_after, found.customers_gone) == (8, 2, 6)


def test_columns_that_come_or_change_their_kind_are_listed(tmp_path):
    workspace = Workspace.create(tmp_path)
    text = "customer_id,month,aum_end{}\n" + "\n".join(f"C{i},2024-0{{m}},100{{own}}" for i in range(30))

    def read(m, header, own):
        return extract([Source("m.csv", text.replace("{}", header).replace("{m}", m).replace("{own}", own).encode())])

    publish(workspace, read("1", ",Score", ",7"))
    found = compare(workspace, plan(workspace, read("2", ",Score,Wish", ",high,gold")))
    assert {(c.label, c.what, c.before, c.after) for c in found.columns} == {
        ("Score", "changed", "Int64", "String"),
        ("Wish", "new", None, "String"),
    }


def test_headline_churn_before_and_after_is_what_publishing_gives(workspace, worked_tables, monkeypatch):
    built = []
    build = derived.build
    monkeypatch.setattr(derived, "build", lambda *a, **k: (built.append(a), build(*a, **k))[1])
    looked = outlook(workspace, extract_of({"customer_month": of(worked_tables, 3)}, "march"))
    now = {n: measure(asked(workspace.dataset()), [n])[n][0] for n in ("customers", "churn_rate")}
    assert workspace.current().version == 1
    before = {h.name: h.before for h in looked.headlines}
    assert {n: before[n] for n in now} == now
    assert commit(workspace, looked.prepared).version == 2 and len(built) == 1, "what was derived for the look is what is published"
    after = {h.name: h.after for h in looked.headlines}
    same = {h.name: h.after_same_period for h in looked.headlines}
    period = Period(datetime.date(2024, 1, 1), datetime.date(2024, 2, 1))
    for name in now:
        assert after[name] == measure(asked(workspace.dataset()), [name])[name][0]
        assert same[name] == measure(asked(workspace.dataset(), period=period), [name])[name][0]
    assert not list((workspace.root / "staging").iterdir())


def test_a_look_at_a_first_load_has_no_numbers_before(tmp_path, worked_tables):
    workspace = Workspace.create(tmp_path)
    looked = outlook(workspace, extract_of(worked_tables, "all"))
    assert looked.comparison.customers_before == 0 and looked.comparison.customers_new == 8
    assert {h.before for h in looked.headlines} == {None} and all(h.after is not None for h in looked.headlines)
    assert planned(workspace, looked.prepared).table("accounts").height == len(worked_tables["accounts"])
    looked.discard()
    assert not list((workspace.root / "staging").iterdir()) and workspace.current() is None


def test_a_look_at_the_same_files_says_so_and_builds_nothing(workspace, worked_tables):
    looked = outlook(workspace, extract_of(worked_tables | {"customer_month": of(worked_tables, 12, 1, 2)}, "first"))
    assert looked.prepared is None and not looked.comparison.changes and looked.comparison.seen == 1


def test_what_was_planned_upon_an_older_version_is_not_published(workspace, worked_tables):
    prepared = prepare(workspace, plan(workspace, extract_of({"customer_month": of(worked_tables, 3)}, "march")))
    publish(workspace, extract_of({"accounts": worked_tables["accounts"].with_columns(pl.lit("loan").alias("account_type"))}, "accounts"))
    with pytest.raises(NotPossible, match="in the meantime"):
        commit(workspace, prepared)
    assert workspace.current().version == 2


def test_a_look_that_was_swept_up_is_built_again_when_it_is_published(workspace, worked_tables):
    prepared = prepare(workspace, plan(workspace, extract_of({"customer_month": of(worked_tables, 3)}, "march")))
    prepared.path.unlink()
    assert commit(workspace, prepared).version == 2
    assert measure(asked(workspace.dataset()), ["customers"], by=["month"]).height
