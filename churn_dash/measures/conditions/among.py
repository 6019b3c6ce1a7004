"""Customers named one by one, as a filter that is neither saved nor written out: it is called by the hash of their numbers."""

import collections
import functools
import hashlib
import threading
from collections.abc import Iterable

from churn_dash.errors import NotFound
from churn_dash.marks import _
from churn_dash.store import Dataset

AMONG = "among:"
"""Before the hash that stands where the name of a dimension may, with the values ``in`` and ``out``."""
_MOST = 64
_kept: collections.OrderedDict[str, tuple[str, ...]] = collections.OrderedDict()
_lock = threading.Lock()


def among(customers: Iterable[str]) -> str:
    """The name under which these customers may be filtered by, in this process. The same customers have the same name.

    >>> among(["b", "a"]) == among(["a", "b", "b"])
    True
    """
    ids = tuple(sorted(set(customers)))
    name = AMONG + hashlib.sha256("\n".join(ids).encode()).hexdigest()[:24]
    with _lock:
        _kept[name] = ids
        _kept.move_to_end(name)
        while len(_kept) > _MOST:
            _kept.popitem(last=False)
    return name


def codes_among(ds: Dataset, name: str) -> tuple[int, ...]:
    """The customers as numbers of the derived file; those whom these data do not hold are not among them.

    Raises ``NotFound`` for customers who are no longer remembered.
    """
    with _lock:
        ids = _kept.get(name)
    if ids is None:
        raise NotFound(_("These customers are no longer remembered; choose them again."))
    return _codes(ds, name, ids)


@functools.lru_cache(maxsize=_MOST)
def _codes(ds: Dataset, _name: str, ids: tuple[str, ...]) -> tuple[int, ...]:
    rows = ds.cursor().execute("select p.c from people p where p.customer_id in (select unnest(?)) order by p.c", [list(ids)]).fetchall()
    return tuple(int(r[0]) for r in rows)
