"""The page "Why it moved": its sentence is the measured bridge; a paradox is told; what it cannot show it says."""

import datetime

import polars as pl
import pytest

from churn_dash.contract.definitions import Dormancy, Settings
from churn_dash.intake.typed import extract_of
from churn_dash.measures import Period
from churn_dash.measures.comparisons.between import campaigns_between
from churn_dash.measures.comparisons.bridge import bridge
from churn_dash.measures.comparisons.former import former
from churn_dash.store import Workspace, freeze, publish
from tests import asking
from tests.pages.reading import answer, opened, percent, words


def test_the_sentence_is_the_measured_bridge(bank_folder, looking_at):
    looking_at(bank_folder)
    ds = Workspace.open(bank_folder).dataset()
    last = ds.measurable[-1]
    quarter = Period(ds.measurable[-3], last)
    at = opened("changes", period="3m", by="age_band")
    found = bridge(asking.asked(ds, period=quarter), "age_band")
    assert not at.exception
    assert answer(at).startswith(f"Churn went from {percent(found.before.rate)} to {percent(found.after.rate)}: ")
    assert len(at.dataframe[0].value) == len(found.levels)
    assert "由 " + percent(found.before.rate) in answer(opened("changes", "zh", period="3m", by="age_band"))


def test_balances_other_months_and_another_definition_are_in_the_address(bank_folder, looking_at):
    looking_at(bank_folder)
    ds = Workspace.open(bank_folder).dataset()
    months = ds.measurable
    since = {"period": "3m", "count": "aum_churn_rate", "against": "other", "since": f"{months[1]:%Y-%m}", "against-definition": "close"}
    at = opened("changes", **since)
    found = bridge(asking.asked(ds, period=Period(months[-3], months[-1])), "tier", Period(months[1], months[3]), "close", count="aum")
    assert not at.exception
    assert answer(at).startswith(f"Balance churn went from {percent(found.before.rate)} to {percent(found.after.rate)}: ")
    assert "from the other definition" in answer(at)


def test_the_same_months_by_the_same_definition_say_what_to_choose(bank_folder, looking_at):
    looking_at(bank_folder)
    at = opened("changes", period="3m", against="same")
    assert not at.exception and "Nothing differs" in answer(at)


def test_a_filter_that_leaves_nobody_is_one_sentence(bank_folder, looking_at):
    looking_at(bank_folder)
    at = opened("changes", period="1m", **{"where.tier": "private", "where.age_band": "<25", "where.education": "master"})
    assert not at.exception
    assert "Nobody matches" in answer(at) or "went from" in answer(at) or "stood still" in answer(at)


@pytest.fixture(scope="session")
def paradox_folder(tmp_path_factory):
    """Of men and women fewer leave in the second month than in the first, of all more: there are more women, who leave often."""
    sizes = {"M": ((100, 10), (40, 3)), "F": ((40, 20), (160, 70))}
    rows, people, n = [], [], 0
    for gender, ((n0, lost0), (n1, lost1)) in sizes.items():
        for size, lost, months in ((n0, lost0, (1, 2)), (n1, lost1, (2, 3))):
            for i in range(size):
                n += 1
                people.append((f"C{n:05d}", gender))
                there = months[0] if i < lost else 4
                first = 1 if months[0] == 1 else 2
                rows += [(f"C{n:05d}", datetime.date(2024, m, 1), 1000.0) for m in range(first, 5) if m <= there]
    root = tmp_path_factory.mktemp("paradox") / "w"
    kinds = {"customer_id": pl.String, "month": pl.Date, "aum_end": pl.Float64}
    tables = {
        "customer_month": pl.DataFrame(rows, schema=kinds, orient="row"),
        "customers": pl.DataFrame(people, schema={"customer_id": pl.String, "gender": pl.String}, orient="row"),
    }
    publish(Workspace.create(root), extract_of(tables, "paradox"))
    return root


def test_a_paradox_is_told_above_the_pictures(paradox_folder, looking_at):
    ds = Workspace.open(paradox_folder).dataset()
    months = [Period(m, m) for m in ds.measurable]
    found = bridge(asking.asked(ds, period=months[1], definition="absent"), "gender", months[0])
    assert found.paradox and found.change > 0
    looking_at(paradox_folder)
    asked = {"from": "2024-03", "to": "2024-03", "by": "gender", "definition": "absent", "against": "before"}
    at = opened("changes", period="custom", **asked)
    assert not at.exception
    assert "no group left faster" in words(at)


