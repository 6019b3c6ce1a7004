"""Rows that a mark, an archive or a name could make vanish are refused or read, never lost."""

import io
import zipfile

import pytest

from churn_dash.errors import BadInput
from churn_dash.intake.extraction import extract
from churn_dash.intake.source import Options, Source

HEAD = "customer_id,month,aum_end,tier\n"


def rows(n):
    return [f"c{i},2024-01,{i},mass" for i in range(n)]


def test_a_quotation_mark_in_the_last_cell_that_is_never_closed_is_refused():
    lines = rows(46)
    lines[5] = 'c5,2024-01,5,"mass'
    with pytest.raises(BadInput, match="opened and not closed"):
        extract([Source("a.csv", (HEAD + "\n".join(lines) + "\n").encode())])


def test_a_quotation_mark_that_is_closed_rows_later_is_refused():
    lines = rows(46)
    lines[5], lines[40] = 'c5,2024-01,5,"mass', 'c40,2024-01,40,mass"'
    with pytest.raises(BadInput, match="opened and not closed"):
        extract([Source("a.csv", (HEAD + "\n".join(lines) + "\n").encode())])


def test_a_cell_over_two_lines_is_read():
    lines = rows(20)
    lines[5] = 'c5,2024-01,5,"mass\nor not"'
    assert extract([Source("a.csv", (HEAD + "\n".join(lines) + "\n").encode())]).rows_good == 20


def zipped(*members):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, text in members:
            archive.writestr(name, text)
    return Source("a.zip", out.getvalue())


def test_a_member_whose_path_climbs_is_read_under_its_own_name_and_counted():
    one, two = (HEAD + rows(2)[i] + "\n" for i in (0, 1))
    assert extract([zipped(("../a.csv", one), ("b.csv", two))], Options(member="*")).rows_in == 2


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_members_of_one_name_are_refused():
    with pytest.raises(BadInput, match="same name"):
        extract([zipped(("a.csv", HEAD + rows(1)[0]), ("a.csv", HEAD + rows(2)[1]))], Options(member="*"))
