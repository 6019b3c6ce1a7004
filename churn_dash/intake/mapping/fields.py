"""The columns of the contract by the headers that banks give them."""

import functools
import re
import unicodedata
from dataclasses import dataclass

from churn_dash.contract import TABLES
from churn_dash.intake.mapping.aliases import ALSO
from churn_dash.intake.values.scripts import simplified
from churn_dash.intake.values.units import Unit, unit_of

FIELDS = {
    "customer_month": ("customer_month", "customers"),
    "cross_section": ("cross_section", "customers"),
}
"""Tables whose files may also hold columns of another table."""


def plain(header: str) -> str:
    """A header without case, spaces, underscores, hyphens, full-width forms and traditional characters, for comparing.

    >>> plain("Customer ID") == plain("ｃｕｓｔｏｍｅｒ＿ｉｄ") == plain("customer-id"), plain("客戶號") == plain("客户号")
    (True, True)
    """
    return simplified(re.sub(r"[\s_\-.·:'\"]+", "", unicodedata.normalize("NFKC", header).casefold()))


def fields(table: str) -> tuple[str, ...]:
    """The columns of the contract that a file of this table may hold.

    >>> "gender" in fields("cross_section"), "gender" in fields("accounts")
    (True, False)
    """
    return tuple(dict.fromkeys(c for name in FIELDS.get(table, (table,)) for c in TABLES[name].columns))


def knows(header: str) -> bool:
    """Whether some table of the contract has a column of this name.

    >>> knows("月末资产"), knows("资产")
    (True, False)
    """
    return any(plain(header) in _known(table) for table in TABLES)


@dataclass(frozen=True)
class Guess:
    """What a header alone says: a column, the table that has it, how sure (0–1), and the unit in the header."""

    field: str
    table: str
    confidence: float
    unit: Unit | None = None


def guess(title: str, table: str) -> Guess | None:
    """The column that a header names in a file of this table; None where it names none.

    >>> guess("月末資產（萬元）", "customer_month").unit.factor, guess("hobby", "customers")
    (10000.0, None)
    """
    known = _known(table)
    if plain(title) in known:
        return Guess(*known[plain(title)])
    found = unit_of(title)
    if found is None or plain(found[0]) not in known:
        return None
    field, home, confidence = known[plain(found[0])]
    about = TABLES[home].columns[field].metadata or {}
    return Guess(field, home, confidence * 0.95, found[1]) if found[1].fits(about["unit"]) else None


@functools.cache
def _known(table: str) -> dict[str, tuple[str, str, float]]:
    """Plain header → column, its table, and confidence; the contract's own headers win, then the first table named."""
    found: dict[str, tuple[str, str, float]] = {}
    columns = [(name, column) for name in FIELDS.get(table, (table,)) for column in TABLES[name].columns]
    for name, column in columns:
        english, chinese, *others = TABLES[name].aliases(column)
        for alias, confidence in ((english, 1.0), (chinese, 1.0), *((o, 0.9) for o in others)):
            if alias:
                found.setdefault(plain(alias), (column, name, confidence))
    for name, column in columns:
        for alias in ALSO.get(column, "").split():
            found.setdefault(plain(alias), (column, name, 0.85))
    return found