@pytest.mark.parametrize(("months", "said"), [(1, "one row a customer"), (2, "at least three months")])
def test_too_few_months_are_a_sentence_about_what_is_needed(months, said, tmp_path, looking_at):
    rows = [(f"C{i}", datetime.date(2024, m, 1), 10.0 * i) for i in range(50) for m in range(1, 1 + months)]
    frame = pl.DataFrame(rows, schema={"customer_id": pl.String, "month": pl.Date, "aum_end": pl.Float64}, orient="row")
    publish(Workspace.create(tmp_path / "w"), extract_of({"customer_month": frame}, "few"))
    looking_at(tmp_path / "w")
    at = opened("changes")
    assert not at.exception
    assert said in answer(at) and "at least three months" in words(at)


def test_another_data_version_is_a_step_of_its_own(paradox_folder, looking_at, tmp_path):
    import shutil

    root = tmp_path / "w"
    shutil.copytree(paradox_folder, root)
    workspace = Workspace.open(root)
    held = workspace.dataset().table("customer_month")
    last = held["month"].max()
    back = held.filter(pl.col("month") == pl.col("month").min()).head(30).select("customer_id", pl.lit(last).alias("month"), "aum_end")
    publish(workspace, extract_of({"customer_month": back.join(held, on=["customer_id", "month"], how="anti")}, "later"))
    looking_at(root)
    query = {"by": "gender", "definition": "absent", "against": "before", "period": "custom", "from": "2024-03", "to": "2024-03"}
    at = opened("changes", **query, **{"against-version": "1"})
    assert not at.exception
    new, old = workspace.dataset(), workspace.dataset(1)
    months = [Period(m, m) for m in new.measurable]
    found = bridge(asking.asked(new, period=months[1], definition="absent"), "gender", months[0], "absent", old)
    assert found.data != 0 and "from corrected data" in answer(at)
    assert percent(found.before.rate) in answer(at) and percent(found.after.rate) in answer(at)


def test_what_was_official_before_can_be_compared_with(bank_folder, looking_at, tmp_path):
    import shutil

    root = tmp_path / "w"
    shutil.copytree(bank_folder, root)
    workspace = Workspace.open(root)
    freeze(workspace, "dormant", "2026-Q1", Settings())
    freeze(workspace, "dormant", "2026-Q2", Settings(dormancy=Dormancy(60, 1_000.0, 30)))
    looking_at(root)
    at = opened("changes", period="3m", by="age_band", **{"against-definition": "official-1"})
    ds = workspace.dataset()
    quarter = Period(ds.measurable[-3], ds.measurable[-1])
    found = bridge(asking.asked(ds, period=quarter), "age_band", against_official=former(ds, "2026-Q1"))
    assert not at.exception and found.settings != 0
    assert answer(at).startswith(f"Churn went from {percent(found.before.rate)} to {percent(found.after.rate)}: ")
    assert "from changed settings of the definition (2026-Q1 → 2026-Q2)" in answer(at)
    at = opened("changes", period="3m", by="age_band", against="same", **{"against-definition": "official-1"})
    assert not at.exception and "by the definition's settings of 2026-Q1" in answer(at)
    assert "口径参数" in answer(opened("changes", "zh", period="3m", by="age_band", **{"against-definition": "official-1"}))


def test_the_campaigns_between_the_periods_are_named(bank_folder, looking_at):
    looking_at(bank_folder)
    ds = Workspace.open(bank_folder).dataset()
    months = ds.measurable
    ran = campaigns_between(ds, Period(months[1], months[3]), Period(months[-3], months[-1]))
    at = opened("changes", period="3m", against="other", since=f"{months[1]:%Y-%m}")
    assert not at.exception and ran
    note = next(c.value.replace("\\", "") for c in at.caption if c.value.startswith("Campaigns that ran between"))
    assert all(f"{r.name} ({r.start:%Y-%m})" in note for r in ran[:5])
