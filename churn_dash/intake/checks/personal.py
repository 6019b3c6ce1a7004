"""Personal data that no figure needs: names, mobile, identity and card numbers, e-mail, addresses."""

import re
from collections.abc import Iterable, Sequence

import polars as pl

from churn_dash.intake.checks.load import Load, some
from churn_dash.intake.findings import Finding
from churn_dash.intake.mapping.headers import plain
from churn_dash.intake.questions import Question
from churn_dash.intake.source import Match
from churn_dash.words import Ratio, Text, _

KINDS = {
    "identity": _("identity numbers"),
    "mobile": _("mobile numbers"),
    "email": _("e-mail addresses"),
    "card": _("card numbers"),
    "name": _("names of people"),
    "address": _("addresses"),
}
_LOOK = 2_000
_MANY = 0.5
_FEWEST = 3
# fmt: off
_HEADERS = {
    "identity": {"身份证", "身份证号", "身份证号码", "证件号", "证件号码", "idcard", "idcardno", "idnumber", "nationalid", "ssn"},
    "mobile": {"手机", "手机号", "手机号码", "联系电话", "电话", "电话号码", "联系方式", "mobile", "mobileno", "mobilephone", "phone",
               "phoneno", "phonenumber", "telephone", "tel"},
    "email": {"email", "emailaddress", "邮箱", "电子邮箱", "电子邮件"},
    "card": {"银行卡号", "cardno", "cardnumber"},
    "name": {"姓名", "客户姓名", "客户名称", "name", "fullname", "surname", "lastname", "firstname", "customername", "clientname"},
    "address": {"地址", "家庭地址", "住址", "联系地址", "通讯地址", "address", "homeaddress", "street", "streetaddress"},
}
_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈"
    "姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤"
    ""
)
# fmt: on
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def kind(cells: pl.Series, header: str) -> str | None:
    """What kind of personal data a column holds, by half of its values or by its header; None where none, or already masked.

    >>> kind(pl.Series(["13812345678", "15900001111", "18612340000"]), "x"), kind(pl.Series(["138****5678"] * 3), "手机号")
    ('mobile', None)
    """
    if cells.dtype.is_float() or cells.dtype.is_temporal() or cells.dtype == pl.Boolean:
        return None
    texts = cells.drop_nulls().cast(pl.String).str.strip_chars().head(_LOOK)
    texts = texts.filter(texts != "")
    if not len(texts) or texts.str.contains("*", literal=True).mean() > _MANY:  # type: ignore[operator]
        return None
    for name, found in (("identity", _identity(texts)), ("mobile", _mobile(texts)), ("email", _email(texts)), ("card", _cards(texts))):
        if found >= _FEWEST and found >= (0.9 if name == "card" else _MANY) * len(texts):
            return name
    by_name = next((k for k, words in _HEADERS.items() if plain(header) in words), None)
    if by_name in ("name", "address") and texts.str.contains(r"^[\d.,\s-]+$").mean() > _MANY:  # type: ignore[operator]
        return None
    if by_name in ("mobile", "identity", "card"):
        return by_name if (texts.str.count_matches(r"\d") >= 7).mean() > _MANY else None  # type: ignore[operator]
    if by_name is None and len(texts) >= _FEWEST and texts.str.contains(f"^[{_SURNAMES}][\u4e00-\u9fff]{{1,3}}$").mean() > 0.8:  # type: ignore[operator]
        return "name" if texts.n_unique() > 0.5 * len(texts) and texts.n_unique() >= 10 else None
    return by_name


def _mobile(texts: pl.Series) -> int:
    return int(texts.str.contains(r"^(?:\+?86[- ]?)?1[3-9]\d(?:[- ]?\d{4}){2}$").sum())


def _email(texts: pl.Series) -> int:
    return int(texts.str.contains(r"^[\w.+-]+@[\w-]+(?:\.[\w-]+)+$").sum())


def _identity(texts: pl.Series) -> int:
    """Chinese identity numbers whose last character checks. GB 11643-1999."""
    return sum(is_identity(t) for t in texts.filter(texts.str.contains(r"^\d{17}[\dXx]$")).to_list())


