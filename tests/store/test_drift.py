"""What a load looks like beside what is published."""

import datetime

import polars as pl
import pytest

from churn_dash.intake import Source
from churn_dash.intake.extraction import extract
from churn_dash.intake.quarantine import spoken
from churn_dash.intake.typed import extract_of
from churn_dash.store import Workspace, publish
from churn_dash.store.versions.drift import compared
from churn_dash.store.versions.planning import plan
from churn_dash.words import say

DAY = datetime.date
TIERS = ("gold", "mass", "mass", "private")


def month(m: int, n: int = 60, factor: float = 1.0, tiers: tuple[str, ...] = TIERS, **more: object) -> str:
    head = ",".join(["customer_id", "month", "aum_end", "tier", *more])
    rest = [str(v) for v in more.values()]
    amounts = [f"{(1000 + 10 * i) * factor:g}" for i in range(n)]
    lines = [",".join([f"c{i}", f"2024-{m:02d}", amounts[i], tiers[i % len(tiers)], *rest]) for i in range(n)]
    return "\n".join([head, *lines]) + "\n"


def load(text: str, name: str = "customer_month.csv"):
    return extract([Source(name, text.encode())])


@pytest.fixture(scope="module")
def two_months(tmp_path_factory):
    made = Workspace.create(tmp_path_factory.mktemp("drift") / "w")
    publish(made, load(month(1)))
    publish(made, load(month(2)))
    return made


@pytest.fixture
def workspace(two_months, copy_of):
    return copy_of(two_months)


def found(workspace, extract, *codes):
    checked = plan(workspace, extract).findings
    return [f for f in checked if f.code in codes] if codes else list(checked)


def test_an_ordinary_month_has_nothing_to_tell(workspace):
    assert {f.severity for f in found(workspace, load(month(3)))} <= {"note"}


@pytest.mark.parametrize(("factor", "told"), [(1e-4, "1/10,000"), (1e3, "1,000×"), (1e2, "100×")])
def test_a_file_in_another_unit_is_an_error(workspace, factor, told):
    [scale] = found(workspace, load(month(3, factor=factor)), "scale")
    assert scale.severity == "error" and scale.column == "aum_end" and told in say(scale.sentence)


def test_levels_that_are_new_or_gone_and_shares_that_moved_are_told(workspace):
    told = {f.code: f for f in found(workspace, load(month(3, tiers=("gold", "gold", "gold", "vip"))))}
    assert told["levels_new"].examples == ("vip",) and told["levels_new"].count == 15
    assert set(told["levels_gone"].examples) == {"mass", "private"}
    assert told["shares_moved"].examples == ("gold",)


def test_columns_that_went_or_came_are_told(workspace):
    told = {f.code: f for f in found(workspace, load(month(3, points=5).replace(",tier", ",other")))}
    assert told["columns_gone"].examples == ("tier",) and set(told["columns_new"].examples) == {"points", "other"}


def test_a_column_that_empties_is_told(workspace):
    rows = [line.split(",") for line in month(3).splitlines()]
    emptier = "\n".join(",".join(r if i % 2 == 0 else [*r[:2], "", r[3]]) for i, r in enumerate(rows))
    [told] = found(workspace, load(emptier), "missing_changed")
    assert told.column == "aum_end" and told.share == pytest.approx(0.5)


def test_a_gap_that_opens_to_the_published_months_is_told(workspace):
    [gap] = found(workspace, load(month(4)), "month_missing")
    assert gap.examples == ("2024-03",)
    got = publish(workspace, load(month(4)))
    assert any("Mar 2024" in say(w) or "Feb 2024" in say(w) for w in got.warnings)


def test_an_account_of_a_published_customer_is_no_orphan_and_one_of_nobody_is(workspace):
    accounts = load("account_id,customer_id,account_type,open_date\n1,c1,current,2020-01-01\n2,zz,current,2020-01-01\n", "accounts.csv")
    [orphan] = found(workspace, accounts, "orphans")
    assert orphan.examples == ("zz",)
    assert [f.examples for f in publish(workspace, accounts).findings if f.code == "orphans"] == [("zz",)]


def test_a_list_of_new_customers_makes_no_orphan_of_a_published_one(workspace):
    people = Source("customers.csv", b"customer_id,gender,birth_date\nn1,F,1980-01-01\n")
    accounts = Source("accounts.csv", b"account_id,customer_id,account_type,open_date\n1,c1,current,2020-01-01\n")
    both = extract([people, accounts])
    assert "orphans" in {f.code for f in both.findings} and not found(workspace, both, "orphans")


def test_rows_in_conflict_know_their_file_and_row_and_their_reason_is_spoken(workspace):
    amounts = [1000 + 10 * i + (5 if i in (7, 9) else 0) for i in range(60)]
    text = "\n".join(["客户号,月份,月末资产,客户等级", *(f"c{i},2024-02,{a},{TIERS[i % 4]}" for i, a in enumerate(amounts))])
    text = text.replace("c5,", "c99,2024-02,x,gold\nc5,")
    got = publish(workspace, load(text, "二月.csv"))
    assert got.rows_in == got.rows_good + got.rows_quarantined + got.rows_repeated
    rows = spoken(got.quarantine, "zh")
    assert rows.select("file", "source_row", "客户号", "月份", "月末资产").rows() == [
        ("二月.csv", 7, "c99", "2024-02", "x"),
        ("二月.csv", 10, "c7", "2024-02-01", "1075.0"),
        ("二月.csv", 12, "c9", "2024-02-01", "1095.0"),
    ]
    assert "已发布" in rows["reason"][1]


def test_findings_of_a_version_are_kept_with_it(workspace):
    from churn_dash.intake.findings import Finding

    got = publish(workspace, load(month(3, factor=1e-4)))
    kept = [Finding.restored(f) for f in workspace.current().notes["findings"]]
    assert tuple(kept) == got.findings and "scale" in {f.code for f in kept}


def test_a_published_table_is_compared_by_its_newest_month():
    people = pl.Series("customer_id", [f"c{i}" for i in range(30)]).to_frame()
    months = ((DAY(2023, 12, 1), 1.0), (DAY(2024, 1, 1), 1.0), (DAY(2024, 2, 1), 1000.0))
    old = pl.concat([people.with_columns(pl.lit(m).alias("month"), pl.lit(v).alias("aum_end")) for m, v in months])
    new = old.filter(pl.col("month") == DAY(2024, 2, 1)).with_columns(pl.lit(DAY(2024, 3, 1)).alias("month"))
    assert not compared("customer_month", old, new, lambda _table, column: column)


def test_typed_tables_are_compared_too(worked_tables, tmp_path):
    made = Workspace.create(tmp_path / "t")
    publish(made, extract_of(worked_tables, "t1"))
    assert not [f for f in publish(made, extract_of(worked_tables, "t1")).findings if f.severity == "error"]
