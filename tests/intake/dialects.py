"""Every dialect tried, as a file, and what is promised of it: the rows of docs/DIALECTS.md and the cases of test_dialects.py."""

import base64
import bz2
import gzip
import io
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field

import polars as pl
import xlsxwriter

from churn_dash.intake.source import Options

ROWS = [["客户号", "月份", "月末资产", "城市"], ["001", "2024-03", "10.5", "上海"], ["002", "2024-03", "11", "北京"]]
TRADITIONAL = [["客戶編號", "月份", "月末資產", "城市"], ["001", "2024-03", "10.5", "臺北"], ["002", "2024-03", "11", "高雄"]]
LIST = [["客户号", "月末资产", "城市"], ["001", "10.5", "上海"], ["002", "11", "北京"]]
_XLS = (
    "LRx4!F+o`-Q(3y7+{OR`=70bH_y4(D|9HdqgLvKk@6@pVLP#_;r{V5oMcC4K2qw?K0=E{;G*H7u5u^vG13(%821lrRfB~QY01X2{"
    "hz$S$JwO_1<p60A6I0ZBo|Du70iXthKmY&$GynrefY1N{05lo`3`P-<z)TY(69m8^fC#`735lVE(8+=rMiGJ<88R|p5+p)I^-bwd"
    "O-+air>W|CYHb@*U}y=WMkdl@LNYJ`7{~!IJw);*(t4ROpkgExAITXaCe!RF%p-M4Ru2Q@01R|PE|2Z@z;0}(X|S?{7A6B}R*N!M"
    "R`a>0bO{;zxGou4(Nz^zqN+)<O$|ebS|O{rhI*kX(*tu6Ohq(grJR}q!vqXyN|A+efl~^Yi~$2erHFO!F|@xTDUm@K!2@lBoCF9g"
    "aygeV!qRhVtucfqpUypW|6Nv{)3}92Xtu(cyEm_!zH0teOV<dHhGc?fCfi-2$jAaURY;1lRDwp#fMh*9pz1yA+im{c#uWjC{oq)I"
    "b7nFoPR!eINXnc>EQ8h{{F2j1rDMU|Xg-&E*2rkVOW(4R$hVKZl1=tsFNlNO%;X*!qdsi7x-$gP&ju}R+?W6pO_4yWh_s2x6UZrL"
    "3<C@Sg0|Se?c2YS-KS-N+DcaP`CW#9<FySgm!8&6KBkncCUNyoJ1+3c-i8HingA{aCNMz3?I?q{s289z0pCIsB<FR*z`|_<{!{@X"
    "aiKI(4b9=1OhDKzQ$W2VN`%re3b7of@|l9xafJ>1@MW3UQ&D-eyegSZhf@WZ!>vRli(S}D7N}l_YcA*lOU1fh=z>Ldmc27R?K<o`"
    "#c@Oz!h+G$faLw)h9uguT_OQviZJNM%J3aQYLm!HMHu~BiHKQ+!V^(5%^(uu)0ddwKYi2tKc-=5?UJcu0qTxTm_{2>n3NKIjPg()"
    "^IvnoeScb47{c}%9VJo3kt8F@)8Sa3ZLEfW^@v6CL4HDB5`O7Xo2NC^=q`Xa4l(@^g8Pl;zyYmbt&G?%7{0l}&8|d~O*S77fCPY&"
    "5hO4k(NG`+k^dKRML1B9x}V&}"
)


@dataclass(frozen=True)
class Dialect:
    """One dialect: its group and words for the table, the file, what was said of it, and what becomes of it.

    ``outcome`` is "read", or words of the sentence that refuses it; ``remark`` words of a sentence that it is read with.
    """

    group: str
    words: str
    name: str
    data: bytes
    options: Options = field(default_factory=Options)
    outcome: str = "read"
    remark: str = ""
    encoding: str | None = None
    cities: tuple[str, ...] = ("上海", "北京")


def text(rows: list[list[str]], separator: str = ",", ends: str = "\n", quoted: bool = False) -> str:
    cells = ((f'"{c}"' for c in row) if quoted else row for row in rows)
    return "".join(separator.join(row) + ends for row in cells)


