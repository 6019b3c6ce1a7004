"""What may leave the house, and what is on record of it: small cells of tables are blank, lists of customers are noted. Source: METHODS B0,
ADR 11."""

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

import polars as pl

from churn_dash.errors import BadInput
from churn_dash.marks import _
from churn_dash.store import Record, Records

FEWEST = 5
"""A cell of fewer customers is blank in a file, unless the bank sets another number. METHODS B0."""
_SETTING, _LIST = ("exports", "settings"), ("list_taken", "list")
_GROUPS = ("n", "customers")
"""Columns that say how many customers the whole row is about; ``<figure>_n`` says it of one figure."""


def fewest(records: Records) -> int:
    """The smallest group whose figures a file may hold; 1 hides nothing."""
    found = records.latest(*_SETTING)
    return int(found.body["fewest"]) if found is not None else FEWEST


def set_fewest(records: Records, n: int, who: str | None = None) -> Record:
    """Record it. Raises ``BadInput`` outside 1 to 1,000."""
    if not 1 <= n <= 1_000:
        raise BadInput(_("The smallest group in files lies between 1 and 1,000, not at {n}."), n=n)
    return records.add(*_SETTING, {"fewest": n}, who)


def hidden(rows: pl.DataFrame, least: int) -> pl.DataFrame:
    """The rows of an aggregate with every number blank that rests on 1 to ``least`` − 1 customers; nobody is no secret.

    >>> hidden(pl.DataFrame({"tier": ["gold", "mass"], "n": [3, 40], "rate": [0.33, 0.1]}), 5).rows()
    [('gold', None, None), ('mass', 40, 0.1)]
    """
    numbers = [c for c, t in rows.schema.items() if t.is_numeric()]

    def small(column: str) -> pl.Expr:
        return pl.col(column).is_between(1, least - 1).fill_null(value=False)

    of_row = [small(c) for c in numbers if c in _GROUPS]
    if of_row:
        any_small = pl.any_horizontal(of_row)
        rows = rows.with_columns(pl.when(~any_small).then(pl.col(c)).alias(c) for c in numbers)
    for counted in (c for c in numbers if c.endswith("_n")):
        base = counted.removesuffix("_n")
        mine = [c for c in numbers if c == base or c in (f"{base}_low", f"{base}_high", counted)]
        rows = rows.with_columns(pl.when(~small(counted)).then(pl.col(c)).alias(c) for c in mine)
    return rows


def note(records: Records, name: str, customers: Iterable[str], version: int, kind: str, who: str | None = None) -> Record:
    """Put on record that a list of customers left as a file of this kind (csv, xlsx): which list, how many, and a digest of their numbers,
    by which a file that turns up can be told."""
    ids = sorted(customers)
    digest = hashlib.sha256("\n".join(ids).encode()).hexdigest()
    return records.add(*_LIST, {"list": name, "n": len(ids), "version": version, "kind": kind, "digest": digest}, who)


def taken(records: Records) -> tuple[Mapping[str, Any], ...]:
    """Every list that left, newest first: number, who, made (ISO 8601, UTC), list, n, version, kind, digest."""
    return tuple({"number": r.version, "who": r.who, "made": r.made, **r.body} for r in records.history(*_LIST))
