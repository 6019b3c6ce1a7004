"""Kinds of columns: each with its type, unit, meaning, Chinese header, other headers, and what its codes are called."""

from collections.abc import Mapping
from typing import Any

import dataframely as dy

from churn_dash.marks import _

Codes = Mapping[str, tuple[str, ...]]
MOST_MONEY = 1e15
"""CNY. Three times all money of China (M2: 3.3e14 in 2025), so no amount of a bank or of the market lies beyond it; and sums of such
amounts, and their squares, stay far inside what a double holds."""
MOST_RATE = 1e6
"""Per cent."""


def about(
    unit: str = "", zh: str = "", also: str = "", codes: Codes | None = None, personal: bool = False, lasting: bool = False
) -> dict[str, Any]:
    """What the product keeps of a column beside its type."""
    return {"unit": unit, "zh": zh, "also": tuple(also.split()), "codes": codes or {}, "personal": personal, "lasting": lasting}


def id_(
    meaning: str,
    zh: str,
    also: str = "",
    key: bool = False,
    nullable: bool = False,
    personal: bool = False,
    codes: Codes | None = None,
) -> dy.String:
    """An identifier, kept as text; or a code of ``codes`` that rows are known by."""
    return dy.String(
        primary_key=key,
        nullable=nullable,
        min_length=1,
        description=meaning,
        metadata=about("" if codes else "id", zh, also, codes, personal=personal),
    )


def word(meaning: str, zh: str, also: str = "", codes: Codes | None = None, lasting: bool = False, personal: bool = False) -> dy.String:
    """A word, or a code of ``codes``."""
    return dy.String(nullable=True, description=meaning, metadata=about("", zh, also, codes, personal, lasting))


def date(meaning: str, zh: str, also: str = "", nullable: bool = True, key: bool = False, lasting: bool = False) -> dy.Date:
    """A day."""
    return dy.Date(nullable=nullable and not key, primary_key=key, description=meaning, metadata=about("date", zh, also, lasting=lasting))


def money(meaning: str, zh: str, also: str = "", signed: bool = False) -> dy.Float64:
    """An amount of money, not below nothing unless ``signed``, and not beyond all money there is."""
    return dy.Float64(
        nullable=True, min=-MOST_MONEY if signed else 0.0, max=MOST_MONEY, description=meaning, metadata=about("CNY", zh, also)
    )


def whole(meaning: str, zh: str, also: str = "", low: int | None = 0, high: int | None = None, unit: str = "count") -> dy.Int64:
    """A whole number from ``low`` to ``high``."""
    return dy.Int64(nullable=True, min=low, max=high, description=meaning, metadata=about(unit, zh, also))


def rate(meaning: str, zh: str, also: str = "", signed: bool = True) -> dy.Float64:
    """A rate in per cent: 1.85 and 1.85% are the same."""
    return dy.Float64(
        nullable=True, min=-MOST_RATE if signed else 0.0, max=MOST_RATE, description=meaning, metadata=about("percent", zh, also)
    )


def number(meaning: str, zh: str, also: str = "", low: float | None = None, high: float | None = None, unit: str = "") -> dy.Float64:
    """A number from ``low`` to ``high``."""
    return dy.Float64(nullable=True, min=low, max=high, description=meaning, metadata=about(unit, zh, also))


def customer(needed: bool = True, key: bool = False) -> dy.String:
    """The customer that a row is about."""
    return id_(_("Customer number, kept as text"), "客户号", "customerid client_id cust_id 客户编号 客戶號", key=key, nullable=not needed)


def flag(meaning: str, zh: str, also: str = "") -> dy.Bool:
    """Yes or no."""
    return dy.Bool(nullable=True, description=meaning, metadata=about("yes/no", zh, also, {}))
