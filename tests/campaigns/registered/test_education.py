"""Talks and courses beside the others, told a second way from spells and contacts."""

import datetime

import polars as pl
import pytest

from churn_dash import sample
from churn_dash.access import Scope
from churn_dash.campaigns.registered import education
from churn_dash.errors import NotPossible
from churn_dash.intake.typed import extract_of
from churn_dash.measures import Filters
from churn_dash.store import Workspace, month_end, publish, shifted
from tests.asking import asked

ALL = Scope.everything()


@pytest.fixture(scope="module")
def tables():
    return sample.generate(5, 2_000, 24).tables


@pytest.fixture(scope="module")
def ds(tables, tmp_path_factory):
    workspace = Workspace.create(tmp_path_factory.mktemp("talks") / "bank", sample=True)
    publish(workspace, extract_of(tables, "bank"))
    return workspace.dataset()


def came(ds):
    """Who came to a talk in a month at both ends of which he was there, and that can be followed."""
    spells = ds.cursor().sql("select customer_id, start_date, end_date from spells where definition = 'close'").fetchall()
    last = month_end(shifted(ds.measurable[-1], -3))
    talks = ds.table("contacts").filter(purpose="education").select("customer_id", pl.col("ts").dt.date()).rows()
    there = {}
    for who, start, gone in spells:
        there.setdefault(who, []).append((start, gone))
    return {
        who
        for who, day in talks
        if ds.measurable[0] <= day <= last
        and any(s < day.replace(day=1) and (g is None or g > month_end(day.replace(day=1))) for s, g in there.get(who, []))
    }


def test_customers_are_those_of_the_months_compared_and_of_the_scope(ds):
    found = education(asked(ds, scope=ALL, definition="close"))
    everybody = ds.table("contacts").filter(purpose="education")["customer_id"].n_unique()
    assert found.customers == len(came(ds)) < everybody
    branch = ds.table("customers")["branch_id"][0]
    own = set(ds.table("customers").filter(branch_id=branch)["customer_id"])
    seen = education(asked(ds, filters=Filters(where=(("branch", (branch,)),)), definition="close"))
    assert 0 < seen.customers == len(came(ds) & own) < found.customers


def brute(ds):
    """Month by month: who came and who did not, of those there at both ends of the month, and who of them left in the next three."""
    sql = "select customer_id, start_date, end_date from spells where definition = 'close'"
    spells = ds.cursor().sql(sql).fetchall()
    came = {(c, day.replace(day=1)) for c, day in ds.table("contacts").filter(purpose="education").select("customer_id", "ts").rows()}
    out = []
    for month in (m for m in ds.measurable if m <= shifted(ds.measurable[-1], -3)):
        eve, end, limit = month - datetime.timedelta(days=1), month_end(month), month_end(shifted(month, 3))
        counts = [0, 0, 0, 0]
        for who, start, gone in spells:
            if start <= eve and (gone is None or gone > end):
                talk = (who, month) in came
                counts[0 if talk else 2] += 1
                counts[1 if talk else 3] += gone is not None and gone <= limit
        out.append(counts)
    return out


def test_the_shares_are_those_counted_customer_by_customer(ds):
    found, rows = education(asked(ds, scope=ALL, definition="close")), brute(ds)
    n, left = sum(r[0] for r in rows), sum(r[1] for r in rows)
    assert (found.attended.n, found.attended.value) == (n, pytest.approx(left / n))
    expected = sum(r[0] * r[3] / r[2] for r in rows) / n
    assert found.others.value == pytest.approx(expected)
    assert found.difference.value == pytest.approx(left / n - expected)
    assert found.as_json()["grade"] == "D" and "association" in found.as_json()["why"]


def test_without_talks_a_sentence_says_what_is_needed(tables, tmp_path):
    workspace = Workspace.create(tmp_path / "bank", sample=True)
    few = dict(tables) | {"contacts": tables["contacts"].filter(pl.col("purpose") != "education")}
    publish(workspace, extract_of(few, "bank"))
    with pytest.raises(NotPossible, match="No talks or courses"):
        education(asked(workspace.dataset(), scope=ALL))
