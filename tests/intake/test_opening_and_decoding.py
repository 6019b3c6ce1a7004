"""Packed files, encodings, and files that are not what they say."""

import bz2
import gzip
import io
import pathlib
import zipfile

import pytest

from churn_dash.errors import BadInput, NotFound
from churn_dash.intake.extraction import extract
from churn_dash.intake.previewing import preview
from churn_dash.intake.source import Options, Source

PANEL = "customer_id,month,aum_end,txn_count,城市\n001,2024-01,10,1,上海\n001,2024-02,11,2,上海\n002,2024-01,5,3,北京\n"


def zipped(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return out.getvalue()


PLAIN = PANEL.encode()
FORMS = {
    "a.csv": PLAIN,
    "a.csv.gz": gzip.compress(PLAIN),
    "a.csv.bz2": bz2.compress(PLAIN),
    "a.zip": zipped({"__MACOSX/._a.csv": b"x", "in/a.csv": PLAIN}),
    "b.csv": b"\xef\xbb\xbf" + PLAIN,
    "c.csv": PANEL.encode("gb18030"),
    "d.csv": PANEL.encode("utf-16"),
    "e.csv": PANEL.replace("\n", "\r\n").encode(),
    "f.csv": PANEL.replace("\n", "\r").encode(),
    "g.csv": PANEL.replace(",", ";").encode(),
    "h.tsv": PANEL.replace(",", "\t").encode(),
    "i.txt": PANEL.replace(",", "|").encode(),
    "j": PLAIN.rstrip(),
    "k.csv": ("\n\n" + PANEL).encode(),
}


@pytest.mark.parametrize("name", FORMS)
def test_every_form_of_the_same_rows_gives_the_same_tables(name):
    found = extract([Source(name, FORMS[name])])
    assert found.rows_good == 3
    assert found.tables["customer_month"]["aum_end"].to_list() == [10.0, 11.0, 5.0]
    assert found.tables["customers"].sort("customer_id")["city"].to_list() == ["上海", "北京"]


def test_the_preview_says_how_the_file_was_read():
    look = preview(Source("c.csv", PANEL.replace(",", ";").encode("gbk")))
    assert (look.encoding, look.separator, look.n_columns, look.n_rows) == ("gb18030", ";", 5, 3)
    assert (look.table, look.wide) == ("customer_month", True)
    assert look.rows.row(0) == ("001", "2024-01", "10", "1", "上海")


REFUSED = {
    "nothing": ("a.csv", b"", "empty"),
    "blanks": ("a.csv", b" \n\n", "empty"),
    "mark alone": ("a.csv", b"\xef\xbb\xbf", "empty"),
    "header alone": ("a.csv", b"customer_id,month\n", "no rows"),
    "no header": ("a.csv", b"1,2024-01,3\n2,2024-01,4\n", "no header"),
    "cut gz": ("a.csv.gz", gzip.compress(PLAIN * 99)[:-9], "cut off"),
    "cut bz2": ("a.csv.bz2", bz2.compress(PLAIN * 99)[:-9], "cut off"),
    "cut text": ("a.csv", (PANEL * 9).encode()[:-2], "middle of a character"),
    "fake gz": ("a.csv.gz", PLAIN, "not what it is"),
    "fake xlsx": ("a.xlsx", b"not a workbook", "not an Excel workbook"),
    "fake parquet": ("a.parquet", b"hello", "not a Parquet file"),
    "cut parquet": ("a.parquet", b"PAR1xxxx", "damaged"),
    "fake csv": ("a.csv", gzip.compress(PLAIN), "packed"),
    "bytes": ("a.csv", b"a,b\0,c\n1,2,3", "not text"),
    "no encoding": ("a.csv", b"\xff\xff\x80abc", "neither"),
    "old Excel": ("a.xls", b"\xd0\xcf\x11\xe0" + b"x" * 600, "old or password"),
    "two in a zip": ("a.zip", zipped({"a.csv": PLAIN, "b.csv": PLAIN}), "2 files"),
    "prose": ("a.csv", b"Dear all,\nplease find attached\n", "no customer extract"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_a_file_that_cannot_be_used_is_refused_in_one_sentence(what):
    name, data, words = REFUSED[what]
    with pytest.raises(BadInput, match=words) as refusal:
        extract([Source(name, data)])
    assert name in str(refusal.value)
    assert len(str(refusal.value)) < 400


def test_a_named_encoding_overrides_and_a_wrong_one_is_a_sentence():
    gbk = PANEL.encode("gbk")
    assert extract([Source("a.csv", gbk)], Options(encoding="gbk")).rows_good == 3
    assert extract([Source("a.csv", PANEL.encode("utf-16-le"))], Options(encoding="utf-16-le")).rows_good == 3
    assert extract([Source("a.csv", PANEL.encode("big5"))], Options(encoding="big5")).tables["customers"]["city"].to_list()[0] in (
        "上海",
        "北京",
    )
    with pytest.raises(BadInput, match="not written in utf-8"):
        extract([Source("a.csv", gbk)], Options(encoding="utf-8"))
    with pytest.raises(NotFound, match="no encoding klingon"):
        extract([Source("a.csv", gbk)], Options(encoding="klingon"))


def test_a_missing_file_and_a_folder_are_sentences(tmp_path: pathlib.Path):
    with pytest.raises(NotFound, match="no file"):
        extract([Source("a.csv", tmp_path / "a.csv")])
    with pytest.raises(BadInput, match="folder"):
        extract([Source("a", tmp_path)])
    with pytest.raises(BadInput, match="No file"):
        extract([])


def test_a_file_on_disk_is_read_where_it_is_even_with_odd_characters_in_its_name(tmp_path: pathlib.Path):
    path = tmp_path / "客户 [2024]*.csv"
    path.write_bytes(PLAIN)
    assert extract([Source.on_disk(path)]).rows_good == 3
    assert list(tmp_path.iterdir()) == [path]