def zipped(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return out.getvalue()


def book(*sheets: tuple[str, list[list[object]]], merged: Callable[[object, object], None] | None = None) -> bytes:
    out = io.BytesIO()
    workbook = xlsxwriter.Workbook(out, {"in_memory": True})
    for name, rows in sheets:
        sheet = workbook.add_worksheet(name)
        for i, row in enumerate(rows):
            sheet.write_row(i, 0, row)
        if merged:
            merged(workbook, sheet)
    workbook.close()
    return out.getvalue()


def parquet(rows: list[list[str]]) -> bytes:
    out = io.BytesIO()
    pl.DataFrame(rows[1:], schema=rows[0], orient="row").write_parquet(out)
    return out.getvalue()


def _delimited() -> list[Dialect]:
    plain = text(ROWS)
    found = []
    for separator, words in ((",", "comma"), (";", "semicolon"), ("\t", "tab"), ("|", "bar")):
        for quoted in (False, True):
            cells = "every cell quoted" if quoted else "cells not quoted"
            found.append(Dialect("Separators", f"{words}, {cells}", "客户月表.csv", text(ROWS, separator, quoted=quoted).encode()))
    found += [
        Dialect("Separators", "another character, named with `--separator`", "a.csv", text(ROWS, "~").encode(), Options(separator="~")),
        Dialect("Separators", "quotation marks inside cells", "a.csv", plain.replace("上海", '上"海').encode(), cities=('上"海', "北京")),
        Dialect(
            "Separators", "a quoted cell over two lines", "a.csv", plain.replace("上海", '"上\n海"').encode(), cities=("上\n海", "北京")
        ),
        Dialect(
            "Separators",
            "a quotation mark that is never closed",
            "a.csv",
            (plain.replace("上海", '"上海') + plain * 60).encode(),
            outcome="opened and not closed",
        ),
        Dialect("Line ends", "CR LF", "a.csv", text(ROWS, ends="\r\n").encode()),
        Dialect("Line ends", "CR alone", "a.csv", text(ROWS, ends="\r").encode()),
        Dialect("Line ends", "none after the last row", "a.csv", plain.rstrip().encode()),
    ]
    return found


def _encodings() -> list[Dialect]:
    plain, traditional = text(ROWS), text(TRADITIONAL)
    taiwan = {"cities": ("臺北", "高雄")}
    named = Options(mapping={"客戶編號": "customer_id", "月末資產": "aum_end"})
    return [
        Dialect("Encodings", "UTF-8", "a.csv", plain.encode(), encoding="utf-8"),
        Dialect("Encodings", "UTF-8 with byte order mark", "a.csv", plain.encode("utf-8-sig"), encoding="utf-8-sig"),
        Dialect(
            "Encodings",
            "UTF-8 that is valid GB18030 too",
            "a.csv",
            plain.replace("上海", "浜犲").encode(),
            encoding="utf-8",
            cities=("浜犲", "北京"),
        ),
        Dialect("Encodings", "GBK", "a.csv", plain.encode("gbk"), encoding="gb18030"),
        Dialect(
            "Encodings",
            "GB18030 with characters of four bytes",
            "a.csv",
            plain.replace("上海", "㐀𠮷").encode("gb18030"),
            encoding="gb18030",
            cities=("㐀𠮷", "北京"),
        ),
        Dialect(
            "Encodings",
            "GB18030, nothing beyond ASCII but one city",
            "a.csv",
            b"customer_id,month,aum_end,city\n001,2024-03,10.5,\n002,2024-03,11," + "北京".encode("gbk") + b"\n",
            encoding="gb18030",
            cities=(None, "北京"),
        ),
        Dialect("Encodings", "Big5", "a.csv", traditional.encode("big5"), named, encoding="big5", **taiwan),
        Dialect(
            "Encodings", "traditional characters in GB18030", "a.csv", traditional.encode("gb18030"), named, encoding="gb18030", **taiwan
        ),
        Dialect("Encodings", "UTF-16 with byte order mark", "a.csv", plain.encode("utf-16"), encoding="utf-16"),
        Dialect("Encodings", "UTF-16 LE without byte order mark", "a.csv", plain.encode("utf-16-le"), encoding="utf-16-le"),
        Dialect("Encodings", "UTF-16 BE without byte order mark", "a.csv", plain.encode("utf-16-be"), encoding="utf-16-be"),
        Dialect("Encodings", "UTF-32 with byte order mark", "a.csv", plain.encode("utf-32"), encoding="utf-32"),
        Dialect(
            "Encodings",
            "Windows-1252, named with `--encoding`",
            "a.csv",
            b"customer_id,month,aum_end,city\n001,2024-03,10.5,K\xf6ln\n002,2024-03,11,N\xeemes\n",
            Options(encoding="cp1252"),
            encoding="cp1252",
            cities=("Köln", "Nîmes"),
        ),
        Dialect(
            "Encodings",
            "Windows-1252, not named",
            "a.csv",
            b"customer_id,month,aum_end,city\n001,2024-03,10.5,K\xf6ln\n002,2024-03,11,M\xe9tz\n",
            remark="unusual",
            cities=("K鰈n", "M閠z"),
            encoding="gb18030",
        ),
        Dialect("Encodings", "bytes that are no text", "a.csv", b"a,b\0,c\n1,2,3", outcome="not text"),
        Dialect(
            "Encodings", "UTF-8 cut off inside a character", "a.csv", (plain * 9).rstrip().encode()[:-1], outcome="middle of a character"
        ),
    ]


def _packings() -> list[Dialect]:
    plain = text(ROWS).encode()
    two = zipped({"三月/a.csv": plain, "三月/b.csv": text([ROWS[0], ["003", "2024-03", "9", "广州"]]).encode(), "说明.docx": b"x"})
    return [
        Dialect("Packings", "gz", "a.csv.gz", gzip.compress(plain)),
        Dialect("Packings", "bz2", "a.csv.bz2", bz2.compress(plain)),
        Dialect("Packings", "zip with one file", "a.zip", zipped({"a.csv": plain})),
        Dialect(
            "Packings",
            "zip with what macOS adds",
            "a.zip",
            zipped({"a.csv": plain, "__MACOSX/._a.csv": b"x", ".DS_Store": b"x", "._a.csv": b"x"}),
        ),
        Dialect("Packings", "zip with a workbook", "a.zip", zipped({"a.xlsx": book(("s", ROWS))})),
        Dialect("Packings", "zip with several data files", "a.zip", two, outcome="2 files"),
        Dialect("Packings", "zip with several, one named with `--member`", "a.zip", two, Options(member="a.csv"), remark="left out"),
        Dialect(
            "Packings",
            "zip with several, all with `--member '*'`",
            "a.zip",
            two,
            Options(member="*"),
            remark="left out",
            cities=("上海", "北京", "广州"),
        ),
        Dialect("Packings", "cut off", "a.csv.gz", gzip.compress(plain * 99)[:-9], outcome="cut off"),
        Dialect("Packings", "an ending that lies", "a.csv", gzip.compress(plain), outcome="Rename"),
    ]


def _workbooks() -> list[Dialect]:
    def group(workbook: object, sheet: object) -> None:
        sheet.merge_range("A1:A2", "客户号")
        sheet.merge_range("B1:B2", "月份")
        sheet.merge_range("C1:D1", "资产")
        sheet.merge_range("E1:E2", "城市")

    two = [
        ["客户号", "月份", "资产", "", "城市"],
        ["", "", "月日均", "月末", ""],
        ["001", "2024-03", 9, 10.5, "上海"],
        ["002", "2024-03", 9, 11, "北京"],
    ]
    titled = [["客户月度数据"], ["单位：元", "制表：总行"], [], *ROWS]
    serial = [ROWS[0], ["001", 45352, 10.5, "上海"], ["002", 45352, 11, "北京"]]
    return [
        Dialect("Excel", "xlsx", "a.xlsx", book(("Sheet1", ROWS))),
        Dialect("Excel", "dates as serial numbers", "a.xlsx", book(("Sheet1", serial))),
        Dialect("Excel", "titles and remarks above the header", "a.xlsx", book(("Sheet1", titled))),
        Dialect(
            "Excel",
            "header in the row named with `--header-row`",
            "a.xlsx",
            book(("Sheet1", [["a", "b", "c", "d"], *ROWS])),
            Options(header_row=2),
        ),
        Dialect("Excel", "merged header over two rows", "a.xlsx", book(("Sheet1", two), merged=group)),
        Dialect("Excel", "several sheets, none telling", "a.xlsx", book(("x", ROWS), ("y", ROWS)), remark="only sheet x"),
        Dialect(
            "Excel", "several sheets, one named with `--sheet`", "a.xlsx", book(("x", [["a"], ["1"]]), ("y", ROWS)), Options(sheet="y")
        ),
        Dialect("Excel", "xls of Excel 97–2003", "a.xls", bz2.decompress(base64.b85decode(_XLS))),
        Dialect("Excel", "xls that is damaged or has a password", "a.xls", b"\xd0\xcf\x11\xe0" + b"x" * 600, outcome="password"),
        Dialect("Excel", "damaged xlsx", "a.xlsx", book(("Sheet1", ROWS))[:-400], outcome="damaged"),
        Dialect("Parquet", "Parquet", "a.parquet", parquet(ROWS)),
        Dialect("Parquet", "cut off", "a.parquet", parquet(ROWS)[:-40], outcome="damaged"),
    ]


def _months() -> list[Dialect]:
    names = ("客户清单_202403.csv", "2024年3月.csv", "list 2024-03.csv", "清单20240331.csv", "Customers March 2024.csv")
    found = [Dialect("Months", f"no month in a column, the name `{n}`", n, text(LIST).encode(), remark="from the name") for n in names]
    april = [LIST[0], ["001", "12", "上海"]]
    both = ("上海", "北京", "上海")
    return [
        *found,
        Dialect(
            "Months", "no month anywhere, said with `--month`", "a.csv", text(LIST).encode(), Options(month="2024-03"), remark="as you said"
        ),
        Dialect(
            "Months", "one sheet a month", "a.xlsx", book(("2024年3月", LIST), ("2024年4月", april)), remark="from the name", cities=both
        ),
        Dialect(
            "Months",
            "sheets 3月, 4月, the year in the file's name",
            "客户2024.xlsx",
            book(("3月", LIST), ("4月", april)),
            remark="from the name",
            cities=both,
        ),
        Dialect(
            "Months",
            "zip of one file a month",
            "a.zip",
            zipped({"c_202403.csv": text(LIST).encode(), "c_202404.csv": text(april).encode()}),
            Options(member="*"),
            remark="from the name",
            cities=both,
        ),
    ]


def _tops() -> list[Dialect]:
    plain = text(ROWS)
    two = [
        ["客户号", "月份", "资产", "", "城市"],
        ["", "", "月日均", "月末", ""],
        ["001", "2024-03", "9", "10.5", "上海"],
        ["002", "2024-03", "9", "11", "北京"],
    ]
    return [
        Dialect("Headers", "blank lines above the header", "a.csv", ("\n\n" + plain).encode()),
        Dialect("Headers", "a title above the header", "a.csv", ("客户月度数据\n" + plain).encode()),
        Dialect("Headers", "header in the row named with `--header-row`", "a.csv", ("a,b,c,d\n" + plain).encode(), Options(header_row=2)),
        Dialect("Headers", "header over two rows", "a.csv", text(two).encode()),
        Dialect(
            "Headers", "no header", "a.csv", plain.split("\n", 1)[1].replace("上海", "1").replace("北京", "2").encode(), outcome="no header"
        ),
        Dialect("Headers", "header and no rows", "a.csv", plain.split("\n", 1)[0].encode(), outcome="no rows"),
        Dialect("Headers", "nothing", "a.csv", b"", outcome="empty"),
        Dialect("Rows", "rows with too many or too few cells", "a.csv", (plain + "003,2024-03\n").encode(), remark="set aside: 1"),
    ]


DIALECTS = (*_delimited(), *_encodings(), *_packings(), *_tops(), *_workbooks(), *_months())
