"""GB18030 and Big5 are told apart by their characters, in texts made of other words than the method's own table."""

import random

import pytest

from churn_dash.intake.files.decoding import decoded
from churn_dash.intake.files.frequency import score
from churn_dash.intake.previewing import preview
from churn_dash.intake.source import Options, Source

SIMPLIFIED = "编号 网点 规模 结构性 大额存单 贵金属 企业年金 鄂尔多斯 景德镇 秦皇岛 攀枝花 驻马店 欧阳 诸葛 轮椅 螺丝 鹦鹉 篮球"
TRADITIONAL = "代號 據點 規模 結構型 大額存單 貴金屬 企業年金 鶯歌鎮 霧峰鄉 鹿港鎮 澎湖縣 歐陽 諸葛 輪椅 螺絲 鸚鵡 籃球 鑰匙"
HEADS = {SIMPLIFIED: "客户号", TRADITIONAL: "客戶號"}


@pytest.mark.parametrize(("n", "head"), [(0, True), (1, True), (3, True), (10, False), (40, False)])
@pytest.mark.parametrize(("words", "encoding"), [(SIMPLIFIED, "gb18030"), (TRADITIONAL, "big5hkscs"), (TRADITIONAL, "gb18030")])
def test_the_right_encoding_scores_higher(words, encoding, n, head):
    other = {"gb18030": "big5hkscs", "big5hkscs": "gb18030"}[encoding]
    draw = random.Random(n)
    for _case in range(300):
        cells = [*([HEADS[words]] if head else []), *(draw.choice(words.split()) for _word in range(n))]
        data = ",".join(cells).encode(encoding)
        assert score(data, encoding) > score(data, other), data.decode(encoding)


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "big5"])
def test_a_file_whose_first_megabytes_are_ascii_is_told_by_what_follows(tmp_path, encoding):
    path = tmp_path / "a.csv"
    path.write_bytes(b"id,note\n" + b"1,nothing\n" * 600_000 + "2,螺絲鸚鵡臺灣\n".encode(encoding))
    found = decoded("a.csv", path, tmp_path, None)
    assert found.encoding == encoding
    assert found.path.read_text(encoding="utf-8").endswith("2,螺絲鸚鵡臺灣\n")


def test_a_preview_names_the_candidates_and_follows_another_choice():
    data = "客户号,月份,月末资产,城市\n1,2024-01,2,深圳\n".encode("gbk")
    look = preview(Source("a.csv", data))
    assert (look.encoding, look.encodings[0]) == ("gb18030", "gb18030")
    assert look.rows.row(0)[3] == "深圳"
    again = preview(Source("a.csv", data), Options(encoding="big5"))
    assert again.encoding == "big5"
    assert again.rows.row(0)[3] != "深圳"


def test_words_that_are_unusual_in_every_encoding_raise_a_question():
    look = preview(Source("a.csv", b"customer_id,month,aum_end,city\n1,2024-01,2,K\xf6ln\n2,2024-01,2,M\xe9tz\n"))
    (question,) = [q for q in look.questions if q.option == "encoding"]
    assert "cp1252" in [choice for choice, _words in question.choices]
    assert question.proposal == look.encoding
