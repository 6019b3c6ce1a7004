"""Where a provisional rate will settle: counted from the lists by hand, and held against what earlier ends of the data became."""

import datetime
import itertools

import polars as pl
import pytest

from churn_dash import sample
from churn_dash.intake.typed import extract_of
from churn_dash.measures import Filters, Period, measure
from churn_dash.measures.calendar.nowcast import latest, nowcast, settles, without_unknown
from churn_dash.store import Workspace, publish, shifted
from tests.asking import asked


def published(rows, folder):
    workspace = Workspace.create(folder)
    publish(workspace, extract_of({"customer_month": rows}, "lists"))
    return workspace.dataset()


@pytest.fixture(scope="module")
def rows():
    """The lists of an invented bank, of which every 25th row was lost on the way."""
    found = sample.generate(3, 900, 14).tables["customer_month"].sort("customer_id", "month")
    return found.filter(pl.int_range(pl.len()).shuffle(seed=7) % 25 != 0)


@pytest.fixture(scope="module")
def ends(rows, tmp_path_factory):
    """The same bank by the month with which its data end, the last six of them."""
    months = rows["month"].unique().sort().to_list()
    return [published(rows.filter(pl.col("month") <= end), tmp_path_factory.mktemp("end")) for end in months[-6:]]


def test_the_band_holds_the_figure_that_a_later_list_settles_on(ends):
    held, moved = [], []
    for then, later in itertools.pairwise(ends):
        for definition in ("first", "absent"):
            last = then.measurable[-1]
            found = nowcast(asked(then, definition=definition), last, last)
            final = measure(asked(later, period=Period(last, last), definition=definition), ["churn_rate"])["churn_rate"][0]
            held.append(found.low <= final <= found.high)
            moved.append(not found.low <= found.counted / found.n <= found.high)
    assert sum(held) >= 9, "of ten bands of 95 % at most one may miss"
    assert sum(moved) >= 5, "what is known so far lies outside most of them: the band is no band around it"


def test_what_is_pending_and_what_stood_is_counted_in_the_lists_themselves(ends, rows):
    ds = ends[-1]
    listed = {m: set(part["customer_id"]) for (m,), part in rows.partition_by("month", as_dict=True).items()}
    last = ds.measurable[-1]
    earlier = [m for m in sorted(listed) if shifted(m, -1) in listed and m < last][-12:]
    missing = {m: listed[shifted(m, -1)] - listed[m] for m in [*earlier, last]}
    found = nowcast(asked(ds, definition="absent"), last, last)
    assert (found.pending, found.uncounted, found.counted) == (len(missing[last]), ds.not_counted, 0)
    assert found.seen == sum(len(missing[m]) for m in earlier)
    assert found.stood == sum(len(missing[m] - listed[shifted(m, 1)]) for m in earlier)
    assert found.value == pytest.approx(found.pending * (found.stood + 0.5) / (found.seen + 1) / found.n)
    assert found.settles_on > ds.data_end


def test_a_dormancy_that_was_taken_back_in_its_month_of_grace_did_not_stand(tmp_path):
    """Forty customers fall silent one after another; every fourth moves again a month after it counted as dormant."""
    months = [shifted(datetime.date(2024, 1, 1), i) for i in range(14)]
    table = []
    for i in range(40):
        quiet_from = 1 + i % 6
        for k, m in enumerate(months):
            quiet = k >= quiet_from and not (i % 4 == 0 and k == quiet_from + 6)
            table.append((f"c{i}", m, 0.0, 0 if quiet else 3))
    table += [(f"s{i}", m, 500.0, 3) for i in range(40) for m in months]
    ds = published(pl.DataFrame(table, schema=["customer_id", "month", "aum_end", "txn_count"], orient="row"), tmp_path)
    last = ds.measurable[-1]
    found = nowcast(asked(ds, definition="dormant"), last, last)
    # The ten who moved fall silent anew for six months: those whose second time has come before the last month stood.
    again = sum(1 for i in range(0, 40, 4) if 1 + i % 6 + 12 < 13)
    assert (found.seen, found.stood) == (40 + again, 30 + again)
    assert found.pending == found.counted == sum(1 for i in range(0, 40, 4) if 1 + i % 6 + 12 == 13)


def test_a_month_of_which_nothing_is_counted_has_no_rate_and_others_keep_theirs(ends):
    ds = ends[-1]
    found = latest(asked(ds, definition="absent"), "month")
    assert found.unknown
    names = ["churn_rate", "customers"]
    told = measure(asked(ds, definition="absent"), names, ["month"])
    shown = without_unknown(told, names, "month", found)
    assert told["churn_rate"][-1] == 0 and shown["churn_rate"][-1] is None and shown["churn_rate_high"][-1] is None
    assert shown["customers"].to_list() == told["customers"].to_list()
    assert shown["churn_rate"][:-1].to_list() == told["churn_rate"][:-1].to_list()
    assert latest(asked(ds, definition="absent"), None).unknown is False


def test_what_is_final_has_no_band_and_few_customers_are_judged_by_all(bank_data):
    last = bank_data.measurable[-1]
    assert nowcast(asked(bank_data, definition="close"), last, last) is None
    assert nowcast(asked(bank_data), bank_data.measurable[-2], bank_data.measurable[-2]) is None
    few, every = (nowcast(asked(bank_data, filters=Filters(where)), last, last) for where in ((("tier", ("private",)),), ()))
    assert (few.seen, few.stood) == (every.seen, every.stood) and few.n < every.n


def test_months_that_differ_by_more_than_chance_make_a_wider_band():
    even, uneven = (settles(100, pairs) for pairs in ([(50, 25)] * 8, [(50, 5), (50, 45)] * 4))
    assert even[0] == pytest.approx(uneven[0]) == pytest.approx(50)
    assert uneven[2] - uneven[1] > 2 * (even[2] - even[1])
