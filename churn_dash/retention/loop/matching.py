"""Which customer of a list a row means, and what spreadsheets do to customer numbers. What cannot be proved is refused in words."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from churn_dash.marks import _
from churn_dash.retention.loop.form import key_of
from churn_dash.words import Text

_EXPONENT = re.compile(r"\d(\.\d+)?[eE]\+?\d+")
_EXCEL_DIGITS = 15
"""A spreadsheet keeps so many digits of a number; the rest become zeros."""
_SHORT_FROM, _SHORT_DIGITS = 12, 6
"""A number of twelve digits or more it writes as 1.23457E+11, with six digits at most: read back from a cell, the others are zeros."""


@dataclass(frozen=True)
class Match:
    """The customer that is meant; ``mended``: his lost zeros were proved. Else ``why`` the row is refused."""

    customer_id: str | None = None
    mended: bool = False
    why: Text | None = None


@dataclass(frozen=True)
class Members:
    """The members of a list that may be seen, and every customer number of the bank, to tell what is proof."""

    list_id: str
    ids: frozenset[str]
    bank: frozenset[str]
    keys: Mapping[str, str] = field(default_factory=dict)
    bare: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, list_id: str, ids: Iterable[str], bank: Iterable[str]) -> "Members":
        """With the marks of the rows, and the numbers without their zeros."""
        own, everybody = frozenset(ids), frozenset(bank)
        bare: dict[str, list[str]] = defaultdict(list)
        for one in sorted(own | everybody):
            if one.isdigit():
                bare[one.lstrip("0")].append(one)
        return cls(list_id, own, everybody, {key_of(list_id, c): c for c in own}, {k: tuple(v) for k, v in bare.items()})


def match(written: str | None, key: str | None, members: Members) -> Match:
    """Whom a customer number means, ``key`` being the hidden mark of the row.

    >>> there = Members.of("L1", ["000123", "77"], ["000123", "77", "0077"])
    >>> match("000123", None, there).customer_id, match("123", None, there), match("1.23E+17", None, there).customer_id
    ('000123', Match(customer_id='000123', mended=True, why=None), None)
    """
    text, marked = _bare(written), members.keys.get((key or "").strip())
    if not text:
        return Match(why=Text(_("There is no customer number.")))
    if _EXPONENT.fullmatch(text) or (text not in members.ids | members.bank and _shortened(text)):
        said = _(
            "A spreadsheet has turned the customer number into {number}, and its digits are lost. Copy it as text from the file sent out."
        )
        return Match(why=Text(said, number=text))
    if text in members.ids:
        if marked not in (None, text):
            said = _("The row belongs to {other} by its hidden mark, not to {number}: was only a part of the sheet sorted?")
            return Match(why=Text(said, other=marked, number=text))
        return Match(text)
    return _zeros(text, marked, members)


def _zeros(text: str, marked: str | None, members: Members) -> Match:
    """A number that is not on the list as it stands."""
    could = members.bare.get(text.lstrip("0"), ()) if text.isdigit() else ()
    longer = [c for c in could if len(c) > len(text)]
    if text in members.bank and marked is None:
        return Match(why=Text(_("{number} is not on this list."), number=text))
    if longer and text not in members.bank:
        if marked in longer or (marked is None and len(could) == 1 and could[0] in members.ids):
            return Match(marked or could[0], mended=True)
        said = _("{number} has lost its leading zeros, and who is meant cannot be proved: {known}.")
        return Match(why=Text(said, number=text, known=", ".join(c for c in longer if c in members.ids) or "—"))
    if len(text) > _EXCEL_DIGITS and text.isdigit() and any(_rounded(c, text) for c in members.ids):
        said = _("A spreadsheet has rounded the customer number {number}: it keeps {n} digits. Copy it as text from the file sent out.")
        return Match(why=Text(said, number=text, n=_EXCEL_DIGITS))
    return Match(why=Text(_("{number} is not on this list."), number=text))


def _shortened(text: str) -> bool:
    return text.isdigit() and text[0] != "0" and len(text) >= _SHORT_FROM and len(text.rstrip("0")) <= _SHORT_DIGITS


def _rounded(one: str, text: str) -> bool:
    return len(one) == len(text) and one[: _EXCEL_DIGITS - 1] == text[: _EXCEL_DIGITS - 1]


def _bare(written: str | None) -> str:
    text = (written or "").strip().strip("\u200b\ufeff").removeprefix("'").strip()
    return text.removesuffix(".0") if text.removesuffix(".0").isdigit() else text