def is_identity(text: str) -> bool:
    """Whether the check character of an eighteen-character identity number is right.

    >>> is_identity("11010519491231002X"), is_identity("110105194912310021")
    (True, False)
    """
    return "10X98765432"[sum(int(d) * w for d, w in zip(text, _WEIGHTS, strict=False)) % 11] == text[-1].upper()


def _cards(texts: pl.Series) -> int:
    return sum(luhn(t) for t in texts.str.replace_all("[ -]", "").to_list() if t.isdigit() and 15 <= len(t) <= 19)


def luhn(digits: str) -> bool:
    """Whether the last digit of a card number checks.

    >>> luhn("6222020000000000002"), luhn("4111111111111111")
    (False, True)
    """
    total = 0
    for at, digit in enumerate(reversed(digits)):
        n = int(digit) * (2 if at % 2 else 1)
        total += n - 9 if n > 9 else n
    return total % 10 == 0


def hidden(text: str) -> str:
    """The first three characters; of a short text the first, of a single one none.

    >>> hidden("13812345678"), hidden("王小明")
    ('138********', '王**')
    """
    shown = 3 if len(text) > 6 else min(1, len(text) - 1)
    return text[:shown] + "*" * (len(text) - shown)


def covered(text: str) -> str:
    """A text that somebody wrote freely, with mobile, identity and card numbers and e-mail addresses in it hidden.

    >>> covered("call 138 1234 5678, id 11010519491231002X, li@bank.cn; 3 cards, 20250131")
    'call 138**********, id 110***************, li@*******; 3 cards, 20250131'
    """

    def number(found: re.Match[str]) -> str:
        digits = re.sub("[ -]", "", found[0])
        bare = digits.removeprefix("+").removeprefix("86") if len(digits) > 11 else digits
        known = _MOBILE.fullmatch(bare) or (len(digits) == 18 and is_identity(digits))
        card = digits.isdigit() and 15 <= len(digits) <= 19 and luhn(digits)
        return hidden(found[0]) if known or card else found[0]

    return _NUMBER.sub(number, _EMAIL.sub(lambda found: hidden(found[0]), text))


_EMAIL = re.compile(r"[A-Za-z0-9_.+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
_NUMBER = re.compile(r"(?<![\dA-Za-z])\+?\d(?:[ -]?\d){9,17}[\dXx](?![\dA-Za-z])")
_MOBILE = re.compile(r"1[3-9]\d{9}")


def personal(load: Load) -> list[Finding]:
    """Columns that hold personal data; their values are not quoted whole."""
    found = []
    for table, frame in load.tables.items():
        look = some(frame, _LOOK)
        for column in look.columns:
            own, title = load.is_own(table, column), load.title(table, column)
            named = kind(look[column], title if own else "")
            if named is None or (not own and column != "customer_id") or (column == "customer_id" and load.numbered):
                continue
            share = 1 - frame[column].null_count() / frame.height
            told = Text(
                _("{column} of {table} holds {kind}; {share} of the rows have one."),
                column=title,
                table=load.label(table),
                kind=KINDS[named],
                share=Ratio(share),
            )
            advice = (
                Text(_("Nothing needs it: leave it out with --mask {column}, also from the rows set aside."), column=title)
                if own
                else Text(_("Ask for a customer number that says nothing about the person, the same in every extract."))
            )
            samples = tuple(hidden(str(v)) for v in look[column].drop_nulls().head(3).to_list())
            found.append(
                Finding("personal_data", "warning", told, advice, table, title, frame.height - frame[column].null_count(), share, samples)
            )
    return found


def questions(matches: Iterable[Match], sample: pl.DataFrame, masked: Sequence[str] = ()) -> tuple[Question, ...]:
    """For each column of personal data that no figure needs: shall it be left out? That is proposed; it is answered by ``Options.mask``."""
    asked = []
    for match in matches:
        named = kind(sample[match.header], match.header) if match.field is None and match.header not in masked else None
        if named is None:
            continue
        asked.append(
            Question(
                "mask",
                match.header,
                Text(_("{column} holds {kind}. Leave it out?"), column=match.header, kind=KINDS[named]),
                ((match.header, Text(_("Leave it out"))), ("", Text(_("Keep it as a column of its own")))),
                match.header,
                Text(_("No figure needs it, and everybody who sees the data would.")),
            )
        )
    return tuple(asked)
