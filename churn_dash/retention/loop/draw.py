"""The hold-out of a list, drawn at random within strata; the same for the same seed, whatever the order of the rows. METHODS C2."""

import hashlib
import math
from collections.abc import Mapping

import polars as pl

TREATED, HELD_OUT = "treated", "control"
"""The arms as they stand in the table of assignments."""


def quotas(sizes: Mapping[str, int], share: float, seed: str) -> dict[str, int]:
    """How many to hold out in each stratum: its share rounded down, and one more where the remainders are largest.

    In all the share of everybody, rounded; at least one is held out and one is not. Equal remainders are ordered by chance.

    >>> quotas({"a": 10, "b": 5, "c": 3}, 0.2, "1")
    {'a': 2, 'b': 1, 'c': 1}
    >>> quotas({"a": 1, "b": 2}, 0.1, "1") == {"a": 0, "b": 1}
    True
    """
    n = sum(sizes.values())
    total = min(max(round(share * n), 1), n - 1) if n > 1 else 0
    found = {name: math.floor(share * size) for name, size in sizes.items()}
    while sum(found.values()) > total:
        found[max(found, key=lambda s: (found[s], s))] -= 1
    by_remainder = sorted(sizes, key=lambda s: (-(share * sizes[s] - math.floor(share * sizes[s])), _chance(seed, s)))
    for name in by_remainder:
        if sum(found.values()) >= total:
            break
        found[name] += found[name] < sizes[name]
    return found


def arms(rows: pl.DataFrame, share: float, seed: str) -> pl.DataFrame:
    """The rows (customer_id, stratum, …) with ``arm``. Who is held out hangs on the seed, the customer and the stratum alone.

    >>> rows = pl.DataFrame({"customer_id": [str(i) for i in range(10)], "stratum": ["a"] * 10})
    >>> drawn = arms(rows, 0.2, "1")
    >>> drawn["arm"].value_counts().sort("arm").rows(), drawn.equals(arms(rows.reverse(), 0.2, "1").reverse())
    ([('control', 2), ('treated', 8)], True)
    """
    sizes = dict(rows.group_by("stratum").len().sort("stratum").iter_rows())
    wanted = quotas(sizes, share, seed)
    lot = rows["customer_id"].map_elements(lambda c: _chance(seed, c), return_dtype=pl.String)
    place = rows.with_columns(lot.alias("lot")).select(pl.struct("lot", "customer_id").rank("ordinal").over("stratum"))
    held = place.to_series() <= rows["stratum"].replace_strict(wanted, return_dtype=pl.Int64)
    return rows.with_columns(pl.Series("arm", [HELD_OUT if h else TREATED for h in held], dtype=pl.String))


def _chance(seed: str, what: str) -> str:
    return hashlib.sha256(f"{seed}\n{what}".encode()).hexdigest()
