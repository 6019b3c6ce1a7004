"""Physical names of columns that the contract does not know."""

import hashlib
import re
import unicodedata
from collections.abc import Iterable

_LONGEST = 48


def physical_names(labels: Iterable[str]) -> dict[str, str]:
    """A safe column name for each label, the same at every load; unique among them.

    >>> physical_names(["Geography", "geography ", "年龄"])
    {'Geography': 'x_geography', 'geography ': 'x_geography_2', '年龄': 'x_c_9ee831fc'}
    """
    names: dict[str, str] = {}
    taken: set[str] = set()
    for label in labels:
        stem = _stem(label)
        name, n = stem, 1
        while name in taken:
            n += 1
            name = f"{stem}_{n}"
        taken.add(name)
        names[label] = name
    return names


def _stem(label: str) -> str:
    normal = unicodedata.normalize("NFKC", label).strip().casefold()
    digest = hashlib.sha256(normal.encode()).hexdigest()[:8]
    slug = re.sub(r"[^a-z0-9]+", "_", normal).strip("_")
    if not slug or not normal.isascii():
        return f"x_c_{digest}"
    return f"x_{slug}" if len(slug) <= _LONGEST else f"x_{slug[:_LONGEST]}_{digest}"
