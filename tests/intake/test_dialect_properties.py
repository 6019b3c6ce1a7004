"""Whatever separator, quoting, encoding, line ends and packing: what was written comes back, or is set aside with a reason."""

import bz2
import csv
import gzip
import io
import zipfile

from hypothesis import given, settings
from hypothesis import strategies as st

from churn_dash.errors import BadInput
from churn_dash.intake.experiment import read_rows
from churn_dash.intake.extraction import extract
from churn_dash.intake.source import Source

SIMPLIFIED = ["上海", "乌鲁木齐", "理财", "客户经理", "月末余额", "张伟", "是"]
TRADITIONAL = ["臺北", "高雄", "理財", "客戶經理", "月末餘額", "張偉", "是"]
PLAIN = ["a", "B-2", "x y", "1", "2024-01", "12.50", "a,b", "c;d", "e\tf", "g|h", 'say "hi"', '5" pipe', "two\nlines", "'", "%"]
ENCODINGS = {
    "utf-8": SIMPLIFIED + TRADITIONAL + ["é", "😀", "𠮷"],
    "utf-8-sig": SIMPLIFIED,
    "utf-16": SIMPLIFIED + TRADITIONAL,
    "utf-16-le": SIMPLIFIED,
    "utf-16-be": TRADITIONAL,
    "gb18030": SIMPLIFIED + TRADITIONAL,
    "gbk": SIMPLIFIED,
    "big5": TRADITIONAL,
}
PACKINGS = {
    "a.csv": lambda data: data,
    "a.csv.gz": gzip.compress,
    "a.csv.bz2": bz2.compress,
    "a.zip": lambda data: zipped({"in/a.csv": data, "__MACOSX/in/._a.csv": b"x", ".DS_Store": b"x"}),
}


def zipped(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return out.getvalue()


@st.composite
def dialects(draw):
    """A file, its rows as they were written, and the name it goes by."""
    encoding = draw(st.sampled_from(sorted(ENCODINGS)))
    ends = draw(st.sampled_from(["\n", "\r\n", "\r"]))
    words = [w for w in ENCODINGS[encoding] + PLAIN if ends != "\r" or "\n" not in w]
    header = ["客戶號", "月份", "餘額"] if encoding == "big5" else ["客户号", "月份", "余额"]
    cell = st.sampled_from(words)
    rows = draw(st.lists(st.tuples(cell, cell, cell), min_size=1, max_size=30))
    out = io.StringIO()
    quoting = draw(st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC]))
    writer = csv.writer(out, delimiter=draw(st.sampled_from(",;\t|")), lineterminator=ends, quoting=quoting)
    writer.writerow(header)
    writer.writerows([f"t{c}" for c in row] for row in rows)
    name = draw(st.sampled_from(sorted(PACKINGS)))
    return name, PACKINGS[name](out.getvalue().encode(encoding)), header, rows


@settings(max_examples=200, deadline=None)
@given(dialects())
def test_what_was_written_comes_back(dialect):
    name, data, header, rows = dialect
    found = read_rows(Source(name, data))
    assert found.columns == header
    assert [list(r) for r in found.rows()] == [[f"t{c}" for c in row] for row in rows]


BROKEN = st.lists(st.sampled_from(["", ",", "x", "97,2024-01", "a,b,c,d,e", '"', "99,2024-01,5,", "98,2024-01,x"]), max_size=4, unique=True)


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 12), BROKEN, st.sampled_from(["utf-8", "gb18030", "utf-16", "utf-16-le"]))
def test_every_row_is_accounted_for_even_beside_broken_ones(n, broken, encoding):
    lines = ["客户号,月份,月末资产", *(f"{i},2024-{i:02d},{i}" for i in range(1, n + 1)), *broken]
    try:
        found = extract([Source("客户月表.csv", "\n".join(lines).encode(encoding))])
    except BadInput as refusal:
        assert n == 0 or "quotation" in str(refusal) or "header names" in str(refusal)
        return
    assert found.rows_in == found.rows_good + found.rows_quarantined + found.rows_repeated
    assert found.rows_good >= n
    assert '"' in broken or found.rows_in == n + sum(any(c != "," for c in b) for b in broken)
    assert found.quarantine["why"].null_count() == 0


BARE = ["a", 'say "hi"', '5" pipe', '"quoted"', "a,b", 'x"', '"', "1.5", "", "  ", 'a""b', "上海", '""']


MARKED = st.lists(st.tuples(st.sampled_from(BARE), st.sampled_from(BARE), st.booleans()), min_size=1, max_size=12)


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from(BARE), st.sampled_from(BARE), st.booleans()), min_size=1, max_size=12),
    st.sampled_from(["\n", "\r\n"]),
)
def test_marks_inside_words_are_read_as_the_csv_module_reads_them(rows, ends):
    def cell(word: str, quoted: bool) -> str:
        return '"' + word.replace('"', '""') + '"' if quoted or "," in word or word.startswith('"') else word

    text = "id,one,two" + ends + "".join(f"t{i},{cell(a, q)},{cell(b, not q)}{ends}" for i, (a, b, q) in enumerate(rows))
    expected = list(csv.reader(io.StringIO(text, newline="")))[1:]
    found = read_rows(Source("a.csv", text.encode())).cast(str)
    assert [["" if c is None else c for c in r] for r in found.rows()] == [[c.strip() for c in r] for r in expected]
