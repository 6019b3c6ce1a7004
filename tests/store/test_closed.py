"""What was said becomes of customers who leave decides whether absence counts as leaving."""

import pytest

from churn_dash.errors import NotPossible
from churn_dash.intake import Options, Source
from churn_dash.intake.extraction import extract
from churn_dash.measures import measure
from churn_dash.store import Workspace, publish
from tests.asking import asked


def month(m, ids, more=""):
    rows = "".join(f"{i},2024-{m:02d},100,{1 if i != 9 else 0}\n" for i in ids)
    return Source(f"m{m}.csv", f"customer_id,month,aum_end,txn_count{more}\n{rows}".encode())


FILES = [month(1, range(40)), month(2, range(38)), month(3, range(36))]
ACCOUNTS = Source("accounts.csv", b"account_id,customer_id,open_date,close_date\na,0,2020-01-01,2024-02-10\nb,1,2020-01-01,\n")


def published(tmp_path, closed=None, *more):
    space = Workspace.create(tmp_path / "w")
    publish(space, extract([*FILES, *more], Options(closed=closed)))
    return space


@pytest.mark.parametrize("closed", [None, "drop-out"])
def test_a_customer_who_drops_out_of_the_list_has_left(tmp_path, closed):
    ds = published(tmp_path, closed).dataset()
    assert "absent" in ds.definitions
    assert measure(asked(ds, definition="first"), ["customers_lost"])["customers_lost"][0] == 4


def test_where_it_is_not_known_absence_is_no_departure(tmp_path):
    ds = published(tmp_path, "unknown").dataset()
    assert ds.definitions == ("first",), "three months are too few for a dormancy"
    with pytest.raises(NotPossible, match="do not say who has left"):
        measure(asked(ds, definition="first"), ["customers_lost"])
    with pytest.raises(NotPossible, match="absence needs lists from which customers who left are missing"):
        measure(asked(ds, definition="absent"), ["churn_rate"])


def test_dated_accounts_tell_closings_also_where_absence_says_nothing(tmp_path):
    ds = published(tmp_path, "status", ACCOUNTS).dataset()
    assert "absent" not in ds.definitions
    assert measure(asked(ds, definition="close"), ["customers_lost"])["customers_lost"][0] == 1


def test_the_answer_holds_for_later_months_and_can_be_corrected(tmp_path):
    space = published(tmp_path, "unknown")
    assert publish(space, extract([month(4, range(34))])).published
    assert "absent" not in space.dataset().definitions
    assert publish(space, extract([month(4, range(34))], Options(closed="drop-out"))).published, "the rows are known, the answer is not"
    assert "absent" in space.dataset().definitions
    ds = space.dataset()
    before = measure(asked(ds), ["customers_lost"])["customers_lost"][0]
    ds.rebuild()
    assert measure(asked(space.dataset()), ["customers_lost"])["customers_lost"][0] == before


def test_where_nothing_tells_who_left_there_is_no_rate_rather_than_none_lost(tmp_path):
    files = [
        Source(f"m{m}.csv", ("customer_id,month,aum_end\n" + "".join(f"{i},2024-0{m},5\n" for i in range(40 - m))).encode())
        for m in (1, 2, 3)
    ]
    space = Workspace.create(tmp_path / "w")
    publish(space, extract(files, Options(closed="unknown")))
    ds = space.dataset()
    assert not ds.flagged
    found = measure(asked(ds), ["customers", "churn_rate"])
    assert found["customers"][0] == 39 and found["churn_rate"][0] is None
