"""Who was there, and when they left, from the published spells: a second way to the month table."""

import datetime
import shutil
from collections import defaultdict

import pytest

from churn_dash.intake.typed import extract_of
from churn_dash.store import Workspace, publish


@pytest.fixture
def spells(bank_data):
    """customer → [(start, end, ended by an event)] under the usual definition."""
    found = defaultdict(list)
    sql = "select customer_id, start_date, end_date, form from spells where definition = 'first'"
    for customer, start, end, form in bank_data.cursor().execute(sql).fetchall():
        found[customer].append((start, end or datetime.date.max, form is not None and end <= bank_data.data_end))
    return found


@pytest.fixture
def there(spells):
    """``there(customer, day)``: the spell in which the customer was active at the start of ``day``, else None."""
    eve = datetime.timedelta(days=1)
    return lambda customer, day: next((s for s in spells.get(customer, ()) if s[0] <= day - eve < s[1]), None)


@pytest.fixture(scope="session")
def only_months(bank, tmp_path_factory):
    """The invented bank with nothing but its months."""
    workspace = Workspace.create(tmp_path_factory.mktemp("months") / "bank")
    publish(workspace, extract_of({"customer_month": bank.tables["customer_month"]}, "months"))
    return workspace.dataset()


@pytest.fixture
def fresh(bank_workspace, tmp_path):
    """The invented bank in a place of its own, to record things in."""
    shutil.copytree(bank_workspace.root, tmp_path / "bank")
    return Workspace.open(tmp_path / "bank").dataset()
